"""Many calls at once to a server of several workers, and what has to be true of it afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter

import aiohttp
from yarl import URL

from mockserver.core.text import Json

CLIP: Json = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725}
PROJECT: Json = {"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}
PATIENCE = 30.0
_PROJECTS = "/v2/user/clips/projects"


def _client(url: str, key: str, connections: int) -> aiohttp.ClientSession:
    headers = {"Authorization": f"Bearer {key}"}
    return aiohttp.ClientSession(url, headers=headers, connector=aiohttp.TCPConnector(limit=connections))


async def raced(url: str, key: str, calls: int) -> tuple[Counter[int], int]:
    """So many identical whole-video calls at once, each over its own connection: statuses, and projects afterwards."""
    async with _client(url, key, calls) as client:

        async def one() -> int:
            async with client.post(_PROJECTS, json=PROJECT) as response:
                await response.read()
                return response.status

        statuses = Counter(await asyncio.gather(*(one() for _ in range(calls))))
        async with client.get(_PROJECTS) as response:
            listed = (await response.json())["projects"]
    return statuses, sum(each["sourceIdentifier"] == PROJECT["videoStorageFileId"] for each in listed)


class Storm:
    """Clips made in one world until it is told to stop; a connection that breaks is opened anew."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key
        self._stop = False
        self._changed = asyncio.Condition()
        self.acknowledged: set[str] = set()
        self.before: set[str] = set()
        self.broken = 0
        self.refused: Counter[int] = Counter()

    async def call(self, connections: int) -> None:
        self.before = await self._list()
        await asyncio.gather(*(self._call() for _ in range(connections)))

    async def _call(self) -> None:
        while not self._stop:
            async with _client(self._url, self._key, 1) as client:
                try:
                    while not self._stop:
                        await self._make(client)
                except aiohttp.ClientError:
                    self.broken += 1

    async def _make(self, client: aiohttp.ClientSession) -> None:
        async with client.post("/api/clip", json=CLIP) as response:
            value = await response.json()
        if response.status == 200:
            self.acknowledged.add(value["asset"]["id"])
        else:
            self.refused[response.status] += 1
        async with self._changed:
            self._changed.notify_all()

    async def reached(self, count: int) -> None:
        """Returns when so many were acknowledged."""
        async with self._changed:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._changed.wait_for(lambda: len(self.acknowledged) >= count)
            except TimeoutError:
                raise AssertionError(
                    f"{len(self.acknowledged)} of {count}; refused {self.refused}, broken {self.broken}"
                ) from None

    def stop(self) -> None:
        self._stop = True

    async def made(self) -> set[str]:
        """Every clip that was made here and is there now."""
        return await self._list() - self.before

    async def _list(self) -> set[str]:
        found: set[str] = set()
        cursor = ""
        async with _client(self._url, self._key, 1) as client:
            while True:
                async with client.get(f"/api/asset?limit=100{cursor}") as response:
                    page = await response.json()
                found |= {each["id"] for each in page}
                if len(page) < 100:  # the last page links on, too
                    return found
                cursor = "&cursor=" + URL(response.links["next"]["url"]).query["cursor"]
