"""What an exchange costs does not grow with the world: so many statements or commands, however much is in there.

`CLIPS=100000 pytest tests/stores/test_cost.py` fills it as full as one likes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.core.world import Contents, Index, Kind, Outcome, Put, Store, View, WorldId
from mockserver.stores.redis import RedisStore
from mockserver.stores.sqlite import SqliteStore
from tests.stores.making import run
from tests.stores.running import redis_server

CLIPS: Final = int(os.environ.get("CLIPS", 10_000))
FULL: Final = WorldId("p", "full")
EMPTY: Final = WorldId("p", "empty")
KINDS: Final = {
    "p": {
        "clip": Kind(
            "clip",
            {"owner": Index(lambda clip: (clip["owner"], clip["at"])), "id": Index(lambda clip: (clip["id"], 0), True)},
            lambda clip: clip["due"],
        )
    }
}


def clip(number: int) -> Json:
    return {"id": f"{number:032x}", "owner": "me", "at": number, "due": number}


def filled(store: Store) -> Store:
    """Two worlds, one of them with very much in it."""
    clips = {clip(number)["id"]: clip(number) for number in range(CLIPS)}
    run(store.replace(FULL, Contents({"clip": clips})))
    run(store.replace(EMPTY, Contents({})))
    return store


def exchange(store: Store, world: WorldId, number: int) -> None:
    """What a call does: looks whose it is, what is due, at the newest clips, and makes one."""

    def decide(view: View) -> Outcome:
        view.next_due()
        newest = view.find("clip", "owner", "me", reverse=True)
        _ = [each for each, _ in zip(newest, range(3), strict=False)]
        made = clip(number)
        return Outcome(Reply(201), (Put("clip", made["id"], made),))

    run(store.whose("p", "clip", "id", "nobody's"))
    run(store.transact(world, decide))


def test_sqlite_makes_as_few_statements_in_a_full_world(tmp_path: Path) -> None:
    told: list[str] = []
    store = filled(SqliteStore(tmp_path / "worlds.db", KINDS, trace=told.append))
    counts = {}
    for world in (EMPTY, FULL):
        for number in (CLIPS, CLIPS + 1):
            told.clear()
            exchange(store, world, number)
        counts[world] = [statement.split("(")[0][:20] for statement in told]
    assert counts[FULL] == counts[EMPTY]
    assert len(counts[FULL]) <= 14
    run(store.close())


def test_redis_is_sent_as_few_commands_in_a_full_world() -> None:
    with redis_server("--appendonly", "no") as redis:
        store = filled(RedisStore(redis.url, KINDS))
        counts = {}
        for world in (EMPTY, FULL):
            exchange(store, world, CLIPS)
            before = redis.calls()
            exchange(store, world, CLIPS + 1)
            counts[world] = {name: count - before.get(name, 0) for name, count in redis.calls().items()}
        # An empty list has nothing to look up.
        assert {**counts[FULL], "hget": 0} == {**counts[EMPTY], "hget": 0}
        assert counts[FULL]["hget"] <= 16
        assert sum(counts[FULL].values()) <= 40
        run(store.close())
