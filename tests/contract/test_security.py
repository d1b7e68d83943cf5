"""Security: the shape of a credential, alternatives and schemes that are needed together."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.core.http import Headers, Request
from mockserver.core.payload import Payload
from mockserver.core.text import Json
from mockserver.core.violation import Violation

SCHEMES: Json = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "Basic"},
    "jwt": {"type": "http", "scheme": "JWT"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "oauth": {"type": "oauth2", "flows": {}},
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://x"},
}
PAIR = base64.b64encode(b"user:password").decode()


def contract(security: Json, root: Json = None) -> CompiledContract:
    operation = {"operationId": "it", **({} if security is None else {"security": security})}
    return compile_contract(
        {
            "openapi": "3.1.0",
            "paths": {"/": {"get": operation}},
            "components": {"securitySchemes": SCHEMES},
            **({} if root is None else {"security": root}),
        }
    )


def broken(security: Json, *headers: tuple[str, str], query: str = "", root: Json = None) -> tuple[Violation, ...]:
    compiled = contract(security, root)
    match = compiled.match("GET", "/")
    assert match is not None
    return compiled.check_request(match, Request("GET", "/", query, Headers.of(headers)), Payload(""))


def rules(*names: str, authorization: str | None = None) -> list[str]:
    headers = [] if authorization is None else [("authorization", authorization)]
    return [one.rule for one in broken([{name: []} for name in names], *headers)]


@pytest.mark.parametrize(
    ("scheme", "authorization"),
    [
        ("bearer", "Bearer k1"),
        ("bearer", "bearer   k1 "),
        ("basic", f"BASIC {PAIR}"),
        ("jwt", "jwt a.b.c"),
        ("oauth", "Bearer k1"),
        ("openid", "bearer k1"),
    ],
)
def test_a_credential_of_the_right_shape_is_enough(scheme: str, authorization: str) -> None:
    assert rules(scheme, authorization=authorization) == []


@pytest.mark.parametrize("scheme", ["bearer", "basic", "jwt", "oauth", "openid"])
@pytest.mark.parametrize("authorization", [None, "", "  "])
def test_no_credential_is_missing(scheme: str, authorization: str | None) -> None:
    assert rules(scheme, authorization=authorization) == ["security"]


@pytest.mark.parametrize(
    ("scheme", "authorization"),
    [
        ("bearer", "k1"),
        ("bearer", "Bearer"),
        ("bearer", "Bearer "),
        ("bearer", f"Basic {PAIR}"),
        ("basic", "Basic user:password"),
        ("basic", "Basic " + base64.b64encode(b"user").decode()),
        ("jwt", "Bearer a.b.c"),
        ("oauth", "Digest x"),
    ],
)
def test_a_credential_of_another_shape_is_malformed(scheme: str, authorization: str) -> None:
    assert rules(scheme, authorization=authorization) == ["scheme"]


def test_an_api_key_is_looked_for_where_the_document_says() -> None:
    assert broken([{"header": []}], ("x-key", "k")) == ()
    assert broken([{"query": []}], query="key=k") == ()
    assert broken([{"cookie": []}], ("Cookie", "a=b; sid=k")) == ()
    for name in ("header", "query", "cookie"):
        (violation,) = broken([{name: []}], ("sid", "k"), query="sid=k&key=")
        assert violation.rule == "security"


def test_one_of_several_alternatives_is_enough() -> None:
    assert rules("bearer", "basic", authorization=f"Basic {PAIR}") == []
    assert rules("bearer", "basic", authorization="Digest x") == ["scheme"]


def test_schemes_of_one_alternative_are_all_needed() -> None:
    both: Json = [{"query": [], "cookie": []}]
    assert broken(both, ("Cookie", "sid=1"), query="key=1") == ()
    assert [one.rule for one in broken(both, query="key=1")] == ["security"]


def test_nothing_is_needed_where_nothing_is_an_alternative() -> None:
    assert broken([{"bearer": []}, {}]) == ()
    assert broken([], root=[{"bearer": []}]) == ()
    assert broken(None) == ()


def test_an_operations_requirement_replaces_the_documents() -> None:
    (theirs,) = broken(None, root=[{"bearer": []}])
    (own,) = broken([{"query": []}], root=[{"bearer": []}])
    assert (theirs.document, own.document) == ("/security", "/paths/~1/get/security")


def test_a_scheme_nobody_described_can_not_be_checked() -> None:
    assert broken([{"unheard": []}]) == ()


def test_the_violation_says_what_to_send_and_never_what_was_sent() -> None:
    (violation,) = broken([{"bearer": []}, {"query": []}], ("Authorization", "hunter2"))
    assert violation.expected == "`Authorization: Bearer ...`, or the query parameter `key`"
    assert "hunter2" not in str(violation)
    assert (violation.code, violation.place, violation.party) == ("C111", "security", "client")


@given(st.text(), st.text())
def test_no_header_whatever_makes_looking_fail(authorization: str, cookie: str) -> None:
    for name in SCHEMES:
        broken([{name: []}], ("Authorization", authorization), ("Cookie", cookie), query=cookie)
