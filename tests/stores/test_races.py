"""Several processes on one store, each making identical calls at once: one of all these calls wins.

`RACES=2000 pytest tests/stores/test_races.py` runs as many as one has time for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.stores.running import redis_server

RACES: Final = int(os.environ.get("RACES", 6))
PROCESSES: Final = 4
CALLS: Final = 13


@pytest.fixture(params=["sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:{tmp_path / 'worlds.db'}"
    else:
        with redis_server("--appendonly", "no") as redis:
            yield redis.url


def test_of_identical_calls_in_four_processes_one_wins(store: str) -> None:
    words = [sys.executable, "-m", "tests.stores.racing", store, f"{RACES}", f"{CALLS}"]
    racers = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n", racer.communicate()
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    told = [racer.communicate() for racer in racers]
    assert all(racer.returncode == 0 for racer in racers), told
    found = [json.loads(out) for out, _ in told]
    for race in range(RACES):
        statuses = sorted(status for each in found for status in each[race])
        assert statuses == [201] + [409] * (PROCESSES * CALLS - 1)
