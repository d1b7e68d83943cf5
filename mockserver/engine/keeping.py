"""The engine and its store: what is set survives the server, what was waiting goes on, and no delivery is lost.

A delivery is kept in its world from the exchange that causes it to its last attempt. A server that dies during an
attempt can't know whether it arrived: the next server makes it again, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from mockserver.core.delivery import Delivery
from mockserver.core.http import Reply
from mockserver.core.provider import HELD
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Decide, Outcome, Put, Remove, Store, View, WorldGone, WorldId
from mockserver.engine.kept import (
    CLOCK,
    DELIVERY,
    HOME,
    ONE,
    SERVER,
    change_of,
    delivery_of,
    pace_of,
    pace_record,
    repeated,
)

if TYPE_CHECKING:
    from mockserver.engine.clock import Clock
    from mockserver.engine.engine import Engine
    from mockserver.engine.worlds import Home

_SAID: Final = Reply(204)


async def ask(store: Store, decide: Decide) -> None:
    """A decision in the server's own world, which is made when it is first needed."""
    while True:
        try:
            await store.transact(SERVER, decide, counted=False)
            return
        except WorldGone:
            await store.create(SERVER, ())


async def note(store: Store, *changes: Change) -> None:
    """Change what is kept in the server's own world."""
    await ask(store, lambda view: Outcome(_SAID, changes))


async def noted(store: Store, kind: str, id: str) -> Record | None:
    """A record of the server's own world."""
    found: list[Record | None] = []

    def look(view: View) -> Outcome:
        found.append(view.get(kind, id))
        return Outcome(_SAID)

    try:
        await store.transact(SERVER, look, counted=False)
    except WorldGone:
        return None
    return found[-1]


# ---- worlds


async def home_record(store: Store, world: WorldId) -> Record | None:
    """What was written down of what holds in a world. Raises WorldGone for one that is not there."""
    found: list[Record | None] = []

    def look(view: View) -> Outcome:
        found.append(view.get(HOME, ONE))
        return Outcome(_SAID)

    await store.transact(world, look, counted=False)
    return found[-1]


async def note_home(store: Store, world: WorldId, said: Record | None) -> None:
    """Write down what holds in a world; None if that is as in the server's own ones."""
    change: Change = Remove(HOME, ONE) if said is None else Put(HOME, ONE, said)
    with suppress(WorldGone):  # it was dropped this very moment
        await store.transact(world, lambda view: Outcome(_SAID, (change,)), counted=False)


# ---- clocks


async def keep(engine: Engine, clock: Clock | None = None, at: int | None = None) -> None:
    """Write down what was set; of a clock that is about to jump, where it will be.

    A server that dies on the way goes on from there, with all that is due by then: time never goes back.
    """
    if not engine.store.lasts:
        return
    if engine.sharing is not None:
        await engine.sharing.publish(clock, at)
        return
    said: dict[str, Json] = {"clock": engine.clock.state(at if clock is engine.clock else None)}
    if engine.worlds.terms.pace != engine.worlds.usual_pace:
        said["pace"] = pace_record(engine.worlds.terms.pace)
    if said != engine.kept:
        await note(engine.store, Put(CLOCK, ONE, said))
        engine.kept = said
    await engine.worlds.keep(clock, at)


async def resume(engine: Engine) -> None:
    """Go on with the server's clock where it was. One that was told to start later jumps there.

    It is written down even if nobody has set it: started again with the same `--at`, it would go back.
    """
    if not engine.store.lasts:
        return
    said = await noted(engine.store, CLOCK, ONE)
    if said is None:
        await keep(engine)
        return
    engine.kept = said
    start, stands = engine.clock.now(), engine.worlds.terms.pace == HELD
    engine.clock.resume(said["clock"])
    if engine.sharing is not None and await engine.sharing.is_joined():
        return  # it is their clock, too
    if engine.worlds.terms.at is not None:
        engine.clock.reach(start)
    if "pace" in said:
        engine.worlds.set_pace(pace_of(said["pace"]))
    if stands:
        engine.clock.freeze()


# ---- deliveries


async def post(engine: Engine, home: Home, deliveries: tuple[Delivery, ...]) -> None:
    """Deliveries that were committed go into the outbox, after what faults make of them."""
    if engine.faults.any_of_deliveries:
        from mockserver.engine.misdelivery import misdelivered

        meant = deliveries
        deliveries, befallen = await engine.faults.counted(
            home.world, lambda: misdelivered(engine.faults, home.world, meant)
        )
        engine.coverage.strike(home.world.provider, befallen)
        if deliveries != meant:
            await rewrite(engine, home.world, deliveries)
    engine.outbox.add(home.world, deliveries)
    lost = engine.outbox.take_lost()
    for world in dict.fromkeys(posted.world for posted in lost):
        await rewrite(engine, world, [posted.delivery for posted in lost if posted.world == world])


async def take_on(engine: Engine, world: WorldId, deliveries: Iterable[Delivery]) -> None:
    """Deliveries that no exchange causes are kept, and go into the outbox."""
    taken = list(deliveries)
    await rewrite(engine, world, taken)
    engine.outbox.add(world, taken)


async def rewrite(engine: Engine, world: WorldId, deliveries: Iterable[Delivery], *, begun: bool = False) -> None:
    """Keep deliveries as they are now. A world that is gone keeps none."""
    kept = list(deliveries)

    def decide(view: View) -> Outcome:
        changes: list[Change] = []
        for delivery in kept:
            change = change_of(view, delivery, engine.worlds.keeper, begun=begun)
            if not isinstance(change, Remove) or view.get(DELIVERY, delivery.id) is not None:
                changes.append(change)
        return Outcome(_SAID, _numbered(changes))

    try:
        await engine.store.transact(world, decide, counted=False)
    except WorldGone:
        return


def _numbered(changes: list[Change]) -> tuple[Change, ...]:
    """Several that come together come in their order."""
    number, done = -1, []
    for change in changes:
        if isinstance(change, Put):
            number = max(number + 1, change.record["number"])
            change = Put(change.kind, change.id, {**change.record, "number": number})
        done.append(change)
    return tuple(done)


async def resume_deliveries(engine: Engine) -> None:
    """What was waiting when the last server ended is on its way again."""
    if not engine.store.lasts:
        return
    for home in engine.worlds.homes():
        found: list[list[Record]] = []

        def look(view: View, found: list[list[Record]] = found) -> Outcome:
            found.append(list(view.find(DELIVERY, "all", "")))
            return Outcome(_SAID)

        await engine.store.transact(home.world, look, counted=False)
        there = {delivery.id for delivery in engine.outbox.of(home.world)}
        waiting = [each for each in found[-1] if each["id"] not in there]
        made = [repeated(delivery_of(each)) if each["begun"] else delivery_of(each) for each in waiting]
        engine.outbox.add(home.world, made)
