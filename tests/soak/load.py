"""A load of calls that change a world, while whoever serves them is killed; every answer is on record."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

import aiohttp
from aiohttp import web
from yarl import URL

from mockserver.core.text import Json, parse
from mockserver.engine.kept import REPEAT
from tests.server.storm import CLIP

SOURCES: Final = (
    "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "00600000-0000-4000-8000-000000000000",
    "00600001-0000-4000-8000-000000000000",
)
PROJECTS: Final = "/v2/user/clips/projects"
READY: Final = "asset.ready"
# Every clip that is asked for has a name of its own: of two of one name, one call was done twice.
NAMED: Final = "storm "
# A worker that is stopped holds its calls for some seconds; one that takes longer than this is an error.
PATIENCE: Final = aiohttp.ClientTimeout(total=30)
CALM_SECONDS: Final = 10.0
# Of all attempts at the receiver, so many are held for so long: somebody may be killed meanwhile.
HELD_SHARE: Final = 0.1
HELD_SECONDS: Final = 0.3


@dataclass
class Told:
    """What came of the calls in one world. Instants are seconds of the monotonic clock."""

    clips: dict[str, float] = field(default_factory=dict)  # acknowledged asset: when that was
    projects: dict[str, tuple[str, float]] = field(default_factory=dict)  # acknowledged source: its project, when
    twice: list[str] = field(default_factory=list)  # sources that were said to be new more than once
    unread: list[str] = field(default_factory=list)  # acknowledged clips that a later call did not find
    calls: int = 0  # clips asked for
    refused: int = 0  # 503: perhaps nothing was done
    broken: int = 0  # no answer: perhaps it was done
    now: int = 0  # the latest instant that the server's clock was said to be moved to
    wrong: Counter[str] = field(default_factory=Counter)  # any other answer

    @property
    def acknowledged(self) -> int:
        return len(self.clips) + len(self.projects)


@dataclass
class Receiver:
    """Where webhooks go: how often each notice came, and how often it was marked as a repeat."""

    random: Random
    url: str = ""
    came: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    story: dict[str, list[str]] = field(default_factory=dict)
    assets: set[str] = field(default_factory=set)
    held: int = 0

    async def take(self, request: web.BaseRequest) -> web.Response:
        said = parse(await request.read())
        asset = said["payload"]["asset"]["id"]
        self.came[said["id"]] += 1
        self.marked[said["id"]] += REPEAT in request.headers
        when, mark = f"{time.monotonic():.3f}", " marked" if REPEAT in request.headers else ""
        self.story.setdefault(said["id"], []).append(f"{asset} at {when}{mark}")
        self.assets.add(asset)
        if self.random.random() < HELD_SHARE:
            self.held += 1
            await asyncio.sleep(HELD_SECONDS)
        return web.Response()

    def unmarked(self) -> list[str]:
        """The stories of notices that came more often than once and were not marked each time but the first."""
        again = [id for id, times in self.came.items() if times - self.marked[id] > 1]
        return [f"{id}: {', '.join(self.story[id])}" for id in again]


@asynccontextmanager
async def receiving(seed: int) -> AsyncIterator[Receiver]:
    receiver = Receiver(Random(seed))
    runner = web.ServerRunner(web.Server(receiver.take))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield receiver
    finally:
        await runner.cleanup()


def client(url: str, key: str) -> aiohttp.ClientSession:
    """One connection with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    return aiohttp.ClientSession(
        url, headers=headers, connector=aiohttp.TCPConnector(limit=1), timeout=PATIENCE, json_serialize=json.dumps
    )


