"""The work of a simulated hour: a thousand clips begun, the clock moved on, everything that falls due done."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Final

from mockserver.core.http import Headers, Reply, Request
from mockserver.engine.engine import Engine
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings
from tests.benchmarks.servers import CLIP

JOBS: Final = 1_000
HOUR: Final = 3_600_000


def milliseconds(jobs: int = JOBS) -> float:
    """CPU time (ms) of an hour on the clock in which so many jobs run to their end, with nobody subscribed to them."""
    return asyncio.run(_measured(jobs))


async def _measured(jobs: int) -> float:
    engine = build_engine(Settings(providers=("livepeer",), port=0, pace=0))
    await engine.open("http://127.0.0.1")
    for role in ("", "+stranger"):
        for webhook in (await _ask(engine, "GET", "/api/webhook", role)).value:
            await _ask(engine, "DELETE", f"/api/webhook/{webhook['id']}", role)
    for number in range(jobs):
        # The real server lets one address have so many clips in progress; each is asked for from another one.
        await _ask(engine, "POST", "/api/clip", "", CLIP, f"10.0.{number >> 8}.{number & 255}")
    gc.collect()
    began = time.process_time()
    await engine.advance(HOUR)
    took = time.process_time() - began
    done = await _ask(engine, "GET", f"/api/task?limit={jobs}", "")
    if sum(task["status"]["phase"] == "completed" for task in done.value) != jobs:
        raise RuntimeError("not every job came to its end within the hour")
    return took * 1_000


async def _ask(
    engine: Engine, method: str, target: str, role: str, body: bytes = b"", address: str = "10.1.0.1"
) -> Reply:
    path, _, query = target.partition("?")
    headers = [("Authorization", f"Bearer test_hour{role}"), ("X-Forwarded-For", address)]
    if body:
        headers.append(("Content-Type", "application/json"))
    reply = await engine.respond(Request(method, path, query, headers=Headers.of(headers), body=body))
    if reply.status >= 300:
        raise RuntimeError(f"{method} {target} was answered with {reply.status}: {reply.body[:300]!r}")
    return reply
