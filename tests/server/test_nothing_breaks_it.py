"""Whatever comes over the wire: the provider's own error, no traceback, no hang, nothing changed, and life goes on."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.text import Json, dump
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine.tiny import NOW
from tests.server.raw import Heard, RawClient, once, said

KEY = "Authorization: Bearer test_me"
JSON = "Content-Type: application/json"
CLIP: Json = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725}
PROJECT: Json = {"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}

# What one account can create, where it shows, and whether a reply has the provider's shape of an error.
CREATES = {"livepeer": ("/api/clip", CLIP), "restream": ("/v2/user/clips/projects", PROJECT)}
LISTS = {"livepeer": "/api/asset", "restream": "/v2/user/clips/projects"}
PROVIDERS = sorted(CREATES)


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedServer]:
    """Both providers; time stands, and bodies have a fifth of a second to arrive."""
    with ThreadedServer(Settings(port=0, pace=0, at=NOW), body_seconds=0.2) as server:
        yield server


def is_error_of(provider: str, value: Json) -> bool:
    if provider == "livepeer":
        return list(value) == ["errors"] and all(isinstance(text, str) for text in value["errors"])
    return list(value) == ["error"] and {"statusCode", "message", "name"} <= set(value["error"])


def listed(server: ThreadedServer, provider: str) -> bytes:
    return once(server.url, said("GET", LISTS[provider], b"", KEY)).body


def refused(server: ThreadedServer, provider: str, data: bytes, *, finish: bool = False) -> Heard:
    """What is heard; it is a 4xx in the provider's shape, and nothing changed."""
    before = listed(server, provider)
    heard = once(server.url, data, finish=finish)
    assert 400 <= heard.status < 500, heard
    assert is_error_of(provider, heard.value), heard
    assert listed(server, provider) == before
    return heard


def post(provider: str, body: bytes, *headers: str) -> bytes:
    return said("POST", CREATES[provider][0], body, KEY, *(headers or (JSON,)))


def with_field(provider: str, field: bytes) -> bytes:
    """The body that creates something, with one more field spelled by hand."""
    return dump(CREATES[provider][1])[:-1] + b", " + field + b"}"


