from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.check import compile_contract
from mockserver.contract.document import effective
from mockserver.contract.invent import invent
from mockserver.contract.invent_text import matches, text_like
from mockserver.contract.samples import DocumentSamples
from mockserver.contract.schema import Shape
from mockserver.contract.spot import Spot
from mockserver.core.chance import Chance
from mockserver.core.http import Reply
from mockserver.core.text import Json

CASES = [
    (provider, operation, int(status))
    for provider in ("livepeer", "restream")
    for samples in [DocumentSamples(effective(provider).value)]
    for operation in compile_contract(effective(provider).value).operations
    for status in samples.statuses(operation)
    if status.isdecimal() and samples.has_content(operation, int(status))
]


def shape(schema: Json, **components: Json) -> Shape:
    root = {"openapi": "3.1.0", "components": {"schemas": {"it": schema, **components}}}
    return Shape(Spot.of(root, "/components/schemas/it"), "reply")


def drawn(schema: Json, seed: int = 0, **components: Json) -> Json:
    return invent(shape(schema, **components).schema, Chance.of(seed))


@pytest.mark.parametrize(("provider", "operation", "status"), CASES)
def test_every_documented_reply_can_be_made_up(provider: str, operation: str, status: int) -> None:
    document = effective(provider).value
    contract, samples = compile_contract(document), DocumentSamples(document)
    for seed in range(3):
        made = samples.invented(operation, status, Chance.of(seed))
        assert made is not None
        broken = contract.check_reply(contract.operations[operation], Reply.json(status, made.value))
        assert [each for each in broken if each.place == "body"] == []


SCHEMAS: list[Json] = [
    {"type": "integer", "minimum": 5, "maximum": 7},
    {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7},
    {"type": "integer", "minimum": 10, "multipleOf": 7},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    {"type": "number", "maximum": -5},
    {"type": "string", "minLength": 20, "maxLength": 22},
    {"type": "string", "pattern": "^[A-F]{3}-(x|yy)\\d+$"},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "format": "email"},
    {"type": ["string", "null"]},
    {"enum": ["a", None, 5]},
    {"const": {"a": 1}},
    {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "boolean"}},
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "null"}}, "additionalProperties": False},
    {"allOf": [{"required": ["a"]}, {"type": "object", "properties": {"a": {"type": "integer"}}}]},
    {"oneOf": [{"type": "integer"}, {"type": "object", "required": ["x"], "properties": {"x": {"const": 1}}}]},
    {"type": "object", "properties": {"in": {"$ref": "#/components/schemas/it"}}, "required": []},
    {"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}, {"properties": {"a": {"minimum": 9}}}]},
    True,
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@given(seed=st.integers(0, 50))
def test_a_value_fits_its_schema(schema: Json, seed: int) -> None:
    assert shape(schema).holds(drawn(schema, seed))


def test_the_same_chance_gives_the_same_value_and_another_another() -> None:
    schema = {"type": "string", "format": "uuid"}
    assert drawn(schema, 1) == drawn(schema, 1) != drawn(schema, 2)


def test_what_only_a_request_may_say_is_left_out() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "writeOnly": True}, "b": {"const": 1}}}
    assert all("a" not in drawn(schema, seed) for seed in range(20))


@given(st.integers(), st.sampled_from([r"^a{2,4}$", r"^[^x]y?$", r"^\w\s\d$", r"(ab|cd)+", r"^.+$", r"^[0-9a-f]{40}$"]))
def test_a_text_matches_its_pattern(seed: int, pattern: str) -> None:
    assert matches(pattern, text_like(pattern, Chance.of(seed)))


def test_a_pattern_that_cannot_be_read_gives_nothing() -> None:
    with pytest.raises(re.error):
        re.compile(r"\p{L}")
    assert (text_like(r"\p{L}", Chance.of(0)), matches(r"\p{L}", "a")) == ("", False)


SAMPLES = DocumentSamples(effective("livepeer").value)


def test_examples_come_in_document_order_with_their_names() -> None:
    found = [(each.status, each.name) for each in SAMPLES.examples("getAsset")]
    assert found[:3] == [(200, "ready"), (200, "processing"), (200, "failed")]
    assert [each.name for each in SAMPLES.examples("getAsset", 404)] == ["unknown", "foreign"]


def test_statuses_are_as_the_document_writes_them() -> None:
    assert {"200", "404", "default"} <= set(SAMPLES.statuses("getAsset"))


def test_what_has_no_schema_or_no_content_is_not_made_up() -> None:
    assert SAMPLES.invented("deleteAsset", 204, Chance.of(0)) is None
    assert not SAMPLES.has_content("deleteAsset", 204)
