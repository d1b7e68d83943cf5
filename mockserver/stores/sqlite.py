"""Worlds in an SQLite file: they survive the process, and several processes of one machine share them.

An exchange is one transaction, on the loop and without a break, as in memory: 12 to 20 us a statement is less than any
way to another thread. It reads what it touches and takes the writer's lock with its first write; if somebody else wrote
since it began to read, SQLite refuses that, and it is decided again with the lock in hand: then nothing can move, and
waiting for the lock is bounded. What a call that changes nothing reads, nobody has to wait for. Where others write all
the time, calls that are gathered take the lock before they are decided.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

from mockserver.core.world import (
    Change,
    Contents,
    Decide,
    Interrupted,
    Kind,
    Outcome,
    StoreError,
    View,
    WorldId,
    gathered,
)
from mockserver.stores.rows import Kinds
from mockserver.stores.sqlite_file import OpenFile, explained, is_busy, is_lost, opened
from mockserver.stores.sqlite_log import Log
from mockserver.stores.sqlite_questions import sizes
from mockserver.stores.sqlite_tables import Tables

T = TypeVar("T")

# A file that was found locked is locked for longer, mostly: until it is free again nobody waits long for it.
PATIENCE_SECONDS: Final = 2.0
_BRIEF_SECONDS: Final = 0.01
# A batch of calls holds the lock for a millisecond or two. SQLite itself would ask again after 1, 2, 5, 10 ms and more.
_NAP_SECONDS: Final = 0.000_1


class SqliteStore:
    """A `core.world.Store` in a file. `kinds` says, by provider, what its worlds hold; `version` which code this is.

    Indexes are worked out by code: a file whose entries are of another version gets them anew when it is opened.
    """

    def __init__(
        self,
        path: Path,
        kinds: Mapping[str, Mapping[str, Kind]],
        *,
        full: bool = False,
        version: str = "",
        seconds: float = PATIENCE_SECONDS,
        trace: Callable[[str], None] | None = None,
        nap: Callable[[float], None] | None = None,
    ) -> None:
        """`full` flushes each commit to the disk. `seconds` is how long it waits for others who write.

        `trace` is told each statement. `nap` lets so many seconds pass; without it SQLite sleeps as it likes.
        """
        self.path = path
        self._kinds = {provider: Kinds(provider, some) for provider, some in kinds.items()}
        self._full = full
        self._version = version
        self._seconds = seconds
        self._trace = trace
        self._nap = nap
        self._tables: Tables | None = None
        self._file = OpenFile(path)
        self._log = Log(path)
        self._has_rivals = False  # somebody else wrote while calls that were gathered were decided
        self._found_locked = False
        self._gathers = False
        self._spoilt: StoreError | None = None

    @property
    def never_waits(self) -> bool:
        return True

    @property
    def lasts(self) -> bool:
        return True

    @property
    def address(self) -> str:
        return f"sqlite:{self.path}"

    @property
    def warning(self) -> str | None:
        return None

    async def transact(self, world: WorldId, decide: Decide, *, counted: bool = True) -> Outcome:
        def work(tables: Tables) -> Outcome:
            there = tables.world(world)
            view = tables.view(there)
            try:
                outcome = decide(view)
                if outcome.changes:
                    tables.commit(there, view, outcome.changes)
                    if counted:
                        tables.count_call(there)
            finally:
                view.close()
            return outcome

        return self._within(work, together=True)

    async def live(self, world: WorldId, decide: Callable[[View], Outcome | None]) -> list[Outcome]:
        def work(tables: Tables) -> tuple[list[Outcome], Exception | None]:
            done: list[Outcome] = []
            there = tables.world(world)
            with closing(tables.view(there)) as view:
                try:
                    while (outcome := decide(view)) is not None:
                        tables.commit(there, view, outcome.changes)
                        done.append(outcome)
                except sqlite3.Error:
                    raise
                except Exception as error:  # what was done before stays
                    return done, error
            return done, None

        done, failed = self._within(work)
        if failed is not None:
            raise Interrupted(done) from failed
        return done

    async def create(self, world: WorldId, changes: Iterable[Change]) -> bool:
        contents = gathered(changes)

        def work(tables: Tables) -> bool:
            if tables.number(world) is not None:
                return False
            tables.fill(world, tables.new(world), contents)
            return True

        return self._within(work, writes=True)

    async def contents(self, world: WorldId) -> Contents:
        return self._within(lambda tables: tables.contents(world))

    async def replace(self, world: WorldId, contents: Contents) -> None:
        def work(tables: Tables) -> None:
            number = tables.number(world)
            if number is None:
                number = tables.new(world)
            else:
                tables.empty(world, number)
            tables.fill(world, number, contents)

        self._within(work, writes=True)

    async def exists(self, world: WorldId) -> bool:
        return self._within(lambda tables: tables.number(world) is not None, together=True)

    async def drop(self, world: WorldId, *, calls: int | None = None) -> bool:
        def work(tables: Tables) -> bool:
            number = tables.number(world)
            if number is None or calls not in (None, tables.world(world).known.serial):
                return False
            tables.drop(world, number)
            return True

        return self._within(work, writes=True)

    async def worlds(self, provider: str | None = None) -> list[WorldId]:
        found = self._within(lambda tables: tables.worlds())
        return [world for world in found if provider in (None, world.provider)]

    async def sizes(self) -> list[tuple[WorldId, int, int]]:
        return self._within(lambda tables: sizes(tables.connection))

    async def whose(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        return self._within(lambda tables: tables.owner(provider, kind, index, key), together=True)

    async def check(self) -> None:
        said = "INSERT INTO note (name, said) VALUES ('checked', '') ON CONFLICT (name) DO UPDATE SET said = ''"
        self._within(lambda tables: tables.connection.execute(said), writes=True)

    async def close(self) -> None:
        self._let_go()

    def gather(self) -> None:
        self._gathers = True

    def settle(self) -> None:
        self._gathers = False
        spoilt, self._spoilt = self._spoilt, None
        if spoilt is not None:
            raise spoilt
        tables = self._tables
        if tables is not None and tables.connection.in_transaction:
            if not tables.has_written():
                self._has_rivals = False
            try:
                self._finish(tables)
            except sqlite3.Error as error:
                raise self._trouble(error) from error

    # ---- transactions

    def _within(self, work: Callable[[Tables], T], *, writes: bool = False, together: bool = False) -> T:
        """The work in a transaction, done again with the writer's lock if it came too late to get it.

        It is one of its own, unless it may be done `together` with others that are gathered. Raises StoreError, and
        what it raises.
        """
        gathers = self._gathers
        if gathers and self._spoilt is not None:
            raise self._spoilt
        try:
            tables = self._tables
            if tables is None or not (tables.connection.in_transaction or self._file.is_there()):
                tables = self._open()
            if gathers and together:
                return self._joined(tables, work)
            if gathers and tables.connection.in_transaction:
                self._finish(tables)
            if not writes:
                try:
                    return self._alone(tables, Tables.begin, work)
                except sqlite3.OperationalError as error:
                    if not is_busy(error):
                        raise
            done = self._alone(tables, self._begin_locked, work)
            if self._found_locked:
                self._found_locked = False
                self._wait(tables)
            return done
        except sqlite3.Error as error:
            trouble = self._trouble(error)
            if gathers:
                self._spoilt = trouble
            raise trouble from error

    def _alone(self, tables: Tables, begin: Callable[[Tables], None], work: Callable[[Tables], T]) -> T:
        """The work in a transaction of its own."""
        try:
            begin(tables)
            done = work(tables)
            self._finish(tables)
        except BaseException:
            _roll_back(tables)
            raise
        return done

    def _joined(self, tables: Tables, work: Callable[[Tables], T]) -> T:
        """The work in the transaction that is open, or is opened now. What raises has changed nothing."""
        if not tables.connection.in_transaction:
            if self._has_rivals:
                self._begin_locked(tables)
            else:
                tables.begin()
        try:
            return work(tables)
        except sqlite3.OperationalError as error:
            if not is_busy(error) or tables.has_written():
                raise
        # Nobody in this transaction has written yet, or the lock would be ours.
        self._has_rivals = True
        tables.step_back()
        self._begin_locked(tables)
        return work(tables)

    def _finish(self, tables: Tables) -> None:
        tables.finish()
        if self._log.tend(tables.connection):
            self._wait(tables)

    def _begin_locked(self, tables: Tables) -> None:
        """Begin a transaction with the writer's lock in hand, for which it waits. Raises sqlite3.OperationalError."""
        if self._nap is None or not self._has_rivals:
            tables.begin("BEGIN IMMEDIATE")
            return
        left = _BRIEF_SECONDS if self._found_locked else self._seconds
        tables.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    tables.begin("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as error:
                    if not is_busy(error) or left <= 0:
                        raise
                self._nap(_NAP_SECONDS)
                left -= _NAP_SECONDS
        finally:
            self._wait(tables)

    def _let_go(self) -> None:
        """Of the file; its log goes too if the file is gone already."""
        tables, self._tables = self._tables, None
        if tables is not None:
            self._log.close()
            tables.connection.close()
            self._file.clear_away()

    def _open(self) -> Tables:
        self._let_go()
        seconds = _BRIEF_SECONDS if self._found_locked else self._seconds
        connection = opened(self.path, self.address, full=self._full, seconds=seconds)
        tables = Tables(connection, self._kinds)
        try:
            if not tables.is_of(self._version):
                self._alone(tables, self._begin_locked, lambda tables: tables.index_anew(self._version))
        except BaseException:
            connection.close()
            raise
        connection.set_trace_callback(self._trace)
        self._tables, self._file = tables, OpenFile(self.path)
        return tables

    def _trouble(self, error: sqlite3.Error) -> StoreError:
        tables = self._tables
        if tables is not None:
            _roll_back(tables)
        if is_busy(error) and not self._found_locked:
            self._found_locked = True
            if tables is not None:
                self._wait(tables)
        if is_lost(error):
            self._let_go()
        return explained(self.address, error)

    def _wait(self, tables: Tables) -> None:
        seconds = _BRIEF_SECONDS if self._found_locked else self._seconds
        tables.connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")


def _roll_back(tables: Tables) -> None:
    tables.forget()
    if tables.connection.in_transaction:
        tables.connection.execute("ROLLBACK")
