"""The tables of an open SQLite file, and how worlds are read and written there: rows of records, and of index entries.

What was read stays known until another connection has written, which SQLite tells by a number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mockserver.core.text import Record
from mockserver.core.world import Change, Contents, WorldGone, WorldId
from mockserver.stores.known import WEIGHED_EVERY, Known, KnownView, is_much
from mockserver.stores.rows import Kinds, Step, last_of, octets, read, text_of, written
from mockserver.stores.sqlite_questions import World, answer

_OWNER: Final = (
    "SELECT world.name FROM entry JOIN world ON world.number = entry.world "
    "WHERE entry.place = ? AND entry.key = ? ORDER BY entry.world LIMIT 1"
)
_PUT: Final = (
    "INSERT INTO record (world, kind, id, due, body) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (world, kind, id) DO UPDATE SET due = excluded.due, body = excluded.body"
)
_ADD: Final = "INSERT OR IGNORE INTO record (world, kind, id, due, body) VALUES (?, ?, ?, ?, ?)"
_REMOVE: Final = "DELETE FROM record WHERE world = ? AND kind = ? AND id = ?"
_ENTER: Final = "INSERT OR IGNORE INTO entry (place, key, world, position, id) VALUES (?, ?, ?, ?, ?)"
_LEAVE: Final = "DELETE FROM entry WHERE place = ? AND key = ? AND world = ? AND position = ? AND id = ?"


# Of so many worlds something is known at once.
MOST_WORLDS: Final = 1_000


_Row = tuple[int, bytes, int, int | bytes, bytes]


class Tables:
    """What is done to one open file within a transaction."""

    def __init__(self, connection: sqlite3.Connection, kinds: Mapping[str, Kinds]) -> None:
        self.connection = connection
        self._kinds = kinds
        self._places: dict[tuple[str, str, str], int] = {}
        self._worlds: dict[WorldId, World] = {}
        self._owners: dict[tuple[str, str, str, str], WorldId | None] = {}
        self._counted: set[World] = set()
        self._seen = -1
        self._begun = 0

    def begin(self, how: str) -> None:
        """A transaction begins: what somebody else has changed meanwhile is known no more."""
        self.connection.execute(how)
        (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        self._begun += 1
        if version != self._seen or (self._begun % WEIGHED_EVERY == 0 and is_much(self._known())):
            self.forget()
            self._seen = version

    def _known(self) -> Iterator[Known]:
        return (world.known for world in self._worlds.values())

    def forget(self) -> None:
        """Know nothing any more."""
        self._worlds.clear()
        self._owners.clear()
        self._counted.clear()

    # ---- worlds

    def number(self, world: WorldId) -> int | None:
        """A world's number; None if there is none. Those made later have larger ones."""
        row = self._row_of(world)
        return None if row is None else row[0]

    def _row_of(self, world: WorldId) -> tuple[int, int] | None:
        asked = "SELECT number, serial FROM world WHERE provider = ? AND name = ?"
        row: tuple[int, int] | None = self.connection.execute(asked, (world.provider, octets(world.name))).fetchone()
        return row

    def new(self, world: WorldId) -> int:
        """The number of a world that is made now, and empty."""
        made = self.connection.execute(
            "INSERT INTO world (provider, name, serial) VALUES (?, ?, 0)", (world.provider, octets(world.name))
        )
        assert made.lastrowid is not None
        return made.lastrowid

    def worlds(self) -> list[WorldId]:
        rows = self.connection.execute("SELECT provider, name FROM world ORDER BY number")
        return [WorldId(provider, text_of(name)) for provider, name in rows]

    def world(self, id: WorldId) -> World:
        """Raises WorldGone for a world that is not there."""
        world = self._worlds.get(id)
        if world is None:
            row = self._row_of(id)
            if row is None:
                raise WorldGone(id)
            if len(self._worlds) > MOST_WORLDS:
                self._write_calls()
                self._worlds.clear()
            world = self._worlds[id] = World(id, row[0], self._kinds[id.provider], Known(row[1]))
        elif world.known.is_full():
            world.known = Known(world.known.serial)
        return world

    def view(self, world: World) -> KnownView:
        return KnownView(
            world.known, world.kinds, lambda question: answer(self.connection, self.place, world, question)
        )

    def owner(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        """The oldest world with something under a key."""
        asked = (provider, kind, index, key)
        if asked not in self._owners:
            row = self.connection.execute(_OWNER, (self.place(provider, kind, index), octets(key))).fetchone()
            if len(self._owners) > 10_000:
                self._owners.clear()
            self._owners[asked] = None if row is None else WorldId(provider, text_of(row[0]))
        return self._owners[asked]

    def contents(self, id: WorldId) -> Contents:
        """Raises WorldGone for a world that is not there."""
        world = self.world(id)
        records: dict[str, dict[str, Record]] = {}
        for kind, name, body in self._rows(world.number):
            records.setdefault(kind, {})[text_of(name)] = read(body)
        return Contents(records, world.known.serial)

    # ---- writing

    def commit(self, world: World, view: KnownView, changes: Iterable[Change]) -> None:
        """Make these changes. Whatever can't be made raises before anything is."""
        kinds, records, last = world.kinds, world.known.records, last_of(changes)
        steps = []
        for (kind, id), new in last.items():
            if new is not None and type(id) is str and (kind, id) not in records:
                steps.append(kinds.step(kind, id, None, new))  # nobody has looked: mostly there is none
            else:
                steps.append(kinds.step(kind, id, _old(view, kind, id), new))
        steps = [self._added(world, view, step) if (step.kind, step.id) not in records else step for step in steps]
        gone = self._entries(world, steps, gone=True)
        if gone:
            self.connection.executemany(_LEAVE, gone)
        for step in steps:
            kind, id, record, due, _, _ = step
            known = records.get((kind, id))
            if record is None:
                self.connection.execute(_REMOVE, (world.number, kind, octets(id)))
            elif known is not record:
                self.connection.execute(_PUT, (world.number, kind, octets(id), due, written(record)))
            world.known.apply(step)
        come = self._entries(world, steps)
        if come:
            self.connection.executemany(_ENTER, come)

    def _added(self, world: World, view: KnownView, step: Step) -> Step:
        """Add a record of which it is not known whether it is there; what that comes to."""
        kind, id, record, due, _, _ = step
        assert record is not None
        added = self.connection.execute(_ADD, (world.number, kind, octets(id), due, written(record))).rowcount
        if added:
            world.known.records[kind, id] = record
            return step
        return world.kinds.step(kind, id, view.get(kind, id), record)

    def count_call(self, world: World) -> None:
        """One call more has changed this world, which is written down with the rest."""
        world.known.serial += 1
        self._counted.add(world)

    def finish(self) -> None:
        """The transaction ends: commit it."""
        self._write_calls()
        self.connection.execute("COMMIT")

    def _write_calls(self) -> None:
        for world in self._counted:
            self.connection.execute("UPDATE world SET serial = ? WHERE number = ?", (world.known.serial, world.number))
        self._counted.clear()

    def fill(self, id: WorldId, number: int, contents: Contents) -> None:
        """Let an empty world hold this."""
        self.forget()
        world = World(id, number, self._kinds[id.provider], Known(contents.serial))
        self._put(world, world.kinds.coming(contents))
        self.connection.execute("UPDATE world SET serial = ? WHERE number = ?", (contents.serial, number))

    def empty(self, id: WorldId, number: int) -> None:
        """Let a world hold nothing."""
        self.forget()
        world = World(id, number, self._kinds[id.provider], Known(0))
        self.connection.executemany(_LEAVE, self._entries(world, self._all(world, leave=True), gone=True))
        self.connection.execute("DELETE FROM record WHERE world = ?", (number,))

    def drop(self, id: WorldId, number: int) -> None:
        self.empty(id, number)
        self.connection.execute("DELETE FROM world WHERE number = ?", (number,))

    def _put(self, world: World, steps: list[Step]) -> None:
        rows = ((world.number, step.kind, octets(step.id), step.due, written(step.record or {})) for step in steps)
        self.connection.executemany(_PUT, rows)
        self.connection.executemany(_ENTER, self._entries(world, steps))

    def _rows(self, number: int) -> sqlite3.Cursor:
        return self.connection.execute("SELECT kind, id, body FROM record WHERE world = ?", (number,))

    def _all(self, world: World, *, leave: bool) -> Iterator[Step]:
        """Every record of a world as it goes, or comes. One of a kind that is not known any more is left alone."""
        kinds = world.kinds
        for kind, id, body in self._rows(world.number):
            if kind in kinds.by_name:
                name, record = text_of(id), read(body)
                yield kinds.step(kind, name, record, None) if leave else kinds.step(kind, name, None, record)

    # ---- indexes

    def place(self, provider: str, kind: str, index: str) -> int:
        """The number of an index. Raises KeyError for one that the code does not know."""
        known = self._places.get((provider, kind, index))
        if known is None:
            self._kinds[provider][kind].indexes[index]
            asked = "SELECT number FROM place WHERE provider = ? AND kind = ? AND name = ?"
            known = self.connection.execute(asked, (provider, kind, index)).fetchone()[0]
            self._places[provider, kind, index] = known
        return known

    def _entries(self, world: World, steps: Iterable[Step], *, gone: bool = False) -> list[_Row]:
        """What comes to the indexes, or goes, as rows. Who has what stands there has to be asked anew."""
        provider, number = world.id.provider, world.number
        places, owners = self._places, self._owners
        rows: list[_Row] = []
        for step in steps:
            entries = step.gone if gone else step.come
            if not entries:
                continue
            kind, id = step.kind, octets(step.id)
            for label, key, order in entries:
                if owners:
                    owners.pop((provider, kind, label, key), None)
                place = places.get((provider, kind, label)) or self.place(provider, kind, label)
                rows.append((place, octets(key), number, octets(order) if isinstance(order, str) else order, id))
        return rows

    def is_of(self, version: str) -> bool:
        """Whether what is in the indexes was worked out by this code, and there is a number for each."""
        row = self.connection.execute("SELECT said FROM note WHERE name = 'indexed by'").fetchone()
        numbered = set(self.connection.execute("SELECT provider, kind, name FROM place"))
        return row is not None and row[0] == version and numbered.issuperset(self._indexes())

    def index_anew(self, version: str) -> None:
        """Numbers for all indexes there are; and entries for all records, if the code that made them was another."""
        numbers = "INSERT OR IGNORE INTO place (provider, kind, name) VALUES (?, ?, ?)"
        self.connection.executemany(numbers, self._indexes())
        row = self.connection.execute("SELECT said FROM note WHERE name = 'indexed by'").fetchone()
        if row is not None and row[0] == version:
            return
        for number, provider, name in self.connection.execute("SELECT number, provider, name FROM world").fetchall():
            if provider in self._kinds:
                self.connection.execute("DELETE FROM entry WHERE world = ?", (number,))
                world = World(WorldId(provider, text_of(name)), number, self._kinds[provider], Known(0))
                self._put(world, list(self._all(world, leave=False)))
        self.connection.execute("INSERT OR REPLACE INTO note (name, said) VALUES ('indexed by', ?)", (version,))

    def _indexes(self) -> list[tuple[str, str, str]]:
        return [
            (provider, kind.name, index)
            for provider, kinds in self._kinds.items()
            for kind in kinds.by_name.values()
            for index in kind.indexes
        ]


def _old(view: KnownView, kind: str, id: str) -> Record | None:
    return view.get(kind, id) if type(id) is str else None
