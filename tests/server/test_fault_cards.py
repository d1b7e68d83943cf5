"""Every row of the table of faults, run by curl as it stands there."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator

import pytest

from mockserver.engine.fault_cards import FAULT_CARDS, FaultCard
from mockserver.engine.fault_schema import EFFECTS
from mockserver.engine.faults import fault_from
from mockserver.engine.shorthand import SHORTHAND
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine.tiny import NOW


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(Settings(port=0, pace=0, at=NOW)) as server:
        yield server


def test_every_fault_there_is_has_a_row_and_a_shorthand() -> None:
    assert {card.name for card in FAULT_CARDS} == {*EFFECTS, "code", "example", "dynamic"}
    assert set(SHORTHAND) == set(EFFECTS)


@pytest.mark.parametrize("card", FAULT_CARDS, ids=lambda card: str(card.prefer))
def test_a_row_does_what_it_says_for_curl(card: FaultCard, server: ThreadedServer) -> None:
    done = subprocess.run([*shlex.split(card.curl(server.url)), "-sS"], capture_output=True)
    assert done.returncode == card.exit, done.stderr
    *_, entry = server.engine.journal.since(0)
    assert entry.fault == f"prefer {card.prefer.partition(';')[0]}"


@pytest.mark.parametrize("card", [card for card in FAULT_CARDS if card.fault], ids=lambda card: str(card.prefer))
def test_a_row_can_be_set_for_many_calls_too(card: FaultCard, server: ThreadedServer) -> None:
    async def add() -> str:
        standing = server.engine.faults.add(fault_from(card.fault))
        server.engine.faults.clear()
        return standing.id

    assert server.run(add()) == "fault-1"


def test_a_row_is_told_in_json() -> None:
    told = FAULT_CARDS[0].to_json("http://127.0.0.1:4080")
    assert list(told) == ["name", "prefer", "fault", "client", "curl"]
    assert "-H 'Prefer: fault=delay;ms=300'" in told["curl"]
