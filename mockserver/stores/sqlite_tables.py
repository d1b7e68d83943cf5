"""The tables of an open SQLite file, and how worlds are read and written there: rows of records, and of index entries.

What was read of a world stays known until another connection has changed it: SQLite tells by a number whether another
one has written at all, and then a version stands in the world's row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mockserver.core.text import Record
from mockserver.core.world import Change, Contents, WorldGone, WorldId
from mockserver.stores.known import WEIGHED_EVERY, Count, Get, Known, KnownView, Question, is_much
from mockserver.stores.rows import Kinds, Step, blob, last_of, read, text_of, written
from mockserver.stores.sqlite_entries import Entries
from mockserver.stores.sqlite_places import Places
from mockserver.stores.sqlite_questions import GET, World, answer

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


# Of so many worlds something is known at once.
MOST_WORLDS: Final = 1_000


# A row of `record`.
_Row = tuple[int, str, bytearray, int | None, bytearray]
# What a change comes to, and the record's row.
_Made = tuple[Step, _Row]


class Tables:
    """What is done to one open file within a transaction."""

    def __init__(self, connection: sqlite3.Connection, kinds: Mapping[str, Kinds]) -> None:
        self.connection = connection
        self._kinds = kinds
        self._places = Places(connection, kinds)
        self._worlds: dict[WorldId, World] = {}
        self._owners: dict[tuple[str, str, str, str], WorldId | None] = {}
        self._changed: set[World] = set()
        self._seen = -1
        self._look = 0
        self._entries = Entries(connection, self._places, self._owners)
        self._begun = 0
        self._before = 0

    def begin(self, how: str = "BEGIN") -> None:
        """A transaction begins. If somebody else has written meanwhile, each world is looked at before it is used."""
        self.connection.execute(how)
        (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        self._begun += 1
        if self._begun % WEIGHED_EVERY == 0 and is_much(self._known()):
            self.forget()
        if version != self._seen:
            self._owners.clear()
            self._look += 1
            self._seen = version
        self._before = self.connection.total_changes

    def has_written(self) -> bool:
        """Whether anything was changed in this transaction."""
        return self.connection.total_changes != self._before

    def step_back(self) -> None:
        """A transaction ends in which nothing could be written: what it read is known."""
        self._changed.clear()
        self.connection.execute("ROLLBACK")

    def _known(self) -> Iterator[Known]:
        return (world.known for world in self._worlds.values())

    def forget(self) -> None:
        """Know nothing any more."""
        self._worlds.clear()
        self._owners.clear()
        self._changed.clear()
        self._entries.forget()

    def _forget_world(self, id: WorldId) -> None:
        self._worlds.pop(id, None)
        self._owners.clear()

    # ---- worlds

    def number(self, world: WorldId) -> int | None:
        """A world's number; None if there is none. Those made later have larger ones."""
        row = self._row_of(world)
        return None if row is None else row[0]

    def _row_of(self, world: WorldId) -> tuple[int, int, int] | None:
        asked = "SELECT number, serial, version FROM world WHERE provider = ? AND name = ?"
        row: tuple[int, int, int] | None = self.connection.execute(asked, (world.provider, blob(world.name))).fetchone()
        return row

    def new(self, world: WorldId) -> int:
        """The number of a world that is made now, and empty."""
        made = self.connection.execute(
            "INSERT INTO world (provider, name, serial) VALUES (?, ?, 0)", (world.provider, blob(world.name))
        )
        assert made.lastrowid is not None
        return made.lastrowid

    def worlds(self) -> list[WorldId]:
        rows = self.connection.execute("SELECT provider, name FROM world ORDER BY number")
        return [WorldId(provider, text_of(name)) for provider, name in rows]

    def world(self, id: WorldId) -> World:
        """Raises WorldGone for a world that is not there."""
        world = self._worlds.get(id)
        if world is None or (world.look != self._look and not self._is_as_known(world)):
            row = self._row_of(id)
            if row is None:
                self._worlds.pop(id, None)
                raise WorldGone(id)
            if len(self._worlds) > MOST_WORLDS:
                self._write_versions()
                self._worlds.clear()
            number, serial, version = row
            world = self._worlds[id] = World(id, number, self._kinds[id.provider], Known(serial), version, self._look)
        elif world.known.is_full():
            world.known = Known(world.known.serial)
        return world

    def _is_as_known(self, world: World) -> bool:
        """Whether nobody else has changed it, or dropped it: no other world ever has its number."""
        row = self.connection.execute("SELECT version FROM world WHERE number = ?", (world.number,)).fetchone()
        world.look = self._look
        return row is not None and row[0] == world.version

    def view(self, world: World) -> KnownView:
        return KnownView(world.known, world.kinds, lambda question: self._ask(world, question))

    def owner(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        """The oldest world with something under a key."""
        asked = (provider, kind, index, key)
        if asked not in self._owners:
            self._entries.enter()
            row = self.connection.execute(_OWNER, (self._places.of(provider, kind, index), blob(key))).fetchone()
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
        kinds, records = world.kinds, world.known.records
        fresh: list[_Made] = []
        others: list[_Made] = []
        for (kind, id), new in last_of(changes).items():
            if new is not None and type(id) is str and (kind, id) not in records:  # nobody looked: mostly there is none
                step = kinds.step(kind, id, None, new)
                fresh.append((step, _row(world, step)))
            else:
                step = kinds.step(kind, id, _old(view, kind, id), new)
                others.append((step, _row(world, step)))
        execute = self.connection.execute
        if fresh and self.connection.executemany(_ADD, [row for _, row in fresh]).rowcount != len(fresh):
            fresh, there = self._met(world, fresh)
            others += there
        self._changed.add(world)
        self._entries.leave(world, (step for step, _ in others))
        for step, row in others:
            if step.record is None:
                execute(_REMOVE, row[:3])
            else:
                execute(_PUT, row)
        steps = [step for step, _ in fresh + others]
        for step in steps:
            world.known.apply(step)
        self._entries.come(world, steps)

    def _met(self, world: World, made: list[_Made]) -> tuple[list[_Made], list[_Made]]:
        """Of records that were to be added some were there: which are new, and what the others come to."""
        world.known.forget_lists()
        fresh: list[_Made] = []
        there: list[_Made] = []
        for step, row in made:
            kind, id, record, *_ = step
            (body,) = self.connection.execute(GET, row[:3]).fetchone()
            if body == row[4]:
                fresh.append((step, row))
            else:
                there.append((world.kinds.step(kind, id, read(body), record), row))
        return fresh, there

    def _ask(self, world: World, question: Question) -> None:
        if isinstance(question, Count):
            answer(self.connection, self._places.of, world, question)
            kind, label, key = question
            world.known.counts[kind, label, key] += self._entries.yet(world, kind, label, key)
        else:
            if not isinstance(question, Get):
                self._entries.enter()
            answer(self.connection, self._places.of, world, question)

    def count_call(self, world: World) -> None:
        """One call more has changed this world, which is written down with the rest."""
        world.known.serial += 1

    def finish(self) -> None:
        """The transaction ends: commit it."""
        self._entries.enter()
        self._write_versions()
        self.connection.execute("COMMIT")

    def _write_versions(self) -> None:
        for world in self._changed:
            world.version += 1
            said = (world.known.serial, world.version, world.number)
            self.connection.execute("UPDATE world SET serial = ?, version = ? WHERE number = ?", said)
        self._changed.clear()

    def fill(self, id: WorldId, number: int, contents: Contents) -> None:
        """Let an empty world hold this."""
        self._forget_world(id)
        world = World(id, number, self._kinds[id.provider], Known(contents.serial))
        self._put(world, world.kinds.coming(contents))
        said = (contents.serial, number)
        self.connection.execute("UPDATE world SET serial = ?, version = version + 1 WHERE number = ?", said)

    def empty(self, id: WorldId, number: int) -> None:
        """Let a world hold nothing."""
        self._forget_world(id)
        world = World(id, number, self._kinds[id.provider], Known(0))
        self._entries.leave(world, self._all(world, leave=True))
        self.connection.execute("DELETE FROM record WHERE world = ?", (number,))

    def drop(self, id: WorldId, number: int) -> None:
        self.empty(id, number)
        self.connection.execute("DELETE FROM world WHERE number = ?", (number,))

    def _put(self, world: World, steps: list[Step]) -> None:
        self.connection.executemany(_PUT, (_row(world, step) for step in steps))
        self._entries.come(world, steps)
        self._entries.enter()

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

    def is_of(self, version: str) -> bool:
        """Whether what is in the indexes was worked out by this code, and there is a number for each."""
        row = self.connection.execute("SELECT said FROM note WHERE name = 'indexed by'").fetchone()
        return row is not None and row[0] == version and self._places.are_all_numbered()

    def index_anew(self, version: str) -> None:
        """Numbers for all indexes there are; and entries for all records, if the code that made them was another."""
        self._places.number_all()
        row = self.connection.execute("SELECT said FROM note WHERE name = 'indexed by'").fetchone()
        if row is not None and row[0] == version:
            return
        for number, provider, name in self.connection.execute("SELECT number, provider, name FROM world").fetchall():
            if provider in self._kinds:
                self.connection.execute("DELETE FROM entry WHERE world = ?", (number,))
                self.connection.execute("UPDATE world SET version = version + 1 WHERE number = ?", (number,))
                world = World(WorldId(provider, text_of(name)), number, self._kinds[provider], Known(0))
                self._put(world, list(self._all(world, leave=False)))
        self.connection.execute("INSERT OR REPLACE INTO note (name, said) VALUES ('indexed by', ?)", (version,))


def _old(view: KnownView, kind: str, id: str) -> Record | None:
    return view.get(kind, id) if type(id) is str else None


def _row(world: World, step: Step) -> _Row:
    body = bytearray() if step.record is None else bytearray(written(step.record))
    return world.number, step.kind, blob(step.id), step.due, body
