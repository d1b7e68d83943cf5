"""The order in which `POST /clip` is refused: where two things are wrong, which one the client hears of."""

from __future__ import annotations

import zlib
from typing import Final

import pytest

from mockserver.core.text import Json, dump
from tests.providers.livepeer.desk import END, OTHER_SESSION, START, STREAM, Desk, said

MISSING: Final = (
    '{"instancePath":"","schemaPath":"#/required","keyword":"required","params":{"missingProperty":"playbackId"},'
    '"message":"must have required property \'playbackId\'"}'
)
BAD: Final = b'{"a":'


def post(desk: Desk, raw: bytes, media: str | None = "application/json", **headers: str) -> tuple[int, str]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if media is not None:
        sent["Content-Type"] = media
    key = None if sent.pop("nobody", "") else ""
    reply = desk.call("POST", "/api/clip", raw=raw, headers=sent, key=key)
    return reply.status, said(reply)


def test_a_bad_key_comes_before_a_bad_body() -> None:
    assert post(Desk(), BAD, Authorization="Bearer zzz") == (401, "no token zzz found")


def test_a_bad_body_comes_before_no_key() -> None:
    assert post(Desk(), BAD, nobody="yes") == (400, "Unexpected end of JSON input")


def test_a_bad_body_comes_before_an_unknown_path() -> None:
    reply = Desk().call("POST", "/api/nope", raw=BAD)
    assert (reply.status, said(reply)) == (400, "Unexpected end of JSON input")


def test_no_key_comes_before_the_schema() -> None:
    assert post(Desk(), b"{}", nobody="yes") == (401, "request is not authenticated")


def test_the_origin_comes_before_an_unverified_address() -> None:
    reply = Desk().call("POST", "/api/clip", {}, key="+unverified", headers={"Origin": "http://a"})
    assert said(reply) == "credential disallows CORS access from origin http://a"


def test_the_schema_comes_before_an_unknown_stream() -> None:
    reply = Desk().clip("nope", startTime=None)
    assert reply.status == 422


def test_whose_stream_it_is_comes_before_its_suspension() -> None:
    assert said(Desk().clip("suspended0000000", key="+stranger")) == "You do not have permission to clip this stream"


def test_an_unknown_session_comes_before_bad_times() -> None:
    assert said(Desk().clip(endTime=1, sessionId="nope")) == "Session not found"


def test_a_stream_without_session_comes_before_bad_times() -> None:
    reply = Desk().clip("nosession0000000", endTime=1)
    assert (reply.status, said(reply)) == (500, "Internal server error: Error")


def test_bad_times_come_before_a_name_that_cannot_be_kept() -> None:
    assert said(Desk().clip(endTime=START, name="a\0b")) == "endTime must occur after startTime"


@pytest.mark.parametrize("more", [{"endTime": 1}, {"sessionId": "nope"}])
def test_the_limit_comes_before_sessions_and_times(more: Json) -> None:
    desk = Desk()
    for _ in range(5):
        desk.made()
    assert said(desk.clip(**more)) == "Too many clips are being processed."


@pytest.mark.parametrize("session", ["", None])
def test_an_empty_session_is_none(session: str | None) -> None:
    reply = Desk().clip(sessionId=session) if session is not None else Desk().clip()
    assert reply.value["asset"]["source"]["sessionId"] == "de7818e7-610a-4057-8f6f-b785dc1e6f88"


def test_an_older_session_may_be_named() -> None:
    assert Desk().clip(sessionId=OTHER_SESSION).value["asset"]["source"]["sessionId"] == OTHER_SESSION


@pytest.mark.parametrize(
    ("start", "end"),
    [(-5, -1), (0, 9e15), (START, START + 1), (1.5, 2.5), (1_700_000_000, 1_700_000_010), (9e14, 9.1e14)],
)
def test_any_times_in_order_are_taken(start: float, end: float) -> None:
    assert Desk().clip(startTime=start, endTime=end).status == 200


# ---- the body


@pytest.mark.parametrize("media", [None, "text/plain", "application/x-www-form-urlencoded", "application/vnd.api+json"])
def test_only_json_is_read(media: str | None) -> None:
    body = dump({"playbackId": STREAM, "startTime": START, "endTime": END})
    desk = Desk()
    if media is not None:
        assert post(desk, body, media) == (422, MISSING)
    else:
        assert said(desk.call("POST", "/api/clip")) == MISSING


@pytest.mark.parametrize("media", ["text/plain; charset=latin1", "application/x-www-form-urlencoded; charset=latin1"])
def test_what_is_not_read_is_not_complained_of(media: str) -> None:
    assert post(Desk(), b"x" * 200_000, media) == (422, MISSING)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"123", "Unexpected token '1', \"#\" is not valid JSON"),
        (b'"abc"', 'Unexpected token \'"\', "#" is not valid JSON'),
        (b"  true", "Unexpected token 't', \"  #\" is not valid JSON"),
        (b"   ", "Unexpected end of JSON input"),
        (b"{bad}", "Expected property name or '}' in JSON at position 1"),
        (b'{"a":NaN}', 'Unexpected token \'N\', "{"a":NaN}" is not valid JSON'),
        (b"[" * 100_000, "Unexpected end of JSON input"),
    ],
)
def test_what_is_no_json_is_told_in_node_20s_words(body: bytes, message: str) -> None:
    assert post(Desk(), body) == (400, message)


