from __future__ import annotations

from collections import Counter

import pytest
from hypothesis.errors import InvalidArgument

from mockserver.core.http import Headers
from mockserver.core.payload import read_payload
from mockserver.core.text import Json
from mockserver.strategies import Rule, invalid_bodies, invalid_requests, violations
from mockserver.strategies.book import page_of
from tests.strategies.drawing import OPERATIONS, broken_by, document, each, least, some

WITH_RULES = [name for name in OPERATIONS if violations(name)]
RULES = [(name, rule) for name in WITH_RULES for rule in violations(name)]


def families(*wanted: str) -> list[tuple[str, Rule]]:
    return [(name, rule) for name, rule in RULES if rule.family in wanted]


@pytest.mark.parametrize("operation", WITH_RULES)
def test_every_request_breaks_the_rule_it_names_and_nothing_else(operation: str) -> None:
    def look(broken: Json) -> None:
        assert [violation.document for violation in broken_by(operation, broken.request)] == [broken.rule.document]

    each(invalid_requests(operation), look, 15)


@pytest.mark.parametrize("operation", WITH_RULES)
def test_every_rule_of_an_operation_is_reached(operation: str) -> None:
    for rule in violations(operation):
        if rule.family in ("contract", "transport"):
            (broken, *_) = some(invalid_requests(operation, rule), 1)
            (violation,) = broken_by(operation, broken.request)
            assert violation.document == rule.document, rule.id


def test_no_keyword_of_the_two_documents_is_forgotten() -> None:
    """But for the `type` of what has an `enum`: no value breaks it alone."""
    found = Counter(rule.document.rpartition("/")[2] for _, rule in families("contract"))
    keywords = ("type", "enum", "required", "additionalProperties", "minimum", "maximum", "minLength", "maxLength")
    assert all(found[keyword] for keyword in (*keywords, "pattern", "format", "oneOf", "anyOf", "exclusiveMinimum"))


def test_the_schemas_of_both_bodies_are_listed_whole() -> None:
    ids = {rule.id for rule in violations("createClipProject") if rule.id.startswith("body")}
    assert "body/sourceType:type" not in ids
    assert ids == {
        "body:type",
        "body:missing",
        "body:required(sourceType)",
        "body:required(videoStorageFileId)",
        "body/sourceType:enum",
        "body/videoStorageFileId:type",
        "body/videoStorageFileId:pattern",
        "body/title:type",
        "body/singleClipMode:type",
        "body/selectedTimeRange:type",
        "body/selectedTimeRange:required(startOffsetSeconds)",
        "body/selectedTimeRange:required(endOffsetSeconds)",
        "body/selectedTimeRange/startOffsetSeconds:type",
        "body/selectedTimeRange/startOffsetSeconds:minimum",
        "body/selectedTimeRange/endOffsetSeconds:type",
        "body/selectedTimeRange/endOffsetSeconds:exclusiveMinimum",
        "body/forceReprocess:type",
    }


def test_ids_of_rules_are_unique() -> None:
    assert not [name for name in WITH_RULES if len({rule.id for rule in violations(name)}) != len(violations(name))]


@pytest.mark.parametrize("id", ["transport:bom", "transport:duplicate-key"])
def test_what_most_readers_let_pass_breaks_nothing_of_the_contract(id: str) -> None:
    each(invalid_requests("createClip", id), lambda broken: _assert_allowed("createClip", broken.request), 10)


def _assert_allowed(operation: str, request: Json) -> None:
    assert broken_by(operation, request) == ()


def test_transport_families_are_labelled() -> None:
    names = {rule.id.partition(":")[2] for rule in violations("createClip") if rule.family in ("transport", "lenient")}
    assert names == {
        *("malformed", "number", "nan", "depth", "utf-8", "utf-16", "charset", "encoding", "compression", "size"),
        *("duplicate-key", "bom"),
    }


@pytest.mark.parametrize(("operation", "rule"), families("prose"), ids=str)
def test_the_contract_does_not_see_what_only_prose_tells(operation: str, rule: Rule) -> None:
    each(invalid_requests(operation, rule), lambda broken: _assert_allowed(operation, broken.request), 5)
    assert page_of(operation).contract.root.at(*rule.document.split("/")[1:-1]) is not None


def test_a_broken_request_shrinks_to_the_plainest() -> None:
    broken = least(invalid_requests("createClip", "body/endTime:type"))
    assert broken.request.body == b'{"playbackId":"","startTime":0,"endTime":true}'
    assert least(invalid_requests("createClip")).rule.id == "security:missing"


def test_a_broken_body_shrinks_to_the_plainest() -> None:
    assert least(invalid_bodies("createClip", "body:required(startTime)")).body == {"playbackId": ""}


def test_bodies_break_their_schema_once() -> None:
    entry = page_of("createStream").entries[0]

    def look(broken: Json) -> None:
        (breach,) = entry.body.breaches(broken.body)
        assert breach.document == broken.rule.document

    each(invalid_bodies("createStream"), look, 60)


def test_a_missing_credential_is_really_missing() -> None:
    request = least(invalid_requests("getAsset", "security:missing")).request
    assert request.headers == Headers()


def test_a_size_is_beyond_what_the_provider_reads() -> None:
    request = least(invalid_requests("createClip", "transport:size")).request
    assert read_payload(request, 102_400).problem is not None


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ({"type": "array", "maxItems": 2}, "body:maxItems"),
        ({"type": "array", "uniqueItems": True}, "body:uniqueItems"),
        ({"type": "array", "contains": {"type": "string"}}, "body:contains"),
        ({"type": "object", "minProperties": 2}, "body:minProperties"),
        ({"type": "object", "maxProperties": 1}, "body:maxProperties"),
        ({"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}}, "body:propertyNames"),
        ({"type": "object", "dependentRequired": {"a": ["b"]}}, "body:dependentRequired(b)"),
        ({"type": "object", "properties": {"a": {"readOnly": True, "type": "string"}}}, "body:readOnly(a)"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "body/*:type"),
        ({"type": "integer", "format": "int32"}, "body:format"),
        ({"type": "number", "multipleOf": 0.5}, "body:multipleOf"),
        ({"type": "string", "format": "uuid"}, "body:format"),
        ({"anyOf": [{"type": "string", "minLength": 2}, {"type": "integer"}]}, "body:anyOf"),
        ({"oneOf": [{"type": "integer"}, {"minimum": 5, "type": "number"}]}, "body:oneOf"),
        ({"type": "string", "not": {"enum": ["a"]}}, "body:not"),
        ({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "null"}}, "body/0:type"),
        ({"const": {"a": 1}}, "body:const"),
    ],
)
def test_keywords_the_two_documents_do_not_use(schema: Json, rule: str) -> None:
    mine = document(schema)
    assert rule in {one.id for one in violations("send", document=mine)}
    assert some(invalid_bodies("send", rule, document=mine), 5)


@pytest.mark.parametrize(
    ("rule", "said"),
    [("body/endTime:typ", 'did you mean "body/endTime:type"'), (7, "must be a Rule, or the id of one")],
)
def test_a_rule_there_is_not_is_refused_with_the_nearest(rule: Json, said: str) -> None:
    with pytest.raises(InvalidArgument, match=said):
        least(invalid_requests("createClip", rule))


def test_an_operation_without_rules_says_so() -> None:
    with pytest.raises(InvalidArgument, match="nothing the document says of requests of getHealth can be broken"):
        least(invalid_requests("getHealth"))
