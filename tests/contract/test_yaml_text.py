"""YAML and JSON to values and lines."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.yaml_events import DEEPEST
from mockserver.contract.yaml_text import load_yaml, read_yaml
from mockserver.core.text import Json
from mockserver.errors import DocumentError

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside), max_leaves=12)


def value(text: str | bytes) -> Json:
    return load_yaml(text, "a.yaml").value


def refusal(text: str | bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        load_yaml(text, "a.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    "word", ["yes", "no", "on", "off", "y", "2020-01-01", "1:30", "0x", ".inf", ".nan", "1_000", "=", "+"]
)
def test_words_that_are_no_json_stay_text(word: str) -> None:
    assert value(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0123", 123),
        ("0o17", 15),
        ("0xff", 255),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!float 1", 1.0),
        ("!!int 7", 7),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(text: str, meant: Json) -> None:
    found = value(f"a: {text}")["a"]
    assert found == meant and type(found) is type(meant)


def test_every_key_is_text() -> None:
    assert value("200: a\nnull: b\ntrue: c\n1.0: d\n") == {"200": "a", "null": "b", "true": "c", "1.0": "d"}


def test_a_key_written_twice_is_refused_with_both_lines() -> None:
    assert "a.yaml:3:1: the key `a` stands here a second time (first in line 1)" in refusal("a: 1\nb: 2\na: 3\n")


def test_a_key_written_twice_in_json_is_refused_with_its_line() -> None:
    assert "a.yaml:3:2: the key `a`" in refusal('{\n "a": 1,\n "a": 2\n}')


def test_keys_written_twice_can_be_had_as_a_list() -> None:
    document, twice = read_yaml("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n", "a.yaml")
    assert document.value == {"a": 2, "b": {"c": 2}}
    assert [(one.key, one.line, one.first_line) for one in twice] == [("a", 2, 1), ("c", 5, 4)]


def test_the_same_key_in_two_mappings_is_nothing_to_refuse() -> None:
    assert value("a: {x: 1}\nb: {x: 2}\n") == {"a": {"x": 1}, "b": {"x": 2}}


def test_a_line_for_every_pointer() -> None:
    document = load_yaml("a:\n  b:\n    - x\n    - y: 1\n      z/~: 2\n", "a.yaml")
    lines = [document.line(at) for at in ("", "/a", "/a/b", "/a/b/0", "/a/b/1/y", "/a/b/1/z~1~0")]
    assert lines == [1, 1, 2, 3, 4, 5]


def test_a_pointer_to_nothing_gives_its_nearest_parent() -> None:
    document = load_yaml("a:\n  b: 1\nc: 2\n", "a.yaml")
    assert (document.line("/a/nope/nope"), document.line("/c/0"), str(document.place("/c"))) == (1, 3, "a.yaml:3")


def test_json_keeps_its_lines() -> None:
    document = load_yaml('{\n\t"a": [\n\t\t"\\ud83d\\ude00",\n\t\t{"b": 1}\n\t]\n}', "a.json")
    assert document.value == {"a": ["😀", {"b": 1}]}
    assert (document.line("/a"), document.line("/a/0"), document.line("/a/1/b")) == (2, 3, 4)


def test_json_that_is_no_yaml_has_a_value_all_the_same() -> None:
    document = load_yaml('{"a": "\\ud800"}', "a.json")
    assert (document.value, document.line("/a")) == ({"a": "\ud800"}, 1)


def test_aliases_stand_for_what_they_name_and_have_their_own_line() -> None:
    document = load_yaml("a: &x\n  b: 1\nc: *x\n", "a.yaml")
    assert document.value == {"a": {"b": 1}, "c": {"b": 1}}
    assert (document.line("/c"), document.line("/c/b")) == (3, 2)


def test_a_merged_mapping_adds_what_is_not_said() -> None:
    document = load_yaml("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\ne:\n  <<: [*x, {f: 4}]\n", "a.yaml")
    assert document.value["d"] == {"c": 3, "b": 1}
    assert document.value["e"] == {"b": 1, "c": 2, "f": 4}
    assert document.line("/d/b") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.yaml: the file is empty"),
        ("a: [", "a.yaml:2:1: this is not YAML"),
        ("a: b: c", "a.yaml:1:5: this is not YAML"),
        ("a: \x00", "a.yaml: this is not YAML"),
        (b"a: 1\nb: \xff", "a.yaml:2: byte 8 is not UTF-8"),
        ("a: 1\n---\nb: 2", "a.yaml:2:1: a second document starts here"),
        ("[1, 2]: 3", "a.yaml:1:1: a collection as a mapping key"),
        ("a: !secret 1", "a.yaml:1:4: the tag `!!secret` on `1`"),
        ("a: !!binary aGk=", "the tag `!binary`"),
        ("a: !!set {b}", "a.yaml:1:4: the tag"),
        ("a: *nobody", "a.yaml:1:4"),
        ("a: &x [*x]", "a.yaml:1:8: the alias `*x` stands before or inside its anchor"),
        ("a: " + "9" * 5000, "a number of 5000 digits"),
        ("[" * 100_000, f"nested deeper than {DEEPEST} levels"),
        ('{"a":' * 300 + "1" + "}" * 300, f"nested deeper than {DEEPEST} levels"),
    ],
)
def test_what_can_t_be_read_is_refused_with_its_place(text: str | bytes, said: str) -> None:
    assert said in refusal(text)


def test_aliases_that_unfold_beyond_measure_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "unfolds to more than 500,000 values" in refusal("\n".join(lines))


@given(VALUES)
def test_json_reads_as_json(given_value: Json) -> None:
    assert value(json.dumps({"a": given_value})) == {"a": given_value}


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_text_gives_a_value_or_a_refusal(text: str | bytes) -> None:
    try:
        document = load_yaml(text, "a.yaml")
    except DocumentError as error:
        assert str(error).startswith("a.yaml")
    else:
        assert document.line("/a/0") >= 1
