"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure. In CI the same examples every time: a red run is about the change, not about luck.
_BUSY = [HealthCheck.too_slow]
settings.register_profile("here", deadline=None, suppress_health_check=_BUSY)
settings.register_profile("ci", deadline=None, suppress_health_check=_BUSY, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A program that this machine hasn't (curl, bash) is no failure, but in CI, which installs what tests need."""
    try:
        return (yield)
    except FileNotFoundError as error:
        if os.environ.get("CI") or error.filename not in ("curl", "bash"):
            raise
        pytest.skip(f"needs {error.filename}")
