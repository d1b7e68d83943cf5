from __future__ import annotations

import subprocess
import sys
import uuid
from collections import Counter
from statistics import mean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.chance import Chance

labels = st.lists(st.text(max_size=8) | st.integers(0, 99), max_size=3)


def drawn(chance: Chance) -> list[object]:
    return [chance.uuid(), chance.base36(12), chance.hex(40), chance.between(3, 9), chance.choice("abc")]


@given(st.integers(), labels)
def test_the_same_seed_and_labels_draw_the_same(seed: int, path: list[str | int]) -> None:
    assert drawn(Chance.of(seed, *path)) == drawn(Chance.of(seed, *path))


@given(st.integers(), labels, labels)
def test_different_labels_draw_differently(seed: int, one: list[str | int], other: list[str | int]) -> None:
    same = one == other
    assert (drawn(Chance.of(seed).child(*one)) == drawn(Chance.of(seed).child(*other))) == same


@given(st.integers(), st.integers(0, 20))
def test_what_a_child_draws_does_not_move_its_parent(seed: int, draws: int) -> None:
    alone, parent = Chance.of(seed), Chance.of(seed)
    child = parent.child("child")
    for _ in range(draws):
        child.bits(17)
    assert drawn(parent) == drawn(alone)


@given(st.integers(), st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_bits_fit_what_was_asked_for(seed: int, sizes: list[int]) -> None:
    chance = Chance.of(seed)
    assert all(0 <= chance.bits(size) < 2**size for size in sizes)


@given(st.integers(), st.integers(1, 10**30))
def test_a_whole_number_stays_below_its_bound(seed: int, bound: int) -> None:
    assert 0 <= Chance.of(seed).below(bound) < bound


def test_nothing_is_below_zero() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Chance.of(0).below(0)


@given(st.integers())
def test_a_uuid_is_of_version_four(seed: int) -> None:
    made = uuid.UUID(Chance.of(seed).uuid())
    assert made.version == 4
    assert made.variant == uuid.RFC_4122


def test_draws_are_spread_evenly() -> None:
    chance = Chance.of(7)
    counts = Counter(chance.below(6) for _ in range(6000))
    assert all(850 < counts[face] < 1150 for face in range(6))


def test_another_process_with_another_hash_seed_draws_the_same() -> None:
    program = "from mockserver.core.chance import Chance; print(Chance.of(5, 'livepeer', 'test_a').uuid())"
    there = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONHASHSEED": "4242"}, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == Chance.of(5, "livepeer", "test_a").uuid()


@given(st.integers())
def test_a_unit_lies_between_nothing_and_one(seed: int) -> None:
    assert 0 <= Chance.of(seed).unit() < 1


def test_normal_draws_lie_about_0_with_a_deviation_of_1() -> None:
    chance = Chance.of(0)
    drawn = [chance.normal() for _ in range(2_000)]
    assert -0.1 < mean(drawn) < 0.1
    assert 0.9 < pstdev(drawn) < 1.1


def test_one_of_each_takes_every_item_about_as_often_and_none_from_another() -> None:
    chance, counts = Chance.of(1, "each"), [[0] * 3, [0] * 5]
    for _ in range(3_000):
        for place, found in zip(counts, chance.one_of_each(range(3), range(5)), strict=True):
            place[found] += 1
    assert all(abs(count - 1_000) < 120 for count in counts[0]) and all(abs(count - 600) < 120 for count in counts[1])
