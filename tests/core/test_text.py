from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.text import DEEPEST, Json, TextError, as_javascript, dump, parse, pointer, resolve

values: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_dumped_parses_to_the_same_value(value: Json) -> None:
    assert parse(dump(value)) == value


@given(values)
def test_parse_agrees_with_the_standard_library(value: Json) -> None:
    text = json.dumps(value)
    assert parse(text.encode("utf-8", "surrogatepass")) == json.loads(text)


@given(st.binary(max_size=40))
def test_any_bytes_parse_or_are_refused_with_a_place(data: bytes) -> None:
    try:
        parse(data)
    except TextError as error:
        assert error.position >= 0
        assert error.reason


def test_a_byte_order_mark_is_skipped() -> None:
    assert parse(b"\xef\xbb\xbf{}") == {}


def test_the_last_of_a_repeated_key_wins() -> None:
    assert parse(b'{"a":1,"a":2}') == {"a": 2}


def test_a_number_beyond_a_double_is_infinite_as_in_javascript() -> None:
    assert parse(b"1e400") == math.inf


def test_an_integer_of_five_thousand_digits_is_infinite_and_not_an_error() -> None:
    assert parse(b"9" * 5000) == math.inf


def test_a_lone_surrogate_is_kept() -> None:
    assert parse(b'"\\ud800"') == "\ud800"


def test_a_lone_surrogate_is_dumped_as_an_escape() -> None:
    assert dump("\ud800") == b'"\\ud800"'


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_are_not_json_are_refused_where_they_stand(constant: str) -> None:
    with pytest.raises(TextError) as refused:
        parse(f'{{"a": {constant}}}'.encode())
    assert refused.value.position == 6


def test_text_that_ends_too_early_has_no_character_to_blame() -> None:
    with pytest.raises(TextError) as refused:
        parse(b'{"a":')
    assert refused.value.found is None


def test_a_hundred_thousand_brackets_are_refused() -> None:
    with pytest.raises(TextError, match=f"deeper than {DEEPEST}"):
        parse(b"[" * 100_000 + b"]" * 100_000)


def test_what_is_as_deep_as_may_be_is_parsed_and_one_level_more_is_not() -> None:
    assert parse(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(TextError):
        parse(b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1))


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert parse(b"[" + b",".join([b"[]"] * 2 * DEEPEST) + b"]") == [[]] * 2 * DEEPEST


def test_brackets_in_a_string_do_not_count_as_depth() -> None:
    assert parse(b'["' + b"[" * 2000 + b'\\ud800"]') == ["[" * 2000 + "\ud800"]


@pytest.mark.parametrize(
    ("number", "printed"),
    [(1587667174725.0, 1587667174725), (1.5, 1.5), (2**53 + 1, 2**53), (1e21, 1e21), (True, True), (10**400, math.inf)],
)
def test_numbers_are_doubles_and_integral_ones_print_without_a_fraction(number: Json, printed: Json) -> None:
    assert as_javascript([{"n": number}]) == [{"n": printed}]
    assert type(as_javascript(number)) is type(printed)


@given(st.lists(st.text() | st.integers(0, 9), min_size=1, max_size=4))
def test_a_pointer_finds_what_it_was_made_for(parts: list[str | int]) -> None:
    document: Json = "found"
    for part in reversed(parts):
        document = {str(part): document}
    assert resolve(document, pointer(parts)) == "found"


def test_a_pointer_to_nothing_names_itself() -> None:
    with pytest.raises(KeyError, match="/paths/~1clip"):
        resolve({"paths": {}}, "/paths/~1clip")
