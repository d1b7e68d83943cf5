"""Overlays: what each action does, and what is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mockserver.contract.document import effective
from mockserver.contract.overlay import apply
from mockserver.contract.places import Document, Mark
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.text import Json
from mockserver.errors import DocumentError

HEAD = "overlay: 1.0.0\ninfo: {title: ours, version: '1'}\nactions:\n"


def overlaid(text: str, actions: str) -> Document:
    return apply(load_yaml(text, "doc.yaml"), load_yaml(HEAD + actions, "over.yaml"))


def value(text: str, actions: str) -> Json:
    return overlaid(text, actions).value


def refusal(text: str, overlay: str) -> str:
    with pytest.raises(DocumentError) as caught:
        apply(load_yaml(text, "doc.yaml"), load_yaml(overlay, "over.yaml"))
    return str(caught.value)


def test_an_update_merges_deeply() -> None:
    assert value("a: {b: {c: 1, d: 2}}", "- {target: $.a, update: {b: {d: 3, e: 4}}}") == {
        "a": {"b": {"c": 1, "d": 3, "e": 4}}
    }


def test_lists_inside_an_update_are_appended() -> None:
    assert value("a: {b: [1]}", "- {target: $.a, update: {b: [2, 3]}}") == {"a": {"b": [1, 2, 3]}}


def test_an_update_of_a_list_is_one_more_entry() -> None:
    assert value("a: [1]", "- {target: $.a, update: {b: 2}}") == {"a": [1, {"b": 2}]}


def test_null_in_an_update_is_a_value() -> None:
    assert value("a: {b: 1}", "- {target: $.a, update: {b: null}}") == {"a": {"b": None}}


def test_remove_takes_away_a_key_or_an_entry() -> None:
    assert value("a: {b: 1, c: [1, 2]}", "- {target: $.a.b, remove: true}\n- {target: '$.a.c[0]', remove: true}") == {
        "a": {"c": [2]}
    }


def test_remove_wins_over_update() -> None:
    assert value("a: 1\nb: 2", "- {target: $.a, update: 5, remove: true}") == {"b": 2}


def test_every_match_of_a_wildcard_is_removed() -> None:
    assert value("a: [1, 2, 3]", "- {target: '$.a[*]', remove: true}") == {"a": []}


def test_every_match_of_a_filter_is_updated_by_itself() -> None:
    actions = "- {target: '$.a[?@.x == 1]', update: {y: {}}}\n- {target: '$.a[0].y', update: {z: 1}}"
    assert value("a: [{x: 1}, {x: 2}, {x: 1}]", actions) == {
        "a": [{"x": 1, "y": {"z": 1}}, {"x": 2}, {"x": 1, "y": {}}]
    }


def test_descendants_are_found() -> None:
    assert value("a: {d: 1, b: {d: 2}}", "- {target: $..d, remove: true}") == {"a": {"b": {}}}


def test_what_is_matched_twice_is_removed_once() -> None:
    assert value("a: {b: 1}", "- {target: \"$.a['b','b']\", remove: true}") == {"a": {}}


def test_what_is_inside_a_removed_part_goes_with_it() -> None:
    assert value("a: {a: {a: 1}, b: [{a: 2}]}", "- {target: $..a, remove: true}") == {}


def test_actions_see_what_came_before_them() -> None:
    assert value("a: {}", "- {target: $.a, update: {b: {}}}\n- {target: $.a.b, update: {c: 1}}") == {
        "a": {"b": {"c": 1}}
    }


@pytest.mark.parametrize("target", ["$['a b']['c']", '$["a b"].c', "$['a b'].c", "$[\"a b\"]['c']"])
def test_plain_targets_are_written_in_several_ways(target: str) -> None:
    assert value("a b: {c: {}}", f"- target: {target}\n  update: {{d: 1}}") == {"a b": {"c": {"d": 1}}}


def test_names_of_digits_and_indexes_are_told_apart() -> None:
    assert value(
        "a: {'0': x}\nb: [x]", "- {target: \"$.a['0']\", remove: true}\n- {target: '$.b[0]', remove: true}"
    ) == {
        "a": {},
        "b": [],
    }


def test_the_originals_stay_as_they_were() -> None:
    document, overlay = load_yaml("a: {b: [1]}", "d"), load_yaml(HEAD + "- {target: $.a, update: {b: [{}]}}", "o")
    first = apply(document, overlay).value
    first["a"]["b"][1]["changed"] = True
    assert document.value == {"a": {"b": [1]}}
    assert apply(document, overlay).value == {"a": {"b": [1, {}]}}


def test_lines_lead_into_the_text_that_has_the_last_word() -> None:
    document = overlaid(
        "a:\n  b: 1\n  c: [x, y]\n",
        "- target: $.a\n  update:\n    b: 2\n    c: [z]\n    d:\n      e: 1\n- target: $.a.c[0]\n  remove: true\n",
    )
    assert document.value == {"a": {"b": 2, "c": ["y", "z"], "d": {"e": 1}}}
    places = {at: str(document.place(at)) for at in ("/a", "/a/b", "/a/c/0", "/a/c/1", "/a/d/e")}
    assert places == {
        "/a": "doc.yaml:1",
        "/a/b": "over.yaml:6",
        "/a/c/0": "doc.yaml:3",
        "/a/c/1": "over.yaml:7",
        "/a/d/e": "over.yaml:9",
    }


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_every_value_has_a_line_of_its_own(provider: str) -> None:
    document = effective(provider)
    waiting: list[tuple[Json, Mark | None]] = [(document.value, document.marks())]
    while waiting:
        inside, mark = waiting.pop()
        assert mark is not None
        if isinstance(inside, dict):
            waiting += [(item, mark.child(key)) for key, item in inside.items()]
        elif isinstance(inside, list):
            waiting += [(item, mark.child(str(index))) for index, item in enumerate(inside)]


@pytest.mark.parametrize("target", ["$.b", "$.a.b", "$.list[3]", "$..nope", "$.a['x']", "$.list.a", "$.list['0']"])
def test_an_action_that_matches_nothing_is_an_error(target: str) -> None:
    said = refusal("a: 1\nlist: [1]", f"{HEAD}- {{target: $, update: {{x: 1}}}}\n- target: {target}\n  remove: true\n")
    assert said.startswith(f"over.yaml:5: action 1 (target {target}) matches nothing")


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        ("- {target: $.a, update: {b: 1}}", "action 0 (target $.a) updates `1`, no object or array"),
        ("- {target: $, update: 1}", "updates an object with something else"),
        ("- {target: $, remove: true}", "removes the whole document"),
        ("- {target: '$.a[', remove: true}", "has a target that is no JSONPath"),
        ("- {target: $.a}", "neither updates nor removes"),
        ("- {target: $.a, remove: false}", "neither updates nor removes"),
        ("- {target: $.a, delete: true}", "has the unknown field `delete`"),
        ("- {update: {}}", "action 0 has no target"),
        ("- 1", "action 0 has no target"),
    ],
)
def test_an_action_that_makes_no_sense_is_an_error(actions: str, said: str) -> None:
    assert said in refusal("a: 1", HEAD + actions)


@pytest.mark.parametrize(
    ("overlay", "said"),
    [
        ("info: {}", "no overlay of version 1.0"),
        ("overlay: 2.0.0", "no overlay of version 1.0"),
        ("overlay: 1.0.0", "over.yaml:1: `info` with a title and a version is missing"),
        ("overlay: 1.0.0\ninfo: {title: a}", "over.yaml:2: `info` with a title"),
        ("overlay: 1.0.0\ninfo: {title: a, version: '1'}", "`actions` must be a list"),
        ("overlay: 1.0.0\ninfo: {title: a, version: '1'}\nactions: []", "over.yaml:3: `actions` must be a list"),
        ("[]", "no overlay of version 1.0"),
    ],
)
def test_an_overlay_that_is_none_is_an_error(overlay: str, said: str) -> None:
    assert said in refusal("a: 1", overlay)


def test_our_own_documents_need_no_jsonpath_library_at_start_up() -> None:
    script = (
        "import sys; from mockserver.contract.document import effective; effective('livepeer'); effective('restream');"
        "sys.exit('jsonpath_rfc9535' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
