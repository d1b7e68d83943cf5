"""From an address, as `--store` has it, to a store. What a server does not use is not imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mockserver.core.world import Kind, Store
from mockserver.stores.memory import MemoryStore


def store_at(
    address: str,
    kinds: Mapping[str, Mapping[str, Kind]],
    version: str,
    nap: Callable[[float], None] | None = None,
) -> Store:
    """The store of an address that `options.store_from` has read. Nothing is opened before it is asked.

    `version` is of the code that works out the indexes. `nap` lets so many seconds pass.
    """
    scheme, _, rest = address.partition(":")
    if scheme == "memory":
        return MemoryStore(kinds)
    if scheme != "sqlite":
        from mockserver.stores.redis import RedisStore

        return RedisStore(address, kinds, version=version)
    path, _, query = rest.partition("?")
    from mockserver.stores.sqlite import SqliteStore

    return SqliteStore(Path(path), kinds, full=query == "synchronous=full", version=version, nap=nap)