class Load:
    """Calls in the world of a key over several connections, from `begin` to `end`. `told` may be of earlier loads."""

    def __init__(self, url: str, key: str, told: Told, random: Random, *, pause: float = 0.0) -> None:
        """Each connection makes a `pause` (s) after each call."""
        self._pause = pause
        self._url = url
        self._key = key
        self._told = told
        self._random = random
        self._stop = False
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, connections: int) -> None:
        self._tasks = [asyncio.create_task(self._call()) for _ in range(connections)]

    async def end(self) -> None:
        self._stop = True
        await asyncio.gather(*self._tasks)

    async def answered(self, more: int, seconds: float = 30.0) -> bool:
        """Returns when so many more calls were acknowledged; False if that takes too long."""
        until, wanted = time.monotonic() + seconds, self._told.acknowledged + more
        while self._told.acknowledged < wanted and time.monotonic() < until:
            await asyncio.sleep(0.005)
        return self._told.acknowledged >= wanted

    async def _call(self) -> None:
        while not self._stop:
            async with client(self._url, self._key) as connection:
                try:
                    while not self._stop:
                        await self._one(connection)
                        await asyncio.sleep(self._pause)
                except aiohttp.ClientConnectorError:
                    await asyncio.sleep(0.01)  # nobody is there: nothing was sent
                except (aiohttp.ClientError, ConnectionError, TimeoutError):
                    self._told.broken += 1

    async def _one(self, connection: aiohttp.ClientSession) -> None:
        dice = self._random.random()
        if dice < 0.7 or not self._told.clips:
            await self._clip(connection)
        elif dice < 0.85:
            await self._project(connection)
        elif dice < 0.87:
            await self._advance(connection)
        else:
            await self._read(connection)

    async def _clip(self, connection: aiohttp.ClientSession) -> None:
        self._told.calls += 1
        call = {**CLIP, "name": f"{NAMED}{self._told.calls}"}
        async with connection.post("/api/clip", json=call) as response:
            value = await response.json(content_type=None)
        if response.status == 200:
            self._told.clips[value["asset"]["id"]] = time.monotonic()
        else:
            self._refused(response.status, value)

    async def _project(self, connection: aiohttp.ClientSession) -> None:
        source = self._random.choice(SOURCES)
        async with connection.post(
            PROJECTS, json={"sourceType": "VideoStorageFile", "videoStorageFileId": source}
        ) as response:
            value = await response.json(content_type=None)
        if response.status == 201:
            if source in self._told.projects:
                self._told.twice.append(source)
            self._told.projects[source] = (value["projectId"], time.monotonic())
        elif response.status != 409:
            self._refused(response.status, value)

    async def _advance(self, connection: aiohttp.ClientSession) -> None:
        async with connection.post("/__admin/clock/advance", json={"by": "1m"}) as response:
            value = await response.json(content_type=None)
        if response.status == 200:
            self._told.now = max(self._told.now, value["now"])
        else:
            self._refused(response.status, value)

    async def _read(self, connection: aiohttp.ClientSession) -> None:
        id = self._random.choice(list(self._told.clips))
        async with connection.get(f"/api/asset/{id}") as response:
            value = await response.json(content_type=None)
        if response.status == 404:
            self._told.unread.append(id)
        elif response.status != 200:
            self._refused(response.status, value)

    def _refused(self, status: int, value: Json) -> None:
        if status == 503:
            self._told.refused += 1
        else:
            self._told.wrong[f"{status} {value}"[:300]] += 1


async def asked(connection: aiohttp.ClientSession, path: str) -> tuple[int, Json, URL]:
    """Status, value and the link to the next page of what is asked once the storm is over: a 503 may follow it yet."""
    until = time.monotonic() + CALM_SECONDS
    while True:
        try:
            async with connection.get(path) as response:
                value = await response.json(content_type=None)
                if response.status != 503 or time.monotonic() > until:
                    following = response.links["next"]["url"] if "next" in response.links else ""
                    return response.status, value, URL(f"{following}")
        except (aiohttp.ClientError, ConnectionError):
            if time.monotonic() > until:
                raise
        await asyncio.sleep(0.05)


async def listed(url: str, key: str, path: str) -> dict[str, Json]:
    """All that Livepeer lists there, by id."""
    found: dict[str, Json] = {}
    cursor = ""
    async with client(url, key) as connection:
        while True:
            status, page, following = await asked(connection, f"{path}?limit=100{cursor}")
            if status != 200:
                raise AssertionError(f"{path}: {status} {page}")
            found |= {each["id"]: each for each in page}
            if len(page) < 100:  # the last page links on, too
                return found
            cursor = f"&cursor={following.query['cursor']}"


async def now_of(url: str, key: str) -> int:
    """What the server's clock says."""
    async with client(url, key) as connection:
        status, value, _ = await asked(connection, "/__admin/clock")
    return int(value["now"]) if status == 200 else 0


async def projects_of(url: str, key: str) -> list[Json]:
    async with client(url, key) as connection:
        status, value, _ = await asked(connection, f"{PROJECTS}?limit=50")
    if status != 200:
        raise AssertionError(f"{PROJECTS}: {status} {value}")
    found: list[Json] = value["projects"]
    return found


async def missing(url: str, key: str, paths: list[str]) -> list[str]:
    """Those of these that are not there when they are asked for one by one."""
    gone = []
    async with client(url, key) as connection:
        for path in paths:
            status, _, _ = await asked(connection, path)
            if status != 200:
                gone.append(f"{path}: {status}")
    return gone
