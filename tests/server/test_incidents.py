"""What has happened to mock servers before, tried on this one over a socket."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from mockserver.server.app import MOST_BODY
from mockserver.server.listen import access_to, bind
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine import tiny
from tests.server.raw import Heard, RawClient, once, said

TOKEN = "a-token-of-24-characters"
JSON = "Content-Type: application/json"


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(Settings(port=0), engine=tiny.engine(), body_seconds=0.2) as server:
        yield server


def port(server: ThreadedServer) -> str:
    return server.url.rpartition(":")[2]


def admin(server: ThreadedServer, method: str, target: str, body: bytes = b"", *headers: str) -> Heard:
    """A call as a program on this machine makes it."""
    hosted = said(method, target, body, *headers).replace(b"Host: mock", f"Host: 127.0.0.1:{port(server)}".encode(), 1)
    return once(server.url, hosted, method=method)


def now(server: ThreadedServer) -> int:
    return int(admin(server, "GET", "/__admin/clock").value["now"])


class TestAWebPage:
    """A page in a browser reaches loopback: a POST from any of them was enough to drive tools that trusted that."""

    def test_cannot_send_a_simple_post(self, server: ThreadedServer) -> None:
        before = now(server)
        for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            heard = admin(server, "POST", "/__admin/clock/advance", b'{"by": "1h"}', f"Content-Type: {media}")
            assert heard.status == 415
        assert now(server) == before

    def test_cannot_send_json_from_its_origin(self, server: ThreadedServer) -> None:
        before = now(server)
        heard = admin(server, "POST", "/__admin/clock/advance", b'{"by": "1h"}', JSON, "Origin: https://evil.example")
        assert heard.status == 403
        assert now(server) == before

    def test_gets_no_permission_from_a_preflight(self, server: ThreadedServer) -> None:
        asked = "Origin: https://evil.example", "Access-Control-Request-Method: DELETE"
        heard = admin(server, "OPTIONS", "/__admin/requests", b"", *asked)
        assert heard.status == 403
        assert not [name for name in heard.headers if name.startswith("access-control-")]

    def test_cannot_embed_what_stands_there(self, server: ThreadedServer) -> None:
        assert admin(server, "GET", "/__admin/requests", b"", "Sec-Fetch-Site: cross-site").status == 403
        assert admin(server, "GET", "/__admin/requests").headers["cross-origin-resource-policy"] == "same-origin"

    def test_cannot_come_under_a_name_rebound_to_us(self, server: ThreadedServer) -> None:
        for host in (f"evil.example:{port(server)}", "evil.example"):
            heard = once(server.url, said("GET", "/__admin/requests").replace(b"Host: mock", f"Host: {host}".encode()))
            assert heard.status == 403

    def test_cannot_open_a_websocket(self, server: ThreadedServer) -> None:
        wants = "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="
        assert admin(server, "GET", "/__admin/clock", b"", "Origin: https://evil.example", *wants).status == 403
        assert admin(server, "GET", "/__admin/clock", b"", *wants).status == 200


class TestOtherWaysIn:
    @pytest.mark.parametrize(
        "target",
        [
            *("//__admin/clock", "/./__admin/clock", "/tiny/../__admin/clock", "/%5F%5Fadmin/clock", "/__ADMIN/clock"),
            *("/__admin%2Fclock", "/;/__admin/clock", "/__admin;a=b/clock", "/__administrator"),
            *("http://127.0.0.1/__admin/clock", "http://evil.example/__admin/clock"),
        ],
    )
    def test_no_other_spelling_of_the_path_is_it(self, server: ThreadedServer, target: str) -> None:
        heard = admin(server, "GET", target)
        assert (heard.status, heard.value) == (404, {"tiny": "no such path"})

    def test_http_1_0_without_a_host_is_refused(self, server: ThreadedServer) -> None:
        heard = once(server.url, b"GET /__admin/clock HTTP/1.0\r\n\r\n")
        assert (heard.status, heard.value["rule"]) == (403, "host")

    def test_two_hosts_are_refused(self, server: ThreadedServer) -> None:
        heard = admin(server, "GET", "/__admin/clock", b"", "Host: 127.0.0.1")
        assert heard.status in (400, 403)

    def test_an_upgrade_to_http_2_is_not_taken(self, server: ThreadedServer) -> None:
        wants = "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"
        assert admin(server, "GET", "/__admin/clock", b"", *wants).status == 200
        preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        assert once(server.url, preface, finish=True).status == 400

    def test_no_header_makes_one_method_another_or_one_path_another(self, server: ThreadedServer) -> None:
        before = now(server)
        for header in ("X-HTTP-Method-Override: POST", "X-Original-URL: /__admin/clock/run", "X-Rewrite-URL: /__admin"):
            assert admin(server, "GET", "/__admin/clock/advance", b"", header).status == 405
        assert admin(server, "GET", "/tiny/notes", b"", "X-Original-URL: /__admin/clock").value[0]["text"] == "before"
        assert now(server) == before

    def test_a_call_may_follow_another_on_the_same_connection_and_is_held_to_the_same(
        self, server: ThreadedServer
    ) -> None:
        key = "Authorization: Bearer main"
        with RawClient(server.url) as client:
            client.say(said("GET", "/tiny/notes", b"", key) + said("GET", "/__admin/clock"))
            assert [client.hear().status, client.hear().status] == [200, 403]

    def test_head_tells_no_more_than_get(self, server: ThreadedServer) -> None:
        assert admin(server, "HEAD", "/__admin/clock").status == 200


class TestBodies:
    def test_a_bomb_is_refused(self, server: ThreadedServer) -> None:
        bomb = gzip.compress(b'{"by": "' + b"0" * 32 * MOST_BODY + b'"}')
        heard = admin(server, "POST", "/__admin/clock/advance", bomb, JSON, "Content-Encoding: gzip")
        assert (heard.status, heard.value["rule"]) == (413, "size")

    @pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x"])
    def test_an_encoding_that_is_not_bounded_is_refused(self, server: ThreadedServer, encoding: str) -> None:
        heard = admin(server, "POST", "/__admin/clock/advance", b"x", JSON, f"Content-Encoding: {encoding}")
        assert heard.status == 415

    def test_a_body_announced_too_long_is_refused_in_our_own_words(self, server: ThreadedServer) -> None:
        heard = admin(server, "POST", "/__admin/clock/advance", b"{", JSON, f"Content-Length: {MOST_BODY + 1}")
        assert (heard.status, heard.closes) == (413, True)
        assert heard.headers["content-type"] == "application/problem+json"

    def test_a_body_that_stalls_is_refused_in_our_own_words(self, server: ThreadedServer) -> None:
        heard = admin(server, "POST", "/__admin/clock/advance", b"{", JSON, "Content-Length: 9")
        assert (heard.status, heard.closes, heard.value["rule"]) == (408, True, "http")

    def test_broken_http_is_refused_in_our_own_words_and_stands_in_no_journal(self, server: ThreadedServer) -> None:
        before = server.engine.journal.last
        for line, status in (
            (b"GET /__admin/clock HTTP/9.9\r\n\r\n", 400),
            (admin_with(b"X-Long: " + b"x" * 20_000), 431),
        ):
            heard = once(server.url, line, finish=True)
            assert (heard.status, heard.headers["content-type"]) == (status, "application/problem+json")
        assert server.engine.journal.last == before


def admin_with(header: bytes) -> bytes:
    return b"GET /__admin/clock HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header + b"\r\n\r\n"


class TestTheToken:
    @pytest.fixture
    def locked(self) -> Iterator[ThreadedServer]:
        with ThreadedServer(Settings(port=0, admin_token=TOKEN), engine=tiny.engine()) as server:
            yield server

    def test_opens_what_it_should(self, locked: ThreadedServer) -> None:
        assert admin(locked, "GET", "/__admin/clock").status == 401
        assert admin(locked, "GET", "/__admin/clock", b"", f"Authorization: Bearer {TOKEN}").status == 200

    def test_is_asked_for_by_name(self, locked: ThreadedServer) -> None:
        assert admin(locked, "GET", "/__admin/clock").headers["www-authenticate"] == 'Bearer realm="mockserver"'

    def test_is_made_up_where_others_can_reach_us(self) -> None:
        sock = bind("0.0.0.0", 0)
        try:
            access, other = access_to(sock, None), access_to(sock, None)
        finally:
            sock.close()
        assert not access.loopback
        assert access.token is not None and len(access.token) == 32
        assert access.token != other.token

    def test_where_others_can_reach_us_a_loopback_peer_needs_it_too(self) -> None:
        with ThreadedServer(Settings(host="0.0.0.0", port=0), engine=tiny.engine()) as wide:
            assert admin(wide, "GET", "/__admin/clock").status == 401
            assert wide.control is not None
            token = wide.control.made_up_token
            assert admin(wide, "GET", "/__admin/clock", b"", f"Authorization: Bearer {token}").status == 200

    def test_stands_in_no_journal(self, locked: ThreadedServer) -> None:
        for target in ("/__admin/clock", "/tiny/notes"):
            admin(locked, "GET", target, b"", f"Authorization: Bearer {TOKEN}")
        entries = list(locked.engine.journal.since(0))
        assert [entry.request.path for entry in entries] == ["/tiny/notes"]
        assert TOKEN not in repr(entries)


class TestTheJournal:
    def test_recorded_html_is_never_html(self, server: ThreadedServer) -> None:
        html = b"<script>fetch('/__admin/clock/run', {method: 'POST'})</script>"
        once(server.url, said("POST", "/tiny/notes", html, "Content-Type: text/html"))
        heard = admin(server, "GET", "/__admin/requests")
        assert heard.headers["content-type"].startswith("application/json")
        assert heard.headers["x-content-type-options"] == "nosniff"

    def test_secrets_are_gone(self, server: ThreadedServer) -> None:
        secret = "hush-hush-hush"
        headers = f"Authorization: Bearer {secret}", f"Cookie: session={secret}", f"X-Api-Key: {secret}", JSON
        once(
            server.url,
            said("POST", f"/tiny/notes?access_token={secret}", b'{"token": "%b"}' % secret.encode(), *headers),
        )
        assert secret.encode() not in admin(server, "GET", "/__admin/requests").body


def test_without_a_control_api_its_paths_are_the_providers() -> None:
    with ThreadedServer(Settings(port=0, admin=False), engine=tiny.engine()) as plain:
        heard = admin(plain, "GET", "/__admin/clock", b"", "Authorization: Bearer main")
        assert (heard.status, heard.value) == (404, {"tiny": "no such path"})
        (entry,) = plain.engine.journal.since(0)
        assert entry.request.path == "/__admin/clock"


@pytest.mark.parametrize(
    "target",
    [
        "/__admin/contracts/..%2F..%2F..%2Fetc%2Fpasswd.json",
        "/__admin/contracts/../../../etc/passwd",
        "/__admin/worlds/tiny/..%2F..%2F..%2Fetc%2Fpasswd",
        "/__admin/worlds/..%2Ftiny/default",
        "/__admin/contracts/%2e%2e%2fadmin.yaml",
        "/__admin/requests/..%2F1",
    ],
)
def test_no_path_leads_to_a_file(server: ThreadedServer, target: str) -> None:
    heard = admin(server, "GET", target)
    assert heard.status in (400, 404)
    assert b"root:" not in heard.body


def test_no_line_break_of_a_call_becomes_a_header_or_a_line(server: ThreadedServer) -> None:
    heard = admin(server, "GET", "/__admin/x%0d%0aSet-Cookie:%20a=b")
    assert heard.status == 404
    assert "set-cookie" not in heard.headers


def test_while_the_server_ends_it_says_that_it_is_not_ready() -> None:
    """A connection that has begun is answered to its end."""
    with ThreadedServer(Settings(port=0), engine=tiny.engine()) as ending, RawClient(ending.url) as client:
        health = said("GET", "/__admin/health").replace(b"Host: mock", f"Host: 127.0.0.1:{port(ending)}".encode())
        client.say(health[:-2])
        assert ending.control is not None
        ending.control.state = "draining"
        client.say(health[-2:])
        heard = client.hear()
    assert (heard.status, heard.value["status"]) == (503, "draining")
