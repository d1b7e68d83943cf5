"""Storms over a store: `python -m tests.soak.workers --store redis --workers 4 --races 2000 --kills 200 --seed 7`.

Each race is 50 identical whole-video calls at once, of which one may win. Each kill comes at a random moment of a load
of calls, and strikes in turn: the only server, all workers and their supervisor, the supervisor, a worker, redis-server
(flushing always, and every second); or stops a worker and lets it go on. Webhooks have storms of their own. Every
acknowledged call must be there afterwards, nothing twice, nothing by half. Prints what came of it; 1 when something is
wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.server.storm import raced
from tests.soak.storms import Sum, storm
from tests.soak.victims import VICTIMS, town

CALLS = 50
_WRONG = ("lost", "duplicated", "half", "undelivered", "twice")


async def races(url: str, rounds: int) -> list[str]:
    """What was wrong with any of them."""
    wrong = []
    for number in range(rounds):
        answers, projects = await raced(url, f"test_race{number}", CALLS)
        if answers != Counter({201: 1, 409: CALLS - 1}) or projects != 1:
            wrong.append(f"race {number}: {dict(answers)}, {projects} projects")
    return wrong


def race(store: str, workers: int, rounds: int) -> list[str]:
    with town(store, workers) as here:
        asyncio.run(here.whole())
        began = time.monotonic()
        wrong = asyncio.run(races(here.url, rounds))
    took = time.monotonic() - began
    say(f"{store}, {workers} workers: {rounds} races of {CALLS} calls in {took:.1f} s, {len(wrong)} went wrong")
    return wrong


def table(rows: Sequence[Sum]) -> str:
    """All storms, one a line."""
    head = ("store", "victim", "workers", "rounds", "s", "acknowledged", "503", "broken", *_WRONG, "other", "notices")
    lines: list[tuple[str, ...]] = [(*head, "repeats", "lost as allowed")]
    for row in rows:
        count = row.found.count
        other = sum(times for sort, times in count.items() if sort not in _WRONG)
        told = (row.store, row.victim, row.workers, row.rounds, f"{row.seconds:.0f}", row.acknowledged, row.refused)
        more = (row.broken, *(count[sort] for sort in _WRONG), other, row.notices, row.repeated, row.found.allowed)
        lines.append(tuple(f"{cell}" for cell in (*told, *more)))
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "redis", "both"), default="both")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--races", type=int, default=100, help="for each store")
    parser.add_argument("--kills", type=int, default=10, help="rounds for each victim")
    parser.add_argument("--victims", default=",".join(VICTIMS), help="which of them, with commas between")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="of all random moments")
    given = parser.parse_args(words)
    victims = given.victims.split(",") if given.kills else []
    unknown = [name for name in victims if name not in VICTIMS]
    if unknown:
        parser.error(f"no victims are {', '.join(unknown)}; there are {', '.join(VICTIMS)}")
    say(f"--seed {given.seed}")
    rows, wrong = [], []
    for store in ("sqlite", "redis") if given.store == "both" else (given.store,):
        wrong += race(store, given.workers, given.races) if given.races else []
        for name in victims:
            if store in VICTIMS[name].stores:
                row = asyncio.run(storm(name, store, given.workers, given.kills, given.seed))
                rows.append(row)
                say(
                    f"{store} {name}: {row.rounds} rounds in {row.seconds:.0f} s, {sum(row.found.count.values())} wrong"
                )
    if rows:
        say(table(rows))
    wrong += [f"{row.store} {row.victim} {told}" for row in rows for told in row.found.told]
    for line in wrong:
        say(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nothing that was started outlives it
    sys.exit(main(sys.argv[1:]))
