"""Runs a client's methods, plain ones and coroutines, and ends what hangs in real time."""

from __future__ import annotations

import asyncio
import inspect
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

from mockserver.core.text import Json
from mockserver.strategies.clock import Clock, Endless


class Running:
    """`patience` is how many real seconds a method may go without a pause."""

    def __init__(self, clock: Clock, patience: float) -> None:
        self._clock, self._patience = clock, patience
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, method: Callable[..., Json], *arguments: Json) -> Json:
        """The method's result; of a coroutine, what it comes to. Raises Endless when it takes too long."""
        with _alarm(self._patience, self._clock):
            made = method(*arguments)
            if inspect.isawaitable(made):
                self._loop = self._loop or asyncio.new_event_loop()
                return self._loop.run_until_complete(_awaited(made))
            return made

    def close(self) -> None:
        if self._loop is not None:
            self._loop.close()


async def _awaited(made: Json) -> Json:
    return await made


@contextmanager
def _alarm(seconds: float, clock: Clock) -> Iterator[None]:
    """Raises Endless in here after so many real seconds without a pause; never where there are no signals.

    A client that pauses gets on, however slow the machine is: the clock itself ends its patience.
    """
    if current_thread() is not main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    seen = clock.pauses

    def ring(number: int, frame: object) -> None:
        nonlocal seen
        if clock.pauses != seen:
            seen = clock.pauses
            return
        raise Endless(f"one call took more than {seconds:g} s of real time")

    previous = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, previous)
