"""How far an edit of a schema narrows and widens what fits it: by example, and where that is not obvious."""

from __future__ import annotations

import pytest

from mockserver.conformance.diff.schemas import schema_changes
from mockserver.contract.dialect import Direction
from mockserver.contract.spot import Spot
from mockserver.core.text import Json
from tests.conformance.diff.drawing import PLACE, document


def grades(old: Json, new: Json, direction: Direction = "request") -> tuple[int, int]:
    found = schema_changes(Spot.of(document(old), PLACE), Spot.of(document(new), PLACE), direction)
    return max((change.narrows for change in found), default=0), max((change.widens for change in found), default=0)


def thing(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


NULL, TEXT, INTEGER, NUMBER = ({"type": name} for name in ("null", "string", "integer", "number"))
LOOP = {"$ref": f"#{PLACE}"}
SAME, NARROWER, WIDER, OTHER, UNSURE = (0, 0), (2, 0), (0, 2), (2, 2), (1, 1)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (TEXT, {"type": ["string"]}, SAME),
        ({"enum": [1, "a"]}, {"enum": ["a", 1.0]}, SAME),
        ({"enum": ["a"]}, {"type": "string", "enum": ["a"]}, SAME),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}, SAME),
        ({"type": "integer", "minimum": 0.5}, {"type": "integer", "minimum": 1}, SAME),
        ({"type": "number", "minimum": 0}, {"type": "number", "exclusiveMinimum": 0}, NARROWER),
        ({**INTEGER, "maxLength": 3}, INTEGER, SAME),
        ({**INTEGER, "multipleOf": 1}, INTEGER, SAME),
        ({**INTEGER, "multipleOf": 6}, {**INTEGER, "multipleOf": 3}, WIDER),
        ({**INTEGER, "multipleOf": 2}, {**INTEGER, "multipleOf": 3}, OTHER),
        ({"allOf": [TEXT, {"maxLength": 3}]}, {"type": "string", "maxLength": 3}, SAME),
        (TEXT, {"anyOf": [TEXT, NULL]}, WIDER),
        ({"anyOf": [TEXT, NULL]}, {"type": ["string", "null"]}, WIDER),  # as near as keyword by keyword comes
        ({"oneOf": [TEXT, NULL]}, {"anyOf": [TEXT, NULL]}, SAME),
        ({"oneOf": [TEXT, NULL]}, {"oneOf": [NULL, TEXT]}, SAME),
        ({"oneOf": [TEXT]}, {"oneOf": [TEXT, INTEGER]}, WIDER),
        ({"oneOf": [NUMBER]}, {"oneOf": [NUMBER, INTEGER]}, UNSURE),
        ({"anyOf": [NUMBER]}, {"anyOf": [NUMBER, INTEGER]}, SAME),
        ({"anyOf": [NUMBER, INTEGER]}, {"anyOf": [NUMBER]}, SAME),
        (NULL, {"anyOf": [NULL, {"const": 0}], "allOf": [False]}, NARROWER),
        (TEXT, {"not": {"const": "x"}, **TEXT}, NARROWER),
        ({"not": INTEGER}, {"not": NUMBER}, (2, 1)),
        (False, TEXT, WIDER),
        (TEXT, False, NARROWER),
        (True, {}, SAME),
        ({}, TEXT, NARROWER),
        (thing(a=LOOP, b=TEXT), thing(a=LOOP, b={"type": ["string", "null"]}), WIDER),
        (thing(a={"not": LOOP}, b=INTEGER), thing(a={"not": LOOP}, b=NUMBER), OTHER),
        ({"type": "array", "items": TEXT}, {"type": "array", "prefixItems": [TEXT], "items": TEXT}, SAME),
        ({"type": "array", "prefixItems": [TEXT]}, {"type": "array", "prefixItems": [TEXT, TEXT]}, NARROWER),
        ({"if": TEXT, "then": {"minLength": 1}}, {"if": TEXT, "then": {"minLength": 2}}, NARROWER),
        ({"if": TEXT, "then": {"minLength": 1}}, {"if": INTEGER, "then": {"minLength": 1}}, UNSURE),
        ({"type": "object", "dependentRequired": {"a": ["b"]}}, {"type": "object"}, WIDER),
    ],
)  # fmt: skip
def test_an_edit_narrows_and_widens_so_far(old: Json, new: Json, expected: tuple[int, int]) -> None:
    assert grades(old, new) == expected


def test_a_new_property_of_an_open_object_is_no_danger_but_may_find_no_heed() -> None:
    assert grades(thing(), thing(a=TEXT), "request") == (0, 1)
    assert grades(thing(), thing(a=TEXT), "reply") == (0, 0)


def test_a_new_property_of_a_closed_object_was_refused_before() -> None:
    closed = {"additionalProperties": False}
    assert grades({**thing(), **closed}, {**thing(a=TEXT), **closed}, "reply") == WIDER


def test_a_new_property_of_a_map_was_one_of_its_values_before() -> None:
    values = {"additionalProperties": INTEGER}
    assert grades({**thing(), **values}, {**thing(a=INTEGER), **values}) == SAME
    assert grades({**thing(), **values}, {**thing(a=TEXT), **values}) == OTHER


def test_a_property_that_clients_may_not_send_any_more_narrows_requests_alone() -> None:
    old, new = thing(a=TEXT), thing(a={**TEXT, "readOnly": True})
    assert grades(old, new, "request") == NARROWER
    assert grades(old, new, "reply") == SAME


def test_what_a_negation_of_itself_says_is_never_called_harmless() -> None:
    old, new = thing(a={"not": LOOP}, b=INTEGER), thing(a={"not": {**LOOP, "minProperties": 1}}, b=NUMBER)
    assert grades(old, new)[0] >= 1


def test_a_derived_rule_is_named_by_the_keyword_it_comes_from() -> None:
    old, new = ({"type": "integer", "format": form} for form in ("int32", "int64"))
    found = schema_changes(Spot.of(document(old), PLACE), Spot.of(document(new), PLACE), "request")
    assert {(change.old, change.new) for change in found} == {(f"{PLACE}/format", f"{PLACE}/format")}
