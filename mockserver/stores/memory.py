"""Worlds in this process' memory: the default store. Nothing is copied for a request, and nothing is ever awaited.

A decision runs on the loop without a break, so a view never sees a half-done change and every race has one winner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mockserver.core.text import Record
from mockserver.core.world import Change, Decide, Due, Kind, Order, Outcome, Put, WorldId
from mockserver.stores.ordered import Ordered

Entry = tuple[str, Order]
_Place = tuple[Order, str]


class _Shelf:
    """The records of one kind in one world, and the indexes over them: index -> key -> (order, id)."""

    __slots__ = ("indexes", "kind", "orders", "records")

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.records: dict[str, Record] = {}
        self.indexes: dict[str, dict[str, Ordered[_Place]]] = {name: {} for name in kind.indexes}
        self.orders: dict[str, type] = {}


class _World:
    """Everything one world holds. `age` counts the worlds made before it."""

    __slots__ = ("age", "due", "id", "kinds", "serial", "shelves")

    def __init__(self, id: WorldId, age: int, kinds: Mapping[str, Kind]) -> None:
        self.id = id
        self.age = age
        self.kinds = kinds
        self.serial = 0
        self.shelves: dict[str, _Shelf] = {}
        self.due: Ordered[Due] | None = None

    def shelf(self, kind: str) -> _Shelf:
        shelf = self.shelves.get(kind)
        if shelf is None:
            if kind not in self.kinds:
                known = ", ".join(self.kinds) or "none"
                raise KeyError(f"{self.id.provider} has no kind {kind!r}; its kinds are {known}")
            shelf = self.shelves[kind] = _Shelf(self.kinds[kind])
        return shelf


class _MemoryView:
    """One world, for the length of one decision."""

    __slots__ = ("_world",)

    def __init__(self, world: _World) -> None:
        self._world: _World | None = world

    def _open(self) -> _World:
        if self._world is None:
            raise RuntimeError("a view was used after its transaction was over: read all you need while deciding")
        return self._world

    @property
    def serial(self) -> int:
        return self._open().serial

    def get(self, kind: str, id: str) -> Record | None:
        return self._open().shelf(kind).records.get(id)

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        shelf = self._open().shelf(kind)
        places = shelf.indexes[index].get(key)
        if places is None:
            return iter(())
        return self._walk(shelf.records, places.walk(reverse=reverse, after=after))

    def _walk(self, records: Mapping[str, Record], places: Iterator[_Place]) -> Iterator[Record]:
        for _, id in places:
            self._open()
            yield records[id]

    def count(self, kind: str, index: str, key: str) -> int:
        places = self._open().shelf(kind).indexes[index].get(key)
        return 0 if places is None else len(places)

    def next_due(self) -> Due | None:
        due = self._open().due
        return None if due is None else due.first()

    def close(self) -> None:
        self._world = None


class _Step:
    """One record's way from old to new, worked out before anything is touched."""

    __slots__ = ("due_new", "due_old", "entries", "id", "new", "old", "shelf")

    def __init__(self, shelf: _Shelf, id: str, new: Record | None) -> None:
        kind = shelf.kind
        old = shelf.records.get(id)
        self.shelf = shelf
        self.id = id
        self.new = new
        self.old = old
        self.due_old = kind.due(old) if kind.due is not None and old is not None else None
        self.due_new = kind.due(new) if kind.due is not None and new is not None else None
        self.entries: list[tuple[str, Entry | None, Entry | None]] = []
        for name, index in kind.indexes.items():
            before = None if old is None else index.entry(old)
            after = None if new is None else index.entry(new)
            if before != after:
                self.entries.append((name, before, after))


def _check(step: _Step, orders: dict[tuple[str, str], type]) -> None:
    """Refuse what would otherwise raise half-way through a commit: ids, keys, orders or instants of a wrong type.

    `orders` gathers the type of each index' orders over the steps of one commit.
    """
    shelf, kind = step.shelf, step.shelf.kind.name
    if type(step.id) is not str or not (step.due_new is None or type(step.due_new) is int):
        raise TypeError(f"{kind} {step.id!r}: an id is a str and a due instant an int, not {step.due_new!r}")
    for name, _, after in step.entries:
        if after is None:
            continue
        key, order = after
        wanted = shelf.orders.get(name) or orders.setdefault((kind, name), type(order))
        if type(key) is not str or type(order) is not wanted or wanted not in (int, str):
            raise TypeError(f"index {name} of {kind}: an entry is (str, {' or '.join(_names(wanted))}), not {after!r}")


