"""Stores to try the port on, each new and empty; and the loop they are all run on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from mockserver.core.world import Kind, Store
from mockserver.stores.memory import MemoryStore
from mockserver.stores.sqlite import SqliteStore

T = TypeVar("T")
Kinds = Mapping[str, Mapping[str, Kind]]
Make = Callable[[Kinds], Store]

# What a store has open belongs to one loop.
_LOOP: Final = asyncio.new_event_loop()


def run(work: Coroutine[Any, Any, T]) -> T:
    return _LOOP.run_until_complete(work)


def makers(folder: Path) -> Mapping[str, Make]:
    """By name, how to make a store that nobody has used before."""
    count = 0

    def sqlite(kinds: Kinds) -> Store:
        nonlocal count
        count += 1
        return SqliteStore(folder / f"{count}.db", kinds)

    return {"memory": MemoryStore, "sqlite": sqlite}
