"""Stores to try the port on, each new and empty; and the loop they are all run on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from mockserver.core.world import Kind, Store
from mockserver.stores.memory import MemoryStore
from mockserver.stores.redis import RedisStore
from mockserver.stores.sqlite import SqliteStore
from tests.stores.running import RedisServer

T = TypeVar("T")
Kinds = Mapping[str, Mapping[str, Kind]]
Make = Callable[[Kinds], Store]

_AT_ONCE: Final = 4
# What a store has open belongs to one loop.
_LOOP: Final = asyncio.new_event_loop()


def run(work: Coroutine[Any, Any, T]) -> T:
    return _LOOP.run_until_complete(work)


def maker(name: str, folder: Path, running: RedisServer | None) -> Make:
    """How to get an empty store of a sort. The last few stay as they are; older ones are emptied and used again."""
    made: deque[Store] = deque()

    def sqlite(kinds: Kinds) -> Store:
        if len(made) < _AT_ONCE:
            made.append(SqliteStore(folder / f"{len(made)}.db", kinds))
        return emptied(made, kinds)

    def redis(kinds: Kinds) -> Store:
        assert running is not None
        if len(made) < _AT_ONCE:
            made.append(RedisStore(f"unix://{running.socket}?prefix=s{len(made)}", kinds))
        return emptied(made, kinds)

    makers: Mapping[str, Make] = {"memory": MemoryStore, "sqlite": sqlite, "redis": redis}
    return makers[name]


def emptied(made: deque[Store], kinds: Kinds) -> Store:
    """The oldest of them, with no world in it."""
    store = made[0]
    made.rotate(-1)
    for world in run(store.worlds()):
        run(store.drop(world))
    return store
