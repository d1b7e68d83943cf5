"""The compiled contract: what a request or a reply breaks, of one operation."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.contract.check import compile_contract
from mockserver.contract.codes import CODES
from mockserver.contract.document import effective
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json, resolve
from mockserver.errors import DocumentError
from tests.contract.asking import BEARER, JSON, answer, ask, codes, contract_of, corners, sent
from tests.contract.corners import CORNERS, json_body
from tests.contract.making import replies, requests

PET: Json = {"name": "Tom", "password": "x", "species": "cat"}
SEEN: Json = {"id": "11111111-1111-4111-8111-111111111111", "name": "Tom", "species": "cat"}
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def test_a_good_request_breaks_nothing() -> None:
    assert ask("POST", "/api/pets", PET) == ()
    assert ask("GET", "/api/pets?limit=5") == ()


def test_violations_come_in_the_order_security_parameters_body() -> None:
    found = ask("POST", "/api/pets", {"name": ""}, (("trace", "7"), JSON))
    assert codes(found) == ["C110", "C222", "C204", "C204", "C221"]
    assert [one.place for one in found] == ["security", "header", "body", "body", "body"]


def test_a_violation_is_a_sentence_with_a_code_a_place_and_a_remedy() -> None:
    (violation,) = ask("POST", "/api/pets", {**PET, "chip": "7"})
    assert str(violation) == (
        'C201 createPet: the request breaks `type` at body /chip: expected an integer, got "7" '
        "(/components/schemas/Count/type)."
    )
    (violation,) = ask("POST", "/api/pets", {**PET, "spezies": 1})
    assert str(violation).endswith("Did you mean `species`?")


def test_a_missing_body_is_a_violation_where_one_is_required() -> None:
    (violation,) = ask("POST", "/api/pets")
    assert (violation.code, violation.place, violation.pointer) == ("C131", "body", "")
    assert violation.document == "/paths/~1pets/post/requestBody/required"
    assert ask("POST", "/api/form", b"", ()) == ()


@pytest.mark.parametrize(
    ("headers", "got"),
    [
        ((BEARER, ("Content-Type", "text/plain")), "`text/plain`"),
        ((BEARER, ("Content-Type", "application/vnd.api+json")), "`application/vnd.api+json`"),
        ((BEARER,), "no `Content-Type`"),
    ],
)
def test_a_body_of_another_media_type_is_a_violation(headers: tuple[tuple[str, str], ...], got: str) -> None:
    (violation,) = ask("POST", "/api/pets", PET, headers)
    assert (violation.code, violation.place, violation.expected) == ("C130", "media-type", "`application/json`")
    assert violation.got == got


def test_parameters_of_a_media_type_and_its_case_do_not_count() -> None:
    assert ask("POST", "/api/pets", PET, (BEARER, ("Content-Type", "Application/JSON; charset=utf-8; x=y"))) == ()


@pytest.mark.parametrize(
    ("body", "headers", "code", "got"),
    [
        (b'{"a":', (), "C132", "character 5 (at the end)"),
        (b"{bad}", (), "C132", "character 1 (at `b`)"),
        (b'{"a": NaN}', (), "C132", "NaN is not JSON"),
        (b'{"name":"\xff","password":"x","species":"cat"}', (), "C132", "bytes that are not UTF-8"),
        (b"{}", (("Content-Type", "application/json; charset=latin1"),), "C133", "latin1"),
        (b"{}", (JSON, ("Content-Encoding", "br")), "C134", "br"),
        (b"{}", (JSON, ("Content-Encoding", "gzip")), "C134", "incorrect header check"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_violation(
    body: bytes, headers: tuple[tuple[str, str], ...], code: str, got: str
) -> None:
    (violation,) = ask("POST", "/api/pets", body, (BEARER, *(headers or (JSON,))))
    assert (violation.code, violation.place) == (code, "body")
    assert got in violation.got


def test_an_inflated_body_is_checked() -> None:
    headers = (BEARER, JSON, ("Content-Encoding", "gzip"))
    assert ask("POST", "/api/pets", gzip.compress(b'{"name":"a","password":"b","species":"dog"}'), headers) == ()
    assert codes(ask("POST", "/api/pets", gzip.compress(b"[]"), headers)) == ["C201"]


def test_a_body_too_large_to_read_is_a_violation() -> None:
    request = Request("POST", "/api/pets", headers=Headers.of((BEARER, JSON)), body=b'"aaaaaaaaaaaa"')
    match = corners.match("POST", "/api/pets")
    assert match is not None
    assert codes(corners.check_request(match, request, read_payload(request, 10))) == ["C135"]


@pytest.mark.parametrize("text", [b"1e400", b"-1e400", b"1" + b"0" * 5_000])
def test_a_number_beyond_a_double_is_a_violation(text: bytes) -> None:
    contract = contract_of({})
    request = Request("POST", "/", headers=Headers.of((JSON,)), body=b'{"a":[' + text + b"]}")
    match = contract.match("POST", "/")
    assert match is not None
    (violation,) = contract.check_request(match, request, read_payload(request, 100_000))
    assert (violation.code, violation.pointer) == ("C213", "/a/0")


def test_a_form_is_an_object_with_simple_casts() -> None:
    assert ask("POST", "/api/form", b"count=3&tags=a&tags=b&loud=true&else=x", (FORM,)) == ()
    found = ask("POST", "/api/form", b"count=many&loud=maybe", (FORM,))
    assert [(one.code, one.pointer) for one in found] == [("C201", "/count"), ("C201", "/loud")]


def test_a_repeated_field_of_one_value_is_a_violation() -> None:
    (violation,) = ask("POST", "/api/form", b"count=1&count=2", (FORM,))
    assert (violation.code, violation.got) == ("C201", "an array of 2")


def test_a_body_nobody_described_is_nobodys_business() -> None:
    assert ask("GET", "/api/pets/mine", b"{", (BEARER, JSON)) == ()


def test_a_good_reply_breaks_nothing() -> None:
    assert answer("createPet", Reply.json(201, SEEN)) == ()
    assert answer("createPet", Reply.empty(204)) == ()
    assert answer("listPets", Reply.json(200, [SEEN], [("x-total", "1")])) == ()


def test_a_status_is_looked_for_exactly_then_as_a_range_then_as_default() -> None:
    assert codes(answer("listPets", Reply.json(404, {}))) == ["C204"]
    assert answer("listPets", Reply.json(500, {})) == ()
    (violation,) = answer("createPet", Reply.json(200, SEEN))
    assert (violation.code, violation.party, violation.expected, violation.got) == ("C140", "server", "201, 204", "200")


def test_reply_headers_are_checked() -> None:
    assert codes(answer("listPets", Reply.json(200, []))) == ["C141"]
    found = answer("listPets", Reply.json(200, [], [("X-Total", "many"), ("Link", "x")]))
    assert [(one.code, one.place, one.pointer) for one in found] == [
        ("C121", "header", "X-Total"),
        ("C221", "header", "Link"),
    ]


def test_a_reply_of_another_media_type_is_a_violation() -> None:
    (violation,) = answer("createPet", Reply.text(201, "made"))
    assert (violation.code, violation.place, violation.got) == ("C130", "media-type", "`text/plain`")


def test_a_reply_without_the_body_it_should_have_is_a_violation() -> None:
    assert codes(answer("createPet", Reply.empty(201, [JSON]))) == ["C131"]


@pytest.mark.parametrize("body", [b"{", b"NaN", b"\xff"])
def test_a_reply_that_is_no_json_is_a_violation(body: bytes) -> None:
    assert "C132" in codes(answer("createPet", Reply(201, Headers.of((JSON,)), body)))


def test_a_reply_is_parsed_when_only_its_bytes_are_given() -> None:
    contract = contract_of({"type": ["null", "integer"]})
    assert answer("send", Reply(200, Headers.of((JSON,)), b"null"), contract) == ()
    assert answer("send", Reply(200, Headers.of((JSON,)), b"7"), contract) == ()
    assert codes(answer("send", Reply(200, Headers.of((JSON,)), b"true"), contract)) == ["C201"]


def test_a_number_no_json_can_spell_never_leaves_the_server() -> None:
    reply = Reply(200, Headers.of((JSON,)), b'{"a":null}', {"a": float("nan")})
    assert codes(answer("send", reply, contract_of({}))) == ["C213"]


def test_the_second_good_reply_of_a_kind_is_judged_as_the_first() -> None:
    for _ in range(2):
        assert answer("createPet", Reply.json(201, SEEN)) == ()
        assert codes(answer("createPet", Reply.json(201, {**SEEN, "id": 5}))) == ["C201"]


def test_text_may_be_described_by_a_schema_too() -> None:
    document: Json = {
        "paths": {
            "/": {
                "post": {
                    "operationId": "it",
                    "requestBody": {"content": {"text/plain": {"schema": {"maxLength": 2}}}},
                    "responses": {"200": {"content": {"text/plain": {"schema": {"maxLength": 2}}}}},
                }
            }
        }
    }
    contract = compile_contract(document)
    assert ask("POST", "/", b"ab", (("Content-Type", "text/plain"),), contract) == ()
    assert codes(ask("POST", "/", b"abc", (("Content-Type", "text/plain"),), contract)) == ["C221"]
    assert answer("it", Reply.text(200, "ab"), contract) == ()
    assert codes(answer("it", Reply.text(200, "abc"), contract)) == ["C221"]


def test_request_bodies_and_responses_may_be_references() -> None:
    document = {
        "paths": {
            "/": {
                "post": {
                    "operationId": "it",
                    "requestBody": {"$ref": "#/components/requestBodies/R"},
                    "responses": {"200": {"$ref": "#/components/responses/A"}},
                }
            }
        },
        "components": {
            "requestBodies": {"R": json_body({"type": "integer"})},
            "responses": {"A": json_body({"type": "integer"})},
        },
    }
    contract = compile_contract(document)
    (violation,) = ask("POST", "/", b'"x"', (JSON,), contract)
    assert violation.document == "/components/requestBodies/R/content/application~1json/schema/type"
    (violation,) = answer("it", Reply.json(200, "x"), contract)
    assert violation.document == "/components/responses/A/content/application~1json/schema/type"


def test_a_schema_is_only_compiled_when_it_is_needed() -> None:
    contract = contract_of({"$ref": "#/components/schemas/gone"})
    with pytest.raises(DocumentError, match="/components/schemas/gone: nothing is there"):
        ask("POST", "/", b"1", (JSON,), contract)


def test_what_is_not_found_is_a_violation_with_the_nearest_path_or_the_methods() -> None:
    path = corners.unmatched("GET", "/api/pet")
    assert (path.code, path.place, path.remedy) == ("C101", "route", "Nearest is `/api/pets`.")
    method = corners.unmatched("PUT", "/api/pets")
    assert (method.code, method.expected, method.document) == ("C102", "GET or POST or HEAD", "/paths/~1pets")


def test_a_violation_of_our_own_schema_helper_is_the_clients() -> None:
    (violation,) = sent("x", {"type": "integer"})
    assert (violation.party, violation.operation, violation.where) == ("client", "send", "body")


DOCUMENTS: dict[str, Json] = {
    "corners": CORNERS,
    "livepeer": effective("livepeer").value,
    "restream": effective("restream").value,
}
CONTRACTS = {name: compile_contract(document) for name, document in DOCUMENTS.items()}
ROUTES = {name: list(read_routes(Spot.of(document))) for name, document in DOCUMENTS.items()}


@pytest.mark.parametrize("name", DOCUMENTS)
@given(st.data())
def test_every_violation_has_a_code_and_points_into_the_document(name: str, data: st.DataObject) -> None:
    contract, route = CONTRACTS[name], data.draw(st.sampled_from(ROUTES[name]))
    request = data.draw(requests(route, Spot.of(DOCUMENTS[name])))
    match = contract.match(request.method, request.path)
    found = contract.check_request(match, request, read_payload(request, 100_000)) if match else ()
    for violation in (*found, *contract.check_reply(route.operation, data.draw(replies(route)))):
        resolve(DOCUMENTS[name], violation.document)
        assert violation.rule in CODES[violation.code].rules
        str(violation).encode()


# Header values arrive from the wire with lone surrogates for bytes that are not UTF-8.
ANYTHING = st.text(st.characters(exclude_categories=()))
NAMES = st.sampled_from(["Cookie", "Content-Type", "X-Ids", "X-Total", "Authorization", "a"])


@example("\ud800", b"", [], 0)
@given(ANYTHING, st.binary(), st.lists(st.tuples(NAMES, ANYTHING)), st.integers(0, 999))
def test_nothing_whatever_makes_the_check_fail(
    text: str, body: bytes, headers: list[tuple[str, str]], status: int
) -> None:
    for operation in corners.operations.values():
        path = operation.path.replace("{", "").replace("}", "")
        request = Request(operation.method, path, text, Headers.of(headers), body)
        match = corners.match(request.method, request.path)
        if match is not None:
            corners.check_request(match, request, read_payload(request, 50))
        corners.check_reply(operation, Reply(status, Headers.of((JSON, *headers)), body))
    corners.match(text, text)
    str(corners.unmatched(text, f"/{text}")).encode()
