"""Indexes by number: in an SQLite file a number is what an entry says of its index."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from mockserver.stores.rows import Kinds


class Places:
    """The numbers of the indexes that the code knows."""

    __slots__ = ("_connection", "_kinds", "_numbers")

    def __init__(self, connection: sqlite3.Connection, kinds: Mapping[str, Kinds]) -> None:
        self._connection = connection
        self._kinds = kinds
        self._numbers: dict[tuple[str, str, str], int] = {}

    def of(self, provider: str, kind: str, index: str) -> int:
        """The number of an index. Raises KeyError for one that the code does not know."""
        place = (provider, kind, index)
        number = self._numbers.get(place)
        if number is None:
            self._kinds[provider][kind].indexes[index]
            asked = "SELECT number FROM place WHERE provider = ? AND kind = ? AND name = ?"
            number = self._numbers[place] = int(self._connection.execute(asked, place).fetchone()[0])
        return number

    def are_all_numbered(self) -> bool:
        numbered = set(self._connection.execute("SELECT provider, kind, name FROM place"))
        return numbered.issuperset(self._all())

    def number_all(self) -> None:
        said = "INSERT OR IGNORE INTO place (provider, kind, name) VALUES (?, ?, ?)"
        self._connection.executemany(said, self._all())

    def _all(self) -> list[tuple[str, str, str]]:
        return [
            (provider, kind.name, index)
            for provider, kinds in self._kinds.items()
            for kind in kinds.by_name.values()
            for index in kind.indexes
        ]
