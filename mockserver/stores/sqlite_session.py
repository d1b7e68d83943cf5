"""Transactions on one SQLite file: of one piece of work, or of many that are gathered; and who waits for whom.

A transaction begins by reading, and takes the writer's lock with its first write. If somebody else wrote since, SQLite
refuses that, and the work is done again with the lock in hand. Where others write all the time, work that is gathered
takes the lock before it begins.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from mockserver.core.world import StoreError
from mockserver.stores.rows import Kinds
from mockserver.stores.sqlite_file import OpenFile, explained, is_busy, is_lost, opened
from mockserver.stores.sqlite_log import Log
from mockserver.stores.sqlite_tables import Tables

T = TypeVar("T")

# A file that was found locked is locked for longer, mostly: until it is free again nobody waits long for it.
_BRIEF_SECONDS: Final = 0.01
# A batch of calls holds the lock for a millisecond or two. SQLite itself would ask again after 1, 2, 5, 10 ms and more.
_NAP_SECONDS: Final = 0.000_1


class Session:
    """What one process does to a file. It opens it when there is something to do."""

    def __init__(
        self,
        path: Path,
        kinds: Mapping[str, Kinds],
        *,
        full: bool,
        version: str,
        seconds: float,
        trace: Callable[[str], None] | None,
        nap: Callable[[float], None] | None,
    ) -> None:
        """See `SqliteStore`."""
        self.path = path
        self.address = f"sqlite:{path}"
        self._kinds = kinds
        self._full = full
        self._version = version
        self._seconds = seconds
        self._trace = trace
        self._nap = nap
        self._tables: Tables | None = None
        self._file = OpenFile(path)
        self._log = Log(path)
        self._has_rivals = False  # somebody else wrote while work that was gathered was done
        self._found_locked = False
        self._gathers = False
        self._spoilt: StoreError | None = None

    def close(self) -> None:
        """Let go of the file; its log goes too if the file is gone already."""
        tables, self._tables = self._tables, None
        if tables is not None:
            self._log.close()
            tables.connection.close()
            self._file.clear_away()

    def gather(self) -> None:
        """Work that may be done together is, from here on."""
        self._gathers = True

    def settle(self) -> None:
        """Commit what was gathered. StoreError says that none of it has come to anything."""
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

    def within(self, work: Callable[[Tables], T], *, writes: bool = False, together: bool = False) -> T:
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

    def _open(self) -> Tables:
        self.close()
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
            self.close()
        return explained(self.address, error)

    def _wait(self, tables: Tables) -> None:
        seconds = _BRIEF_SECONDS if self._found_locked else self._seconds
        tables.connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")


def _roll_back(tables: Tables) -> None:
    tables.forget()
    if tables.connection.in_transaction:
        tables.connection.execute("ROLLBACK")
