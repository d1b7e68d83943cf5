"""What OpenAPI adds to JSON Schema: marks by direction, number formats, and 3.0's own keywords."""

from __future__ import annotations

import copy

import pytest

from mockserver.contract.check import compile_contract
from mockserver.contract.dialect import Direction, derive
from mockserver.contract.schema import Shape
from mockserver.contract.spot import Spot
from mockserver.core.text import Json, pointer
from tests.contract.corners import CORNERS

USER: Json = {
    "type": "object",
    "required": ["id", "name", "password"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "name": {"type": "string"},
        "password": {"$ref": "#/components/schemas/secret"},
    },
}
SECRET: Json = {"type": "string", "writeOnly": True}


def broken(value: Json, schema: Json, direction: Direction, version: str = "3.1.0", **components: Json) -> list[str]:
    """Pointer and rule of each breach, as one text."""
    root = {"openapi": version, "components": {"schemas": {"it": schema, "secret": SECRET, **components}}}
    shape = Shape(Spot.of(root, "/components/schemas/it"), direction)
    found = shape.breaches(value)
    assert shape.holds(value) is not bool(found)
    return [f"{pointer(one.parts)} {one.rule} {one.document}" for one in found]


def test_a_read_only_property_may_not_be_sent_and_is_not_required_of_clients() -> None:
    assert broken({"name": "a", "password": "b"}, USER, "request") == []
    assert broken({"id": "1", "name": "a", "password": "b"}, USER, "request") == [
        "/id readOnly /components/schemas/it/properties/id/readOnly"
    ]


def test_a_write_only_property_may_not_be_returned_and_is_not_required_of_servers() -> None:
    assert broken({"id": "1", "name": "a"}, USER, "reply") == []
    assert broken({"id": "1", "name": "a", "password": "b"}, USER, "reply") == [
        "/password writeOnly /components/schemas/secret/writeOnly"
    ]


def test_the_other_way_round_both_are_ordinary_properties() -> None:
    assert broken({"name": "a"}, USER, "reply") == [" required /components/schemas/it/required"]
    assert broken({"name": "a"}, USER, "request") == [" required /components/schemas/it/required"]


def test_required_is_lifted_where_the_parts_of_a_schema_are_written_apart() -> None:
    base = {"properties": {"id": {"readOnly": True}}}
    for schema in (
        {"allOf": [{"$ref": "#/components/schemas/base"}, {"required": ["id"]}]},
        {"$ref": "#/components/schemas/base", "required": ["id"]},
        {"allOf": [{"allOf": [{"$ref": "#/components/schemas/base"}]}], "required": ["id"]},
    ):
        assert broken({}, schema, "request", base=base) == []
        assert len(broken({}, schema, "reply", base=base)) == 1


def test_a_mark_deep_inside_counts_and_one_on_the_whole_body_does_not() -> None:
    deep = {"type": "array", "items": {"properties": {"a": {"properties": {"b": {"readOnly": True}}}}}}
    assert broken([{"a": {"b": 1}}], deep, "request") == [
        "/0/a/b readOnly /components/schemas/it/items/properties/a/properties/b/readOnly"
    ]
    assert broken("x", {"type": "string", "readOnly": True}, "request") == []


def test_a_marked_property_named_like_the_keyword_is_told_apart() -> None:
    schema = {"properties": {"readOnly": {"type": "boolean"}}}
    assert broken({"readOnly": True}, schema, "request") == []


@pytest.mark.parametrize(
    ("schema", "good", "bad", "rule"),
    [
        ({"type": "string", "nullable": True}, None, 5, "type"),
        ({"type": "string"}, "a", None, "type"),
        ({"type": "string", "nullable": True, "enum": ["a"]}, None, "b", "enum"),
        ({"minimum": 5, "exclusiveMinimum": True}, 6, 5, "exclusiveMinimum"),
        ({"minimum": 5, "exclusiveMinimum": False}, 5, 4, "minimum"),
        ({"maximum": 5, "exclusiveMaximum": True}, 4, 5, "exclusiveMaximum"),
        ({"$ref": "#/components/schemas/other", "type": "integer"}, "text", 5, "type"),
    ],
)
def test_documents_of_3_0_are_read_as_3_0_meant_them(schema: Json, good: Json, bad: Json, rule: str) -> None:
    other = {"type": "string"}
    assert broken(good, schema, "request", "3.0.3", other=other) == []
    (one,) = broken(bad, schema, "request", "3.0.3", other=other)
    assert one.startswith(f" {rule} ")


def test_deriving_changes_nothing_in_the_document() -> None:
    before = copy.deepcopy(CORNERS)
    contract = compile_contract(CORNERS)
    for name in CORNERS["components"]["schemas"]:
        derive(Spot.of(CORNERS, f"/components/schemas/{name}"), "request")
        derive(Spot.of(CORNERS, f"/components/schemas/{name}"), "reply")
    assert contract.operations and before == CORNERS


def test_only_what_can_be_reached_is_derived() -> None:
    derived = derive(Spot.of(CORNERS, "/components/schemas/Friend"), "request")
    assert list(derived.resource["components"]["schemas"]) == ["Friend"]


def test_values_allowed_without_a_word_stay_allowed() -> None:
    for schema in ({}, True, {"type": "object"}, {"properties": {"a": True}}, {"unevaluatedProperties": True}):
        assert broken({"a": {"b": [1, None, "x"]}}, schema, "request") == []
    assert broken({"a": 1}, {"unevaluatedProperties": False, "properties": {"b": {}}}, "request") == [
        " unevaluatedProperties /components/schemas/it/unevaluatedProperties"
    ]
