"""What surrounds every answer: 404s, preflights, origins, entity tags, and the wire's own errors."""

from __future__ import annotations

import pytest

from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.providers.livepeer import provider
from mockserver.providers.livepeer.express import etag
from tests.providers.livepeer.desk import COMPLETED_TASK, READY, Desk, said

DASHBOARD = "https://livepeer.studio"
PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n'
    "<body>\n<pre>Cannot POST {}</pre>\n</body>\n</html>\n"
)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD"])
def test_a_method_the_path_does_not_have_is_404_and_never_405(method: str) -> None:
    reply = Desk().call(method, "/api/clip")
    assert (reply.status, said(reply)) == (404, "not found")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/clips", "/API/nope", "/api/clip/a/b"])
@pytest.mark.parametrize("key", ["", None])
def test_an_unknown_path_below_the_api_is_json(path: str, key: str | None) -> None:
    reply = Desk().get(path, key=key)
    assert (reply.status, said(reply)) == (404, "not found")


def test_an_unknown_path_with_a_bad_key_is_401() -> None:
    assert Desk().get("/api/nope", key="+nobody").status == 401


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/clip", "/clip"), ("/apix", "/apix"), ("/<b>'\"&", "/%3Cb%3E&#39;%22&amp;"), ("/é", "/%C3%A9")],
)
def test_a_path_outside_the_api_is_a_page(path: str, shown: str) -> None:
    reply = Desk().call("POST", path)
    assert reply.status == 404
    assert reply.header("content-type") == "text/html; charset=utf-8"
    assert reply.header("etag") is None
    assert reply.body.decode() == PAGE.format(shown)


def test_a_bad_key_comes_before_the_page() -> None:
    assert Desk().call("POST", "/clip", key="+nobody").status == 401


def test_health_needs_nothing_and_stands_beside_the_api() -> None:
    for key in (None, "+nobody"):
        reply = Desk().get("/healthz", key=key)
        assert (reply.status, reply.value, reply.header("vary")) == (200, {"ok": True}, None)


# ---- CORS


