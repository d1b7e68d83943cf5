"""Several stores on one place, as several processes have them: who reads again, who waits, and that nothing is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from mockserver.core.http import Reply
from mockserver.core.world import Index, Kind, Outcome, Put, Store, View, WorldId
from mockserver.stores.redis import RedisStore
from mockserver.stores.redis_scripts import COMMIT, TAKE
from mockserver.stores.sqlite import SqliteStore
from mockserver.stores.sqlite_log import Log
from tests.stores.making import run
from tests.stores.running import RedisServer, redis_server

KINDS: Final = {"p": {"note": Kind("note", {"all": Index(lambda note: ("", note["at"]))})}}
HERE: Final = WorldId("p", "here")
THERE: Final = WorldId("p", "there")


def added(view: View) -> Outcome:
    at = view.count("note", "all", "")
    return Outcome(Reply(201), (Put("note", f"{at}", {"at": at}),))


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server("--appendonly", "no") as running:
        yield running


@pytest.fixture(params=["sqlite", "redis"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Store]]:
    if request.param == "sqlite":
        stores: list[Store] = [SqliteStore(tmp_path / "worlds.db", KINDS) for _ in range(2)]
    else:
        running = request.getfixturevalue("redis")
        stores = [RedisStore(running.url, KINDS) for _ in range(2)]
    run(stores[0].create(HERE, ()))
    run(stores[0].create(THERE, ()))
    yield stores
    for store in stores:
        run(store.close())


def test_what_both_change_at_once_is_all_there(pair: list[Store]) -> None:
    async def both() -> None:
        async def one(store: Store) -> None:
            for _ in range(20):
                await asyncio.gather(*(store.transact(HERE, added) for _ in range(5)))

        await asyncio.gather(*(one(store) for store in pair))

    run(both())
    for store in pair:
        contents = run(store.contents(HERE))
        assert (len(contents.records["note"]), contents.serial) == (200, 200)


def test_calls_that_are_gathered_see_what_those_before_them_have_added(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "worlds.db", KINDS)
    run(store.create(HERE, ()))
    store.gather()
    for _ in range(3):
        run(store.transact(HERE, added))
    store.settle()
    assert list(run(store.contents(HERE)).records["note"]) == ["0", "1", "2"]
    run(store.close())


def test_what_another_changes_in_one_world_lets_the_others_be_known(tmp_path: Path) -> None:
    told: list[str] = []
    mine = SqliteStore(tmp_path / "worlds.db", KINDS, trace=told.append)
    other = SqliteStore(tmp_path / "worlds.db", KINDS)
    for world in (HERE, THERE):
        run(mine.create(world, ()))
        run(mine.transact(world, added))
    for world, asks in ((THERE, 0), (HERE, 1)):
        run(other.transact(world, added))
        told.clear()
        run(mine.transact(HERE, added))
        assert sum(said.startswith("SELECT count(*)") for said in told) == asks
    assert len(run(mine.contents(HERE)).records["note"]) == 4
    for store in (mine, other):
        run(store.close())


def test_a_turn_whose_holder_has_died_ends_by_itself(redis: RedisServer) -> None:
    mine = RedisStore(redis.url, KINDS)
    run(mine.create(HERE, ()))
    assert run(mine.run(TAKE, HERE, b"dead", b"50", b""))[0] is not None
    assert run(mine.run(TAKE, HERE, b"other", b"50", b"")) == b"turn"
    run(mine.transact(HERE, added))
    assert len(run(mine.contents(HERE)).records["note"]) == 1
    run(mine.close())


def test_whose_turn_is_over_can_commit_nothing_that_others_have_moved(redis: RedisServer) -> None:
    mine = RedisStore(redis.url, KINDS)
    run(mine.create(HERE, ()))
    age, version, _ = run(mine.run(TAKE, HERE, b"late", b"1", b""))
    run(mine.transact(HERE, added))
    said = run(mine.run(COMMIT, HERE, age, version, b"token", b"1", b"late", b"1", b"\0\0\0\1r\0\0\0\1x"))
    assert said == b"moved"
    run(mine.close())


def test_a_log_that_is_long_begins_anew(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TABLE row (text)")
        log = Log(tmp_path / "log.db", long=10)
        sizes = []
        for _ in range(400):
            connection.executemany("INSERT INTO row VALUES (?)", [("x" * 4_000,)] * 10)
            log.tend(connection)
            sizes.append((tmp_path / "log.db-wal").stat().st_size)
        log.close()
    assert sizes[-1] < 400 * 10 * 4_000
