"""Catching a world up with the clock: every due step, each at its own instant and in its own transaction.

So many small jumps of the clock end in the same state as one large jump.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment, Provider
from mockserver.core.world import Due, Notice, Outcome, Store, View, WorldId
from mockserver.engine.blunder import Blunder, raised
from mockserver.engine.worlds import Home

Notify = Callable[[WorldId, tuple[Notice, ...]], None]

# A record may pass through several states at one instant (pace inf), but not through this many.
MOST_REPEATS: Final = 1_000

_STILL: Final = Outcome(Reply(204))


async def catch_up(store: Store, provider: Provider, home: Home, now: int, *, origin: str, notify: Notify) -> None:
    """Run every step due by `now`. Raises Blunder for a step that raises, or that leaves its record due for ever."""
    last, repeats = None, 0
    while True:
        turn = _Turn(provider, home, now, origin)
        try:
            outcome = await store.transact(home.world, turn.decide, counted=False)
        except Exception as error:
            raise raised(turn.name, error) from error
        if turn.due is None:
            return
        if outcome.notices:
            notify(home.world, outcome.notices)
        repeats = repeats + 1 if turn.due == last else 0
        last = turn.due
        if repeats > MOST_REPEATS:
            raise Blunder(turn.name, f"{MOST_REPEATS} steps at {turn.due.at} ms left it due at that very instant")


class _Turn:
    """The earliest due step of a world, decided; `due` stays None if there is none by now."""

    __slots__ = ("due", "home", "now", "origin", "provider")

    def __init__(self, provider: Provider, home: Home, now: int, origin: str) -> None:
        self.provider = provider
        self.home = home
        self.now = now
        self.origin = origin
        self.due: Due | None = None

    @property
    def name(self) -> str:
        return f"the step of {self.due.kind} {self.due.id}" if self.due else "the lifecycle"

    def decide(self, view: View) -> Outcome:
        due = view.next_due()
        if due is None or due.at > self.now:
            self.due = None
            return _STILL
        self.due = due
        home = self.home
        chance = home.chance.child("step", due.kind, due.id)
        return self.provider.step(
            view, due, Moment(due.at, chance, home.readings, home.pace, self.origin, home.world.name)
        )
