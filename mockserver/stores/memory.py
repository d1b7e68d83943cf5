"""Worlds in this process' memory: the default store. Nothing is copied for a request, and nothing is ever awaited.

A decision runs on the loop without a break, so a view never sees a half-done change and every race has one winner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mockserver.core.text import Record
from mockserver.core.world import Change, Contents, Decide, Due, Kind, Order, Outcome, WorldId, gathered
from mockserver.stores.ordered import Ordered
from mockserver.stores.shelves import Entry, Owner, Place, Places, Shelf, Shelves, World, check_first, filled


class _Closed(Shelves):
    """What a view has when its transaction is over."""

    def __missing__(self, kind: str) -> Shelf:
        raise RuntimeError("a view was used after its transaction was over: read all you need while deciding")


_CLOSED: Final = _Closed("", {})


class _MemoryView:
    """One world, for the length of one decision. Its methods are what requests mostly do, hence their brevity."""

    __slots__ = ("_shelves", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._shelves: Shelves = world.shelves

    @property
    def serial(self) -> int:
        return self._open().serial

    def get(self, kind: str, id: str) -> Record | None:
        return self._shelves[kind].records.get(id)

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        shelf = self._shelves[kind]
        places = shelf.indexes[index].at.get(key)
        if places is None:
            return iter(())
        if isinstance(places, tuple):
            wanted = after is None or (places < after if reverse else places > after)
            return iter((shelf.records[places[1]],) if wanted else ())
        return self._walk(shelf.records, places.walk(reverse=reverse, after=after))

    def _walk(self, records: Mapping[str, Record], places: Iterator[Place]) -> Iterator[Record]:
        for place in places:
            if self._shelves is _CLOSED:
                self._open()
            yield records[place[1]]

    def count(self, kind: str, index: str, key: str) -> int:
        places = self._shelves[kind].indexes[index].at.get(key)
        if places is None:
            return 0
        return 1 if isinstance(places, tuple) else len(places)

    def next_due(self) -> Due | None:
        return self._open().agenda.first()

    def close(self) -> None:
        self._shelves = _CLOSED

    def _open(self) -> World:
        if self._shelves is _CLOSED:
            _CLOSED["anything"]
        return self._world


# An index, and a record's entry in it before and after.
_Move = tuple[Places, Entry | None, Entry | None]
# A record's way from old to new: its shelf, its id, the record, its due instant, its moves in the indexes.
_Step = tuple[Shelf, str, Record | None, int | None, list[_Move]]


def _step(shelf: Shelf, id: str, new: Record | None) -> _Step:
    """What a change comes to. Touches nothing: whatever raises does so here."""
    kind, old = shelf.kind, shelf.records.get(id)
    due = None if new is None or kind.due is None else kind.due(new)
    if type(id) is not str or not (due is None or type(due) is int):
        raise TypeError(f"{kind.name} {id!r}: an id is a str and a due instant an int, not {due!r}")
    moves: list[_Move] = []
    for places in shelf.all_places:
        entry = places.entry
        before = entry(old) if old is not None else None
        after = entry(new) if new is not None else None
        if after is not None and after != before:
            if type(after[1]) is not places.orders or type(after[0]) is not str:
                check_first(kind, places, after)
            moves.append((places, before, after))
        elif before != after:
            moves.append((places, before, None))
    return shelf, id, new, due, moves


class MemoryStore:
    """A `core.world.Store` in memory. `kinds` says, by provider, what its worlds hold."""

    def __init__(self, kinds: Mapping[str, Mapping[str, Kind]]) -> None:
        self._kinds = kinds
        self._worlds: dict[WorldId, World] = {}
        self._made = 0
        # (provider, kind, index, key) of a public index -> the world that holds it, or a bag of them, oldest first
        self._public: dict[tuple[str, str, str, str], Owner | Ordered[Owner]] = {}

    @property
    def never_waits(self) -> bool:
        return True

    async def transact(self, world: WorldId, decide: Decide, *, counted: bool = True) -> Outcome:
        state = self._worlds[world]
        view = _MemoryView(state)
        try:
            outcome = decide(view)
        finally:
            view.close()
        if outcome.changes:
            self._commit(state, outcome.changes)
            if counted:
                state.serial += 1
        return outcome

    async def create(self, world: WorldId, changes: Iterable[Change]) -> bool:
        if world in self._worlds:
            return False
        self._keep(filled(World(world, self._made, self._kinds[world.provider]), gathered(changes)))
        return True

    async def contents(self, world: WorldId) -> Contents:
        state = self._worlds[world]
        shelves = state.shelves.items()
        return Contents({kind: shelf.records.copy() for kind, shelf in shelves if shelf.records}, state.serial)

    async def replace(self, world: WorldId, contents: Contents) -> None:
        before = self._worlds.get(world)
        age = self._made if before is None else before.owner[0]
        state = filled(World(world, age, self._kinds[world.provider]), contents)
        if before is not None:
            self._disown_all(before)
        self._keep(state)

    async def exists(self, world: WorldId) -> bool:
        return world in self._worlds

    async def drop(self, world: WorldId) -> bool:
        state = self._worlds.pop(world, None)
        if state is None:
            return False
        self._disown_all(state)
        return True

    async def worlds(self, provider: str | None = None) -> list[WorldId]:
        return [world for world in self._worlds if provider is None or world.provider == provider]

    async def whose(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        owners = self._public.get((provider, kind, index, key))
        oldest = owners.first() if isinstance(owners, Ordered) else owners
        return None if oldest is None else oldest[1]

    def _keep(self, world: World) -> None:
        """Let a filled world be one of the store's."""
        if world.id not in self._worlds:
            self._made += 1
        self._worlds[world.id] = world
        for shelf in world.shelves.values():
            for places in shelf.indexes.values():
                if places.public:
                    for key in places.at:
                        self._own(world, shelf.kind.name, places.name, key)

    def _disown_all(self, world: World) -> None:
        for shelf in world.shelves.values():
            for places in shelf.indexes.values():
                if places.public:
                    for key in places.at:
                        self._disown(world, shelf.kind.name, places.name, key)

    def _commit(self, world: World, changes: Iterable[Change]) -> None:
        last = {(change.kind, change.id): change.record for change in changes}
        shelves = world.shelves
        steps = [_step(shelves[kind], id, new) for (kind, id), new in last.items()]
        for shelf, id, new, due, moves in steps:
            if new is None:
                shelf.records.pop(id, None)
            else:
                shelf.records[id] = new
            if shelf.kind.due is not None:
                world.agenda.set(shelf.kind.name, id, due)
            for places, before, after in moves:
                if before is not None:
                    self._leave(world, shelf, places, before, id)
                if after is not None:
                    key, order = after
                    at = places.at
                    there = at.get(key)
                    if there is None:
                        at[key] = (order, id)
                        if places.public:
                            self._own(world, shelf.kind.name, places.name, key)
                    elif isinstance(there, Ordered):
                        there.add((order, id))
                    else:
                        at[key] = both = Ordered(there)
                        both.add((order, id))

    def _leave(self, world: World, shelf: Shelf, places: Places, entry: Entry, id: str) -> None:
        key, order = entry
        there = places.at[key]
        if not isinstance(there, tuple):
            there.discard((order, id))
            if there:
                return
        del places.at[key]
        if places.public:
            self._disown(world, shelf.kind.name, places.name, key)

    def _own(self, world: World, kind: str, index: str, key: str) -> None:
        place = (world.id.provider, kind, index, key)
        there = self._public.get(place)
        if there is None:
            self._public[place] = world.owner
        elif isinstance(there, Ordered):
            there.add(world.owner)
        else:
            both = self._public[place] = Ordered(there)
            both.add(world.owner)

    def _disown(self, world: World, kind: str, index: str, key: str) -> None:
        place = (world.id.provider, kind, index, key)
        there = self._public[place]
        if isinstance(there, Ordered):
            there.discard(world.owner)
            if there:
                return
        del self._public[place]
