"""The file of an SQLite store: how it is opened, what is in it, and what its errors mean to a person.

Durability: the journal is a write-ahead log and `synchronous` is NORMAL unless it was asked to be FULL. What a call was
answered survives the end of this process, however it comes (kill -9 too). It survives the end of the machine (power,
kernel) with `?synchronous=full` alone, which costs a flush to the disk for each call; without it the last calls before
such an end may be missing, each whole or not at all, and the file is never damaged.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from mockserver.core.world import StoreError

SCHEMA: Final = 2
# "mock": https://www.sqlite.org/pragma.html#pragma_application_id
APPLICATION: Final = 0x6D6F636B

# Texts are kept as bytes, so that they sort as they do in Python. Records lie in the order they came, since ids are
# scattered: with their texts among them, each call would write another dozen pages.
_TABLES: Final = """
CREATE TABLE world (number INTEGER PRIMARY KEY AUTOINCREMENT, provider TEXT NOT NULL, name BLOB NOT NULL,
    serial INTEGER NOT NULL, UNIQUE (provider, name));
CREATE TABLE record (number INTEGER PRIMARY KEY, world INTEGER NOT NULL, kind TEXT NOT NULL, id BLOB NOT NULL,
    due INTEGER, body BLOB NOT NULL, UNIQUE (world, kind, id));
CREATE INDEX agenda ON record (world, due, kind, id) WHERE due IS NOT NULL;
CREATE TABLE place (number INTEGER PRIMARY KEY, provider TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    UNIQUE (provider, kind, name));
CREATE TABLE entry (place INTEGER NOT NULL, key BLOB NOT NULL, world INTEGER NOT NULL, position NOT NULL,
    id BLOB NOT NULL, PRIMARY KEY (place, key, world, position, id)) WITHOUT ROWID;
CREATE TABLE note (name TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
"""

# `version` grows with each commit that changes a world, so that others know what they have read of it still holds.
# `entry` answers for one world what stands under a key, in order, and for all of them who has it, the oldest first:
# numbers of worlds only grow. Keys come first, whatever index they are of: most are ids that are made together, begin
# alike, and then lie on one page, where each page that a call touches is a twentieth of its time.
_VERSIONS: Final = """
ALTER TABLE world ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
DROP TABLE entry;
CREATE TABLE entry (place INTEGER NOT NULL, key BLOB NOT NULL, world INTEGER NOT NULL, position NOT NULL,
    id BLOB NOT NULL, PRIMARY KEY (key, place, world, position, id)) WITHOUT ROWID;
DELETE FROM note WHERE name = 'indexed by';
"""

# From the schema of a number to the next one.
UPGRADES: Final[dict[int, str]] = {0: _TABLES, 1: _VERSIONS}

_CACHE_KIB: Final = 32 * 1024
_MOST_TRIES: Final = 20

_MEANINGS: Final = {
    sqlite3.SQLITE_BUSY: "another process has it locked; end that, or wait until it lets go",
    sqlite3.SQLITE_LOCKED: "another process has it locked; end that, or wait until it lets go",
    sqlite3.SQLITE_FULL: "the disk is full; make room",
    sqlite3.SQLITE_READONLY: "it can't be written; check who may write the file and its folder",
    sqlite3.SQLITE_PERM: "it can't be written; check who may write the file and its folder",
    sqlite3.SQLITE_IOERR: "the disk can't be read or written, or is full",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; put back a copy, or name another file",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database, or a damaged one; put back a copy, or name another file",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened; check the folder and who may write there",
}
# After these the connection is of no use: the file may be another one by now.
_LOST: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN})


def code_of(error: sqlite3.Error) -> int:
    """SQLite's own result code, without what it adds in particular cases; 0 when it was Python that refused."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def is_busy(error: sqlite3.Error) -> bool:
    """Somebody else is writing, or has written since we began to read."""
    return code_of(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_lost(error: sqlite3.Error) -> bool:
    return code_of(error) in _LOST


def explained(address: str, error: sqlite3.Error) -> StoreError:
    """The sentence for a person."""
    meaning = _MEANINGS.get(code_of(error))
    said = f"{error}: {meaning}" if meaning else f"{type(error).__name__}: {error}"
    return StoreError(f"the store {address} can't be used ({said})")


class OpenFile:
    """Which file it was that was opened, and its log: another one may be in its place by now, or none."""

    def __init__(self, path: Path) -> None:
        self._path, self._log = path, Path(f"{path}-wal")
        self._itself, self._its_log = _identity(path), _identity(self._log)

    def is_there(self) -> bool:
        """Whether it is where it was opened: SQLite goes on with a file that nobody will ever find again."""
        return _identity(self._path) == self._itself

    def clear_away(self) -> None:
        """Once it is closed: take away the log of one that is gone, or it would go into what lies in its place now.

        https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use
        """
        if not self.is_there() and self._its_log is not None and _identity(self._log) == self._its_log:
            for beside in (self._log, Path(f"{self._path}-shm")):
                with suppress(OSError):
                    beside.unlink()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def opened(path: Path, address: str, *, full: bool, seconds: float) -> sqlite3.Connection:
    """A connection to the file, made or upgraded if need be. It waits so long for others who write.

    Raises StoreError for a file that is something else's, or of a newer mockserver, and sqlite3.Error.
    """
    connection = sqlite3.connect(
        path, timeout=seconds, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        _check_whose(connection, address)
        _write_ahead(connection)
        connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # `sqlite_log.py` sees to that
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if _version(connection, address) < SCHEMA:
            connection.execute("BEGIN IMMEDIATE")
            _upgrade(connection, address)
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _check_whose(connection: sqlite3.Connection, address: str) -> None:
    """Nothing is written to a file of somebody else."""
    connection.execute("BEGIN")  # as of one moment: others may be making it
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.execute("COMMIT")
    if application != APPLICATION and (application or version or tables):
        raise StoreError(f"the store {address} can't be used: the file is another program's; name another file")
    _version(connection, address)


def _version(connection: sqlite3.Connection, address: str) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA:
        raise StoreError(
            f"the store {address} can't be used: a newer mockserver wrote the file (its schema is {version}, this one "
            f"reads up to {SCHEMA}); update mockserver, or name another file"
        )
    return version


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers then never wait for who writes. Others who open a new file at the same time have to be waited for."""
    for turn in range(_MOST_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or turn == _MOST_TRIES - 1:
                raise
        connection.execute("BEGIN IMMEDIATE")  # which does wait, while the change of the mode may not
        connection.execute("ROLLBACK")


def _upgrade(connection: sqlite3.Connection, address: str) -> None:
    version = _version(connection, address)
    while version < SCHEMA:
        for statement in UPGRADES[version].split(";\n"):
            connection.execute(statement)
        version += 1
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
