"""What several workers in processes of their own remember, told by any of them."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from mockserver.core.text import Json
from tests.server.receiver import receiving
from tests.server.workers import Workers, each_connection, on_store

CALLS = 24
MOST_CALLS = 300
CLIP = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725}


@pytest.fixture(params=["sqlite", "redis"], scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Three workers on one store."""
    with on_store(request.param, tmp_path_factory.mktemp("worlds"), 3, "--pace", "1") as started:
        yield started


@pytest.fixture
def key(running: Workers, request: pytest.FixtureRequest) -> str:
    """That of a world that no other test has; nothing is remembered yet."""
    for path in ("/__admin/requests", "/__admin/coverage", "/__admin/deliveries"):
        asked(running, 1, "DELETE", path)
    return f"test_{request.node.originalname[5:40]}"


def asked(running: Workers, count: int, method: str, path: str, **options: Any) -> list[Json]:
    return asyncio.run(each_connection(running.url, count, method, path, **options))


def told(running: Workers, path: str, method: str = "GET", **options: Any) -> Json:
    """What many connections are told, which is the same."""
    first, *others = asked(running, 12, method, path, **options)
    assert all(other == first for other in others)
    return first


def call(running: Workers, key: str, count: int = CALLS) -> None:
    asked(running, count, "GET", "/api/asset", headers={"Authorization": f"Bearer {key}"})


def test_any_worker_tells_the_whole_journal_and_finds_and_counts_in_it(running: Workers, key: str) -> None:
    call(running, key)
    listed = told(running, "/__admin/requests?limit=1000")
    serials = [entry["serial"] for entry in listed["requests"]]
    assert (len(serials), serials) == (CALLS, sorted(set(serials)))
    query = {"world": key, "operation": "getAssets"}
    assert told(running, "/__admin/requests/count", "POST", json=query) == {"count": CALLS}
    found = told(running, "/__admin/requests/find?limit=1000", "POST", json=query)
    assert found["requests"] == listed["requests"]
    assert len({serial % 1000 for serial in serials}) > 1  # several have answered


def test_the_link_to_an_entry_leads_there_from_any_worker(running: Workers, key: str) -> None:
    async def broken() -> str:
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            aiohttp.ClientSession(running.url) as client,
            client.post("/api/clip", json={"playbackId": 5}, headers=headers) as response,
        ):
            return response.headers["Mockserver-Entry"]

    entry = told(running, asyncio.run(broken()))
    assert (entry["operation"], entry["world"], entry["violations"] != []) == ("createClip", key, True)


async def followed(running: Workers, work: asyncio.Future[Any]) -> list[int]:
    """The serials somebody meets who follows while work is done, each look over another connection."""
    since, met, over = 0, [], False
    while not over:
        over = work.done()
        page = None
        while page is None or page["requests"]:
            with suppress(aiohttp.ClientError):  # the kernel gave it to a worker that was about to end
                (page,) = await each_connection(running.url, 1, "GET", f"/__admin/requests?since={since}&limit=7")
                met += [entry["serial"] for entry in page["requests"]]
                since = page["next"]
    return met


def test_whoever_follows_meets_every_call_once_while_calls_are_made(running: Workers, key: str) -> None:
    async def both() -> list[int]:
        headers = {"Authorization": f"Bearer {key}"}
        calls = each_connection(running.url, 80, "GET", "/api/asset", headers=headers)
        return await followed(running, asyncio.ensure_future(calls))

    serials = asyncio.run(both())
    assert (len(serials), serials) == (80, sorted(set(serials)))


def test_deliveries_are_listed_once_whoever_made_them(running: Workers, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    with receiving() as receiver:
        hook = {"name": "hook", "url": receiver.url, "events": ["asset.created"]}
        asked(running, 1, "POST", "/api/webhook", json=hook, headers=headers)
        for start in range(4):
            asked(running, 1, "POST", "/api/clip", json={**CLIP, "name": f"clip {start}"}, headers=headers)
        asked(running, 1, "POST", "/__admin/clock/advance", json={"by": "1m"})
        deliveries = told(running, "/__admin/deliveries")["deliveries"]
    assert [(each["event"], each["state"]) for each in deliveries] == [("asset.created", "delivered")] * 4
    assert told(running, f"/__admin/deliveries/{deliveries[2]['id']}") == deliveries[2]


def test_coverage_and_metrics_count_the_calls_of_all_workers(running: Workers, key: str) -> None:
    call(running, key)
    assert told(running, "/__admin/coverage")["providers"]["livepeer"]["calls"] == CALLS

    async def page() -> str:
        async with aiohttp.ClientSession(running.url) as client, client.get("/metrics") as response:
            return await response.text()

    families = {family.name: family for family in text_string_to_metric_families(asyncio.run(page()))}
    assert sum(sample.value for sample in families["mockserver_requests"].samples) == CALLS
    assert {sample.labels["worker"] for sample in families["mockserver_ready"].samples} == {"1", "2", "3"}


def test_what_is_cleared_is_cleared_everywhere(running: Workers, key: str) -> None:
    call(running, key)
    for path in ("/__admin/requests", "/__admin/coverage"):
        asked(running, 1, "DELETE", path)
    assert told(running, "/__admin/requests")["requests"] == []
    assert told(running, "/__admin/coverage")["providers"]["livepeer"]["calls"] == 0


def test_workers_that_are_replaced_hand_over_what_they_remember(running: Workers, key: str) -> None:
    call(running, key)
    answered = 0

    async def call_on() -> None:
        nonlocal answered
        old = set(running.pids())
        running.process.send_signal(signal.SIGHUP)
        while old & set(await asyncio.to_thread(running.pids)):
            if answered == MOST_CALLS:
                continue
            with suppress(aiohttp.ClientError):
                await each_connection(running.url, 1, "GET", "/api/asset", headers={"Authorization": f"Bearer {key}"})
                answered += 1

    async def both() -> list[int]:
        return await followed(running, asyncio.ensure_future(call_on()))

    serials = asyncio.run(both())
    assert serials == sorted(set(serials))
    assert len(serials) >= CALLS + answered
    assert [entry["serial"] for entry in told(running, "/__admin/requests?limit=1000")["requests"]] == serials
    assert told(running, "/__admin/coverage")["providers"]["livepeer"]["calls"] == len(serials)
