"""What worlds cost: one that is new, one that is reset, and an hour of jobs in one. No server, no load: one process."""

from __future__ import annotations

import gc
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from statistics import median
from time import process_time_ns
from typing import Any, Final, TypeVar

import orjson

from mockserver.core.http import Headers, Request
from mockserver.core.provider import Claim, Provider
from mockserver.core.text import Json, dump
from mockserver.core.world import WorldId
from mockserver.engine import custody
from mockserver.engine.engine import Engine
from mockserver.server.assemble import build_engine
from mockserver.server.run import SWEEPS
from mockserver.settings import Settings

T = TypeVar("T")

NOW: Final = 1_795_348_300_000
HOUR: Final = 3_600_000
KEY: Final = "test_me"
PROVIDERS: Final = ("livepeer", "restream")
JOBS: Final = 1_000

# What is allowed, in ms of work.
WORLD: Final = 1.0
HOUR_OF_JOBS: Final = 100.0


def run(work: Coroutine[Any, Any, T]) -> T:
    """The memory store never waits for anything."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("the store waited")


def served(**settings: Any) -> Engine:
    engine = build_engine(Settings(**{"at": NOW, "pace": 0.0, **settings}))
    run(engine.open("http://127.0.0.1:4080"))
    return engine


def worlds(turns: int) -> Iterator[tuple[str, float, float]]:
    """What is made, how many ms it takes, and how many it takes to read the same world from JSON text."""
    engine = served()
    for name in PROVIDERS:
        provider = engine.services[name].provider
        home = run(engine.worlds.home(provider, Claim(key=KEY)))
        text = dump({kind: dict(held) for kind, held in run(engine.store.contents(home.world)).records.items()})
        made: list[float] = []
        again: list[float] = []
        read: list[float] = []
        for turn in range(turns):
            claim = Claim(key=f"test_{turn}")
            made.append(_ms(partial(_run_made, engine, provider, claim)))
            again.append(_ms(partial(_run_again, engine, home.world)))
            read.append(_ms(partial(orjson.loads, text)))
        yield f"a new world, {name}", median(made), median(read)
        yield f"reset of a world, {name}", median(again), median(read)


def _run_made(engine: Engine, provider: Provider, claim: Claim) -> None:
    run(engine.worlds.home(provider, claim))


def _run_again(engine: Engine, world: WorldId) -> None:
    run(custody.reset(engine, world))


def _run_hour(engine: Engine) -> None:
    run(engine.advance(HOUR))


def hour(name: str, rounds: int) -> float:
    """How many ms of work it takes to let an hour pass in a world with 1,000 jobs."""
    found = []
    for _ in range(rounds):
        engine = served(providers=(name,))
        for turn in range(JOBS):
            reply = run(engine.respond(_job(name, turn)))
            assert reply.status in (200, 201), reply.body
        gc.collect()
        found.append(_ms(partial(_run_hour, engine)))
    return median(found)


def _job(name: str, turn: int) -> Request:
    if name == "livepeer":
        path = "/api/clip"
        body: dict[str, Json] = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": NOW - 60_000, "endTime": NOW - 30_000}
    else:
        path = "/v2/user/clips/projects"
        span = {"startOffsetSeconds": turn, "endOffsetSeconds": turn + 600}
        file = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
        body = {"sourceType": "VideoStorageFile", "videoStorageFileId": file, "selectedTimeRange": span}
    headers = [
        ("Authorization", f"Bearer {KEY}"),
        ("Content-Type", "application/json"),
        ("X-Forwarded-For", f"10.0.{turn // 250}.{turn % 250}"),
    ]
    return Request("POST", path, headers=Headers.of(headers), body=dump(body))


def _ms(work: Callable[[], object]) -> float:
    """How long it takes, as a server sweeps for garbage."""
    kept = gc.get_threshold()
    gc.set_threshold(*SWEEPS)
    began = process_time_ns()
    work()
    took = process_time_ns() - began
    gc.set_threshold(*kept)
    return took / 1e6
