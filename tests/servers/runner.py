"""Looks at every server there is to look at, several at a time, each in a process of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final

from tests.servers.defect import Defect
from tests.servers.looking import look
from tests.servers.serving import HEALTHY, find
from tests.servers.verdicts import Row, Task

PROVIDERS: Final = ("livepeer", "restream")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be looked at: defects with one seed, the healthy fake with `seeds`; by whom, and how long."""

    defects: Sequence[Defect]
    seed: int = 0
    seeds: int = 1
    jobs: int = 1
    ours: bool = True
    stock: bool = True
    examples: int = 30
    pace: float = 60.0
    stop: bool = True
    provider: str | None = None

    @property
    def tasks(self) -> list[Task]:
        """The healthy ones first: what they alarm is no find."""
        healthy = [
            self._task(None, provider, seed)
            for seed in range(self.seed, self.seed + self.seeds)
            for provider in PROVIDERS
        ]
        seeded = [self._task(one.name, provider, self.seed) for one in self.defects for provider in one.providers]
        return [task for task in (*healthy, *seeded) if self.provider in (None, task.provider)]

    def _task(self, name: str | None, provider: str, seed: int) -> Task:
        return Task(name, provider, seed, self.ours, self.stock, self.examples, self.pace, self.stop)


def run(plan: Plan) -> Iterator[Row]:
    """Rows as they come; those of one job in the order of the plan."""
    if plan.jobs == 1:
        for task in plan.tasks:
            yield _look(task)
        return
    # No ProcessPoolExecutor: with a limit of tasks a child it hangs (CPython issue 115634).
    with get_context("spawn").Pool(plan.jobs, maxtasksperchild=8) as pool:
        yield from pool.imap_unordered(_look, plan.tasks)


def _look(task: Task) -> Row:
    logging.getLogger("mockserver").setLevel(logging.CRITICAL)
    return look(task, find(task.defect or HEALTHY))
