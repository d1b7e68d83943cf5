"""What calls use up of what is set on several servers: turns of faults, and replies laid ready. The store counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.core.world import Change, Outcome, Put, Remove, View, WorldId
from mockserver.engine.keeping import ask
from mockserver.engine.kept import ONE
from mockserver.engine.shared_kept import (
    FIRST_MARK,
    MARK,
    MET,
    SCRIPTED,
    SCRIPTED_TOPIC,
    TURN,
    label,
    moved_on,
    reply_of,
    reply_record,
)

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine
    from mockserver.engine.faults import Counted

T = TypeVar("T")

_SAID: Final = Outcome(Reply(204))


async def count(engine: Engine, world: WorldId, work: Callable[[], T]) -> T:
    """What `work` gives, in which faults meet something in a world, counted over all servers."""
    done: list[T] = []

    def decide(view: View) -> Outcome:
        touched: list[Counted] = []

        def load(counted: Counted, world: WorldId) -> None:
            met = view.get(MET, counted.id) or {"met": 0, "used": 0}
            turn = view.get(TURN, f"{counted.id}\0{label(world)}")
            counted.met, counted.used = met["met"], met["used"]
            counted.turns[world] = 0 if turn is None else turn["turn"]
            touched.append(counted)

        with engine.faults.counting(load):
            done.append(work())
        changes: list[Change] = []
        for counted in touched:
            id, name = counted.id, label(world)
            turn = {"fault": id, "world": name, "id": f"{id}\0{name}", "turn": counted.turns[world]}
            changes.append(Put(MET, id, {"met": counted.met, "used": counted.used}))
            changes.append(Put(TURN, f"{id}\0{name}", turn))
        return Outcome(_SAID.reply, tuple(changes))

    await ask(engine.store, decide)
    return done[-1]


async def lay(engine: Engine, world: WorldId, operation: str, reply: Reply) -> None:
    """Lay a reply ready, behind those that are, for whichever server gets the call."""
    if engine.sharing is None:
        engine.scripted.add(world, operation, reply)
        return
    id = f"{label(world)}\0{operation}"

    def decide(view: View) -> Outcome:
        ready = view.get(SCRIPTED, id)
        replies = [*(ready["replies"] if ready else ()), reply_record(reply)]
        said = {"id": id, "world": label(world), "operation": operation, "replies": replies}
        return _scripted(engine, view, Put(SCRIPTED, id, said))

    await ask(engine.store, decide)
    await engine.sharing.catch_up()


async def take(engine: Engine, world: WorldId, operation: str) -> Reply | None:
    """The reply that is ready for a call of an operation, for one server alone."""
    id = f"{label(world)}\0{operation}"
    taken: list[Json] = []

    def decide(view: View) -> Outcome:
        ready = view.get(SCRIPTED, id)
        if ready is None:
            taken.append(None)
            return _SAID
        first, *others = ready["replies"]
        taken.append(first)
        change = Put(SCRIPTED, id, {**ready, "replies": others}) if others else Remove(SCRIPTED, id)
        return _scripted(engine, view, change)

    await ask(engine.store, decide)
    return None if taken[-1] is None else reply_of(taken[-1])


async def take_back(engine: Engine, world: WorldId, operation: str | None) -> None:
    """Take back what is ready in a world, for one operation or for all."""
    if engine.sharing is None:
        engine.scripted.forget(world, operation)
        return

    def decide(view: View) -> Outcome:
        found = list(view.find(SCRIPTED, "world", label(world)))
        gone = [said for said in found if operation in (None, said["operation"])]
        return _scripted(engine, view, *(Remove(SCRIPTED, said["id"]) for said in gone))

    await ask(engine.store, decide)
    await engine.sharing.catch_up()


def _scripted(engine: Engine, view: View, *changes: Change) -> Outcome:
    assert engine.sharing is not None
    mark = moved_on(view.get(MARK, ONE) or FIRST_MARK, {SCRIPTED_TOPIC}, [], engine.sharing.stamp())
    return Outcome(_SAID.reply, (*changes, Put(MARK, ONE, mark)))
