"""Words: short, printable, without secrets."""

from __future__ import annotations

import pytest
from hypothesis import given

from mockserver.contract.words import LONGEST, describe, is_secret, show
from mockserver.core.text import Json
from tests.contract.making import JSON


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", '"a"'),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ([], "an empty array"),
        ([1, 2], "an array of 2"),
        ({}, "an empty object"),
        ({"a": 1, "b": 2}, "an object with `a`, `b`"),
        ({str(number): 0 for number in range(9)}, "an object with `0`, `1`, `2`, `3`, `4`, `5`, ..."),
    ],
)
def test_a_value_is_shown_by_what_it_is(value: Json, shown: str) -> None:
    assert show(value) == shown


@given(JSON)
def test_whatever_is_shown_is_short_and_can_be_printed(value: Json) -> None:
    assert len(show(value)) <= 2 * LONGEST
    show(value).encode()


@pytest.mark.parametrize("name", ["password", "clientSecret", "refresh_token", "apiKey", "Authorization"])
def test_some_names_are_those_of_secrets(name: str) -> None:
    assert is_secret({}, name)


def test_a_secret_is_told_by_its_kind() -> None:
    assert show("hunter2", secret=True) == "a secret text of 7 characters"
    assert show(7, secret=True) == "a secret number"


@pytest.mark.parametrize(
    ("rule", "limit", "value", "expected", "got"),
    [
        ("minLength", 1, "", "at least 1 character", "0 characters"),
        ("maxLength", 2, "abc", "at most 2 characters", "3 characters"),
        ("minItems", 1, [], "at least 1 item", "0 items"),
        ("maxProperties", 1, {"a": 1, "b": 2}, "at most 1 property", "2 properties"),
        ("exclusiveMaximum", 5, 7, "less than 5", "7"),
        ("type", ["integer", "null"], "x", "an integer or null", '"x"'),
    ],
)
def test_a_rule_is_told_in_words(rule: str, limit: Json, value: Json, expected: str, got: str) -> None:
    words = describe(rule, limit, value, [], [], secret=False)
    assert (words.expected, words.got) == (expected, got)


def test_a_near_value_is_proposed() -> None:
    assert describe("enum", ["waiting", "ready"], "redy", [], [], secret=False).remedy == "Did you mean `ready`?"
