"""The one file of the judge that reads a clock and waits: other people's servers run in real time."""

from __future__ import annotations

import time
from typing import Final, Protocol


class Clock(Protocol):
    """What passes while a server is judged, in integer milliseconds."""

    def now(self) -> int:
        """Since some instant of the past; never goes back."""

    def wait(self, ms: int) -> None:
        """Return after that long."""


class _Realtime:
    def now(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def wait(self, ms: int) -> None:
        if ms > 0:
            time.sleep(ms / 1_000)


REALTIME: Final[Clock] = _Realtime()
