from __future__ import annotations

import asyncio
import math

import pytest

from mockserver.errors import RefusedError
from mockserver.testing import LivepeerMock
from tests.testing.conftest import ask, clip


def phase(mock: LivepeerMock, asset: str) -> str:
    return str(ask(mock, "GET", f"/asset/{asset}").json()["status"]["phase"])


def test_a_jump_returns_when_all_on_the_way_has_happened(livepeer: LivepeerMock) -> None:
    livepeer.clock.freeze()
    asset = clip(livepeer).json()["asset"]["id"]
    assert phase(livepeer, asset) == "waiting"
    livepeer.clock.advance("1h")
    assert phase(livepeer, asset) == "ready"


def test_settling_goes_on_until_nothing_is_due(livepeer: LivepeerMock) -> None:
    asset = clip(livepeer).json()["asset"]["id"]
    livepeer.clock.settle()
    assert phase(livepeer, asset) == "ready"


def test_time_stands_and_goes_on(livepeer: LivepeerMock) -> None:
    clock = livepeer.clock
    at = clock.freeze()
    assert (clock.frozen, clock.now) == (True, at)
    assert clock.advance(1_500) == at + 1_500
    assert clock.set(at + 2_000) == at + 2_000
    assert clock.run() >= at + 2_000
    assert clock.frozen is False


def test_time_never_goes_back(livepeer: LivepeerMock) -> None:
    at = livepeer.clock.freeze()
    with pytest.raises(RefusedError, match="never goes back"):
        livepeer.clock.set(at - 1)


def test_jobs_go_at_another_pace(livepeer: LivepeerMock) -> None:
    assert livepeer.clock.pace == 60
    livepeer.clock.pace = math.inf
    assert livepeer.clock.pace == math.inf
    assert phase(livepeer, clip(livepeer).json()["asset"]["id"]) == "ready"
    livepeer.clock.pace = 0
    assert (livepeer.clock.pace, livepeer.clock.frozen) == (0, True)


def test_a_client_that_sleeps_with_the_clock_waits_for_nothing(livepeer: LivepeerMock) -> None:
    at = livepeer.clock.freeze()
    livepeer.clock.pace = 1
    asset = clip(livepeer).json()["asset"]["id"]
    livepeer.clock.sleep(0.0004)
    livepeer.clock.sleep(100)
    assert livepeer.clock.now == at + 100_001
    assert livepeer.clock.time() == (at + 100_001) / 1000
    assert phase(livepeer, asset) == "ready"


def test_so_does_an_asynchronous_one(livepeer: LivepeerMock) -> None:
    at = livepeer.clock.freeze()
    asyncio.run(livepeer.clock.asleep(1.5))
    assert livepeer.clock.now == at + 1_500


def test_nobody_sleeps_for_more_than_a_century(livepeer: LivepeerMock) -> None:
    with pytest.raises(OverflowError, match="sleep for 1e"):
        livepeer.clock.sleep(1e12)
