"""Entries of the indexes in an SQLite file. What comes is written down when somebody looks there, or in the end.

One batch of rows for many calls costs less than many small ones. How many have come under a key is known meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from mockserver.core.world import WorldId
from mockserver.stores.rows import Step, blob
from mockserver.stores.sqlite_places import Places
from mockserver.stores.sqlite_questions import World, position

_ENTER: Final = "INSERT OR IGNORE INTO entry (place, key, world, position, id) VALUES (?, ?, ?, ?, ?)"
_LEAVE: Final = "DELETE FROM entry WHERE place = ? AND key = ? AND world = ? AND position = ? AND id = ?"

_Row = tuple[int, bytearray, int, int | bytearray, bytearray]
# Who has something under a key: (provider, kind, index, key). It has to be asked anew when something comes or goes.
Owners = dict[tuple[str, str, str, str], WorldId | None]


class Entries:
    """What comes and goes within a transaction."""

    __slots__ = ("_coming", "_connection", "_more", "_owners", "_places")

    def __init__(self, connection: sqlite3.Connection, places: Places, owners: Owners) -> None:
        self._connection = connection
        self._places = places
        self._owners = owners
        self._coming: list[_Row] = []
        self._more: dict[tuple[int, str, str, str], int] = {}

    def come(self, world: World, steps: Iterable[Step]) -> None:
        number, rows, more = world.number, self._coming, self._more
        for step in steps:
            kind = step.kind
            if step.come:
                id = blob(step.id)
                for label, key, order in step.come:
                    rows.append((self._place(world, kind, label, key), blob(key), number, position(order), id))
                    yet = (number, kind, label, key)
                    more[yet] = more.get(yet, 0) + 1

    def leave(self, world: World, steps: Iterable[Step]) -> None:
        number = world.number
        rows = [
            (self._place(world, step.kind, label, key), blob(key), number, position(order), blob(step.id))
            for step in steps
            for label, key, order in step.gone
        ]
        if rows:
            self.enter()
            self._connection.executemany(_LEAVE, rows)

    def yet(self, world: World, kind: str, label: str, key: str) -> int:
        """How many have come under a key that are not written down yet."""
        return self._more.get((world.number, kind, label, key), 0)

    def enter(self) -> None:
        """Write down what has come."""
        if self._coming:
            rows, self._coming = self._coming, []
            self._more.clear()
            self._connection.executemany(_ENTER, rows)

    def forget(self) -> None:
        """What has come has not: it was taken back."""
        self._coming.clear()
        self._more.clear()

    def _place(self, world: World, kind: str, label: str, key: str) -> int:
        provider = world.id.provider
        if self._owners:
            self._owners.pop((provider, kind, label, key), None)
        return self._places.of(provider, kind, label)
