"""Several workers on one port, under races, kills and a wheel that is in many hands."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from queue import SimpleQueue

import aiohttp
import pytest

from mockserver.core.text import Json
from tests.server.receiver import Got, Said, receiving
from tests.server.storm import CLIP, Storm, raced
from tests.server.workers import Workers, each_connection, on_store, workers
from tests.stores.running import RedisServer, redis_server
from tests.stores.test_redis_addresses import told

CALLS = 50


@pytest.fixture(params=["sqlite", "redis"], scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Two workers on one store."""
    with on_store(request.param, tmp_path_factory.mktemp("worlds"), 2, "--pace", "inf") as started:
        yield started


def test_of_many_identical_whole_video_calls_at_once_one_wins(running: Workers) -> None:
    for key in ("test_race1", "test_race2", "test_race3"):
        answers, projects = asyncio.run(raced(running.url, key, CALLS))
        assert answers == Counter({201: 1, 409: CALLS - 1})
        assert projects == 1


def test_a_jump_of_the_clock_is_seen_by_the_next_call_of_any_connection(running: Workers) -> None:
    async def jumps() -> None:
        async with aiohttp.ClientSession(running.url) as client:
            await client.post("/__admin/clock/freeze", json={})
            for _ in range(5):
                async with client.post("/__admin/clock/advance", json={"by": "1h"}) as response:
                    now = (await response.json())["now"]
                told = await each_connection(running.url, 12, "GET", "/__admin/clock")
                assert {clock["now"] for clock in told} == {now}
            await client.post("/__admin/clock/run", json={})

    asyncio.run(jumps())


def test_the_turns_of_a_fault_are_counted_over_all_connections(running: Workers) -> None:
    async def struck() -> Counter[int]:
        fault = {"status": {"code": 503}, "turns": {"first": 5}, "calls": {"world": "test_struck"}}
        await each_connection(running.url, 1, "POST", "/__admin/faults", json=fault)
        headers = {"Authorization": "Bearer test_struck"}

        async def one() -> int:
            async with (
                aiohttp.ClientSession() as client,
                client.get(f"{running.url}/api/asset", headers=headers) as got,
            ):
                return got.status

        statuses = Counter(await asyncio.gather(*(one() for _ in range(20))))
        await each_connection(running.url, 1, "DELETE", "/__admin/faults")
        return statuses

    assert asyncio.run(struck()) == Counter({503: 5, 200: 15})


def test_what_was_acknowledged_is_there_after_a_worker_was_killed_under_load(running: Workers) -> None:
    async def killed() -> tuple[Storm, set[str]]:
        storm = Storm(running.url, "test_storm")
        calling = asyncio.create_task(storm.call(connections=8))
        await storm.reached(40)
        os.kill(running.pids()[0], signal.SIGKILL)
        await storm.reached(120)
        storm.stop()
        await calling
        return storm, await storm.made()

    storm, made = asyncio.run(killed())
    assert storm.acknowledged <= made
    assert len(made) <= len(storm.acknowledged) + storm.broken
    assert not storm.refused
    while len(running.pids()) < 2:
        """Another one takes its place."""


@pytest.mark.skipif(sys.platform != "linux", reason="finds out whose a connection is as Linux tells it")
def test_a_delivery_in_the_middle_of_which_its_worker_is_killed_is_made_by_another_and_says_so(
    running: Workers,
) -> None:
    came: SimpleQueue[Got] = SimpleQueue()
    go_on = threading.Event()

    def answer(got: Got) -> Said:
        came.put(got)
        if "mockserver-repeat" not in got.headers:
            go_on.wait(20)
        return Said()

    with receiving(answer) as receiver:
        hook = {"name": "hook", "url": receiver.url, "events": ["asset.ready"]}
        for path, body in (("/api/webhook", hook), ("/api/clip", CLIP)):
            headers = {"Authorization": "Bearer test_hooked"}
            asyncio.run(each_connection(running.url, 1, "POST", path, json=body, headers=headers))
        first = came.get(timeout=10)
        os.kill(running.who_has(first.port), signal.SIGKILL)
        second = came.get(timeout=8)  # a lease is 5 s
        go_on.set()
    assert (first.value["id"], second.headers["mockserver-repeat"]) == (second.value["id"], "perhaps")
    assert came.empty()
    while len(running.pids()) < 2:
        """Another one takes its place."""


def test_workers_whose_redis_somebody_empties_begin_anew_together() -> None:
    async def begun(url: str, redis: RedisServer) -> tuple[list[int], list[Json]]:
        headers = {"Authorization": "Bearer test_flushed"}
        await each_connection(url, 1, "POST", "/__admin/clock/freeze", json={})
        await each_connection(url, 1, "POST", "/__admin/faults", json={"status": {"code": 503}})
        now = await each_connection(url, 6, "GET", "/__admin/clock")
        told(redis, "flushall")
        made = await each_connection(url, 6, "POST", "/api/clip", json=CLIP, headers=headers)
        there = await each_connection(url, 6, "GET", "/api/task", headers=headers)
        later = await each_connection(url, 6, "GET", "/__admin/clock")
        assert all({clip["task"]["id"] for clip in made} <= {task["id"] for task in tasks} for tasks in there)
        return [clock["now"] for clock in (*now, *later)], there

    with redis_server("--appendonly", "no") as redis, workers(2, redis.url, "--pace", "inf") as running:
        clocks, there = asyncio.run(begun(running.url, redis))
    assert len(set(clocks)) == 1
    assert len({len(tasks) for tasks in there}) == 1
