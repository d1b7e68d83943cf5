"""Many at once: one winner in a race, and no world that sees another."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import aiohttp

from mockserver.core.text import Json
from mockserver.server.assemble import build_engine
from mockserver.server.serving import serving
from mockserver.settings import Settings
from tests.engine.tiny import NOW

CLIP: Json = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725}
PROJECT: Json = {"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}


class Answer(NamedTuple):
    status: int
    value: Json


async def ask(session: aiohttp.ClientSession, method: str, path: str, key: str, body: Json = None) -> Answer:
    async with session.request(method, path, json=body, headers={"Authorization": f"Bearer {key}"}) as response:
        return Answer(response.status, await response.json())


@asynccontextmanager
async def clients(connections: int) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a server of its own, on the same loop: two threads would mostly wait for each other."""
    engine = build_engine(Settings(pace=0, at=NOW))
    connector = aiohttp.TCPConnector(limit=connections)
    async with serving(engine, "127.0.0.1", 0) as url, aiohttp.ClientSession(url, connector=connector) as client:
        yield client


def test_of_200_identical_whole_video_requests_at_once_one_wins() -> None:
    async def race() -> tuple[list[Answer], Answer]:
        async with clients(200) as client:
            calls = [ask(client, "POST", "/v2/user/clips/projects", "test_race", PROJECT) for _ in range(200)]
            return await asyncio.gather(*calls), await ask(client, "GET", "/v2/user/clips/projects", "test_race")

    answers, listed = asyncio.run(race())
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 199}
    (winner,) = (answer.value["projectId"] for answer in answers if answer.status == 201)
    projects = [
        project for project in listed.value["projects"] if project["sourceIdentifier"] == PROJECT["videoStorageFileId"]
    ]
    assert [project["projectId"] for project in projects] == [winner]


def test_the_race_is_run_in_each_world_for_itself() -> None:
    async def race() -> list[Answer]:
        async with clients(100) as client:
            keys = [f"test_lane{lane}" for lane in range(10) for _ in range(20)]
            return await asyncio.gather(*(ask(client, "POST", "/v2/user/clips/projects", key, PROJECT) for key in keys))

    assert Counter(answer.status for answer in asyncio.run(race())) == {201: 10, 409: 190}


def test_10_000_calls_at_once_across_500_worlds_do_not_see_each_other() -> None:
    worlds, clips, reads = 500, 5, 15

    async def one(client: aiohttp.ClientSession, key: str) -> tuple[Counter[int], set[str], set[str]]:
        """A few clips, and many looks at the list of them: statuses, ids made, ids seen."""
        statuses: Counter[int] = Counter()
        made: set[str] = set()
        seen: set[str] = set()
        before = {asset["id"] for asset in (await ask(client, "GET", "/api/asset", key)).value}
        for number in range(clips + reads - 1):
            if number % 4 == 0 and len(made) < clips:
                answer = await ask(client, "POST", "/api/clip", key, {**CLIP, "name": f"{key} {number}"})
                made.add(answer.value["asset"]["id"])
            else:
                answer = await ask(client, "GET", "/api/asset?limit=100", key)
                seen |= {asset["id"] for asset in answer.value} - before
                assert all(asset["name"].startswith(f"{key} ") for asset in answer.value if asset["id"] not in before)
            statuses[answer.status] += 1
        return statuses, made, seen

    async def all_of_them() -> list[tuple[Counter[int], set[str], set[str]]]:
        async with clients(100) as client:
            return await asyncio.gather(*(one(client, f"test_w{number}") for number in range(worlds)))

    results = asyncio.run(all_of_them())
    assert sum((statuses for statuses, _, _ in results), Counter()) == {200: worlds * (clips + reads - 1)}
    assert all(seen == made and len(made) == clips for _, made, seen in results)
    assert len(set().union(*(made for _, made, _ in results))) == worlds * clips
