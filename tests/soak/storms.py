"""A storm: rounds of load in which somebody is killed at a random moment, and what is true after each."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.soak.load import READY, Load, Receiver, Told, client, listed, receiving
from tests.soak.truth import Found, check_lists, check_store
from tests.soak.victims import VICTIMS, Town, Victim, town

CONNECTIONS: Final = 8
# So many rounds are in one world: what was acknowledged has to outlive more than one kill.
ROUNDS_A_WORLD: Final = 5
BEFORE_SECONDS: Final = (0.01, 0.3)
# So many calls are acknowledged after each strike.
AFTER_CALLS: Final = 20
# With webhooks: each connection rests so long (s) after a call, or deliveries would come in for minutes.
REST: Final = 0.1
# What a dead worker was about to deliver, another one does within its lease and a second.
ARRIVED_SECONDS: Final = 20.0


@dataclass
class Sum:
    """A row of the table."""

    victim: str
    store: str
    workers: int
    rounds: int = 0
    acknowledged: int = 0
    refused: int = 0
    broken: int = 0
    notices: int = 0
    repeated: int = 0
    seconds: float = 0.0
    found: Found = field(default_factory=Found)

    def add(self, told: Told) -> None:
        self.acknowledged += told.acknowledged
        self.refused += told.refused
        self.broken += told.broken


async def storm(name: str, store: str, count: int, rounds: int, seed: int) -> Sum:
    """So many rounds with one victim; all its moments come from the seed."""
    victim = VICTIMS[name]
    row = Sum(name, store, min(victim.most, count))
    random = Random(f"{seed} {name} {store}")
    began = time.monotonic()
    with town(store, row.workers, everysec=victim.everysec) as here:
        await here.whole()
        async with receiving(seed) as receiver:
            for number in range(0, rounds, ROUNDS_A_WORLD):
                await _in_a_world(
                    here, victim, row, random, receiver, f"test_storm{number}", min(ROUNDS_A_WORLD, rounds - number)
                )
                _show_progress(row)
    row.seconds = time.monotonic() - began
    return row


def _show_progress(row: Sum) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{row.store} {row.victim}: {row.rounds} rounds, {sum(row.found.count.values())} wrong ")


async def _in_a_world(
    here: Town, victim: Victim, row: Sum, random: Random, receiver: Receiver, key: str, rounds: int
) -> None:
    told = Told()
    if victim.hooked:
        async with client(here.url, key) as connection:
            hook = {"name": "storm", "url": receiver.url, "events": [READY]}
            async with connection.post("/api/webhook", json=hook) as response:
                assert response.status == 201, await response.text()
    made = 0
    for _ in range(rounds):
        made = await _round(here, victim, row, random, told, key)
        row.rounds += 1
    row.add(told)
    if victim.hooked:
        await _arrived(here, receiver, key, made, row)
    store = here.opened()
    try:
        await check_store(store, key, int(victim.hooked), row.found)
    finally:
        await store.close()


async def _round(here: Town, victim: Victim, row: Sum, random: Random, told: Told, key: str) -> int:
    """Load, a strike at a random moment of it, load again, and a look; how many clips there are."""
    load = Load(here.url, key, told, random, pause=REST if victim.hooked else 0.0)
    before = told.acknowledged
    load.begin(CONNECTIONS)
    await asyncio.sleep(random.uniform(*BEFORE_SECONDS))
    struck = await victim.strike(here, random)
    came_back = await load.answered(AFTER_CALLS)
    await load.end()
    if not came_back:
        row.found.blame("dead", f"{key}: {told.acknowledged - before} calls in a round")
    await here.whole()
    killed = struck if victim.everysec else None
    return await check_lists(here.url, key, told, row.found, recent=told.acknowledged - before, killed=killed)


async def _arrived(here: Town, receiver: Receiver, key: str, made: int, row: Sum) -> None:
    """Every notice came, and any that came again said so."""
    clips = {id for id, each in (await listed(here.url, key, "/api/asset")).items() if each["name"].startswith("storm")}
    until = time.monotonic() + ARRIVED_SECONDS
    while not clips <= receiver.assets and time.monotonic() < until:
        await asyncio.sleep(0.05)
    gone = clips - receiver.assets
    row.found.blame("undelivered", f"{key}: {len(gone)} of {made}, such as {sorted(gone)[:2]}", len(gone))
    unmarked = receiver.unmarked()
    row.found.blame("twice", f"{key}: came again without a mark: {unmarked[:3]}", len(unmarked))
    row.notices += len(receiver.came)
    row.repeated += sum(1 for times in receiver.came.values() if times > 1)
    for each in (receiver.came, receiver.marked, receiver.story):
        each.clear()
