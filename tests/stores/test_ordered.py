from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.stores import ordered
from mockserver.stores.ordered import Ordered

items = st.tuples(st.integers(0, 30), st.sampled_from("abc"))
changes = st.lists(st.tuples(st.booleans(), items), max_size=60)


@pytest.mark.parametrize("long_at", [1, 4, 512])
@given(first=items, changes=changes, after=st.none() | items, reverse=st.booleans())
def test_it_walks_like_a_sorted_set(
    long_at: int,
    first: tuple[int, str],
    changes: list[tuple[bool, tuple[int, str]]],
    after: tuple[int, str] | None,
    reverse: bool,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordered, "LONG", long_at)
        bag, model = Ordered(first), {first}
        for add, item in changes:
            if add and item not in model:
                bag.add(item)
                model.add(item)
            elif not add:
                bag.discard(item)
                model.discard(item)
        walked = list(bag.walk(reverse=reverse, after=after))
    expected = sorted(model, reverse=reverse)
    if after is not None:
        expected = [item for item in expected if (item < after if reverse else item > after)]
    assert walked == expected
    assert len(bag) == len(model)
    assert bag.first() == min(model, default=None)


def test_a_long_bag_is_changed_in_its_middle_without_moving_the_rest() -> None:
    bag = Ordered((0, ""))
    for number in range(1, 5_000):
        bag.add((number, ""))
    bag.discard((100, ""))
    bag.add((100, "again"))
    assert list(bag.walk(after=(98, "")))[:3] == [(99, ""), (100, "again"), (101, "")]
    assert len(bag) == 5_000


@given(st.lists(items, min_size=1, unique=True), st.sets(items), st.lists(items, unique=True))
def test_many_items_are_exchanged_at_once(
    first: list[tuple[int, str]], gone: set[tuple[int, str]], more: list[tuple[int, str]]
) -> None:
    bag = Ordered.of(first)
    left = [item for item in first if item not in gone]
    added = [item for item in more if item not in left]
    bag.change(gone, added)
    assert list(bag.walk()) == sorted(left + added)
    assert len(bag) == len(left + added)
