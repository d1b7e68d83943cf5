from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.http import Headers, Reply
from mockserver.server.wire import headers_of, http_date, origin_of, split_target, written


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/api/clip", "/api/clip", ""),
        ("/api/clip?a=1&b", "/api/clip", "a=1&b"),
        ("/a%2Fb?x=%20", "/a%2Fb", "x=%20"),
        ("/a?b?c#d", "/a", "b?c"),
        ("/a#b?c", "/a", ""),
        ("http://host:80/a?b", "/a", "b"),
        ("http://host", "/", ""),
        ("HTTPS://host?x", "/", "x"),
        ("host:443", "/host:443", ""),
        ("*", "*", ""),
        ("//a", "//a", ""),
        ("/\udcff/é", "/%FF/%C3%A9", ""),
        ("/a\x00b", "/a\x00b", ""),
    ],
)
def test_a_target_is_path_and_query(target: str, path: str, query: str) -> None:
    assert split_target(target) == (path, query)


@given(st.binary(max_size=60))
def test_any_target_comes_out_in_ascii(data: bytes) -> None:
    path, query = split_target(data.decode("utf-8", "surrogateescape"))
    assert (path + query).isascii()


def test_header_bytes_are_characters() -> None:
    assert headers_of([(b"X-A", b"\xff\xc3\xa9")]) == (("X-A", "\xff\xc3\xa9"),)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:4080", "http://localhost:4080"),
        ("[::1]:4080", "http://[::1]:4080"),
        (None, "http://mine"),
        ("", "http://mine"),
        ("evil\r\nX: y", "http://mine"),
        ('a"b', "http://mine"),
    ],
)
def test_the_origin_is_how_the_client_addressed_us_if_that_makes_sense(host: str | None, origin: str) -> None:
    assert origin_of(host, "http://mine") == origin


def test_a_reply_is_status_headers_and_body() -> None:
    reply = Reply.json(201, {"a": 1}, [("ETag", 'W/"x"')])
    assert written(reply, "POST", b"today", close=False) == (
        b'HTTP/1.1 201 Created\r\nContent-Type: application/json; charset=utf-8\r\nETag: W/"x"\r\n'
        b'Connection: keep-alive\r\nDate: today\r\nContent-Length: 7\r\n\r\n{"a":1}'
    )


def test_head_gets_the_length_of_the_body_and_not_the_body() -> None:
    sent = written(Reply.text(200, "hello"), "HEAD", b"today", close=True)
    assert sent.endswith(b"Connection: close\r\nDate: today\r\nContent-Length: 5\r\n\r\n")


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_body_has_no_length(status: int) -> None:
    sent = written(Reply(status, body=b"never sent"), "GET", b"today", close=False)
    assert b"Content-Length" not in sent
    assert sent.endswith(b"\r\n\r\n")


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_value_becomes_a_header_of_its_own(name: str, value: str) -> None:
    sent = written(Reply(200, Headers.of([(name, value)])), "GET", b"today", close=False)
    head, _, body = sent.partition(b"\r\n\r\n")
    assert len(head.split(b"\r\n")) == len(head.split(b"\n")) == 5
    assert body == b""


@pytest.mark.parametrize(
    ("second", "date"),
    [
        (0, b"Thu, 01 Jan 1970 00:00:00 GMT"),
        (1_795_348_300, b"Sun, 22 Nov 2026 11:51:40 GMT"),
        (-1, b"Thu, 01 Jan 1970 00:00:00 GMT"),
        (10**15, b"Fri, 31 Dec 9999 23:59:59 GMT"),
    ],
)
def test_dates_are_those_of_http(second: int, date: bytes) -> None:
    assert http_date(second) == date
