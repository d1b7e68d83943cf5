"""Parameters: style by style, from text to value to verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.parameters import read, read_parameters
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.http import Headers, Request
from mockserver.core.payload import Payload
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from tests.contract.corners import INTEGERS, POINT, TEXTS, parameter
from tests.contract.making import spelled, values

FLAG: Json = {"type": "boolean"}
INTEGER: Json = {"type": "integer"}
NUMBER: Json = {"type": "number"}
TEXT: Json = {"type": "string"}


def contract(*parameters: Json, path: str = "/it", **more: Json) -> CompiledContract:
    operation = {"operationId": "it", "parameters": list(parameters)}
    return compile_contract({"openapi": "3.1.0", "paths": {path: {"get": operation}}, **more})


def broken(
    *parameters: Json, query: str = "", path: str = "/it", at: str = "/it", headers: tuple[tuple[str, str], ...] = ()
) -> list[Violation]:
    compiled = contract(*parameters, path=path)
    match = compiled.match("GET", at)
    assert match is not None
    return list(compiled.check_request(match, Request("GET", at, query, Headers.of(headers)), Payload("")))


def rules(*parameters: Json, **request: Json) -> list[str]:
    return [violation.rule for violation in broken(*parameters, **request)]


GOOD: list[tuple[Json, Json, str]] = [
    (INTEGER, {}, "p=5"),
    (INTEGER, {}, "p=-0"),
    (INTEGER, {}, "p=5.0"),
    (NUMBER, {}, "p=1.5e3"),
    (FLAG, {}, "p=false"),
    (TEXT, {}, "p="),
    (TEXT, {}, "p=a%26b+c"),
    (INTEGER, {}, ""),
    (INTEGER, {"allowEmptyValue": True}, "p="),
    (TEXT, {"allowReserved": True}, "p=/a:b?c@d"),
    ({"type": ["boolean", "integer"]}, {}, "p=true"),
    ({"type": ["boolean", "integer"]}, {}, "p=7"),
    ({"type": ["integer", "string"], "maxLength": 1}, {}, "p=9"),
    ({"anyOf": [{"type": "integer", "maximum": 5}, {"type": "string"}]}, {}, "p=7"),
    ({"enum": [1, "a"]}, {}, "p=1"),
    ({"const": True}, {}, "p=true"),
    ({}, {}, "p=anything"),
    (INTEGERS, {}, "p=1&p=2"),
    (INTEGERS, {"explode": False}, "p=1,2"),
    (TEXTS, {"explode": False}, "p=a%2Cb,c"),
    (INTEGERS, {"style": "spaceDelimited", "explode": False}, "p=1%202"),
    (INTEGERS, {"style": "spaceDelimited", "explode": False}, "p=1+2"),
    (INTEGERS, {"style": "pipeDelimited", "explode": False}, "p=1|2"),
    (INTEGERS, {"style": "pipeDelimited", "explode": False}, "p=1%7c2"),
    (POINT, {}, "x=1&y=2"),
    (POINT, {"explode": False}, "p=x,1,y,2"),
    (POINT, {"style": "deepObject", "explode": True}, "p[x]=1&p%5By%5D=2"),
    ({"type": ["string", "array"], "items": INTEGER}, {"explode": False}, "p=abc"),
    ({"type": ["string", "object"], "properties": {"x": INTEGER}}, {"explode": False}, "p=a,b,c"),
    ({"type": ["integer", "array"], "items": INTEGER}, {"explode": False}, "p=1,2"),
]
BAD: list[tuple[Json, Json, str, str]] = [
    (INTEGER, {}, "p=ten", "style"),
    (INTEGER, {}, "p=007", "style"),
    (INTEGER, {}, "p=+5", "style"),
    (INTEGER, {}, "p=1_000", "style"),
    (INTEGER, {}, "p=%D9%A3", "style"),
    (INTEGER, {}, "p=1.5", "type"),
    (INTEGER, {}, "p=", "allowEmptyValue"),
    (INTEGER, {}, "p=1&p=2", "repeated"),
    (INTEGER, {"required": True}, "q=1", "parameter"),
    ({**INTEGER, "maximum": 5}, {}, "p=7", "maximum"),
    (NUMBER, {}, "p=nan", "style"),
    (NUMBER, {}, "p=1e999", "style"),
    (FLAG, {}, "p=1", "style"),
    (FLAG, {}, "p=True", "style"),
    ({"type": ["boolean", "integer"]}, {}, "p=maybe", "style"),
    ({"type": ["integer", "null"]}, {}, "p=null", "style"),
    (INTEGERS, {}, "p=1&p=b", "style"),
    (INTEGERS, {"explode": False}, "p=1,,2", "allowEmptyValue"),
    (INTEGERS, {"explode": False}, "p=1&p=2", "repeated"),
    (POINT, {}, "y=2", "required"),
    (POINT, {"explode": False}, "p=x,1,y", "style"),
    (POINT, {"style": "deepObject", "explode": True}, "p[y]=1", "required"),
    (POINT, {"style": "deepObject", "explode": True}, "p[x]=1&p[x]=2", "repeated"),
]


@pytest.mark.parametrize(("schema", "more", "query"), GOOD)
def test_a_query_parameter_is_read_as_its_style_and_type_say(schema: Json, more: Json, query: str) -> None:
    assert broken(parameter("p", "query", schema, **more), query=query) == []


@pytest.mark.parametrize(("schema", "more", "query", "rule"), BAD)
def test_a_query_parameter_that_cannot_be_read_is_a_violation(schema: Json, more: Json, query: str, rule: str) -> None:
    (violation,) = broken(parameter("p", "query", schema, **more), query=query)
    assert (violation.rule, violation.place, violation.pointer) == (rule, "query", "p")


def test_a_parameter_with_content_is_json() -> None:
    said = {"name": "p", "in": "query", "content": {"application/json": {"schema": POINT}}}
    assert broken(said, query="p=%7B%22x%22%3A1%7D") == []
    assert rules(said, query="p=%7B%22x%22%3A%22a%22%7D") == ["type"]
    assert rules(said, query="p=%7B") == ["style"]


def test_a_violation_inside_a_parameter_says_where_in_its_value() -> None:
    schema = {"type": "array", "items": {"type": "integer", "maximum": 5}}
    (violation,) = broken(parameter("p", "query", schema), query="p=1&p=7")
    assert violation.pointer == "p"
    assert violation.detail["at"] == "/1"
    assert violation.document == "/paths/~1it/get/parameters/0/schema/items/maximum"


def test_a_parameter_the_document_does_not_know_is_nobodys_business() -> None:
    assert broken(parameter("p", "query", INTEGER), query="x=1&y[z]=2&&=") == []


@pytest.mark.parametrize(
    ("schema", "more", "segment", "wrong"),
    [
        (INTEGER, {}, "5", ["x"]),
        (INTEGERS, {}, "1,2", ["1,a"]),
        (TEXTS, {}, "a%2Cb,c%2Fd", []),
        (POINT, {}, "x,1,y,2", ["x,1,y", "y,1"]),
        (POINT, {"explode": True}, "x=1,y=2", ["x,1", "y=2"]),
        (INTEGER, {"style": "label"}, ".5", ["5"]),
        (INTEGERS, {"style": "label"}, ".1,2", ["1,2"]),
        (INTEGERS, {"style": "label", "explode": True}, ".1.2", [".1,2"]),
        (POINT, {"style": "label", "explode": True}, ".x=1.y=2", [".y=2"]),
        (INTEGER, {"style": "matrix"}, ";p=5", ["5", ";q=5", ";p"]),
        (INTEGERS, {"style": "matrix"}, ";p=1,2", [";p=1;p=2"]),
        (INTEGERS, {"style": "matrix", "explode": True}, ";p=1;p=2", [";p=1,2"]),
        (POINT, {"style": "matrix"}, ";p=x,1,y,2", [";p=x,1,y"]),
        (POINT, {"style": "matrix", "explode": True}, ";x=1;y=2", [";y=2", ";x"]),
    ],
)
def test_a_path_parameter_is_read_in_its_style(schema: Json, more: Json, segment: str, wrong: list[str]) -> None:
    said = parameter("p", "path", schema, **more)
    assert broken(said, path="/it/{p}", at=f"/it/{segment}") == []
    for text in wrong:
        assert len(broken(said, path="/it/{p}", at=f"/it/{text}")) == 1, text


def test_headers_are_found_in_any_case_and_several_are_one_list() -> None:
    said = parameter("X-Ids", "header", INTEGERS, required=True)
    assert broken(said, headers=(("x-ids", "1, 2"), ("X-IDS", "3"))) == []
    assert rules(said, headers=(("x-ids", "1, b"),)) == ["style"]
    assert rules(said) == ["parameter"]


def test_headers_described_elsewhere_are_not_parameters() -> None:
    said = [parameter(name, "header", INTEGER, required=True) for name in ("Accept", "content-type", "Authorization")]
    assert broken(*said) == []


def test_cookies_are_parameters_too() -> None:
    said = parameter("session", "cookie", INTEGER, required=True)
    assert broken(said, headers=(("Cookie", "a=b; session=5; c"),)) == []
    assert rules(said, headers=(("Cookie", "session=x"),)) == ["style"]
    assert rules(said, headers=(("Cookie", "sessions=5"),)) == ["parameter"]


def test_an_operations_parameter_overrides_the_paths() -> None:
    document = {
        "paths": {
            "/it": {
                "parameters": [parameter("p", "query", INTEGER), parameter("q", "query", INTEGER)],
                "get": {"operationId": "it", "parameters": [parameter("p", "query", TEXT)]},
            }
        }
    }
    (route,) = read_routes(Spot.of(document))
    listed = read_parameters(route.spot, route.path_item)
    assert [(one.name, one.spot.pointer) for one in listed] == [
        ("p", "/paths/~1it/get/parameters/0"),
        ("q", "/paths/~1it/parameters/1"),
    ]


def test_violations_come_in_the_order_path_query_header_cookie() -> None:
    said = [parameter("p", where, INTEGER, required=True) for where in ("cookie", "header", "query", "path")]
    found = broken(*said, path="/it/{p}", at="/it/x")
    assert [violation.place for violation in found] == ["path", "query", "header", "cookie"]


def test_a_secret_parameter_is_not_shown() -> None:
    said = parameter("access_token", "query", {"type": "string", "maxLength": 3})
    (violation,) = broken(said, query="access_token=hunter2")
    assert "hunter2" not in str(violation)


STYLES = [
    ("query", {}),
    ("query", {"explode": False}),
    ("query", {"style": "pipeDelimited", "explode": False}),
    ("query", {"style": "deepObject", "explode": True}),
    ("path", {}),
    ("path", {"explode": True}),
    ("path", {"style": "label"}),
    ("path", {"style": "matrix"}),
    ("path", {"style": "matrix", "explode": True}),
]


@pytest.mark.parametrize(("where", "more"), STYLES)
@given(st.data())
def test_what_is_spelled_in_a_style_is_read_back(where: str, more: Json, data: st.DataObject) -> None:
    point = {**POINT, "additionalProperties": False}
    schema = point if more.get("style") == "deepObject" else data.draw(st.sampled_from([INTEGER, INTEGERS, point]))
    path = "/it/{p}" if where == "path" else "/it"
    compiled = contract(parameter("p", where, schema, **more), path=path)
    (route,) = read_routes(Spot.of({"paths": {path: {"get": {"parameters": [parameter("p", where, schema, **more)]}}}}))
    (one,) = read_parameters(route.spot, route.path_item)
    value = data.draw(values(one.texts.schema, 1))
    text = spelled(one, value)
    at, query = (f"/it/{''.join(text) or 'x'}", "") if where == "path" else ("/it", "&".join(text))
    match = compiled.match("GET", at)
    if value not in ([], {}) and match is not None:
        assert compiled.check_request(match, Request("GET", at, query), Payload("")) == ()


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_query_or_header_whatever_makes_reading_fail(query: str, cookie: str) -> None:
    said = [parameter(f"p{index}", "query", schema, **more) for index, (schema, more, _) in enumerate(GOOD)]
    said.append(parameter("c", "cookie", INTEGERS))
    text = "&".join(f"p{index}={query}" for index in range(len(GOOD)))
    broken(*said, query=text, headers=(("Cookie", cookie), ("Cookie", f"c={cookie}")))


def test_names_a_client_makes_up_are_not_kept() -> None:
    (route,) = read_routes(Spot.of({"paths": {"/": {"get": {"parameters": [parameter("p", "query", POINT)]}}}}))
    (one,) = read_parameters(route.spot, route.path_item)
    one.texts.object([("made", "up")])
    assert one.texts.names == ("x", "y")
    assert one.texts.property("this") is one.texts.property("that")


def test_a_sent_text_can_be_read_alone() -> None:
    (route,) = read_routes(Spot.of({"paths": {"/": {"get": {"parameters": [parameter("p", "query", INTEGERS)]}}}}))
    (one,) = read_parameters(route.spot, route.path_item)
    assert read(one, [("p", "1"), ("q", "x"), ("p", "2")]) == [1, 2]
