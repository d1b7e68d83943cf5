"""What happened beside the recorded exchanges: results from the queue, and requests that were not kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.golden.replay import Interlude

INTERLUDES: Final[Mapping[str, tuple[Interlude, ...]]] = {}
