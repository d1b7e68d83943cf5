from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.engine.clock import Clock


def source(*instants: int) -> Callable[[], int]:
    """A source that gives these instants, and the last one for ever."""
    left = list(instants)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_it_runs_with_its_source() -> None:
    clock = Clock(source(1_000, 1_000, 1_250))
    assert (clock.now(), clock.now()) == (1_000, 1_250)


def test_it_starts_at_an_instant_and_runs_on_from_there() -> None:
    clock = Clock(source(1_000, 1_000, 1_250), at=70)
    assert (clock.now(), clock.now()) == (70, 320)


@given(st.lists(st.integers(0, 100), min_size=1))
def test_it_never_goes_back_with_its_source(instants: list[int]) -> None:
    clock = Clock(source(*instants))
    seen = [clock.now() for _ in instants]
    assert seen == sorted(seen)


def test_frozen_it_stands_still() -> None:
    clock = Clock(source(1_000, 1_250), frozen=True)
    assert (clock.now(), clock.frozen) == (1_000, True)
    assert clock.now() == 1_000


def test_it_goes_on_from_where_it_was_frozen() -> None:
    clock = Clock(source(1_000, 1_100, 5_000, 5_030))
    clock.freeze()
    clock.advance(7)
    clock.run()
    assert clock.now() == 1_137


@pytest.mark.parametrize("frozen", [True, False])
@given(jumps=st.lists(st.integers(0, 10**12)))
def test_many_small_jumps_equal_one_large_jump(frozen: bool, jumps: list[int]) -> None:
    many, one = (Clock(source(1_000), frozen=frozen) for _ in range(2))
    for jump in jumps:
        many.advance(jump)
    one.advance(sum(jumps))
    assert many.now() == one.now() == 1_000 + sum(jumps)


def test_it_jumps_to_an_instant() -> None:
    clock = Clock(source(1_000))
    assert clock.set(9_000) == clock.now() == 9_000


def test_a_step_back_is_refused_with_both_instants() -> None:
    clock = Clock(source(1_000))
    with pytest.raises(ValueError, match=r"never goes back: 900 ms is 100 ms before its now \(1000\)"):
        clock.set(900)
    with pytest.raises(ValueError, match="not by -1"):
        clock.advance(-1)
    assert clock.now() == 1_000


def test_a_fork_goes_on_from_the_same_instant_and_apart() -> None:
    clock = Clock(lambda: 5, at=1_000, frozen=True)
    fork = clock.fork()
    fork.advance(7)
    assert (clock.now(), fork.now(), fork.frozen) == (1_000, 1_007, True)
    assert clock.fork(at=500).now() == 500
