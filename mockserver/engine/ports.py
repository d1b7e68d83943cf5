"""What an engine tells the outside, and what it does where nobody is outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from mockserver.core.delivery import Answered, Sending
from mockserver.core.world import Notice, WorldId
from mockserver.engine.journal import Entry

Pause = Callable[[], Awaitable[None]]
# How the server around an engine is.
State = Literal["starting", "ready", "draining"]


def drop_notices(world: WorldId, notices: tuple[Notice, ...]) -> None:
    """Nobody looks on."""


async def send_nothing(sending: Sending) -> Answered:
    """Nothing leaves an engine without a server."""
    return Answered(failure="refused", error="nothing was sent: this engine has no server around it")


def sleep_on(world: WorldId | None) -> None:
    """Nobody waits for instants to come."""


async def nothing_flies() -> None:
    """Nothing is under way."""


async def always_idle(seconds: float | None) -> bool:
    """Nothing is due."""
    return True


def drop_blunder(error: Exception) -> None:
    """Nobody reads the log."""


async def go_on() -> None:
    """There is nothing to pause for."""


def no_time() -> int:
    """A stopwatch that stands."""
    return 0


def drop_entry(entry: Entry) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What an engine tells the outside. `stopwatch` gives nanoseconds; `watch` sees each journal entry.

    `send` makes an outgoing request and says what came of it, never raising for what a receiver does. `wake` hears that
    something may be due in a world of which nobody knew, or that a clock was moved (None). `landed` returns when the
    attempts under way are over, or have taken too long to wait for; `idle` when nothing is due and none is under way,
    or with False if that takes longer than so many real seconds.
    """

    notify: Callable[[WorldId, tuple[Notice, ...]], None] = drop_notices
    send: Callable[[Sending], Awaitable[Answered]] = send_nothing
    wake: Callable[[WorldId | None], None] = sleep_on
    landed: Callable[[], Awaitable[None]] = nothing_flies
    idle: Callable[[float | None], Awaitable[bool]] = always_idle
    blundered: Callable[[Exception], None] = drop_blunder
    stopwatch: Callable[[], int] = no_time
    watch: Callable[[Entry], None] = drop_entry


NOBODY: Final = Ports()
