from __future__ import annotations

import asyncio

import pytest

from mockserver.strategies import Clock
from mockserver.strategies.clock import MOST_PAUSES, Endless
from tests.strategies.standin import START, StandIn


@pytest.fixture
def mock() -> StandIn:
    return StandIn()


def test_it_says_what_the_mock_s_clock_says(mock: StandIn) -> None:
    clock = Clock(mock, 60)
    for seconds in (0.1, 0.2, 0.0001, 1 / 3):
        clock.sleep(seconds)
    asyncio.run(clock.asleep(0.7))
    assert clock.ms == mock.now == START + 100 + 200 + 1 + 334 + 700
    assert (clock.now(), clock.time()) == (clock.ms / 1000, 1.335)


def test_no_call_sleeps_longer_than_any_job_takes(mock: StandIn) -> None:
    clock = Clock(mock, 60)
    clock.sleep(59)
    clock.begin()
    clock.sleep(59)
    with pytest.raises(Endless, match="one call slept for 61 s"):
        clock.sleep(2)


def test_nor_more_often(mock: StandIn) -> None:
    clock = Clock(mock, 60)
    clock.pauses = MOST_PAUSES
    with pytest.raises(Endless, match="one call paused 2001 times"):
        clock.sleep(0.001)


def test_it_may_sleep_longer_than_it_was_asked_to(mock: StandIn) -> None:
    clock = Clock(mock, 60)
    clock.stride = 20
    clock.sleep(2)
    assert (clock.time(), mock.now) == (40, START + 40_000)
    with pytest.raises(Endless, match="one call slept for 80 s"):
        clock.sleep(2)


def test_time_that_passes_by_is_nobody_s_sleep(mock: StandIn) -> None:
    clock = Clock(mock, 60)
    clock.pass_by(86_400)
    assert mock.now == START + 86_400_000
