"""Soak a server: mixed traffic with faults and restarts; memory has to stay flat, and nothing fails unasked.

python -m tests.soak [--minutes 3] [--clients 6] [--restart-every 60] [--seed 0] [-- OPTIONS OF mockserver serve]

Among the options `--store sqlite:` and `--store redis://`, without more, mean a store that is made for it. A server
whose store lasts is killed, too; one of several workers is rolled over (SIGHUP), and loses a worker.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from tests.soak.driver import Driver
from tests.soak.server import Served
from tests.soak.traffic import FAULTY, Client, Tally, receiver
from tests.stores.running import redis_server

# Of one life of the server: from here on its memory counts.
WARM_UP: Final = 0.4
MOST_GROWTH: Final = 1.1
SAMPLE_SECONDS: Final = 1.0


class Memory:
    """KiB of each life of the server, sampled."""

    def __init__(self) -> None:
        self.lives: list[list[int]] = [[]]

    def growth(self) -> list[float]:
        """Of each life that was long enough: the mean of its last tenth against that after its warm-up."""
        found = []
        for life in self.lives:
            tenth = max(len(life) // 10, 1)
            warm = int(len(life) * WARM_UP)
            if len(life) >= 20:
                found.append(_mean(life[-tenth:]) / _mean(life[warm : warm + tenth]))
        return found


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)


async def soak(
    served: Served, minutes: float, clients: int, restart_every: float, seed: int
) -> tuple[Tally, Memory, Counter[str]]:
    """Traffic until the time is over; the server is interrupted as often as told (s), 0 for never, in each way in turn.

    Also tells how often in which way.
    """
    loop = asyncio.get_running_loop()
    tally, memory, random = Tally(), Memory(), Random(seed)
    interrupted: Counter[str] = Counter()
    until = loop.time() + minutes * 60
    names = [FAULTY.removeprefix("test_"), *(f"soak-{number}" for number in range(1, clients))]
    async with receiver(tally) as hook:
        clients_of = [Client(served, tally, name, seed + place, hook) for place, name in enumerate(names)]
        tasks = [asyncio.create_task(client.run(until)) for client in clients_of]
        tasks.append(asyncio.create_task(Driver(served, tally, seed).run(until)))
        next_restart = loop.time() + restart_every if restart_every else until
        while loop.time() < until:
            await asyncio.sleep(SAMPLE_SECONDS)
            memory.lives[-1].append(served.resident())
            if next_restart <= loop.time() < until - 5:
                how = served.interruptions[sum(interrupted.values()) % len(served.interruptions)]
                await asyncio.to_thread(served.interrupt, how, random)
                interrupted[how] += 1
                memory.lives.append([])
                next_restart = loop.time() + restart_every
        await asyncio.gather(*tasks)
    return tally, memory, interrupted


@contextmanager
def store_in(words: Sequence[str]) -> Iterator[list[str]]:
    """The options, with a store of our own in place of a bare `sqlite:` or `redis://`."""
    with ExitStack() as stack:
        own: list[str] = []
        for word in words:
            if word == "sqlite:":
                word = f"sqlite:{stack.enter_context(TemporaryDirectory())}/worlds.db"
            elif word == "redis://":
                word = stack.enter_context(redis_server()).url
            own.append(word)
        yield own


def main(words: Sequence[str]) -> int:
    ours, theirs = (words, []) if "--" not in words else (words[: words.index("--")], words[words.index("--") + 1 :])
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--clients", type=int, default=6, help="one of them in a world with faults")
    parser.add_argument("--restart-every", type=float, default=60, help="seconds; 0 for never")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(ours)
    with store_in(theirs) as options:
        served = Served(tuple(options))
        try:
            found = asyncio.run(soak(served, given.minutes, given.clients, given.restart_every, given.seed))
            errors = [line for line in served.errors().splitlines() if '"level":"warning"' not in line]
        finally:
            served.close()
    tally, memory, interrupted = found
    growth = memory.growth()
    calls = sum(tally.calls.values())
    say = sys.stdout.write
    say(f"{calls:,} calls in {given.minutes:g} min, {len(memory.lives) - 1} restarts, {tally.lost} lost to them, ")
    say(f"{tally.asked_for} failures that were asked for, {tally.deliveries:,} webhooks\n")
    say(f"memory of each life, end against warm: {', '.join(f'{each:.2f}' for each in growth) or 'too short'}\n")
    for name, count in sorted(tally.calls.items()):
        say(f"  {name}: {count:,}\n")
    say("".join(f"  {how}: {count}\n" for how, count in interrupted.items()))
    for sort, (count, example) in tally.wrong.items():
        say(f"WRONG {count} x {sort}\n  such as {example}\n")
    for line in errors[:50]:
        say(f"WRONG in the server's log: {line[:2_000]}\n")
    if not tally.deliveries:
        say("WRONG no webhook came\n")
    too_big = [each for each in growth if each > MOST_GROWTH]
    return 1 if tally.wrong or errors or too_big or not tally.deliveries else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nothing that was started outlives it
    sys.exit(main(sys.argv[1:]))