@pytest.mark.parametrize("path", ["/api/clip", "/api/nope", "/elsewhere"])
@pytest.mark.parametrize("key", [None, "+nobody"])
def test_a_preflight_passes_from_anywhere(path: str, key: str | None) -> None:
    asked = {"Origin": "http://foo.com", "Access-Control-Request-Headers": "authorization,content-type"}
    reply = Desk().call("OPTIONS", path, key=key, headers=asked)
    assert reply.status == 204
    assert list(reply.headers) == [
        ("X-Powered-By", "Express"),
        ("Vary", "Authorization, Origin, Access-Control-Request-Headers"),
        ("Access-Control-Allow-Origin", "http://foo.com"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
        ("Access-Control-Allow-Headers", "authorization,content-type"),
        ("Access-Control-Expose-Headers", "*"),
    ]


def test_a_preflight_with_a_key_gets_the_keys_origins() -> None:
    headers = {"Origin": "http://foo.com"}
    reply = Desk().call("OPTIONS", "/api/clip", key="+cors", headers=headers)
    assert (reply.status, reply.header("access-control-allow-origin")) == (204, None)


def asked_from(origin: str, target: str = "/api/asset", key: str | None = "") -> Reply:
    return Desk().call("GET", target, key=key, headers={"Origin": origin})


@pytest.mark.parametrize(
    ("key", "origin", "status"),
    [
        ("", DASHBOARD, 403),
        ("", "http://localhost:3000", 403),
        ("+cors-full", "http://localhost:3000", 200),
        ("+cors-full", "http://localhost:3001", 403),
        ("+cors-any", "http://anywhere", 200),
    ],
)
def test_a_key_may_be_used_from_its_own_origins_only(key: str, origin: str, status: int) -> None:
    reply = asked_from(origin, key=key)
    assert reply.status == status
    assert reply.header("access-control-allow-origin") == (origin if status == 200 else None)


@pytest.mark.parametrize("key", [None, "", "+cors"])
def test_playback_may_be_asked_for_from_anywhere(key: str | None) -> None:
    reply = asked_from("http://anywhere", "/api/playback/readyclip0000000", key)
    assert (reply.status, reply.header("access-control-allow-origin")) == (200, "http://anywhere")


def test_nobody_from_the_dashboard_is_let_through_to_the_authorizer() -> None:
    reply = asked_from(DASHBOARD, key=None)
    assert (reply.status, reply.header("access-control-allow-origin")) == (401, DASHBOARD)


@pytest.mark.parametrize(
    ("method", "path", "body", "allowed"),
    [
        ("GET", f"/api/asset/{READY}", ..., True),
        ("PATCH", f"/api/asset/{READY}", {"name": "x"}, True),
        ("GET", f"/api/task/{COMPLETED_TASK}", ..., True),
        ("POST", "/api/stream", {"name": "x"}, True),
        ("GET", "/api/stream/707d1de1-0ea0-4d0f-bc03-9a4470c04ec4/sessions", ..., True),
        ("GET", "/api/session/de7818e7-610a-4057-8f6f-b785dc1e6f88", ..., True),
        ("GET", "/api/asset", ..., False),
        ("DELETE", f"/api/asset/{READY}", ..., False),
        ("GET", "/api/stream/707d1de1-0ea0-4d0f-bc03-9a4470c04ec4/clips", ..., False),
        ("GET", "/api/clip/eaw4nk06ts2d0mzb", ..., False),
    ],
)
def test_a_key_for_browsers_may_do_what_is_on_a_short_list(method: str, path: str, body: Json, allowed: bool) -> None:
    reply = Desk().call(method, path, body, key="+cors")
    assert (reply.status < 400) is allowed
    if not allowed:
        assert said(reply) == "access forbidden for CORS-enabled API key with restricted access"


# ---- entity tags


def test_a_tag_is_the_length_and_a_digest() -> None:
    assert etag(b"") == 'W/"0-2jmj7l5rSw0yVb/vlWAYkK/YBwk"'
    assert etag(b'{"ok":true}') == 'W/"b-Ai2R8hgEarLmHKwesT1qcY913ys"'


def conditionally(known: str, method: str = "GET", **more: str) -> Reply:
    headers = {"If-None-Match": known, **{name.replace("_", "-"): value for name, value in more.items()}}
    return Desk().call(method, f"/api/asset/{READY}", headers=headers)


def test_who_has_it_already_gets_304_without_a_body() -> None:
    tag = Desk().get(f"/api/asset/{READY}").header("etag")
    assert tag is not None
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        reply = conditionally(known)
        assert (reply.status, reply.body, reply.header("etag")) == (304, b"", tag)
        assert reply.header("content-type") is None
        assert reply.header("vary") == "Authorization, Origin"
    assert conditionally(tag, "HEAD").status == 304


def test_a_tag_is_not_heeded_where_the_client_says_so() -> None:
    tag = Desk().get(f"/api/asset/{READY}").header("etag") or ""
    assert conditionally('W/"other"').status == 200
    assert conditionally(tag, cache_control="no-cache").status == 200
    assert conditionally(tag, if_modified_since="Sun, 22 Nov 2026 00:00:00 GMT").status == 200


def test_errors_and_writes_are_never_304() -> None:
    assert Desk().call("GET", "/api/asset/nope", headers={"If-None-Match": "*"}).status == 404
    assert Desk().call("POST", "/api/stream", {"name": "x"}, headers={"If-None-Match": "*"}).status == 201


def test_head_answers_as_get_does() -> None:
    desk = Desk()
    head, get = desk.call("HEAD", f"/api/asset/{READY}"), desk.get(f"/api/asset/{READY}")
    assert (head.status, head.headers) == (get.status, get.headers)


def test_what_only_the_wire_can_see_has_the_apis_shape() -> None:
    reply = provider.refuse(400, "bad request")
    assert (reply.status, reply.value) == (400, {"errors": ["bad request"]})
    assert reply.header("x-powered-by") == "Express"
