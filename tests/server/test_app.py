from __future__ import annotations

import gzip

import pytest

from mockserver.core.text import dump
from mockserver.server.app import MOST_BODY
from mockserver.server.thread import ThreadedServer
from tests.engine.tiny import NOW
from tests.server.raw import Heard, RawClient, once, said

KEY = "Authorization: Bearer main"
JSON = "Content-Type: application/json"
NOTE = b'{"text": "a"}'


def post(body: bytes = NOTE, *headers: str) -> bytes:
    return said("POST", "/tiny/notes", body, KEY, JSON, *headers)


def get(*headers: str) -> bytes:
    return said("GET", "/tiny/notes", b"", KEY, *headers)


def texts(server: ThreadedServer) -> list[str]:
    return [note["text"] for note in once(server.url, get()).value]


def test_a_request_is_answered(tiny_server: ThreadedServer) -> None:
    heard = once(tiny_server.url, post())
    assert (heard.status, heard.value["text"]) == (201, "a")
    assert heard.headers["content-type"] == "application/json; charset=utf-8"
    assert heard.headers["date"] == "Sun, 22 Nov 2026 11:51:40 GMT"


def test_a_connection_takes_many_requests(tiny_server: ThreadedServer) -> None:
    with RawClient(tiny_server.url) as client:
        for _ in range(3):
            client.say(get())
            assert client.hear().status == 200


def test_pipelined_requests_are_answered_in_order(tiny_server: ThreadedServer) -> None:
    with RawClient(tiny_server.url) as client:
        client.say(b"".join(post(b'{"text": "%d"}' % number) for number in range(20)))
        assert [client.hear().value["text"] for _ in range(20)] == [str(number) for number in range(20)]


def test_connection_close_is_honoured(tiny_server: ThreadedServer) -> None:
    with RawClient(tiny_server.url) as client:
        client.say(get("Connection: close"))
        assert client.hear().closes
        assert client.rest() == b""


