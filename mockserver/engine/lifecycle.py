"""Catching a world up with the clock: every due step, each at its own instant and in its own transaction.

So many small jumps of the clock end in the same state as one large jump.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mockserver.core.provider import Moment, Provider
from mockserver.core.world import Due, Interrupted, Notice, Outcome, Store, View, WorldId
from mockserver.engine.blunder import Blunder, raised
from mockserver.engine.worlds import Home

Notify = Callable[[WorldId, tuple[Notice, ...]], None]

# A record may pass through several states at one instant (pace inf), but not through this many.
MOST_REPEATS: Final = 1_000
# So many steps are taken before any of them is told of: their outcomes wait in memory.
MOST_AT_ONCE: Final = 8_000


async def catch_up(store: Store, provider: Provider, home: Home, now: int, *, origin: str, notify: Notify) -> None:
    """Run every step due by `now`. Raises Blunder for a step that raises, or that leaves its record due for ever."""
    while await _steps(store, provider, home, now, origin, notify) >= MOST_AT_ONCE:
        """What happened is told before more does."""


async def _steps(store: Store, provider: Provider, home: Home, now: int, origin: str, notify: Notify) -> int:
    """Run so many due steps at once, and tell of them; how many there were. Raises Blunder."""
    turns = _Turns(provider, home, now, origin)
    blunder: Blunder | None = None
    try:
        done = await store.live(home.world, turns.decide)
    except Interrupted as interrupted:
        done, error = list(interrupted.done), interrupted.__cause__
        blunder = raised(turns.name, error if isinstance(error, Exception) else interrupted)
    for outcome in done:
        if outcome.notices:
            notify(home.world, outcome.notices)
    if blunder is not None:
        raise blunder from blunder.__cause__
    return len(done)


class _Turns:
    """The due steps of a world, one after another; `due` is the one that was decided last."""

    __slots__ = ("due", "home", "now", "origin", "provider", "repeats", "taken")

    def __init__(self, provider: Provider, home: Home, now: int, origin: str) -> None:
        self.provider = provider
        self.home = home
        self.now = now
        self.origin = origin
        self.due: Due | None = None
        self.repeats = 0
        self.taken = 0

    @property
    def name(self) -> str:
        return f"the step of {self.due.kind} {self.due.id}" if self.due else "the lifecycle"

    def decide(self, view: View) -> Outcome | None:
        """The outcome of the earliest step that is due by now, None if there is none. Raises Blunder."""
        due = view.next_due()
        if due is None or due.at > self.now or self.taken >= MOST_AT_ONCE:
            return None
        self.taken += 1
        self.repeats = self.repeats + 1 if due == self.due else 0
        self.due = due
        if self.repeats > MOST_REPEATS:
            raise Blunder(self.name, f"{MOST_REPEATS} steps at {due.at} ms left it due at that very instant")
        home = self.home
        chance = home.chance.child("step", due.kind, due.id)
        moment = Moment(due.at, chance, home.readings, home.pace, self.origin, home.world.name)
        return self.provider.step(view, due, moment)
