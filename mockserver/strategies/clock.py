"""The mock's clock in a client's hands, and the end of its patience."""

from __future__ import annotations

import math
from typing import Final

from mockserver.strategies.client import Mock

# Who looks every ten seconds for five hours has not paused as often.
MOST_PAUSES: Final = 2_000


class Endless(BaseException):
    """The client waits longer than any job takes. No client's `except Exception` takes it for its own."""


class Clock:
    """The mock's clock in a client's hands: sleeping moves it. Nothing waits in real time."""

    def __init__(self, mock: Mock, most: float) -> None:
        self._mock = mock
        self._most = most
        self._began = mock.now
        self._since = 0
        # Whole ms, so that it says what the mock's own clock says.
        self._slept = 0
        self.pauses = 0
        # How many times longer every pause takes than was asked for: as when a laptop sleeps, too.
        self.stride = 1

    @property
    def ms(self) -> int:
        """Unix ms."""
        return self._began + self._slept

    def now(self) -> float:
        """Unix time in seconds."""
        return self.ms / 1000

    def time(self) -> float:
        """Seconds since the machine began."""
        return self._slept / 1000

    def begin(self) -> None:
        """A new call: patience starts over."""
        self._since = self._slept
        self.pauses = 0

    def pass_by(self, seconds: float) -> None:
        """Let time go by between calls."""
        self._move(seconds)

    def sleep(self, seconds: float) -> None:
        """Let time go by; raises Endless when one call has slept longer or more often than any job takes."""
        self.pauses += 1
        seconds *= self.stride
        slept = (self._slept - self._since) / 1000 + max(seconds, 0)
        if self.pauses > MOST_PAUSES:
            raise Endless(f"one call paused {self.pauses} times, {slept:.0f} s in all")
        if slept > self._most:
            raise Endless(f"one call slept for {slept:.0f} s of the mock's clock")
        self._move(seconds)

    async def asleep(self, seconds: float) -> None:
        """As `sleep`, for coroutines."""
        self.sleep(seconds)

    def _move(self, seconds: float) -> None:
        # A hair less than a whole ms is what floats make of it.
        ms = max(1, math.ceil(seconds * 1000 - 1e-6))
        self._slept += ms
        self._mock.advance(ms)
