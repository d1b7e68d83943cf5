"""Whose URL it is, and how a key is shown."""

from __future__ import annotations

import pytest

from mockserver.conformance.rules import furnished
from mockserver.conformance.subject import Subject
from mockserver.contract.check import compile_contract
from mockserver.core.text import Json
from mockserver.errors import UsageError
from tests.conformance.judging import contract_of


def subject(url: str, provider: str = "livepeer") -> Subject:
    return Subject(url, contract_of(provider), provider, "test_me")


@pytest.mark.parametrize(
    ("url", "provider", "origin"),
    [
        ("https://livepeer.studio", "livepeer", "https://livepeer.studio"),
        ("https://livepeer.studio/api/", "livepeer", "https://livepeer.studio"),
        ("https://api.restream.io/v2", "restream", "https://api.restream.io"),
        ("http://127.0.0.1:4080/staging/api", "livepeer", "http://127.0.0.1:4080/staging"),
        ("http://127.0.0.1:4080/staging", "livepeer", "http://127.0.0.1:4080/staging"),
    ],
)
def test_a_url_may_end_with_the_document_s_base_path(url: str, provider: str, origin: str) -> None:
    assert subject(url, provider).origin == origin


@pytest.mark.parametrize("url", ["127.0.0.1:4080", "ftp://host", "http://", "http://host:port"])
def test_what_is_no_url_is_refused_with_one_that_is(url: str) -> None:
    with pytest.raises(UsageError, match="is no URL of a server"):
        _ = subject(url).origin


@pytest.mark.parametrize(
    ("host", "is_loopback"), [("127.0.0.9", True), ("localhost", True), ("[::1]", True), ("a.b", False)]
)
def test_a_server_on_this_machine_is_told_from_others(host: str, is_loopback: bool) -> None:
    assert subject(f"http://{host}:1").loopback is is_loopback


def _with_scheme(scheme: Json) -> Subject:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a/{id}": {"get": {"operationId": "getA", "responses": {"200": {"description": "ok"}}}}},
        "security": [{"key": []}],
        "components": {"securitySchemes": {"key": scheme}},
    }
    return Subject("http://127.0.0.1:1", compile_contract(document), key="a:b")


@pytest.mark.parametrize(
    ("scheme", "header", "query"),
    [
        ({"type": "http", "scheme": "bearer"}, ("Authorization", "Bearer a:b"), ""),
        ({"type": "http", "scheme": "basic"}, ("Authorization", "Basic YTpi"), ""),
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, ("X-Key", "a:b"), ""),
        ({"type": "apiKey", "in": "cookie", "name": "k"}, ("Cookie", "k=a%3Ab"), ""),
        ({"type": "apiKey", "in": "query", "name": "k"}, None, "k=a%3Ab"),
        ({"type": "oauth2", "flows": {}}, ("Authorization", "Bearer a:b"), ""),
    ],
)
def test_a_key_is_shown_as_the_document_wants_it(scheme: Json, header: tuple[str, str] | None, query: str) -> None:
    request = _with_scheme(scheme).request("getA", path={"id": "x/y"})
    assert (request.path, request.query) == ("/a/x%2Fy", query)
    assert [pair for pair in request.headers if pair[0] != "Accept"] == ([header] if header else [])


def test_a_private_world_of_a_fake_has_the_other_keys_that_were_not_given() -> None:
    made = furnished(subject("http://127.0.0.1:1", "restream"))
    assert (made.other, made.roles["revoked"]) == ("test_me+stranger", "test_me+revoked")
    given = Subject("http://127.0.0.1:1", contract_of("restream"), "restream", "test_me", "mine", {"revoked": "old"})
    assert (furnished(given).other, furnished(given).roles["revoked"]) == ("mine", "old")


def test_nobody_else_s_key_is_taken_for_a_fake_s() -> None:
    real = Subject("https://api.restream.io", contract_of("restream"), "restream", "8f7c")
    assert furnished(real) is real
