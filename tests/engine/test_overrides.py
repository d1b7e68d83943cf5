from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.text import Json
from mockserver.engine.overrides import merged

ACCOUNTS = [{"id": "main"}, {"id": "other", "quota": 5}]


@pytest.mark.parametrize(
    ("value", "patch", "result"),
    [
        # the examples of RFC 7396, appendix A, that hold no list of named items
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_it_is_a_json_merge_patch(value: Json, patch: Json, result: Json) -> None:
    assert merged(value, patch) == result


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ([{"id": "main", "quota": 1}], [{"id": "main", "quota": 1}, {"id": "other", "quota": 5}]),
        ([{"id": "new"}], [*ACCOUNTS, {"id": "new"}]),
        ([{"id": "other", "quota": None}], [{"id": "main"}, {"id": "other"}]),
        ({"main": {"quota": 1}}, [{"id": "main", "quota": 1}, {"id": "other", "quota": 5}]),
        ({"main": None, "new": {"quota": 2}}, [{"id": "other", "quota": 5}, {"id": "new", "quota": 2}]),
        ({"*": None, "new": {}}, [{"id": "new"}]),
        ({"*": {"quota": 7}, "main": {"quota": 8}}, [{"id": "main", "quota": 8}, {"id": "other", "quota": 7}]),
        ([], ACCOUNTS),
        (["main"], ["main"]),
    ],
)
def test_a_list_of_named_items_is_merged_by_name(patch: Json, result: Json) -> None:
    assert merged({"accounts": ACCOUNTS}, {"accounts": patch}) == {"accounts": result}


def test_items_are_known_by_what_all_of_them_have() -> None:
    users = [{"id": "1", "name": "main"}, {"id": "2", "name": "other"}]
    assert merged(users, [{"name": "other", "admin": True}])[1] == {"id": "2", "name": "other", "admin": True}


def test_items_of_which_two_have_one_name_are_replaced() -> None:
    assert merged([{"name": "a", "x": 1}, {"name": "a", "x": 2}], [{"name": "a"}]) == [{"name": "a"}]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "a", "b"]), inner, max_size=3),
    max_leaves=12,
)


@given(values, values)
def test_merging_changes_neither(value: Json, patch: Json) -> None:
    before = deepcopy((value, patch))
    merged(value, patch)
    assert (value, patch) == before
