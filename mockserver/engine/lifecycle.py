"""Catching a world up with the clock: every due step, each at its own instant and in its own transaction.

So many small jumps of the clock end in the same state as one large jump.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment, Provider
from mockserver.core.world import Due, Outcome, Store, View
from mockserver.engine.blunder import Blunder, raised
from mockserver.engine.worlds import Home

Tell = Callable[[Home, Outcome], None]

# A record may pass through several states at one instant (pace inf), but not through this many.
MOST_REPEATS: Final = 1_000

_STILL: Final = Outcome(Reply(204))


async def catch_up(store: Store, provider: Provider, home: Home, now: int, *, origin: str, tell: Tell) -> int | None:
    """Run every step due by `now`; when the next one is due, None if there is none.

    `tell` gets each step's outcome once it is committed. Raises Blunder for a step that raises, or that leaves its
    record due for ever.
    """
    last, repeats = None, 0
    while True:
        turn = _Turn(provider, home, now, origin)
        try:
            outcome = await store.transact(home.world, turn.decide, counted=False)
        except Exception as error:
            raise raised(turn.name, error) from error
        if turn.later or turn.due is None:
            return turn.due.at if turn.due else None
        tell(home, outcome)
        repeats = repeats + 1 if turn.due == last else 0
        last = turn.due
        if repeats > MOST_REPEATS:
            raise Blunder(turn.name, f"{MOST_REPEATS} steps at {turn.due.at} ms left it due at that very instant")


class _Turn:
    """The earliest due step of a world (`due`, None if there is none), decided unless it is for `later`."""

    __slots__ = ("due", "home", "later", "now", "origin", "provider")

    def __init__(self, provider: Provider, home: Home, now: int, origin: str) -> None:
        self.provider = provider
        self.home = home
        self.now = now
        self.origin = origin
        self.due: Due | None = None
        self.later = False

    @property
    def name(self) -> str:
        return f"the step of {self.due.kind} {self.due.id}" if self.due else "the lifecycle"

    def decide(self, view: View) -> Outcome:
        self.due = due = view.next_due()
        self.later = due is not None and due.at > self.now
        if due is None or self.later:
            return _STILL
        home = self.home
        chance = home.chance.child("step", due.kind, due.id)
        until = due.at if listens(self.provider, view) else self.now
        moment = Moment(due.at, chance, home.readings, home.pace, self.origin, home.world.name, until)
        return heard(self.provider, view, self.provider.step(view, due, moment), moment)


def listens(provider: Provider, view: View) -> bool:
    """Whether anybody in the world waits to be told what happens in it."""
    return provider.webhooks is not None and provider.webhooks.listens(view)


def heard(provider: Provider, view: View, outcome: Outcome, moment: Moment) -> Outcome:
    """An outcome with the deliveries its notices come to."""
    if not outcome.notices or provider.webhooks is None:
        return outcome
    return provider.webhooks.hear(view, outcome, moment)
