"""Worlds in Redis: any number of processes and machines share them.

An exchange goes to the server as one script that changes a world only if nobody else has changed it since it was read
(`redis_lane.py`). All that a world consists of lies in one slot of a cluster. Which world has something under a public
key is told by sets that lie elsewhere: they say who may, before it does, and the world itself is asked whether it does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.text import Json, Record
from mockserver.core.world import (
    Change,
    Contents,
    Decide,
    Kind,
    Outcome,
    StoreError,
    View,
    WorldGone,
    WorldId,
    gathered,
)
from mockserver.stores.known import WEIGHED_EVERY, is_much
from mockserver.stores.redis_directory import Directory
from mockserver.stores.redis_jobs import Job
from mockserver.stores.redis_lane import Lane, Place
from mockserver.stores.redis_line import Address, Command, Line
from mockserver.stores.redis_questions import changed
from mockserver.stores.redis_scripts import ALL, REPLACE, Keys, items, kind_and_id
from mockserver.stores.rows import Kinds, Step, read

SCHEMA: Final = 1
MOST_TRIES: Final = 100
MOST_LANES: Final = 2_000
MOST_OWNERS: Final = 20_000

_SAID: Final = Outcome(Reply(204))


class RedisStore:
    """A `core.world.Store` in Redis. `kinds` says, by provider, what its worlds hold; `version` which code this is."""

    def __init__(self, url: str, kinds: Mapping[str, Mapping[str, Kind]], *, version: str = "") -> None:
        self._line = Line(Address(url))
        self._kinds = {provider: Kinds(provider, some) for provider, some in kinds.items()}
        self._version = version
        self.keys = Keys(self._line.address.prefix)
        self._directory = Directory(self._line, self.keys)
        self._lanes: dict[WorldId, Lane] = {}
        self._owners: dict[tuple[str, str, str, str], WorldId] = {}
        self._making: dict[WorldId, asyncio.Future[bool]] = {}
        self._client: Json = None
        self._warning: str | None = None
        self._writer = b""
        self._count = 0
        self._asked = 0

    @property
    def never_waits(self) -> bool:
        return False

    @property
    def lasts(self) -> bool:
        return True

    @property
    def address(self) -> str:
        return self._line.address.shown

    @property
    def warning(self) -> str | None:
        return self._warning

    async def transact(self, world: WorldId, decide: Decide, *, counted: bool = True) -> Outcome:
        (outcome,) = await self._ask(world, Job(decide, many=False, counted=counted))
        return outcome

    async def live(self, world: WorldId, decide: Callable[[View], Outcome | None]) -> list[Outcome]:
        return await self._ask(world, Job(decide, many=True, counted=False))

    async def create(self, world: WorldId, changes: Iterable[Change]) -> bool:
        making = self._making.get(world)
        if making is not None:  # a new key's first calls come together
            await asyncio.wait([making])
            return False
        making = self._making[world] = asyncio.ensure_future(self._create(world, gathered(changes)))
        try:
            return await asyncio.shield(making)
        finally:
            self._making.pop(world, None)

    async def _create(self, world: WorldId, contents: Contents) -> bool:
        steps = self._kinds[world.provider].coming(contents)
        age, _, _, _ = await self._all(world)
        return age is None and await self._fill(world, None, b"", (), steps, 0)

    async def contents(self, world: WorldId) -> Contents:
        age, _, calls, found = await self._all(world)
        if age is None:
            raise WorldGone(world)
        records: dict[str, dict[str, Record]] = {}
        for (kind, id), record in found.items():
            records.setdefault(kind, {})[id] = record
        return Contents(records, calls)

    async def replace(self, world: WorldId, contents: Contents) -> None:
        await self._refill(world, contents)

    async def exists(self, world: WorldId) -> bool:
        await self._open()
        found = await self._line.send(lambda client: client.exists(self.keys.of(world)[0]))
        return bool(found)

    async def drop(self, world: WorldId, *, calls: int | None = None) -> bool:
        for _ in range(MOST_TRIES):
            age, version, counted, found = await self._all(world)
            if age is None or calls not in (None, counted):
                return False
            gone = [part for key in self._gone(world, found) for part in (b"d", key)]
            arguments = (b"%d" % age, version, b"", b"", b"", items(gone))
            if await self.run(REPLACE, world, *arguments) == b"done":
                self._forget(world)
                kinds = self._kinds[world.provider]
                await self._directory.strike(world, age, kinds.public(kinds.going(found)), listed_too=True)
                return True
        raise StoreError(f"others came first {MOST_TRIES} times in {world.name}; ask again")

    async def worlds(self, provider: str | None = None) -> list[WorldId]:
        await self._open()
        return await self._directory.worlds(provider)

    async def sizes(self) -> list[tuple[WorldId, int, int]]:
        await self._open()
        return await self._directory.sizes()

    async def whose(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        self._kinds[provider][kind].indexes[index]
        place = (kind, index, key)
        cached = self._owners.get((provider, *place))
        lane = self._lanes.get(cached) if cached is not None else None
        if lane is not None and lane.known is not None and lane.known.counts.get(place, 0) > 0:
            return cached
        await self._open()
        for world, age in await self._directory.owners(provider, *place):
            if await self._holds(world, age, place):
                if len(self._owners) > MOST_OWNERS:
                    self._owners.clear()
                self._owners[provider, kind, index, key] = world
                return world
        return None

    def gather(self) -> None:
        """Decisions for a world are gathered as they come."""

    def settle(self) -> None:
        """Each is waited for by whoever asked."""

    async def check(self) -> None:
        await self._open()
        await self._line.send(lambda client: client.hset(self.keys.schema, "checked", "1"))

    async def close(self) -> None:
        self._lanes.clear()
        self._owners.clear()
        self._client = None
        await self._line.close()

    # ---- what lanes ask

    async def run(self, script: str, world: WorldId, *arguments: bytes) -> Json:
        return (await self._line.run(script, self.keys.of(world), arguments))[0]

    async def announced(self, world: WorldId, age: int, keys: Iterable[Place], script: str, *arguments: bytes) -> Json:
        before: list[Command] = []
        if self._line.address.scheme == "redis+cluster":
            before = self._directory.announcing(world, age, keys)
        else:
            *others, blob = arguments
            arguments = (*others, items(self._directory.announced(world, age, keys)) + blob)
        said, twice = await self._line.run(script, self.keys.of(world), arguments, before)
        if twice and said == b"moved":
            raise StoreError(
                f"the line to the store {self.address} broke while a call was being kept; whether it was is not known"
            )
        return said

    def token(self) -> bytes:
        self._count += 1
        return b"%b-%d" % (self._writer, self._count)

    async def wait(self, seconds: float) -> None:
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)

    # ---- how it is done

    async def _ask(self, world: WorldId, job: Job) -> list[Outcome]:
        await self._open()
        lane = self._lanes.get(world)
        self._asked += 1
        if self._asked % WEIGHED_EVERY == 0:
            known = (lane.known for lane in self._lanes.values() if lane.known is not None)
            if len(self._lanes) > MOST_LANES or is_much(known):
                self._lanes = {key: each for key, each in self._lanes.items() if each.busy or key == world}
        if lane is None:
            lane = self._lanes[world] = Lane(world, self._kinds[world.provider], self)
        return await lane.ask(job)

    async def _holds(self, world: WorldId, age: int, place: tuple[str, str, str]) -> bool:
        """Whether the world that was announced has something there. One that is gone is struck off the list."""
        found: list[int] = []

        def look(view: View) -> Outcome:
            found.append(view.count(*place))
            return _SAID

        try:
            await self.transact(world, look, counted=False)
            lane = self._lanes.get(world)
            there = lane is not None and lane.age == age
        except WorldGone:
            there = False
        if not there:
            await self._directory.strike(world, age, [place])
        return there and found[-1] > 0

    async def _fill(
        self, world: WorldId, age: int | None, version: bytes, gone: Iterable[bytes], steps: list[Step], calls: int
    ) -> bool:
        """Let a world hold this and nothing else; False if it is another by now."""
        await self._open()
        fresh = age if age is not None else int(await self._line.send(lambda client: client.incr(self.keys.age)))
        public = self._kinds[world.provider].public(steps)
        parts = [part for key in gone for part in (b"d", key)]
        parts += changed(self.keys, world, steps, frozenset())
        before = b"" if age is None else b"%d" % age
        arguments = (before, version, b"%d" % fresh, self.token(), b"%d" % calls, items(parts))
        await self._directory.enlist(world, fresh)  # first: one that dies in between leaves no world that nobody knows
        said = await self.announced(world, fresh, public, REPLACE, *arguments)
        if said == b"done":
            self._forget(world)
        elif age is None:
            await self._directory.strike(world, fresh, public, listed_too=True)
        return bool(said == b"done")

    async def _all(self, world: WorldId) -> tuple[int | None, bytes, int, Mapping[tuple[str, str], Record]]:
        """Its age (None if it is not there), version, calls and records."""
        await self._open()
        age, version, calls, flat = await self.run(ALL, world)
        if age is None:
            return None, b"", 0, {}
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return int(age), version, int(calls), {kind_and_id(where): read(body) for where, body in pairs}

    def _gone(self, world: WorldId, found: Mapping[tuple[str, str], Record]) -> list[bytes]:
        """The keys of all indexes that have something of these."""
        steps = self._kinds[world.provider].going(found)
        places = {(step.kind, label, key) for step in steps for label, key, _ in step.gone}
        return [self.keys.index(world, *place) for place in places]

    def _forget(self, world: WorldId) -> None:
        lane = self._lanes.get(world)
        if lane is not None and not lane.busy:
            lane.forget()

    async def _open(self) -> None:
        """On a new line: what is there is ours to read, and which writer we are."""
        client = self._line.client()
        if self._client is client:
            return
        self._lanes.clear()
        self._owners.clear()
        said = await self._line.send(lambda client: client.hget(self.keys.schema, "number"))
        if said is not None and int(said) > SCHEMA:
            raise StoreError(
                f"the store {self.address} can't be used: a newer mockserver wrote there (its schema is {int(said)}, "
                f"this one reads up to {SCHEMA}); update mockserver, or choose another ?prefix="
            )
        await self._line.send(lambda client: client.hset(self.keys.schema, "number", SCHEMA))
        # Redis may lose the count, and give a number for the second time; not within the same microsecond.
        number = await self._line.send(lambda client: client.incr(self.keys.writers))
        self._writer = b"%d.%d.%d" % (number, *await self._line.send(lambda client: client.time()))
        self._client = client
        self._warning = await self._line.warning()
        indexed = await self._line.send(lambda client: client.get(self.keys.indexed))
        if indexed != self._version.encode():
            await self._index_anew(new=indexed is None)

    async def _index_anew(self, *, new: bool) -> None:
        """Indexes are worked out by code, and this is another one."""
        for world in [] if new else await self.worlds():
            if world.provider in self._kinds:
                await self._refill(world, None)
        await self._line.send(lambda client: client.set(self.keys.indexed, self._version))

    async def _refill(self, world: WorldId, contents: Contents | None) -> None:
        """Let it hold this, or what it holds: servers of other code may be at work, and are read again."""
        kinds = self._kinds[world.provider]
        coming = [] if contents is None else kinds.coming(contents)
        for _ in range(MOST_TRIES):
            age, version, calls, found = await self._all(world)
            if contents is None:
                if age is None:
                    return
                coming = [kinds.step(kind, id, None, record) for (kind, id), record in found.items()]
            calls = calls if contents is None else contents.serial
            if await self._fill(world, age, version, self._gone(world, found), coming, calls):
                return
        raise StoreError(f"others came first {MOST_TRIES} times in {world.name}; ask again")
