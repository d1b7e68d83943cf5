"""Races and kills of workers: `python -m tests.soak.workers --store redis --workers 4 --races 2000 --kills 200`.

Each race is 50 identical whole-video calls at once, of which one may win. Each kill is a worker's, at any moment of a
storm of calls; every acknowledged call must be there afterwards, and nothing twice. Prints what came of it; 1 when
something is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server.storm import Storm, raced
from tests.server.workers import Workers, sqlite_at, workers
from tests.stores.running import redis_server

CALLS = 50


@contextmanager
def started(store: str, count: int) -> Iterator[Workers]:
    if store == "sqlite":
        with (
            tempfile.TemporaryDirectory() as folder,
            workers(count, sqlite_at(Path(folder)), "--pace", "inf") as running,
        ):
            yield running
    else:
        with redis_server() as redis, workers(count, redis.url, "--pace", "inf") as running:
            yield running


async def races(running: Workers, rounds: int) -> list[str]:
    """What was wrong with any of them."""
    wrong = []
    for number in range(rounds):
        answers, projects = await raced(running.url, f"test_race{number}", CALLS)
        if answers != Counter({201: 1, 409: CALLS - 1}) or projects != 1:
            wrong.append(f"race {number}: {dict(answers)}, {projects} projects")
    return wrong


async def kills(running: Workers, count: int, rounds: int) -> tuple[list[str], int, int]:
    """What was wrong after any of them; how many calls were acknowledged, and how many connections broke."""
    wrong, acknowledged, broken = [], 0, 0
    for number in range(rounds):
        storm = Storm(running.url, f"test_storm{number}")
        calling = asyncio.create_task(storm.call(connections=8))
        await storm.reached(10 + number * 7 % 40)
        os.kill(running.pids()[number % count], signal.SIGKILL)
        await storm.reached(80)
        storm.stop()
        await calling
        made = await storm.made()
        if not storm.acknowledged <= made or len(made) > len(storm.acknowledged) + storm.broken or storm.refused:
            lost = len(storm.acknowledged - made)
            wrong.append(f"kill {number}: {lost} lost, {len(made)} made, {dict(storm.refused)} refused")
        acknowledged += len(storm.acknowledged)
        broken += storm.broken
        while len(running.pids()) < count:
            await asyncio.sleep(0.01)
    return wrong, acknowledged, broken


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "redis"), default="sqlite")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--races", type=int, default=100)
    parser.add_argument("--kills", type=int, default=10)
    words = parser.parse_args()
    with started(words.store, words.workers) as running:
        began = time.monotonic()
        wrong = asyncio.run(races(running, words.races))
        took = time.monotonic() - began
        say(f"{words.store}, {words.workers} workers: {words.races} races of {CALLS} calls in {took:.1f} s")
        say(f"{len(wrong)} races went wrong")
        lost, acknowledged, broken = asyncio.run(kills(running, words.workers, words.kills))
        say(f"{words.kills} kills: {acknowledged} calls acknowledged, {broken} connections broken, {len(lost)} wrong")
    for line in [*wrong, *lost]:
        say(line)
    return 1 if wrong or lost else 0


if __name__ == "__main__":
    sys.exit(main())
