"""What V8 says of a text that is no JSON. The texts for Node 20 come from that runtime."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.providers.livepeer.v8 import message

LONG = '{"' + "a" * 30 + '":' + "x" * 24 + "}"

NODE_20 = {
    "": "Unexpected end of JSON input",
    "{": "Expected property name or '}' in JSON at position 1",
    "{a": "Expected property name or '}' in JSON at position 1",
    '{"a"': "Expected ':' after property name in JSON at position 4",
    '{"a" 1}': "Expected ':' after property name in JSON at position 5",
    '{"a":1,"b"': "Unexpected end of JSON input",
    '{"a":1,"b"2}': "Unexpected number in JSON at position 10",
    '{"a":1': "Expected ',' or '}' after property value in JSON at position 6",
    '{"a":1,': "Expected double-quoted property name in JSON at position 7",
    "[1,]": "Unexpected token ']', \"[1,]\" is not valid JSON",
    "[1 2]": "Expected ',' or ']' after array element in JSON at position 3",
    '{"a":nul}': 'Unexpected token \'}\', "{"a":nul}" is not valid JSON',
    '{"a":tru': "Unexpected end of JSON input",
    "[undefined]": "Unexpected token 'u', \"[undefined]\" is not valid JSON",
    '"abc': "Unterminated string in JSON at position 4",
    '"abc\\': "Unexpected end of JSON input",
    '"a\nb"': "Bad control character in string literal in JSON at position 2",
    '{"a":"\\x"}': "Bad escaped character in JSON at position 7",
    '{"a":"\\u12"}': "Bad Unicode escape in JSON at position 10",
    '{"a":01}': "Unexpected number in JSON at position 6",
    '{"a":-}': "No number after minus sign in JSON at position 6",
    '{"a":1.}': "Unterminated fractional number in JSON at position 7",
    '{"a":1e}': "Exponent part is missing a number in JSON at position 7",
    '{"a":1}x': "Unexpected non-whitespace character after JSON at position 7",
    '{"a":"b"  "c"}': "Expected ',' or '}' after property value in JSON at position 10",
    LONG: 'Unexpected token \'x\', ..."aaaaaaaa":xxxxxxxxxx"... is not valid JSON',
    "x" * 30: "Unexpected token 'x', \"xxxxxxxxxx\"... is not valid JSON",
    '["' + "a" * 30 + '",x]': 'Unexpected token \'x\', ..."aaaaaaaa",x]" is not valid JSON',
    '["\U0001f600" 1]': "Expected ',' or ']' after array element in JSON at position 6",
    '["\\\U0001f600"]': 'Unexpected token \'\ud83d\', "["\\\ud83d\ude00"]" is not valid JSON',
}


@pytest.mark.parametrize("text", NODE_20, ids=ascii)
def test_node_20(text: str) -> None:
    assert message(text, "20") == NODE_20[text]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{bad}", "Unexpected token b in JSON at position 1"),
        ('{"a":', "Unexpected end of JSON input"),
        ('{"a" 1}', "Unexpected number in JSON at position 5"),
        ('{"a":1 "b"}', "Unexpected string in JSON at position 7"),
        ('"abc', "Unexpected end of JSON input"),
        ("{}x", "Unexpected token x in JSON at position 2"),
    ],
)
def test_node_18_names_the_character_and_nothing_else(text: str, said: str) -> None:
    assert message(text, "18") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{bad}", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
        ('{\n  "a": 1,\n}', "Expected double-quoted property name in JSON at position 12 (line 3 column 1)"),
        ('{\r\n"a" 01}', "Expected ':' after property name in JSON at position 7 (line 2 column 5)"),
        ("{}x", "Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)"),
        ("[x]", "Unexpected token 'x', \"[x]\" is not valid JSON"),
    ],
)
def test_node_22_adds_line_and_column_to_a_position(text: str, said: str) -> None:
    assert message(text, "22") == said


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_json_is_nothing_to_complain_of(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        assert message(text, "20") is None


@given(st.text(alphabet='{}[]":,01.-eE tfn\\u\n'))
def test_it_complains_of_exactly_what_the_standard_library_refuses(text: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        assert message(text, "20") is not None
    else:
        assert message(text, "20") is None


def test_depth_costs_no_stack() -> None:
    assert message("[" * 100_000 + "]" * 100_000, "20") is None
