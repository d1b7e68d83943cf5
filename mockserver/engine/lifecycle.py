"""Catching a world up with the clock: every due step, each at its own instant.

So many small jumps of the clock end in the same state as one large jump.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from mockserver.core.provider import Moment, Provider
from mockserver.core.world import Due, Interrupted, Outcome, Store, View
from mockserver.engine.blunder import Blunder, raised
from mockserver.engine.kept import with_deliveries
from mockserver.engine.worlds import Home

Tell = Callable[[Home, Outcome], Awaitable[None]]

# A record may pass through several states at one instant (pace inf), but not through this many.
MOST_REPEATS: Final = 1_000
# So many steps are taken before any of them is told of: their outcomes wait in memory.
MOST_AT_ONCE: Final = 8_000


async def catch_up(
    store: Store,
    provider: Provider,
    home: Home,
    now: int,
    *,
    origin: str,
    tell: Tell,
    until: int | None = None,
    watched: bool = False,
) -> int | None:
    """Run every step due by `now`; when the next one is due, None if there is none.

    It goes on with steps due by `until` as long as none of them causes a delivery. `tell` gets each step's outcome once
    it is committed; if somebody looks on (`watched`), no two steps are taken as one. Raises Blunder for a step that
    raises, or that leaves its record due for ever.
    """
    while True:
        turns = _Turns(provider, home, now, now if until is None else until, origin, watched=watched)
        try:
            done, blunder = await store.live(home.world, turns.decide), None
        except Interrupted as interrupted:
            done, error = list(interrupted.done), interrupted.__cause__
            blunder = raised(turns.name, error if isinstance(error, Exception) else interrupted)
            blunder.__cause__ = error
        for outcome in done:
            await tell(home, outcome)
        if blunder is not None:
            raise blunder
        if turns.taken < MOST_AT_ONCE:
            return turns.next


class _Turns:
    """The due steps of a world, one after another. `due` is the one decided last, `next` the one that has to wait."""

    __slots__ = ("due", "home", "next", "now", "origin", "provider", "repeats", "taken", "until", "watched")

    def __init__(self, provider: Provider, home: Home, now: int, until: int, origin: str, *, watched: bool) -> None:
        self.provider = provider
        self.home = home
        self.now = now
        self.until = until
        self.origin = origin
        self.watched = watched
        self.due: Due | None = None
        self.next: int | None = None
        self.repeats = 0
        self.taken = 0

    @property
    def name(self) -> str:
        return f"the step of {self.due.kind} {self.due.id}" if self.due else "the lifecycle"

    def decide(self, view: View) -> Outcome | None:
        """The outcome of the earliest step, None if it has to wait. Raises Blunder."""
        due = view.next_due()
        self.next = None if due is None else due.at
        if due is None or (due.at > self.now and due.at > self.until) or self.taken >= MOST_AT_ONCE:
            return None
        self.taken += 1
        self.repeats = self.repeats + 1 if due == self.due else 0
        self.due = due
        if self.repeats > MOST_REPEATS:
            raise Blunder(self.name, f"{MOST_REPEATS} steps at {due.at} ms left it due at that very instant")
        home = self.home
        chance = home.chance.child("step", due.kind, due.id)
        until = due.at if self.watched or listens(self.provider, view) else max(self.now, self.until)
        moment = Moment(due.at, chance, home.readings, home.pace, self.origin, home.world.name, until)
        outcome = heard(self.provider, view, self.provider.step(view, due, moment), moment, home.keeper)
        if outcome.deliveries:
            self.until = self.now
        return outcome


def listens(provider: Provider, view: View) -> bool:
    """Whether anybody in the world waits to be told what happens in it."""
    return provider.webhooks is not None and provider.webhooks.listens(view)


def heard(provider: Provider, view: View, outcome: Outcome, moment: Moment, keeper: str = "") -> Outcome:
    """An outcome with the deliveries its notices come to, which the world keeps until they are over.

    `keeper` is the server that is to make them.
    """
    if outcome.notices and provider.webhooks is not None:
        outcome = provider.webhooks.hear(view, outcome, moment)
    return with_deliveries(view, outcome, keeper) if outcome.deliveries else outcome
