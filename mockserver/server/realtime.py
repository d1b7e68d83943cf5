"""The one file that reads a clock. Everything below gets instants as arguments."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

# Whole nanoseconds of a stopwatch, for how long something took.
stopwatch: Final = time.perf_counter_ns


def nap(seconds: float) -> None:
    """Let so much real time pass, and nothing else happen in this thread."""
    time.sleep(seconds)


async def pause(seconds: float) -> None:
    """Let so much real time pass."""
    await asyncio.sleep(seconds)


def milliseconds() -> Callable[[], int]:
    """A source of Unix milliseconds: the wall clock's now, carried on by a clock that nobody sets back."""
    anchor = time.time_ns() - time.monotonic_ns()
    monotonic = time.monotonic_ns

    def now() -> int:
        return (anchor + monotonic()) // 1_000_000

    return now
