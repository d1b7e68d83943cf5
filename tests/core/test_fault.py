from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.chance import Chance
from mockserver.core.fault import MOST_DELAY, Delay, Effect, Job, Status, Truncate, conflict, merged


def drawn(delay: Delay, times: int = 501) -> list[int]:
    chance = Chance.of(0)
    return [delay.draw(chance.child(number)) for number in range(times)]


def test_a_fixed_delay_is_what_it_says() -> None:
    assert drawn(Delay(ms=30), 2) == [30, 30]


def test_a_normal_delay_lies_about_its_mean_and_never_below_nothing() -> None:
    found = drawn(Delay(mean=100, deviation=50))
    assert (90 < median(found) < 110, min(found)) == (True, 0)


def test_a_log_normal_delay_lies_about_its_median_with_a_long_tail() -> None:
    found = drawn(Delay(median=100, sigma=1))
    assert 85 < median(found) < 115
    assert max(found) > 1_000


@given(st.floats(0, MOST_DELAY), st.floats(0, 10), st.integers(0, MOST_DELAY), st.integers())
def test_no_delay_is_longer_than_it_may_be(middle: float, spread: float, most: int, seed: int) -> None:
    for delay in (Delay(mean=middle, deviation=spread, most=most), Delay(median=middle, sigma=spread, most=most)):
        assert 0 <= delay.draw(Chance.of(seed)) <= most


@given(st.integers(0, 1_000), st.integers(0, 2_000), st.floats(0, 1))
def test_a_truncated_body_is_never_whole(length: int, count: int, share: float) -> None:
    for cut in (Truncate(bytes=count), Truncate(share=share)):
        assert 0 <= cut.kept(length) < max(length, 1)


@pytest.mark.parametrize(
    ("job", "fails"),
    [
        (Job(fail=80), [True, True, True]),
        (Job(failures=2), [True, True, False]),
        (Job(fail=80, failures=1), [True, False, False]),
        (Job(stuck=10), [False, False, False]),
    ],
)
def test_a_job_fails_for_good_or_so_many_times(job: Job, fails: list[bool]) -> None:
    assert [job.fails(failed) for failed in range(3)] == fails


def test_effects_that_go_together_are_merged() -> None:
    both = merged(Effect(delay=Delay(ms=1)), Effect(status=Status(503)))
    assert both == Effect(delay=Delay(ms=1), status=Status(503))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Effect(reset="after"), Effect(hang="after")),
        (Effect(status=Status(500)), Effect(status=Status(503))),
        (Effect(empty="before"), Effect(job=Job(fail=1))),
    ],
)
def test_effects_that_do_not_are_not(first: Effect, then: Effect) -> None:
    assert merged(first, then) is None


def test_a_conflict_says_which_and_why() -> None:
    found = conflict(Effect(reset="after", hang="after"))
    assert found == (("reset", "hang"), "each says how the reply ends, and it ends once; take one of them")
