"""Views of a world in memory: of one decision, and of many that come one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mockserver.core.text import Record
from mockserver.core.world import Due, Order, Outcome
from mockserver.stores.shelves import Place, Shelf, Shelves, World

# Puts the last record of each (kind, id) in its places, or raises and touches nothing.
Commit = Callable[[World, Mapping[tuple[str, str], Record | None]], None]


class _Closed(Shelves):
    """What a view has when its transaction is over."""

    def __missing__(self, kind: str) -> Shelf:
        raise RuntimeError("a view was used after its transaction was over: read all you need while deciding")


_CLOSED: Final = _Closed("", {})


class MemoryView:
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


class LivingView(MemoryView):
    """A world through many decisions. What they change is at hand by id, and due when it says.

    It finds its places in the indexes when somebody looks there, or in the end: a record that changes ten times in a
    row moves there once.
    """

    __slots__ = ("_commit", "_kinds", "_pending", "_taken", "done")

    def __init__(self, world: World, commit: Commit) -> None:
        super().__init__(world)
        self._commit = commit
        self._pending: dict[tuple[str, str], Record | None] = {}
        self._kinds: set[str] = set()
        self._taken: list[Outcome] = []
        self.done: list[Outcome] = []

    def get(self, kind: str, id: str) -> Record | None:
        key = (kind, id)
        return self._pending[key] if key in self._pending else self._shelves[kind].records.get(id)

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        if kind in self._kinds:
            self.put_away()
        return super().find(kind, index, key, reverse=reverse, after=after)

    def count(self, kind: str, index: str, key: str) -> int:
        if kind in self._kinds:
            self.put_away()
        return super().count(kind, index, key)

    def take(self, outcome: Outcome) -> None:
        """Let the next decision see what this one changed. Whatever raises, it is not taken."""
        shelves = self._shelves
        dues = [
            (change.kind, change.id, self._due(change.kind, change.record))
            for change in outcome.changes
            if shelves[change.kind].kind.due is not None
        ]
        for change in outcome.changes:
            self._pending[change.kind, change.id] = change.record
            self._kinds.add(change.kind)
        for kind, id, at in dues:
            self._world.agenda.set(kind, id, at)
        self._taken.append(outcome)

    def put_away(self) -> None:
        """Commit what was taken. Raises what the first one raises that can't be; those before it are `done`."""
        taken, self._taken = self._taken, []
        pending, self._pending = self._pending, {}
        self._kinds.clear()
        try:
            self._commit(self._world, pending)
        except Exception:
            for kind, id in pending:
                self._world.agenda.set(kind, id, self._due(kind, self._shelves[kind].records.get(id)))
            for outcome in taken:
                self._commit(self._world, {(change.kind, change.id): change.record for change in outcome.changes})
                self.done.append(outcome)
        else:
            self.done += taken

    def _due(self, kind: str, record: Record | None) -> int | None:
        due_of = self._shelves[kind].kind.due
        due = None if due_of is None or record is None else due_of(record)
        if not (due is None or type(due) is int):
            raise TypeError(f"{kind}: a due instant is an int, not {due!r}")
        return due
