"""Snapshots of worlds, kept in memory within bounds: when there are too many, or too large ones, the oldest go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mockserver.core.delivery import Delivery
from mockserver.core.text import dump
from mockserver.core.world import Contents, WorldId
from mockserver.engine.worlds import Made
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

    `frozen` says that its clock stood, `own_clock` that it had one of its own. `size` is in bytes, about.
    """

    name: str
    world: WorldId
    at: int
    frozen: bool
    own_clock: bool
    pace: float
    readings: Mapping[str, str]
    made: Made
    contents: Contents
    deliveries: tuple[Delivery, ...]
    size: int


class Snapshots:
    """The snapshots of a server, oldest first."""

    def __init__(self, most: int = MOST_SNAPSHOTS, most_bytes: int = MOST_BYTES) -> None:
        self._kept: dict[tuple[WorldId, str], Snapshot] = {}
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._made = 0

    def next_name(self, world: WorldId) -> str:
        """A name nobody thought of: `snapshot-1`, `snapshot-2`, ..."""
        while True:
            self._made += 1
            name = f"snapshot-{self._made}"
            if (world, name) not in self._kept:
                return name

    def add(self, snapshot: Snapshot) -> None:
        """Keep it, in place of one of that name. Raises WorldsFull for one that is too large to be kept at all."""
        if snapshot.size > self._most_bytes:
            raise WorldsFull(
                f"a snapshot of {snapshot.world.name} takes some {snapshot.size:,} bytes, and at most "
                f"{self._most_bytes:,} are kept; reset the world, or work with a smaller one"
            )
        self.remove(snapshot.world, snapshot.name)
        self._kept[snapshot.world, snapshot.name] = snapshot
        self._bytes += snapshot.size
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            self.remove(*next(iter(self._kept)))

    def get(self, world: WorldId, name: str) -> Snapshot:
        """Raises WorldMissing, with the nearest name."""
        found = self._kept.get((world, name))
        if found is None:
            known = [snapshot.name for snapshot in self.of(world)]
            raise WorldMissing(f"{unknown(f'snapshot of {world.name}', name, known)}. Old ones go when there are many.")
        return found

    def of(self, world: WorldId) -> list[Snapshot]:
        """Those of a world, oldest first."""
        return [snapshot for snapshot in self._kept.values() if snapshot.world == world]

    def remove(self, world: WorldId, name: str) -> bool:
        """Forget one; False if there was none."""
        gone = self._kept.pop((world, name), None)
        if gone is not None:
            self._bytes -= gone.size
        return gone is not None

    def forget(self, world: WorldId) -> None:
        """Forget all of a world."""
        for snapshot in self.of(world):
            self.remove(world, snapshot.name)


def size_of(contents: Contents) -> int:
    """How many bytes it takes to keep this, about: the length of its JSON, measured at some records of each kind."""
    size = 0
    for records in contents.records.values():
        every = max(1, len(records) // _SAMPLES)
        samples = [record for place, record in enumerate(records.values()) if place % every == 0]
        measured = sum(_FRAME + len(dump(record)) for record in samples)
        size += measured * len(records) // max(1, len(samples))
    return size
