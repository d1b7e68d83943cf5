"""Each listed difference still exists: one document and exchange that shows it."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from mockserver.contract.comparison import Comparison, Side
from mockserver.contract.differences import DIFFERENCES, ROUTE_DIFFERENCES
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json
from tests.contract.corners import INTEGERS, parameter, reply

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")


@dataclass(frozen=True)
class Example:
    """An exchange with an operation `it`; `side` says who complains alone."""

    side: Side
    operation: Json
    query: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    reply: Reply | None = None
    path: str = "/it"
    root: Json = field(default_factory=dict)
    limit: int = 1_000_000

    @property
    def document(self) -> Json:
        operation = {"operationId": "it", "responses": {"200": reply()}, **self.operation}
        return {"openapi": "3.1.0", "info": {}, "paths": {"/it": {"post": operation}}, **self.root}


def query(schema: Json, **more: Json) -> Json:
    return {"parameters": [parameter("p", "query", schema, **more)]}


def body(schema: Json, media: str = "application/json") -> Json:
    return {"requestBody": {"content": {media: {"schema": schema}}}}


def secured(**scheme: Json) -> Json:
    return {"security": [{"s": []}], "components": {"securitySchemes": {"s": scheme}}}


# A schema that allows everything; openapi-core can't be given `true`.
MORE: Json = {}


def json(text: bytes, schema: Json = MORE, side: Side = "compiled", *more: tuple[str, str], **rest: Json) -> Example:
    return Example(side, body(schema), body=text, headers=(JSON, *more), **rest)


POINT = {"type": "object", "properties": {"x": {"type": "integer"}}}
OPEN_POINT = {"type": "object", "additionalProperties": {"type": "integer"}}
READ_ONLY = {"type": "object", "properties": {"id": {"type": "string", "readOnly": True}}}
WRITE_ONLY = {"type": "object", "required": ["key"], "properties": {"key": {"type": "string", "writeOnly": True}}}
CAT = {"type": "object", "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}}
PETS = {
    "components": {"schemas": {"Cat": CAT, "Dog": {"type": "object", "required": ["bark"]}}},
}
PET = {
    "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
    "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
}

EXAMPLES: Iterable[tuple[str, Example]] = (
    ("type-lists", Example("reference", query({"type": ["boolean", "integer"]}), "p=true")),
    ("empty-text", Example("reference", query({"type": "string"}), "p=")),
    ("empty-allowed", Example("reference", query({"type": "integer"}, allowEmptyValue=True), "p=")),
    ("repeated", Example("compiled", query({"type": "integer"}), "p=1&p=2")),
    ("repeated", Example("compiled", body(POINT, FORM[1]), body=b"x=1&x=2", headers=(FORM,))),
    (
        "repeated-header",
        Example(
            "compiled",
            {"parameters": [parameter("p", "header", {"type": "integer"})]},
            headers=(("p", "1"), ("p", "2")),
        ),
    ),
    ("boolean-words", Example("compiled", query({"type": "boolean"}), "p=yes")),
    ("number-words", Example("compiled", query({"type": "integer"}), "p=007")),
    ("integral-fractions", Example("reference", query({"type": "integer"}), "p=5.0")),
    ("delimiters", Example("reference", query(INTEGERS, style="spaceDelimited", explode=False), "p=1%202")),
    ("delimiters", Example("compiled", query(INTEGERS, explode=False), "p=1%2C2")),
    ("unpaired", Example("compiled", query(POINT, explode=False), "p=x,1,y")),
    ("deep-names", Example("compiled", query({**POINT, "required": ["x"]}, style="deepObject", explode=True), "p[]=1")),
    ("exploded-objects", Example("compiled", query(POINT, required=True), "p=x=1")),
    ("exploded-objects", Example("reference", query(POINT, required=True), "x=1")),
    (
        "cookie-encoding",
        Example(
            "reference",
            {"parameters": [parameter("p", "cookie", {"enum": ["a b"]})]},
            headers=(("Cookie", "p=a%20b"),),
        ),
    ),
    ("default-for-required", Example("compiled", query({"type": "integer", "default": 1}, required=True))),
    (
        "greedy-casts",
        Example("reference", query({"anyOf": [{"type": "integer", "maximum": 5}, {"type": "string"}]}), "p=7"),
    ),
    ("further-properties", Example("reference", query(OPEN_POINT, explode=False), "p=a,1")),
    ("oauth2", Example("compiled", {}, root=secured(type="oauth2", flows={}))),
    (
        "scheme-case",
        Example("reference", {}, headers=(("Authorization", "basic YTpi"),), root=secured(type="http", scheme="Basic")),
    ),
    (
        "credential-shape",
        Example("compiled", {}, headers=(("Authorization", "Basic ab"),), root=secured(type="http", scheme="basic")),
    ),
    ("not-a-number", json(b"NaN")),
    ("beyond-a-double", json(b"1e400", {"type": "number"})),
    ("utf-16", json('{"a":1}'.encode("utf-16"))),
    ("charset", Example("compiled", body(MORE), body=b"{}", headers=((JSON[0], JSON[1] + "; charset=latin1"),))),
    (
        "charset-unicode",
        Example(
            "reference",
            body(MORE),
            body=b"+AHsAfQ-",
            headers=((JSON[0], JSON[1] + "; charset=utf-7"),),
        ),
    ),
    ("content-encoding", json(gzip.compress(b"{}"), MORE, "reference", ("Content-Encoding", "gzip"))),
    ("content-encoding", json(b"{}", MORE, "compiled", ("Content-Encoding", "br"))),
    ("too-large", json(b'"' + b"a" * 100 + b'"', limit=50)),
    ("nesting", json(b"[" * 700 + b"\xef\xbb\xbf"[:0] + b" 1" + b"0" * 400 + b"]" * 700)),
    ("form-bytes", Example("reference", body(POINT, FORM[1]), body=b"a=\xff", headers=(FORM,))),
    (
        "empty-text-body",
        Example(
            "reference",
            {"responses": {"200": {"content": {"text/plain": {}}}}},
            reply=Reply.text(200, ""),
        ),
    ),
    (
        "json-ranges",
        Example(
            "reference",
            body(POINT, "application/*+json"),
            body=b"{}",
            headers=(("Content-Type", "application/vnd.api+json"),),
        ),
    ),
    ("boolean-schemas", json(b"{}", True, "reference")),
    ("media-parameters", Example("reference", body(MORE), body=b"{}", headers=((JSON[0], JSON[1] + "; utf-8"),))),
    ("unknown-formats", json(b'"no uri"', {"format": "uri"})),
    ("email", json(b'"@"', {"format": "email"})),
    ("time", json(b'"11:50:00"', {"format": "time"})),
    ("time", json(b'"11:50:00Z"', {"format": "time"}, "reference")),
    ("leap-second", json(b'"2016-12-31T23:59:60Z"', {"format": "date-time"}, "reference")),
    ("number-ranges", json(b"1e20", {"type": "integer", "format": "int64"})),
    ("discriminator", json(b'{"kind":"cat","bark":1}', PET, root=PETS)),
    ("marks", json(b'{"id":"x"}', READ_ONLY)),
    ("marks", Example("reference", {"responses": {"200": reply(WRITE_ONLY)}}, reply=Reply.json(200, {}))),
)


@pytest.mark.parametrize(("id", "example"), EXAMPLES)
def test_a_listed_difference_still_exists_and_is_recognised(id: str, example: Example) -> None:
    comparison = Comparison(example.document, example.limit)
    if example.reply is not None:
        findings = comparison.reply("it", example.reply)
    else:
        request = Request("POST", example.path, example.query, Headers.of(example.headers), example.body)
        match = comparison.compiled.match("POST", example.path)
        assert match is not None
        findings = comparison.request(match, request)
    said = {(finding.side, finding.difference.id if finding.difference else None) for finding in findings}
    assert said == {(example.side, id)}, [str(finding.violation) for finding in findings]


def test_every_listed_difference_has_an_example() -> None:
    assert {difference.id for difference in DIFFERENCES} == {id for id, _ in EXAMPLES}


def get(operation: str, **more: Json) -> Json:
    return {"get": {"operationId": operation, "responses": {}, **more}}


ROUTES: Iterable[tuple[str, str, Json, Json]] = (
    ("routing", "/IT", {"/it": get("it")}, {"x-mockserver-routing": {"caseSensitive": False}}),
    ("empty-segment", "/it/", {"/it/{id}": get("it")}, {}),
    ("template-as-path", "/it/{id}", {"/it/{id}": get("it")}, {}),
    ("encoded-literals", "/%69t", {"/it": get("it")}, {}),
    (
        "operation-servers",
        "/it",
        {"/it": {"servers": [{"url": "/v1"}], **get("it", servers=[{"url": "/"}])}},
        {},
    ),
    ("ambiguous", "/a/b", {"/{x}/b": get("first"), "/a/{y}": get("second")}, {}),
)


@pytest.mark.parametrize(("id", "path", "paths", "root"), ROUTES)
def test_a_listed_difference_in_routing_still_exists(id: str, path: str, paths: Json, root: Json) -> None:
    comparison = Comparison({"openapi": "3.1.0", "info": {}, "paths": paths, **root})
    ours, theirs, difference = comparison.route("GET", path)
    assert ours != theirs
    assert difference is not None and difference.id == id


def test_every_listed_difference_in_routing_has_an_example() -> None:
    assert {difference.id for difference in ROUTE_DIFFERENCES} == {id for id, *_ in ROUTES}


def test_ids_of_differences_are_unique_and_say_who_is_right() -> None:
    listed = [(one.id, one.what, one.why) for one in DIFFERENCES]
    listed += [(one.id, one.what, one.why) for one in ROUTE_DIFFERENCES]
    assert len({id for id, _, _ in listed}) == len(listed)
    assert all(what.endswith(".") and why.endswith(".") for _, what, why in listed)