def _names(wanted: type) -> tuple[str, ...]:
    return (wanted.__name__,) if wanted in (int, str) else ("int", "str")


class MemoryStore:
    """A `core.world.Store` in memory. `kinds` says, by provider, what its worlds hold."""

    def __init__(self, kinds: Mapping[str, Mapping[str, Kind]]) -> None:
        self._kinds = kinds
        self._worlds: dict[WorldId, _World] = {}
        self._made = 0
        # (provider, kind, index, key) of a public index -> the ages and names of the worlds that hold it, oldest first
        self._public: dict[tuple[str, str, str, str], Ordered[tuple[int, WorldId]]] = {}

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
        state = _World(world, self._made, self._kinds[world.provider])
        self._commit(state, changes)
        self._made += 1
        self._worlds[world] = state
        return True

    async def exists(self, world: WorldId) -> bool:
        return world in self._worlds

    async def drop(self, world: WorldId) -> bool:
        state = self._worlds.pop(world, None)
        if state is None:
            return False
        for shelf in state.shelves.values():
            for name, index in shelf.kind.indexes.items():
                if index.public:
                    for key in shelf.indexes[name]:
                        self._disown(state, shelf.kind.name, name, key)
        return True

    async def worlds(self, provider: str | None = None) -> list[WorldId]:
        return [world for world in self._worlds if provider is None or world.provider == provider]

    async def whose(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        owners = self._public.get((provider, kind, index, key))
        oldest = owners.first() if owners is not None else None
        return None if oldest is None else oldest[1]

    def _commit(self, world: _World, changes: Iterable[Change]) -> None:
        steps = self._plan(world, changes)
        for step in steps:
            self._carry_out(world, step)

    def _plan(self, world: _World, changes: Iterable[Change]) -> list[_Step]:
        """Every entry the changes need, so that whatever raises does so before anything is touched."""
        last: dict[tuple[str, str], Record | None] = {}
        for change in changes:
            last[change.kind, change.id] = change.record if isinstance(change, Put) else None
        steps = [_Step(world.shelf(kind), id, record) for (kind, id), record in last.items()]
        orders: dict[tuple[str, str], type] = {}
        for step in steps:
            _check(step, orders)
        return steps

    def _carry_out(self, world: _World, step: _Step) -> None:
        shelf, id = step.shelf, step.id
        if step.new is None:
            shelf.records.pop(id, None)
        else:
            shelf.records[id] = step.new
        for name, before, after in step.entries:
            if before is not None:
                self._leave(world, shelf, name, before, id)
            if after is not None:
                self._enter(world, shelf, name, after, id)
        if step.due_old != step.due_new:
            _reschedule(world, shelf.kind.name, step)

    def _enter(self, world: _World, shelf: _Shelf, name: str, entry: Entry, id: str) -> None:
        key, order = entry
        places = shelf.indexes[name].get(key)
        if places is not None:
            places.add((order, id))
            return
        shelf.indexes[name][key] = Ordered((order, id))
        shelf.orders[name] = type(order)
        if shelf.kind.indexes[name].public:
            self._own(world, shelf.kind.name, name, key)

    def _leave(self, world: _World, shelf: _Shelf, name: str, entry: Entry, id: str) -> None:
        key, order = entry
        places = shelf.indexes[name][key]
        places.discard((order, id))
        if not places:
            del shelf.indexes[name][key]
            if shelf.kind.indexes[name].public:
                self._disown(world, shelf.kind.name, name, key)

    def _own(self, world: _World, kind: str, index: str, key: str) -> None:
        place = (world.id.provider, kind, index, key)
        owners = self._public.get(place)
        if owners is None:
            self._public[place] = Ordered((world.age, world.id))
        else:
            owners.add((world.age, world.id))

    def _disown(self, world: _World, kind: str, index: str, key: str) -> None:
        place = (world.id.provider, kind, index, key)
        owners = self._public[place]
        owners.discard((world.age, world.id))
        if not owners:
            del self._public[place]


def _reschedule(world: _World, kind: str, step: _Step) -> None:
    if step.due_old is not None and world.due is not None:
        world.due.discard(Due(step.due_old, kind, step.id))
    if step.due_new is not None:
        due = Due(step.due_new, kind, step.id)
        if world.due is None:
            world.due = Ordered(due)
        else:
            world.due.add(due)
