from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from mockserver.contract.document import effective
from mockserver.contract.reference import reference_contract
from mockserver.core.payload import read_payload
from mockserver.core.text import Json
from mockserver.strategies import bodies, requests
from mockserver.strategies.book import installed
from tests.strategies.drawing import OPERATIONS, WITH_BODY, broken_by, document, each, least, some


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_contract_allows_every_request(operation: str) -> None:
    assert each(requests(operation), lambda request: _assert_allowed(operation, request)) >= 1


def _assert_allowed(operation: str, request: Json) -> None:
    assert broken_by(operation, request) == ()


@pytest.mark.parametrize("operation", WITH_BODY)
def test_the_contract_allows_every_body(operation: str) -> None:
    book = next(book for book in installed().values() if operation in book.contract.operations)
    body = book.page(operation).entries[0].body
    each(bodies(operation), lambda value: body.breaches(value) == [] or pytest.fail(str(value)))


@pytest.mark.parametrize(("provider", "operation"), [("livepeer", "createStream"), ("restream", "createClipProject")])
def test_a_second_opinion_allows_them_too(provider: str, operation: str) -> None:
    reference = reference_contract(effective(provider).value)

    def look(request: Json) -> None:
        match = reference.match(request.method, request.path)
        assert match is not None
        assert reference.check_request(match, request, read_payload(request, 100_000)) == ()

    each(requests(operation), look, 15)


def test_a_request_shrinks_to_what_is_required_plainly_written() -> None:
    request = least(requests("createClip"))
    assert request.body == b'{"playbackId":"","startTime":0}'
    assert request.headers == (("Authorization", "Bearer test_strategies"), ("Content-Type", "application/json"))


def test_a_body_shrinks_to_the_smallest_that_still_hurts() -> None:
    assert least(bodies("createClip"), lambda body: body.get("endTime", 0) > 1000) == {
        "playbackId": "",
        "startTime": 0,
        "endTime": 1001,
    }


def test_optional_properties_come_alone_together_and_not_at_all() -> None:
    seen = {frozenset(body) - {"playbackId", "startTime"} for body in some(bodies("createClip"), 150)}
    assert {frozenset(), frozenset({"name"}), frozenset({"endTime", "name", "sessionId"})} <= seen


def test_texts_are_empty_astral_and_what_trips_programs() -> None:
    names = {body["playbackId"] for body in some(bodies("createClip"), 150)}
    assert "" in names
    assert any(ord(letter) > 0xFFFF for name in names for letter in name)


def test_numbers_are_spelled_in_every_way_json_has() -> None:
    texts = [request.body for request in some(requests("createClip"), 150)]
    assert all(any(mark in text for text in texts) for mark in (b".0", b"e0", b"E-1", b"\\u"))
    assert all("startTime" in json.loads(text) for text in texts)


def test_bounds_are_met() -> None:
    limits = {
        request.query.partition("limit=")[2].partition("&")[0] for request in some(requests("listClipProjects"), 120)
    }
    assert {"1", "100"} <= limits


def test_parameters_survive_the_way() -> None:
    ids = {unquote(request.path.rpartition("/")[2]) for request in some(requests("getAsset"), 100)}
    assert any(not name.isascii() for name in ids)
    assert any("/" in name for name in ids)


def test_the_key_is_shown_as_the_operation_wants_it() -> None:
    assert least(requests("getAsset", key="k1")).header("authorization") == "Bearer k1"
    assert least(requests("createToken", key="app:secret")).header("authorization") == "Basic YXBwOnNlY3JldA=="


def test_a_document_of_ones_own_will_do() -> None:
    mine = document({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "multipleOf": 7}}})
    assert {body["n"] % 7 for body in some(bodies("send", document=mine))} == {0}


def test_recursive_schemas_end() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#/components/schemas/T"}}, "required": ["v"]}
    mine = document({"$ref": "#/components/schemas/T"}, {"T": tree})
    assert least(bodies("send", document=mine), lambda body: "left" in body)["left"].keys() == {"v"}


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [
        ({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "boolean"}}]}, {str, list}),
        ({"anyOf": [{"const": 1}, {"enum": ["a", "b"]}]}, {int, str}),
        ({"type": ["null", "boolean"]}, {type(None), bool}),
        ({"if": {"type": "string"}, "then": {"minLength": 3}, "else": {"const": 5}}, {str, int}),
        ({"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": [1, 2, 3]}}, {list}),
        ({"type": "array", "prefixItems": [{"type": "null"}, {"type": "string"}], "items": False}, {list}),
        ({"type": "object", "patternProperties": {"^x": {"type": "null"}}, "additionalProperties": False}, {dict}),
        ({"type": "object", "minProperties": 2, "additionalProperties": {"type": "string"}}, {dict}),
        ({"type": "object", "dependentRequired": {"a": ["b"]}, "properties": {"a": {}, "b": {}}}, {dict}),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, {float}),
        ({"type": "string", "format": "date-time", "pattern": "Z$"}, {str}),
        ({"type": "string", "minLength": 2, "maxLength": 2}, {str}),
        ({"not": {"type": "string"}, "type": ["string", "integer"]}, {int}),
        ({"type": "integer", "format": "int32"}, {int}),
    ],
)
def test_keywords_the_two_documents_do_not_use(schema: Json, kinds: set[type]) -> None:
    found = some(bodies("send", document=document(schema)), 80)
    assert found
    assert {type(value) for value in found} == kinds


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        (requests("createClipp"), 'did you mean "createClip"'),
        (requests("createClip", key=""), "must be a text that is not empty"),
        (requests("createClip", key=None), "asks for `Authorization"),
        (bodies("getAsset"), "getAsset has no request body"),
        (bodies("createClip", media="text/xml"), "a body of createClip is application/json"),
        (requests("createClip", document=7), "must be an OpenAPI document"),
        (requests(3), "must be an operationId such as 'createClip'"),  # type: ignore[arg-type]
    ],
)
def test_an_argument_that_can_t_be_right_is_named_when_it_is_used(strategy: st.SearchStrategy[Json], said: str) -> None:
    with pytest.raises(InvalidArgument, match=said.replace("(", r"\(")):
        least(strategy)


def test_a_strategy_reads_as_it_was_written() -> None:
    assert repr(requests("createClip", key="k1")) == "requests('createClip', key='k1')"
