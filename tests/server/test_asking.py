"""Workers that ask each other, both ways, while one is busy, stopped, stuck or killed: processes of their own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.server.receiver import Got, Said, receiving
from tests.server.storm import CLIP
from tests.server.test_run import wait_until_closed
from tests.server.workers import Workers, on_store, sqlite_at, workers

# So many connections leave no worker without one.
CONNECTIONS = 16


@pytest.fixture(params=["sqlite", "redis"], scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Two workers on one store."""
    with on_store(request.param, tmp_path_factory.mktemp("worlds"), 2, "--pace", "inf") as started:
        yield started


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[list[aiohttp.ClientSession]]:
    """Clients of one connection each, some to every worker."""
    async with AsyncExitStack() as stack:
        sessions = [aiohttp.ClientSession(url, headers={"Authorization": "Bearer test_x"}) for _ in range(CONNECTIONS)]
        for session in sessions:
            await stack.enter_async_context(session)
        await asyncio.gather(*(health(session) for session in sessions))
        yield sessions


async def health(session: aiohttp.ClientSession) -> aiohttp.ClientSession:
    async with session.get("/__admin/health") as reply:
        await reply.read()
    return session


async def first_to_answer(sessions: list[aiohttp.ClientSession]) -> aiohttp.ClientSession:
    asked = [asyncio.create_task(health(session)) for session in sessions]
    done, others = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    return done.pop().result()


async def idle(session: aiohttp.ClientSession) -> tuple[int, str]:
    async with session.post("/__admin/idle", json={}) as reply:
        return reply.status, await reply.text()


def test_idle_waits_for_what_any_worker_has_under_way(running: Workers) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def answer(got: Got) -> Said:
        arrived.set()
        go_on.wait(20)
        return Said()

    async def waited(hook: str) -> list[int]:
        async with connected(running.url) as sessions:
            body = {"name": "hook", "url": hook, "events": ["task.spawned"]}
            for path, said in (("/api/webhook", body), ("/api/clip", CLIP)):
                async with sessions[0].post(path, json=said) as reply:
                    assert reply.ok, await reply.text()
            await asyncio.to_thread(arrived.wait, 20)
            waiting = [asyncio.create_task(idle(session)) for session in sessions]
            await asyncio.gather(*(health(session) for session in sessions[1:]))
            done, _ = await asyncio.wait(waiting, timeout=0.05)
            assert not done
            go_on.set()
            return [status for status, _ in await asyncio.gather(*waiting)]

    with receiving(answer) as receiver:
        assert set(asyncio.run(waited(receiver.url))) == {204}


def test_a_worker_that_stands_still_is_named_and_left_out_when_it_is_taken_for_dead(running: Workers) -> None:
    stopped = running.pids()[0]

    async def asked() -> list[tuple[int, str]]:
        async with connected(running.url) as sessions:
            os.kill(stopped, signal.SIGSTOP)
            one = await first_to_answer(sessions)
            return [await idle(one), await idle(one)]

    try:
        (first, why), (second, _) = asyncio.run(asked())
    finally:
        os.kill(stopped, signal.SIGCONT)
    assert (first, second) == (503, 204)
    assert re.search(r"worker [12] of \S+ \(\S+\) is alive and did not answer within 5 s", why)


def test_a_worker_that_was_killed_is_left_out(running: Workers) -> None:
    async def asked() -> tuple[int, str]:
        async with connected(running.url) as sessions:
            os.kill(running.pids()[0], signal.SIGKILL)
            for session in sessions:
                try:
                    return await idle(session)
                except aiohttp.ClientError:
                    """That was one of its connections."""
        raise AssertionError("no worker is left")

    assert asyncio.run(asked())[0] == 204


STUCK = """
import signal
from mockserver.server import watchdog

def get_stuck(*_):
    while True:
        pass

watchdog.STUCK_SECONDS = 1.0
signal.signal(signal.SIGUSR1, get_stuck)
"""


@pytest.fixture
def breakable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Two workers that get stuck on SIGUSR1, and notice after a second."""
    (tmp_path / "sitecustomize.py").write_text(STUCK)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with workers(2, sqlite_at(tmp_path)) as started:
        yield started


def test_a_worker_that_is_stuck_is_replaced(breakable: Workers) -> None:
    os.kill(breakable.pids()[0], signal.SIGUSR1)
    assert breakable.process.stderr is not None
    lines = []
    for line in breakable.process.stderr:
        lines.append(line)
        if "another one takes its place" in line:
            break
    assert "exit code 1" in lines[-1]
    assert any("in get_stuck" in line for line in lines)


def test_a_worker_that_is_stuck_does_not_outlive_its_supervisor(breakable: Workers) -> None:
    os.kill(breakable.pids()[0], signal.SIGUSR1)
    breakable.process.kill()
    breakable.process.wait()
    wait_until_closed(breakable.url)


def test_nobody_else_may_ask_and_nothing_is_left_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        with workers(2, sqlite_at(tmp_path)) as running:
            (private,) = Path(folder).iterdir()
            assert private.stat().st_mode & 0o777 == 0o700
            assert len(list(private.glob("*.sock"))) == 2
            assert running.end()[0] == 0
            assert not private.exists()
        with workers(2, sqlite_at(tmp_path)) as running:
            (private,) = Path(folder).iterdir()
            running.process.kill()
            _, errors = running.process.communicate()
            assert (errors, list(Path(folder).iterdir())) == ("", [])
