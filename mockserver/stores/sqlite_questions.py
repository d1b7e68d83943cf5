"""Questions about a world, each one statement, answered from an index of the SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final

from mockserver.core.world import Due, Order, WorldId
from mockserver.stores.known import Count, Get, Known, Page, Question
from mockserver.stores.rows import Kinds, blob, read, text_of

Places = Callable[[str, str, str], int]

GET: Final = "SELECT body FROM record WHERE world = ? AND kind = ? AND id = ?"
_COUNT: Final = "SELECT count(*) FROM entry WHERE place = ? AND key = ? AND world = ?"
_DUE: Final = "SELECT due, kind, id FROM record WHERE world = ? AND due IS NOT NULL ORDER BY due, kind, id LIMIT 1"


def _page(way: str, after: str) -> str:
    return (
        "SELECT entry.position, entry.id, record.body FROM entry CROSS JOIN record ON record.world = entry.world "
        "AND record.kind = ? AND record.id = entry.id WHERE entry.place = ? AND entry.key = ? AND entry.world = ? "
        f"{after} ORDER BY entry.position {way}, entry.id {way} LIMIT ?"
    )


# By (reverse, after).
_PAGE: Final = {
    (False, False): _page("ASC", ""),
    (True, False): _page("DESC", ""),
    (False, True): _page("ASC", "AND (entry.position, entry.id) > (?, ?)"),
    (True, True): _page("DESC", "AND (entry.position, entry.id) < (?, ?)"),
}


# The records of a world are counted in the index of their ids, of which their texts are no part.
_SIZES: Final = (
    "SELECT world.provider, world.name, world.serial, "
    "(SELECT count(*) FROM record WHERE record.world = world.number) FROM world ORDER BY world.number"
)


def sizes(connection: sqlite3.Connection) -> list[tuple[WorldId, int, int]]:
    """Every world, oldest first, with its calls and how many records it holds."""
    rows = connection.execute(_SIZES)
    return [(WorldId(provider, text_of(name)), calls, records) for provider, name, calls, records in rows]


class World:
    """A world by its number, and what is known of it at a version, which it had at a certain look."""

    __slots__ = ("id", "kinds", "known", "look", "number", "version")

    def __init__(self, id: WorldId, number: int, kinds: Kinds, known: Known, version: int = 0, look: int = 0) -> None:
        self.id = id
        self.number = number
        self.kinds = kinds
        self.known = known
        self.version = version
        self.look = look


def answer(connection: sqlite3.Connection, places: Places, world: World, question: Question) -> None:
    """Let the answer be known. `places` numbers indexes by provider, kind and name."""
    known, execute = world.known, connection.execute
    if isinstance(question, Get):
        kind, id = question
        row = execute(GET, (world.number, kind, blob(id))).fetchone()
        known.records[kind, id] = None if row is None else read(row[0])
    elif isinstance(question, Page):
        _page_of(connection, places, world, question)
    elif isinstance(question, Count):
        kind, index, key = question
        where = (places(world.id.provider, kind, index), blob(key), world.number)
        known.learn_count(kind, index, key, execute(_COUNT, where).fetchone()[0])
    else:
        row = execute(_DUE, (world.number,)).fetchone()
        known.learn_due(None if row is None else Due(row[0], row[1], text_of(row[2])))


def _page_of(connection: sqlite3.Connection, places: Places, world: World, page: Page) -> None:
    kind, index, key, reverse, after, many = page
    where = [kind, places(world.id.provider, kind, index), blob(key), world.number]
    if after is not None:
        where += [position(after[0]), blob(after[1])]
    found: list[tuple[Order, str]] = []
    for order, said, body in connection.execute(_PAGE[reverse, after is not None], (*where, many)):
        id = text_of(said)
        found.append((text_of(order) if isinstance(order, bytes) else order, id))
        if (kind, id) not in world.known.records:
            world.known.records[kind, id] = read(body)
    world.known.learn_page(page, found)


def position(order: Order) -> int | bytearray:
    """An order as it stands in a row."""
    return blob(order) if isinstance(order, str) else order