def test_http_1_0_closes_unless_asked_not_to(tiny_server: ThreadedServer) -> None:
    old = get().replace(b"HTTP/1.1", b"HTTP/1.0")
    assert once(tiny_server.url, old).closes
    assert not once(tiny_server.url, old.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")).closes


def test_head_gives_the_length_and_nothing_else(tiny_server: ThreadedServer) -> None:
    whole = once(tiny_server.url, get())
    with RawClient(tiny_server.url) as client:
        client.say(said("HEAD", "/tiny/notes", b"", KEY, "Connection: close"))
        head = client.hear("HEAD")
        assert client.rest() == b""
    assert (head.status, head.headers["content-length"]) == (200, str(len(whole.body)))


def test_an_absolute_target_is_its_path(tiny_server: ThreadedServer) -> None:
    assert once(tiny_server.url, said("GET", "http://elsewhere.example/tiny/notes", b"", KEY)).status == 200


def test_a_body_may_come_in_chunks(tiny_server: ThreadedServer) -> None:
    chunks = b"5\r\n" + NOTE[:5] + b"\r\n%x\r\n" % len(NOTE[5:]) + NOTE[5:] + b"\r\n0\r\n\r\n"
    assert once(tiny_server.url, post(chunks, "Transfer-Encoding: chunked")).status == 201


def test_a_body_may_come_late(tiny_server: ThreadedServer) -> None:
    data = post()
    with RawClient(tiny_server.url) as client:
        for place in range(0, len(data), 20):
            client.say(data[place : place + 20])
        assert client.hear().status == 201


def test_a_zipped_body_is_read(tiny_server: ThreadedServer) -> None:
    assert once(tiny_server.url, post(gzip.compress(NOTE), "Content-Encoding: gzip")).status == 201


def test_who_expects_100_continue_gets_it_before_the_body(tiny_server: ThreadedServer) -> None:
    head, _, body = post(NOTE, "Expect: 100-continue").partition(b"\r\n\r\n")
    with RawClient(tiny_server.url) as client:
        client.say(head + b"\r\n\r\n")
        assert client.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.say(body)
        assert client.hear().status == 201


def test_another_expectation_is_refused(tiny_server: ThreadedServer) -> None:
    head, _, _ = post(NOTE, "Expect: a miracle").partition(b"\r\n\r\n")
    heard = once(tiny_server.url, head + b"\r\n\r\n")
    assert (heard.status, heard.closes) == (417, True)


def test_a_stalled_body_is_a_408_in_the_providers_words(tiny_server: ThreadedServer) -> None:
    heard = once(tiny_server.url, post()[:-3])
    assert (heard.status, heard.closes) == (408, True)
    assert heard.value == {"tiny": "the request body did not arrive within 0.2 s"}
    assert "a" not in texts(tiny_server)


@pytest.mark.parametrize("length", [MOST_BODY + 1, 10**15, 10**40])
def test_a_body_announced_too_long_is_refused_before_it_comes(tiny_server: ThreadedServer, length: int) -> None:
    heard = once(tiny_server.url, post(b"{", f"Content-Length: {length}"))
    assert heard.status in (400, 413)
    assert heard.closes


def test_a_body_that_turns_out_too_long_is_refused(tiny_server: ThreadedServer) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with RawClient(tiny_server.url) as client:
        client.say(said("POST", "/tiny/notes", b"", KEY, JSON, "Transfer-Encoding: chunked"))
        client.say(chunk * (MOST_BODY // 0x10000 + 1))
        heard = client.hear()
    assert (heard.status, heard.closes) == (413, True)


def test_a_body_beyond_the_providers_limit_is_the_providers_matter(tiny_server: ThreadedServer) -> None:
    heard = once(tiny_server.url, post(dump({"text": "x" * 1_000})))
    assert (heard.status, heard.closes) == (413, False)


def test_a_client_that_is_done_talking_still_gets_its_answers(tiny_server: ThreadedServer) -> None:
    with RawClient(tiny_server.url) as client:
        client.say(post() + get())
        client.finish()
        assert [client.hear().status, client.hear().status] == [201, 200]
        assert client.rest() == b""


def test_a_client_that_leaves_inside_a_body_changes_nothing(tiny_server: ThreadedServer) -> None:
    with RawClient(tiny_server.url) as client:
        client.say(post()[:-3])
        client.finish()
        assert client.rest() == b""
    assert "a" not in texts(tiny_server)


def test_a_header_beyond_ascii_reaches_the_provider_as_characters(tiny_server: ThreadedServer) -> None:
    heard = once(tiny_server.url, said("GET", "/tiny/notes", b"", "Authorization: Bearer \xff\xe9"))
    assert (heard.status, heard.value) == (401, {"tiny": "no key \xff\xe9"})


def garbage(server: ThreadedServer, data: bytes) -> Heard:
    heard = once(server.url, data, finish=True)
    assert heard.closes
    assert list(heard.value) == ["tiny"]
    return heard


def test_broken_http_is_a_400_in_the_providers_words(tiny_server: ThreadedServer) -> None:
    heard = garbage(tiny_server, b"GET /tiny/notes\r\nno header at all\r\n\r\n")
    assert heard.status == 400
    assert heard.value["tiny"].startswith("malformed HTTP request: ")


def test_a_header_too_long_is_a_431(tiny_server: ThreadedServer) -> None:
    assert garbage(tiny_server, get("X-Long: " + "x" * 20_000)).status == 431


@pytest.mark.parametrize("method", ["POST", "HEAD"])
def test_a_reply_says_on_the_wire_that_its_request_broke_a_rule(tiny_server: ThreadedServer, method: str) -> None:
    heard = once(tiny_server.url, said(method, "/tiny/notes/none/at/all", b'{"text": 5}', KEY, JSON), method=method)
    assert heard.headers["mockserver-violations"] == "1"
    assert heard.headers["mockserver-entry"] == "/__admin/requests/1"
    assert not [name for name in once(tiny_server.url, post()).headers if name.startswith("mockserver")]


def test_broken_http_stands_in_the_journal(tiny_server: ThreadedServer) -> None:
    garbage(tiny_server, b"GET /tiny/x?token=hidden HTTP/9.9\r\n\r\n")
    (entry,) = tiny_server.engine.journal.since(0)
    assert (entry.request.method, entry.request.path, entry.reply.status) == ("GET", "/tiny/x", 400)
    assert entry.at == NOW
