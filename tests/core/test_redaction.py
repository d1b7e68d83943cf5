from __future__ import annotations

import pytest

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.redaction import Redaction
from mockserver.core.secrecy import REMOVED
from mockserver.core.text import Json, dump

SECRET = "s3cr3t-v4lue"
NAMES = (
    *("access_token", "accessToken", "refresh_token", "id_token", "token", "client_secret", "secret", "sharedSecret"),
    *("password", "streamKey", "stream_key", "apiKey", "api_key", "secretKey", "privateKey"),
)


def kept(request: Request | None = None, reply: Reply | None = None) -> tuple[Request, Reply]:
    request, reply, _ = Redaction()(request or Request("GET", "/"), reply or Reply(204))
    return request, reply


def posted(body: bytes, media: str = "application/json") -> Request:
    return Request("POST", "/", headers=Headers.of([("Content-Type", media)]), body=body)


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        (f"Bearer {SECRET}", f"Bearer {REMOVED}"),
        (f"Basic {SECRET}", f"Basic {REMOVED}"),
        (SECRET, REMOVED),
        ("", REMOVED),
    ],
)
def test_of_an_authorization_the_scheme_stays(sent: str, left: str) -> None:
    request, _ = kept(Request("GET", "/", headers=Headers.of([("Accept", "*/*"), ("AUTHORIZATION", sent)])))
    assert request.headers == (("Accept", "*/*"), ("AUTHORIZATION", left))


@pytest.mark.parametrize("name", ["Cookie", "Set-Cookie", "Proxy-Authorization", "X-Api-Key"])
def test_no_credential_of_a_header_stays(name: str) -> None:
    request, reply = kept(
        Request("GET", "/", headers=Headers.of([(name, SECRET)])),
        Reply(200, Headers.of([(name, f"session={SECRET}")])),
    )
    assert SECRET not in repr((request, reply))


def test_a_redirect_keeps_all_but_its_code() -> None:
    where = f"https://app.example/back?state=abc&code={SECRET}"
    _, reply = kept(reply=Reply.empty(302, [("Location", where)]))
    assert reply.header("location") == f"https://app.example/back?state=abc&code={REMOVED}"


def test_a_query_keeps_all_but_its_secrets() -> None:
    request, _ = kept(Request("GET", "/", query=f"limit=5&access_token={SECRET}&client%5Fsecret={SECRET}&x"))
    assert request.query == f"limit=5&access_token={REMOVED}&client%5Fsecret={REMOVED}&x"


def test_a_form_keeps_all_but_its_secrets() -> None:
    body = f"grant_type=authorization_code&code={SECRET}&client_secret={SECRET}".encode()
    request, _ = kept(posted(body, "application/x-www-form-urlencoded"))
    assert request.body == f"grant_type=authorization_code&code={REMOVED}&client_secret={REMOVED}".encode()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wrap", [lambda item: item, lambda item: {"data": [item]}], ids=["bare", "nested"])
def test_a_json_body_keeps_all_but_its_secrets(name: str, wrap: Json) -> None:
    value = wrap({"id": "1", name: SECRET})
    request, reply = kept(posted(dump(value)), Reply.json(200, value))
    expected = wrap({"id": "1", name: REMOVED})
    assert request.body == reply.body == dump(expected)
    assert reply.value == expected


def test_an_error_code_in_json_is_no_secret() -> None:
    reply = Reply.json(404, {"error": {"code": "not_found"}})
    assert kept(reply=reply)[1] is reply


def test_json_that_cannot_be_read_is_dropped_if_it_may_hold_a_secret() -> None:
    request, _ = kept(posted(b'{"access_token": "' + SECRET.encode()))
    assert request.body == REMOVED.encode()


def test_an_exchange_without_secrets_is_kept_as_it_is() -> None:
    request, reply = posted(b'{"name": "My Clip"}'), Reply.json(200, {"createdByTokenName": "my key"})
    assert kept(request, reply) == (request, reply)
    assert kept(request, reply)[0] is request


def test_json_that_says_it_is_something_else_loses_its_secrets_too() -> None:
    request, _ = kept(posted(b'{"password": "' + SECRET.encode() + b'"}', "text/plain"))
    assert SECRET.encode() not in request.body


def test_a_body_nested_without_end_is_cut_where_no_api_nests() -> None:
    deep = b'{"token":' + b'{"a":' * 150 + b"1" + b"}" * 151
    request, _ = kept(posted(deep))
    assert request.body.startswith(b'{"token":{"a":')
    assert request.body.endswith(b'"[removed]"' + b"}" * 65)


def test_broken_json_without_a_trace_of_a_secret_is_kept_to_be_mended() -> None:
    request, _ = kept(posted(b'{"name": "half'))
    assert request.body == b'{"name": "half'
