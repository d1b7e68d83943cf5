"""What lies outside of worlds in Redis: which worlds there are, and which may have something under a public key.

In a cluster it lies elsewhere than a world, so both can't change at once: what stands here may be too much, never too
little. A world is struck off when it is gone, or when somebody finds that it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.stores.redis_line import Command, Line
from mockserver.stores.redis_scripts import Keys, listed, listed_world

Place = tuple[str, str, str]

# So many worlds are asked for in one go.
MOST_AT_ONCE: Final = 5_000


class Directory:
    """The lists of one server. A world is named with its age: one that is made again later is another."""

    def __init__(self, line: Line, keys: Keys) -> None:
        self._line = line
        self._keys = keys

    async def worlds(self, provider: str | None) -> list[WorldId]:
        """Those that are there, oldest first."""
        return [world for world, _, _ in await self.sizes(provider)]

    async def sizes(self, provider: str | None = None) -> list[tuple[WorldId, int, int]]:
        """Those that are there, oldest first, with their calls and how many records they hold."""
        said = await self._line.send(lambda client: client.zrange(self._keys.worlds, 0, -1))
        listed = [(world, age) for world, age in map(listed_world, said) if provider in (None, world.provider)]
        found: list[tuple[WorldId, int, int]] = []
        for first in range(0, len(listed), MOST_AT_ONCE):
            found += await self._there(listed[first : first + MOST_AT_ONCE])
        return found

    async def _there(self, listed: list[tuple[WorldId, int]]) -> list[tuple[WorldId, int, int]]:
        async def look(client: Json) -> list[Json]:
            pipe = client.pipeline(transaction=False)
            for world, _ in listed:
                itself, records, _ = self._keys.of(world)
                pipe.hmget(itself, "age", "calls")
                pipe.hlen(records)
            answers: list[Json] = await pipe.execute()
            return answers

        said = await self._line.send(look)
        pairs = zip(listed, said[::2], said[1::2], strict=True)
        return [
            (world, int(calls or 0), many)
            for (world, age), (now, calls), many in pairs
            if now is not None and int(now) == age
        ]

    async def owners(self, provider: str, kind: str, label: str, key: str) -> list[tuple[WorldId, int]]:
        """Worlds that may have something under a public key, with their ages, oldest first."""
        where = self._keys.owners(provider, kind, label, key)
        said = await self._line.send(lambda client: client.zrange(where, 0, -1))
        return [listed_world(each) for each in said]

    async def enlist(self, world: WorldId, age: int) -> None:
        """A world is there."""
        await self._line.send(lambda client: client.zadd(self._keys.worlds, {listed(world, age): age}))

    def announcing(self, world: WorldId, age: int, places: Iterable[Place]) -> list[Command]:
        """What lets it be known that a world may have something under these public keys."""
        said = listed(world, age)
        return [("ZADD", self._keys.owners(world.provider, *place), age, said) for place in places]

    def announced(self, world: WorldId, age: int, places: Iterable[Place]) -> Iterable[bytes]:
        """The same as items of a script, where all keys are on one server."""
        number, said = b"%d" % age, listed(world, age)
        for place in places:
            yield from (b"o", self._keys.owners(world.provider, *place), number, said)

    async def strike(self, world: WorldId, age: int, places: Iterable[Place], *, listed_too: bool = False) -> None:
        """A world has nothing under these keys any more; `listed_too` says that it is gone."""
        said, wanted = listed(world, age), list(places)

        async def work(client: Json) -> None:
            pipe = client.pipeline(transaction=False)
            for place in wanted:
                pipe.zrem(self._keys.owners(world.provider, *place), said)
            if listed_too:
                pipe.zrem(self._keys.worlds, said)
            await pipe.execute()

        await self._line.send(work)