def test_an_array_is_no_object() -> None:
    status, message = post(Desk(), b"[]")
    assert status == 422
    assert message == (
        '{"instancePath":"","schemaPath":"#/type","keyword":"type",'
        '"params":{"type":"object"},"message":"must be object"}'
    )


def test_a_gzipped_body_is_inflated() -> None:
    machine = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    body = machine.compress(b"{}") + machine.flush()
    assert post(Desk(), body, Content_Encoding="gzip") == (422, MISSING)


def test_a_body_may_have_a_hundred_kibibytes_and_no_more() -> None:
    frame = len(dump({"playbackId": "nope", "startTime": 1, "name": ""}))
    for size, status in ((102_400, 404), (102_401, 413)):
        body = dump({"playbackId": "nope", "startTime": 1, "name": "x" * (size - frame)})
        assert len(body) == size
        assert post(Desk(), body)[0] == status


def test_the_last_of_a_repeated_key_counts() -> None:
    body = b'{"playbackId":"nope","playbackId":"%s","startTime":1,"endTime":2}' % STREAM.encode()
    assert Desk().call("POST", "/api/clip", raw=body).status == 200


def test_a_number_beyond_doubles_is_no_number() -> None:
    status, message = post(Desk(), b'{"playbackId":"nope","startTime":1e400}')
    assert (status, '"message":"must be number"' in message) == (422, True)


def test_utf_16_is_read_too() -> None:
    body = '{"playbackId":"nope","startTime":1}'.encode("utf-16")
    assert post(Desk(), body, "application/json; charset=utf-16") == (404, "Content not found")


# ---- the schema


@pytest.mark.parametrize(
    ("body", "path", "keyword"),
    [
        ({"playbackId": None, "startTime": 1}, "/playbackId", "type"),
        ({"playbackId": "x", "startTime": None}, "/startTime", "type"),
        ({"playbackId": "x", "startTime": 1, "endTime": "2"}, "/endTime", "type"),
        ({"playbackId": "x", "startTime": 1, "name": 7}, "/name", "type"),
        ({"playbackId": "x", "startTime": 1, "sessionId": []}, "/sessionId", "type"),
        ({"sessionId": 1, "name": 1, "startTime": "a", "playbackId": 1}, "/playbackId", "type"),
        ({"playbackId": 1, "startTime": 2, "zzz": 3}, "", "additionalProperties"),
        ({"startTime": 1, "foo": 2}, "", "required"),
    ],
)
def test_the_first_error_in_ajvs_order_is_told(body: Json, path: str, keyword: str) -> None:
    message = said(Desk().call("POST", "/api/clip", body))
    assert message.startswith(f'{{"instancePath":"{path}",')
    assert f'"keyword":"{keyword}"' in message


def test_the_first_of_several_unknown_properties_is_told() -> None:
    message = said(Desk().clip(foo=1, bar=2))
    assert '"additionalProperty":"foo"' in message


@pytest.mark.parametrize("query", ["?foo=bar", "?details=1&x[y]=1", "?startTime=abc&limit=-1"])
def test_arguments_nobody_asked_for_do_not_matter(query: str) -> None:
    body = {"playbackId": STREAM, "startTime": START, "endTime": END}
    assert Desk().call("POST", f"/api/clip{query}", body).status == 200


@pytest.mark.parametrize("path", ["/api/clip/", "/api/Clip", "/API/CLIP"])
def test_case_and_a_trailing_slash_do_not_matter(path: str) -> None:
    assert Desk().call("POST", path, {"playbackId": STREAM, "startTime": START, "endTime": END}).status == 200


def test_a_path_that_is_not_utf_8_cannot_be_decoded() -> None:
    for segment in ("%E0%A4%A", "%ff", "%zz"):
        reply = Desk().get(f"/api/asset/{segment}")
        assert (reply.status, said(reply)) == (400, f"Failed to decode param '{segment}'")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"playbackId":"nope\xff","startTime":1}', 404),
        (b'{"playbackId":5,"name":"\xff"}', 422),
        (b'\xef\xbb\xbf{"playbackId":"nope","startTime":1}', 404),
        (b'{"playbackId":"\\ud800","startTime":1}', 404),
        (b'{"playbackId":"nope","startTime":1' + b"0" * 400 + b"}", 422),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, 400),
        (b'{"__proto__":1,"playbackId":"nope","startTime":1}', 422),
    ],
)
def test_odd_bytes_are_mended_or_refused_in_the_apis_shape(body: bytes, status: int) -> None:
    found, message = post(Desk(), body)
    assert (found, bool(message)) == (status, True)
