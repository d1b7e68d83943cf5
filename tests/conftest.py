"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A busy machine is no failure. In CI the same examples every time: a red run is about the change, not about luck.
_BUSY = [HealthCheck.too_slow]
settings.register_profile("here", deadline=None, suppress_health_check=_BUSY)
settings.register_profile("ci", deadline=None, suppress_health_check=_BUSY, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
