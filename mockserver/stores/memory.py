"""Worlds in this process' memory: the default store. Nothing is copied for a request, and nothing is ever awaited.

A decision runs on the loop without a break, so a view never sees a half-done change and every race has one winner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final, NoReturn

from mockserver.core.text import Record
from mockserver.core.world import (
    Change,
    Contents,
    Decide,
    Interrupted,
    Kind,
    Outcome,
    View,
    WorldGone,
    WorldId,
    gathered,
)
from mockserver.stores.ordered import Ordered
from mockserver.stores.shelves import Entry, Owner, Place, Places, Shelf, World, check_first, filled
from mockserver.stores.views import LivingView, MemoryView

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


# So many records at once are moved in the indexes together.
MANY: Final = 64


class _Worlds(dict[WorldId, World]):
    def __missing__(self, world: WorldId) -> NoReturn:
        raise WorldGone(world)


class MemoryStore:
    """A `core.world.Store` in memory. `kinds` says, by provider, what its worlds hold."""

    def __init__(self, kinds: Mapping[str, Mapping[str, Kind]]) -> None:
        self._kinds = kinds
        self._worlds = _Worlds()
        self._made = 0
        # (provider, kind, index, key) of a public index -> the world that holds it, or a bag of them, oldest first
        self._public: dict[tuple[str, str, str, str], Owner | Ordered[Owner]] = {}

    @property
    def never_waits(self) -> bool:
        return True

    @property
    def lasts(self) -> bool:
        return False

    @property
    def address(self) -> str:
        return "memory:"

    @property
    def warning(self) -> str | None:
        return None

    async def transact(self, world: WorldId, decide: Decide, *, counted: bool = True) -> Outcome:
        state = self._worlds[world]
        view = MemoryView(state)
        try:
            outcome = decide(view)
        finally:
            view.close()
        if outcome.changes:
            self._commit(state, {(change.kind, change.id): change.record for change in outcome.changes})
            if counted:
                state.serial += 1
        return outcome

    async def live(self, world: WorldId, decide: Callable[[View], Outcome | None]) -> list[Outcome]:
        view = LivingView(self._worlds[world], self._commit)
        try:
            while (outcome := decide(view)) is not None:
                view.take(outcome)
            view.put_away()
        except Exception as error:
            with suppress(Exception):
                view.put_away()
            raise Interrupted(view.done) from error
        finally:
            view.close()
        return view.done

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

    async def drop(self, world: WorldId, *, calls: int | None = None) -> bool:
        state = self._worlds.get(world)
        if state is None or calls not in (None, state.serial):
            return False
        del self._worlds[world]
        self._disown_all(state)
        return True

    async def worlds(self, provider: str | None = None) -> list[WorldId]:
        return [world for world in self._worlds if provider is None or world.provider == provider]

    async def sizes(self) -> list[tuple[WorldId, int, int]]:
        return [
            (id, world.serial, sum(len(shelf.records) for shelf in world.shelves.values()))
            for id, world in self._worlds.items()
        ]

    async def whose(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        owners = self._public.get((provider, kind, index, key))
        oldest = owners.first() if isinstance(owners, Ordered) else owners
        return None if oldest is None else oldest[1]

    def gather(self) -> None:
        """Each is committed as it comes."""

    def settle(self) -> None:
        """They are."""

    async def check(self) -> None:
        """It is always there."""

    async def close(self) -> None:
        """It holds nothing open."""

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

    def _commit(self, world: World, last: Mapping[tuple[str, str], Record | None]) -> None:
        """Put the last record of each (kind, id) in its places, all of them or none."""
        shelves = world.shelves
        steps = [_step(shelves[kind], id, new) for (kind, id), new in last.items()]
        if len(steps) > MANY:
            self._move_many(world, steps)
            return
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

    def _move_many(self, world: World, steps: list[_Step]) -> None:
        """The same for many steps: what leaves a key of an index, and what comes to it, goes there at once."""
        moves: dict[tuple[Places, str], tuple[Shelf, set[Place], list[Place]]] = {}
        for shelf, id, new, due, moved in steps:
            if new is None:
                shelf.records.pop(id, None)
            else:
                shelf.records[id] = new
            if shelf.kind.due is not None:
                world.agenda.set(shelf.kind.name, id, due)
            for places, before, after in moved:
                if before is not None:
                    moves.setdefault((places, before[0]), (shelf, set(), []))[1].add((before[1], id))
                if after is not None:
                    moves.setdefault((places, after[0]), (shelf, set(), []))[2].append((after[1], id))
        for (places, key), (shelf, gone, added) in moves.items():
            there = places.at.get(key)
            if isinstance(there, Ordered):
                there.change(gone, added)
                left = len(there)
            else:
                both = [*added] if there is None or there in gone else [there, *added]
                left = len(both)
                if left:
                    places.at[key] = both[0] if left == 1 else Ordered.of(both)
            if not left:
                del places.at[key]
            if places.public and (there is None) is not (left == 0):
                change = self._own if left else self._disown
                change(world, shelf.kind.name, places.name, key)

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
