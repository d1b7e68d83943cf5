"""Snapshots of worlds, kept in the store within bounds: when there are too many, or too large ones, the oldest go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.text import Json, Record, dump
from mockserver.core.world import Change, Contents, Outcome, Put, Remove, Store, View, WorldGone, WorldId
from mockserver.engine.keeping import note, noted
from mockserver.engine.kept import HELD, SERVER, SNAPSHOT, pace_of, pace_record
from mockserver.errors import WorldMissing, WorldsFull, unknown

MOST_SNAPSHOTS: Final = 200
MOST_BYTES: Final = 256 * 1024 * 1024

# Of many records of a kind so many are measured.
_SAMPLES: Final = 50
# What a record costs besides its text: its places in the mappings around it.
_FRAME: Final = 200


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A world as it was at an instant of its clock (ms), under a name that is unique in its world.

    `frozen` says that its clock stood, `own_clock` that it had one of its own. `made` is what it was made of
    (`kept.made_record`), None for the server's own document. `size` is in bytes, about.
    """

    name: str
    world: WorldId
    at: int
    frozen: bool
    own_clock: bool
    pace: float
    readings: Mapping[str, str]
    made: Json
    size: int


class Snapshots:
    """The snapshots of a server, oldest first."""

    def __init__(self, store: Store, most: int = MOST_SNAPSHOTS, most_bytes: int = MOST_BYTES) -> None:
        self._store = store
        self._most = most
        self._most_bytes = most_bytes

    async def next_name(self, world: WorldId) -> str:
        """A name nobody thought of: `snapshot-1`, `snapshot-2`, ..."""
        said = await self._all()
        taken = {record["name"] for record in said if _world(record) == world}
        number = 1 + (said[-1]["number"] if said else 0)
        while f"snapshot-{number}" in taken:
            number += 1
        return f"snapshot-{number}"

    async def add(self, snapshot: Snapshot, contents: Contents) -> None:
        """Keep it, in place of one of that name. Raises WorldsFull for one that is too large to be kept at all."""
        if snapshot.size > self._most_bytes:
            raise WorldsFull(
                f"a snapshot of {snapshot.world.name} takes some {snapshot.size:,} bytes, and at most "
                f"{self._most_bytes:,} are kept; reset the world, or work with a smaller one"
            )
        said = await self._all()
        id = _id(snapshot.world, snapshot.name)
        others = [record for record in said if _id(_world(record), record["name"]) != id]
        sizes = snapshot.size + sum(record["size"] for record in others)
        changes: list[Change] = []
        while others and (len(others) >= self._most or sizes > self._most_bytes):
            gone = others.pop(0)
            sizes -= gone["size"]
            changes += _without(_id(_world(gone), gone["name"]))
        number = 1 + (said[-1]["number"] if said else 0)
        changes.append(Put(SNAPSHOT, id, _record(snapshot, number)))
        changes.append(Put(HELD, id, {"records": contents.records, "serial": contents.serial}))
        await note(self._store, *changes)

    async def get(self, world: WorldId, name: str) -> tuple[Snapshot, Contents]:
        """It, and what the world held. Raises WorldMissing, with the nearest name."""
        held = await noted(self._store, HELD, _id(world, name))
        said = await noted(self._store, SNAPSHOT, _id(world, name))
        if held is None or said is None:
            known = [snapshot.name for snapshot in await self.of(world)]
            raise WorldMissing(f"{unknown(f'snapshot of {world.name}', name, known)}. Old ones go when there are many.")
        return _snapshot(said), Contents(held["records"], held["serial"])

    async def of(self, world: WorldId) -> list[Snapshot]:
        """Those of a world, oldest first."""
        return [_snapshot(record) for record in await self._all() if _world(record) == world]

    async def forget(self, world: WorldId) -> None:
        """Forget all of a world."""
        gone = [change for snapshot in await self.of(world) for change in _without(_id(world, snapshot.name))]
        if gone:
            await note(self._store, *gone)

    async def _all(self) -> list[Record]:
        found: list[list[Record]] = []

        def look(view: View) -> Outcome:
            found.append(list(view.find(SNAPSHOT, "all", "")))
            return Outcome(Reply(204))

        try:
            await self._store.transact(SERVER, look, counted=False)
        except WorldGone:
            return []
        return found[-1]


def _id(world: WorldId, name: str) -> str:
    return f"{world.provider}/{world.name}/{name}"


def _world(record: Record) -> WorldId:
    return WorldId(record["provider"], record["world"])


def _without(id: str) -> tuple[Change, Change]:
    return Remove(SNAPSHOT, id), Remove(HELD, id)


def _record(snapshot: Snapshot, number: int) -> Record:
    provider, world = snapshot.world
    return {
        "number": number,
        "name": snapshot.name,
        "provider": provider,
        "world": world,
        "at": snapshot.at,
        "frozen": snapshot.frozen,
        "ownClock": snapshot.own_clock,
        "pace": pace_record(snapshot.pace),
        "readings": dict(snapshot.readings),
        "made": snapshot.made,
        "size": snapshot.size,
    }


def _snapshot(record: Record) -> Snapshot:
    return Snapshot(
        name=record["name"],
        world=_world(record),
        at=record["at"],
        frozen=record["frozen"],
        own_clock=record["ownClock"],
        pace=pace_of(record["pace"]),
        readings=record["readings"],
        made=record["made"],
        size=record["size"],
    )


def size_of(contents: Contents) -> int:
    """How many bytes it takes to keep this, about: the length of its JSON, measured at some records of each kind."""
    size = 0
    for records in contents.records.values():
        every = max(1, len(records) // _SAMPLES)
        samples = [record for place, record in enumerate(records.values()) if place % every == 0]
        measured = sum(_FRAME + len(dump(record)) for record in samples)
        size += measured * len(records) // max(1, len(samples))
    return size
