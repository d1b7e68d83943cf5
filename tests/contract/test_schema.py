"""Shapes: every broken rule of a value, in document order, with pointers into value and document."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.codes import CODES
from mockserver.contract.schema import Breach, Shape
from mockserver.contract.spot import Spot
from mockserver.core.text import Json, pointer, resolve
from mockserver.errors import DocumentError
from tests.contract.corners import CORNERS
from tests.contract.making import JSON, mutated, values

CLIP: Json = {
    "type": "object",
    "required": ["playbackId", "startTime"],
    "additionalProperties": False,
    "properties": {
        "playbackId": {"type": "string"},
        "startTime": {"type": "number"},
        "endTime": {"type": "number"},
        "name": {"$ref": "#/components/schemas/name"},
    },
}


def document(schema: Json, **components: Json) -> Json:
    return {"openapi": "3.1.0", "components": {"schemas": {"it": schema, "name": {"type": "string"}, **components}}}


def breaches(value: Json, schema: Json, **components: Json) -> list[Breach]:
    shape = Shape(Spot.of(document(schema, **components), "/components/schemas/it"), "request")
    found = shape.breaches(value)
    assert shape.holds(value) is not bool(found)
    return found


def rules(value: Json, schema: Json, **components: Json) -> list[tuple[str, str]]:
    """Pointer and rule of each breach."""
    return [(pointer(one.parts), one.rule) for one in breaches(value, schema, **components)]


def test_an_objects_own_rules_come_first_then_its_properties_in_the_schemas_order() -> None:
    value = {"zz": 1, "name": 1, "endTime": "x", "aa": 2, "playbackId": None}
    assert rules(value, CLIP) == [
        ("", "required"),
        ("", "additionalProperties"),
        ("/playbackId", "type"),
        ("/endTime", "type"),
        ("/name", "type"),
    ]


def test_the_order_within_one_value_is_type_then_bounds_then_alternatives_then_what_is_missing() -> None:
    schema = {
        "required": ["b", "a"],
        "allOf": [{"required": ["c"]}],
        "minProperties": 5,
        "anyOf": [{"required": ["d"]}],
        "type": "object",
        "not": {"maxProperties": 3},
    }
    assert [rule for _, rule in rules({}, schema)] == [
        "not",
        "anyOf",
        "required",
        "minProperties",
        "required",
        "required",
    ]
    assert [one.detail.get("missing") for one in breaches({}, schema)][-2:] == ["b", "a"]


def test_a_nested_objects_breaches_stand_between_its_neighbours() -> None:
    point = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["y"]}
    schema = {"type": "object", "properties": {"a": point, "b": {"type": "array", "items": point}, "c": point}}
    value = {"c": 1, "b": [{"y": 1}, {"x": "s", "y": 1}, {}], "a": {"x": "s"}}
    assert rules(value, schema) == [
        ("/a", "required"),
        ("/a/x", "type"),
        ("/b/1/x", "type"),
        ("/b/2", "required"),
        ("/c", "type"),
    ]


def test_the_document_pointer_leads_to_where_the_rule_is_written() -> None:
    schema = {"type": "object", "properties": {"a/b~": {"$ref": "#/components/schemas/n%20m"}}}
    (breach,) = breaches({"a/b~": 1}, schema, **{"n m": {"type": "string"}})
    assert breach.document == "/components/schemas/n m/type"
    assert pointer(breach.parts) == "/a~1b~0"
    assert breach.detail["schema"] == "#/type"


def test_the_place_of_a_rule_is_also_told_from_its_component_as_ajv_does() -> None:
    (breach,) = breaches({"playbackId": "x", "startTime": "x"}, CLIP)
    assert breach.detail == {"type": ["number"], "schema": "#/properties/startTime/type"}


def test_unexpected_properties_are_told_in_body_order_with_the_nearest_name() -> None:
    (breach,) = breaches({"playbackId": "x", "startTime": 1, "starttime": 1, "b": 1, "a": 1}, CLIP)
    assert breach.detail["unexpected"] == ["starttime", "b", "a"]
    assert breach.remedy == "Did you mean `startTime`?"


def test_a_ref_and_its_siblings_hold_together() -> None:
    schema = {"$ref": "#/components/schemas/other", "maximum": 5}
    assert rules(7, schema, other={"type": "integer"}) == [("", "maximum")]
    assert rules("x", schema, other={"type": "integer"}) == [("", "type")]


def test_schemas_may_hold_themselves() -> None:
    tree = {"type": "object", "properties": {"in": {"$ref": "#/components/schemas/it"}}, "required": ["v"]}
    assert rules({"v": 1, "in": {"v": 1, "in": {}}}, tree) == [("/in/in", "required")]


@pytest.mark.parametrize("value", [1, 1.0, -0.0, 10**400, -(10**30), 2**53 + 1])
def test_numbers_without_a_fraction_are_integers_however_large(value: float) -> None:
    assert rules(value, {"type": "integer"}) == []


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "schema",
    [
        {},
        True,
        {"type": "object"},
        {"type": ["array", "object"]},
        {"properties": {"a": {"description": "anything"}}},
        {"type": "object", "unevaluatedProperties": True},
        {"allOf": [{"type": "object"}, {"minProperties": 1}]},
    ],
)
def test_numbers_json_cannot_spell_break_even_what_allows_everything(value: float, schema: Json) -> None:
    holder = {"a": [{"b": value}]} if schema != {"type": ["array", "object"]} else [value]
    (breach,) = breaches(holder, schema)
    assert (breach.rule, breach.code) == ("number", "C213")
    assert pointer(breach.parts) == ("/0" if isinstance(holder, list) else "/a/0/b")


def test_a_number_json_cannot_spell_is_of_the_wrong_type_where_one_is_asked_for() -> None:
    assert rules({"a": math.inf}, {"properties": {"a": {"type": "number"}}}) == [("/a", "type")]
    assert rules(math.nan, {"type": ["number", "null"]}) == [("", "type")]


@pytest.mark.parametrize("name", ["0", "00", "+7"])
def test_a_name_of_digits_is_a_name(name: str) -> None:
    (breach,) = breaches({"a": ["", {name: 2}]}, {"additionalProperties": {"items": {"additionalProperties": False}}})
    assert breach.parts == ("a", 1)
    (breach,) = breaches({"a": "", name: 2}, {"additionalProperties": {"type": "string"}})
    assert breach.parts == (name,)


def test_a_described_property_may_have_digits_for_a_name() -> None:
    (breach,) = breaches({"0": 1}, {"properties": {"1": {}, "0": {"type": "string"}}})
    assert (breach.parts, breach.document) == (("0",), "/components/schemas/it/properties/0/type")


def test_lone_surrogates_are_text_in_names_and_values() -> None:
    schema = {"properties": {"a": {"maxLength": 1}}, "additionalProperties": False}
    (unexpected, long) = breaches({"a": "\ud800\udc00x", "\ud83d": 1}, schema)
    assert unexpected.detail["unexpected"] == ["\ud83d"]
    assert long.rule == "maxLength"
    str(unexpected).encode()
    str(long).encode()


HOME: Json = {
    "oneOf": [
        {"type": "string"},
        {"type": "object", "required": ["kind", "street"], "properties": {"kind": {"const": "house"}}},
        {"$ref": "#/components/schemas/boat"},
    ]
}
BOAT: Json = {"type": "object", "required": ["mooring"], "properties": {"kind": {"const": "boat"}}}


@pytest.mark.parametrize(
    ("value", "branch", "because"),
    [
        (5, 0, "expected text, got 5"),
        ({"kind": "boat"}, 2, "the property `mooring`"),
        ({"kind": "house"}, 1, "the property `street`"),
        ({"kind": "castle", "street": "x"}, 1, 'expected "house", got "castle"'),
    ],
)
def test_the_alternative_that_came_nearest_is_named_with_what_it_lacks(value: Json, branch: int, because: str) -> None:
    (breach,) = breaches({"home": value}, {"properties": {"home": HOME}}, boat=BOAT)
    assert (breach.rule, breach.code, pointer(breach.parts)) == ("oneOf", "C241", "/home")
    assert breach.detail["branch"] == branch
    assert because in breach.detail["because"][0]
    assert because in str(breach)


def test_an_alternative_is_named_by_its_component() -> None:
    (breach,) = breaches({"kind": "boat"}, HOME, boat=BOAT)
    assert "Nearest is `boat`" in breach.remedy
    assert breach.detail["document"] == "/components/schemas/boat"


def test_alternatives_that_fit_together_are_named() -> None:
    (breach,) = breaches(3, {"oneOf": [{"type": "integer"}, {"title": "small", "maximum": 5}, {"minimum": 7}]})
    assert (breach.code, breach.detail["matched"]) == ("C242", [0, 1])
    assert breach.remedy == "These fit: number 1 and `small`."


def test_alternatives_within_alternatives_are_told_too() -> None:
    inner = {"anyOf": [{"type": "boolean"}, {"type": "integer", "maximum": 3}]}
    (breach,) = breaches({"a": 5}, {"anyOf": [{"properties": {"a": inner}, "required": ["a"]}, {"type": "null"}]})
    assert breach.detail["branch"] == 0
    assert "at most 3" in breach.detail["because"][0]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "object", "properties": {"p": {"type": "integer", "writeOnly": True}}}, {"p": "hunter2"}),
        ({"properties": {"p": {"format": "password", "maxLength": 3}}}, {"p": "hunter2"}),
        ({"properties": {"clientSecret": {"maxLength": 3}}}, {"clientSecret": "hunter2"}),
        ({"properties": {"token": {"enum": ["a"]}}}, {"token": "hunter2"}),
        ({"properties": {"password": {"type": "array", "items": {"type": "integer"}}}}, {"password": ["hunter2"]}),
        ({"properties": {"p": {"anyOf": [{"format": "password", "type": "integer"}]}}}, {"p": "hunter2"}),
        ({"type": "integer"}, {"password": "hunter2"}),
    ],
)
def test_a_secret_is_never_shown(schema: Json, value: Json) -> None:
    (breach,) = breaches(value, schema)
    assert "hunter2" not in f"{breach} {breach.detail}"


def test_a_long_value_is_shown_shortened() -> None:
    (breach,) = breaches("x" * 5_000, {"type": "integer"})
    assert len(breach.got) <= 80
    (breach,) = breaches(10**5_000, {"type": "string"})
    assert breach.got == "an integer of some 5001 digits"


FORMATS = [
    ("uuid", "11111111-1111-4111-8111-111111111111", "1111"),
    ("date-time", "2026-11-22T11:50:00.123Z", "2026-11-22"),
    ("date", "2026-11-22", "22.11.2026"),
    ("uri", "https://example.com/a", "no uri"),
    ("email", "a@example.com", "a@"),
    ("ipv4", "127.0.0.1", "127.0.0.256"),
    ("byte", "YQ==", "YQ"),
    ("int32", 2**31 - 1, 2**31),
    ("int64", -(2**63), 2**63),
    ("int64", 1e18, 1e19),
    ("float", 3.4e38, 3.5e38),
    ("double", 10**308, 10**309),
]


@pytest.mark.parametrize(("form", "good", "bad"), FORMATS)
def test_formats_are_checked(form: str, good: Json, bad: Json) -> None:
    assert rules(good, {"format": form}) == []
    (breach,) = breaches(bad, {"format": form})
    assert (breach.rule, breach.document, breach.detail["format"]) == ("format", "/components/schemas/it/format", form)


def test_unknown_formats_and_extensions_say_nothing() -> None:
    assert rules("x", {"format": "binary", "x-format": "y", "discriminator": {"propertyName": "z"}}) == []


def test_a_reference_to_nothing_is_refused_with_its_place() -> None:
    with pytest.raises(DocumentError, match="/components/schemas/gone: nothing is there"):
        breaches(1, {"$ref": "#/components/schemas/gone"})


def test_a_reference_out_of_the_document_is_refused_with_its_place() -> None:
    with pytest.raises(DocumentError, match=re.escape("`$ref: other.yaml#/x` is no pointer into this document")):
        breaches(1, {"properties": {"a": {"$ref": "other.yaml#/x"}}})


def test_what_is_no_schema_is_refused_with_its_place() -> None:
    with pytest.raises(DocumentError, match="/components/schemas/it: no schema can be compiled"):
        breaches(1, {"type": "strange"})


SHAPES = {
    f"{name} {direction}": Shape(Spot.of(CORNERS, f"/components/schemas/{name}"), direction)
    for name in CORNERS["components"]["schemas"]
    for direction in ("request", "reply")
}


@given(st.data())
def test_every_breach_points_at_something_and_has_a_code(data: st.DataObject) -> None:
    shape = SHAPES[data.draw(st.sampled_from(sorted(SHAPES)))]
    value = mutated(data.draw, mutated(data.draw, data.draw(values(shape.schema))))
    found = shape.breaches(value)
    assert shape.holds(value) is not bool(found)
    for breach in found:
        resolve(CORNERS, breach.document)
        resolve(value, pointer(breach.parts))
        assert breach.code in CODES
        assert breach.rule in CODES[breach.code].rules
        assert str(breach)


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "pa", "pb", "u", "long"]), JSON, max_size=4)
    | st.lists(st.integers(0, 3) | st.sampled_from(["x", "y", None]), max_size=5)
)
def test_every_keyword_there_is_can_be_told(value: Json) -> None:
    for name in ("Sink", "Unknown", "Pair"):
        for breach in SHAPES[f"{name} request"].breaches(value):
            resolve(CORNERS, breach.document)
            resolve(value, pointer(breach.parts))
            assert breach.rule in CODES[breach.code].rules
            assert breach.expected != f"what `{breach.rule}` asks for"


@given(JSON)
def test_any_value_may_be_asked_about(value: Json) -> None:
    for shape in SHAPES.values():
        assert shape.holds(value) is not bool(shape.breaches(value))