BAD_JSON = {
    "NaN": b'"startTime": NaN, "title": NaN',
    "Infinity": b'"startTime": Infinity, "title": Infinity',
    "minus": b'"startTime": -, "title": -',
    "1e400": b'"endTime": -1e400, "selectedTimeRange": 1e400',
    "bare word": b"bad: 1",
    "half a string": b'"name": "',
    "control character": b'"name": "a\x01"',
    "invalid UTF-8": b'"startTime": "\xff\xfe", "title": 5',
    "number of a thousand digits": b'"startTime": "x", "title": ' + b"9" * 1_000,
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("field", BAD_JSON.values(), ids=BAD_JSON.keys())
def test_json_that_is_none_is_refused(server: ThreadedServer, provider: str, field: bytes) -> None:
    refused(server, provider, post(provider, with_field(provider, field)))


BAD_BODIES = {
    "100,000 brackets": b"[" * 100_000,
    "100,000 open objects": b'{"a":' * 20_000,
    "a closed tower": b"[" * 50_000 + b"]" * 50_000,
    **{f"objects {deep} deep": b'{"a":' * deep + b"1" + b"}" * deep for deep in (150, 300, 600, 1_000, 1_100)},
    "null": b"null",
    "a number": b"123",
    "a text": b'"abc"',
    "a list": b"[]",
    "nothing but a byte order mark": b"\xef\xbb\xbf",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "NUL": b"\x00",
    "two values": b"{} {}",
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_body_that_is_no_such_object_is_refused(server: ThreadedServer, provider: str, body: bytes) -> None:
    refused(server, provider, post(provider, body))


BAD_CODINGS = {
    "unknown encoding": (b"{}", "Content-Encoding: br"),
    "nonsense encoding": (b"{}", "Content-Encoding: \xff\x01"),
    "two encodings": (gzip.compress(b"{}"), "Content-Encoding: gzip, gzip"),
    "no gzip": (b"{}", "Content-Encoding: gzip"),
    "half a gzip": (gzip.compress(b"{}" * 500)[:-12], "Content-Encoding: gzip"),
    "gzip bomb": (gzip.compress(b" " * 50_000_000), "Content-Encoding: gzip"),
    "deflate bomb": (zlib.compress(b"[" * 50_000_000), "Content-Encoding: deflate"),
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("body", "header"), BAD_CODINGS.values(), ids=BAD_CODINGS.keys())
def test_a_body_that_cannot_be_unpacked_is_refused(
    server: ThreadedServer, provider: str, body: bytes, header: str
) -> None:
    refused(server, provider, post(provider, body, JSON, header))


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("charset", ["latin1", "utf-99", "utf-7\xff", "rot13", "utf-"])
def test_a_charset_that_is_none_is_refused(server: ThreadedServer, provider: str, charset: str) -> None:
    refused(server, provider, post(provider, b"{}", f"Content-Type: application/json; charset={charset}"))


# As bytes of a whole request to {path}, or as its headers after the Host.
BAD_LINES = {
    "no such method": b"BREW {path} HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method with a control character": b"PO\x01ST {path} HTTP/1.1\r\nHost: x\r\n\r\n",
    "no such version": b"POST {path} HTTP/9.9\r\nHost: x\r\n\r\n",
    "HTTP/2 out of the blue": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no host": b"POST {path} HTTP/1.1\r\n\r\n",
    "NUL in the path": b"POST {path}/a\x00b HTTP/1.1\r\nHost: x\r\n\r\n",
    "bytes beyond ASCII in the path": b"POST {path}/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "a blank in the path": b"POST {path} x HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path of 20,000 bytes": b"POST {path}/" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "an unclosed bracket in the host": b"POST http://[::1{path} HTTP/1.1\r\nHost: x\r\n\r\n",
}
BAD_HEADERS = {
    "no colon": b"nonsense\r\n\r\n",
    "no name": b": y\r\n\r\n",
    "a blank in its name": b"A b: y\r\n\r\n",
    "NUL": b"A: a\x00b\r\n\r\n",
    "20,000 bytes": b"A: " + b"a" * 20_000 + b"\r\n\r\n",
    "no end": b"A: " + b"a" * 70_000,
    "1,000 of them": b"A: b\r\n" * 1_000 + b"\r\n",
    "a negative length": b"Content-Length: -5\r\n\r\n",
    "a length in words": b"Content-Length: five\r\n\r\n",
    "a length with a sign": b"Content-Length: +2\r\n\r\n{}",
    "a length of 40 digits": b"Content-Length: " + b"9" * 40 + b"\r\n\r\n",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
    "an unknown transfer encoding": b"Transfer-Encoding: rot13\r\n\r\n",
    "a chunk of no size": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a negative chunk": b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a chunk longer than said": b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
}
BAD_HTTP = BAD_LINES | {name: b"POST {path} HTTP/1.1\r\nHost: x\r\n" + data for name, data in BAD_HEADERS.items()}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("data", BAD_HTTP.values(), ids=BAD_HTTP.keys())
def test_http_that_is_none_is_refused_in_a_shape_of_ours(server: ThreadedServer, provider: str, data: bytes) -> None:
    path = CREATES[provider][0].encode()
    before = listed(server, provider)
    heard = once(server.url, data.replace(b"{path}", path))
    assert heard.status in (400, 401, 404, 413, 431), heard
    assert is_error_of(provider, heard.value) or is_error_of("livepeer", heard.value)
    assert listed(server, provider) == before


NO_HTTP = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2,
    "HTTP/0.9": b"GET /api/asset\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.6\r\n",
    "SMB": b"\x00\x00\x00\x85\xffSMB\x72\x00\x00\x00\x00\x18\x53\xc8",
    "noise": bytes(range(255, -1, -1)) * 8,
    "line breaks": b"\r\n" * 10_000,
    "nothing": b"",
}


@pytest.mark.parametrize("data", NO_HTTP.values(), ids=NO_HTTP.keys())
def test_what_is_not_http_at_all_is_refused_or_hung_up_on(server: ThreadedServer, data: bytes) -> None:
    with RawClient(server.url) as client:
        client.say(data)
        client.finish()
        answer = client.rest()
    assert answer == b"" or answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 401 ")), answer
    assert b"Traceback" not in answer


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_stalled_body_is_refused_and_the_next_client_served(server: ThreadedServer, provider: str) -> None:
    assert refused(server, provider, post(provider, dump(CREATES[provider][1]))[:-1]).status == 408


ODD_IDS = [
    *("%00", "a%00b", "%FF%FE", "%ED%A0%80", "..%2F..", "%2e%2e", "%zz", "%"),
    *("a" * 5_000, "'%20OR%201=1", "%F0%9F%98%80", "{id}", "a;b=c"),
]
ODD_KEYS = ["\x80\xff", "a" * 8_000, "test_", "test_a+b+c", "%00", "Bearer Bearer", "test_\xe9"]
ODD_QUERIES = [
    *("limit=1e400", "limit=NaN", "limit=-1", "cursor=%00", "cursor=%FF", "cursor=e30", "filters=[{]", "order=x-"),
    *("=", "&&", "%", "?", "a=b&" * 500, "limit=" + "9" * 5_000),
]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("id", ODD_IDS)
def test_an_id_of_any_bytes_is_just_not_found(server: ThreadedServer, provider: str, id: str) -> None:
    target = {"livepeer": f"/api/asset/{id}", "restream": f"/v2/user/clips/projects/{id}"}[provider]
    assert refused(server, provider, said("GET", target, b"", KEY)).status in (400, 404)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_of_any_bytes_is_just_refused(server: ThreadedServer, provider: str, key: str) -> None:
    body = dump(CREATES[provider][1])
    heard = once(server.url, said("POST", CREATES[provider][0], body, f"Authorization: Bearer {key}", JSON))
    assert heard.status in (400, 401)
    assert is_error_of(provider, heard.value)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("query", ODD_QUERIES)
def test_no_query_breaks_a_list(server: ThreadedServer, provider: str, query: str) -> None:
    heard = once(server.url, said("GET", f"{LISTS[provider]}?{query}", b"", KEY))
    assert heard.status < 500, heard


def test_lone_surrogates_and_duplicate_keys_are_read_as_javascript_reads_them(server: ThreadedServer) -> None:
    body = b'{"playbackId": "x", "playbackId": "eaw4nk06ts2d0mzb", "startTime": 1, "endTime": 2, "name": "\\ud800"}'
    heard = once(server.url, said("POST", "/api/clip", body, "Authorization: Bearer test_surrogates", JSON))
    assert heard.status == 200
    assert b'"name":"\\ud800"' in heard.body or b'"name":"\xef\xbf\xbd"' in heard.body


def alive(server: ThreadedServer) -> bool:
    return all(once(server.url, said("GET", LISTS[provider], b"", KEY)).status == 200 for provider in PROVIDERS)


pieces = st.sampled_from(
    [
        *(b"GET ", b"POST ", b"HEAD ", b"/api/clip", b"/v2/user/clips/projects", b" HTTP/1.1", b"?", b": "),
        *(b"\r\n", b"\r\n\r\n", b"\n", b"\x00", b"\xff", b"{}", b'{"playbackId":', b"5\r\nabcde\r\n", b"0\r\n\r\n"),
        *(b"Host: x", b"Content-Length: 10", b"Content-Length: ", b"Transfer-Encoding: chunked"),
        *(b"Expect: 100-continue", b"Connection: close", b"Connection: upgrade", b"Upgrade: h2c"),
        *(b"Content-Type: application/json", b"Authorization: Bearer test_fuzz"),
    ]
)
noise = st.one_of(st.binary(max_size=200), st.lists(pieces, max_size=20).map(b"".join))


@settings(max_examples=150)
@given(data=noise, finish=st.booleans())
def test_no_bytes_stop_it(server: ThreadedServer, data: bytes, finish: bool) -> None:
    with RawClient(server.url) as client:
        client.say(data)
        if finish:
            client.finish()
            answer = client.rest()
            assert b"Traceback" not in answer
            assert b" 500 " not in answer.partition(b"\r\n")[0]
    assert alive(server)


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(max_examples=60)
@given(data=st.data())
def test_no_value_of_a_field_stops_it(server: ThreadedServer, provider: str, data: st.DataObject) -> None:
    path, body = CREATES[provider]
    fields = st.dictionaries(st.sampled_from([*body, "name", "title", "sessionId", "selectedTimeRange"]), values)
    spelled = json.dumps({**body, **data.draw(fields)}).encode()
    heard = once(server.url, said("POST", path, spelled, "Authorization: Bearer test_fuzz", JSON))
    # Livepeer's own server fails on a NUL in a name, with its own words.
    assert heard.status < 500 or heard.value == {"errors": ["Internal server error: error"]}, (spelled, heard)


def test_none_of_this_was_a_blunder_of_ours(server: ThreadedServer) -> None:
    wrong = [entry for entry in server.engine.journal.since(0) if any(v.party == "server" for v in entry.violations)]
    assert not wrong
    assert not [entry for entry in server.engine.journal.since(0) if b"mockserver failed" in entry.reply.body]
