"""The write-ahead log of an SQLite file, and how it is carried over into the file while calls go on.

Left to itself, SQLite does that within a commit, which then waits for the disk; and once the log is long, within each
commit, for as long as other processes keep it from beginning anew. Here a thread with a connection of its own carries
over what there is, several times if much has come meanwhile; what is left is little, and done between two transactions.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from typing import Final

# So many rows changed, which is about as many pages in the log. Each time costs a flush to the disk, and a page that
# was written a hundred times is carried over once.
LONG: Final = 16_000
_LITTLE: Final = 2_000
_MOST_TURNS: Final = 4
# So long others may be waited for until the log can begin anew. If that is not enough, the next time is.
_PATIENCE_MS: Final = 50


class Log:
    """The log of one file, as far as one process writes it. It is seen to when so many rows have changed."""

    def __init__(self, path: Path, long: int = LONG) -> None:
        self._path = path
        self._long = long
        self._carried = 0
        self._thread: Thread | None = None

    def tend(self, connection: sqlite3.Connection) -> bool:
        """See to the log; between transactions. True if its `busy_timeout` is another one now.

        Raises nothing: what was committed is, and whoever writes next meets the same trouble, and tells of it.
        """
        if connection.total_changes - self._carried < self._long:
            return False
        if self._thread is None:
            self._thread = Thread(target=self._carry, daemon=True, name="sqlite log")
            self._thread.start()
        if self._thread.is_alive():
            return False
        self._thread, self._carried = None, connection.total_changes
        with suppress(sqlite3.Error):
            connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
            connection.execute("PRAGMA wal_checkpoint(RESTART)")
        return True

    def close(self) -> None:
        """Wait for what is under way."""
        if self._thread is not None:
            self._thread.join()
        self._thread, self._carried = None, 0

    def _carry(self) -> None:
        address = f"{self._path.absolute().as_uri()}?mode=rw"  # none is made if it was taken away meanwhile
        with suppress(sqlite3.Error), closing(sqlite3.connect(address, isolation_level=None, uri=True)) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            for _ in range(_MOST_TURNS):
                busy, there, carried = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if busy or there - carried < _LITTLE:
                    return
