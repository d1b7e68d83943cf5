"""What POST /clip refuses, in which order and words: as measured on the real server (items 25 to 64)."""

from __future__ import annotations

import gzip
import json

import pytest

from mockserver.core.text import Json
from tests.golden.talk import NOT_AUTHENTICATED, STREAM, STREAM_ID, U1, Talk, basic, error

CLIP = "/api/clip"


def schema_error(keyword: str, path: str = "", schema: str = "", message: str = "", **params: str) -> str:
    """The text of a schema error: one JSON object, as a string."""
    told = {"instancePath": path, "schemaPath": schema, "keyword": keyword, "params": params, "message": message}
    return json.dumps(told, separators=(",", ":"))


def missing(name: str) -> str:
    return schema_error("required", "", "#/required", f"must have required property '{name}'", missingProperty=name)


def extra(name: str) -> str:
    keyword = "additionalProperties"
    return schema_error(keyword, "", f"#/{keyword}", "must NOT have additional properties", additionalProperty=name)


def wrong(name: str, type: str) -> str:
    return schema_error("type", f"/{name}", f"#/properties/{name}/type", f"must be {type}", type=type)


# --- who is asking ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "", "k1", "Bearer", "Bearer "])
def test_no_credential_at_all_is_anonymous(livepeer: Talk, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    reply = livepeer.post(CLIP, livepeer.valid(), key=None, headers=headers)
    assert (reply.status, error(reply)) == (401, NOT_AUTHENTICATED)


@pytest.mark.parametrize(
    ("header", "status", "says"),
    [
        ("Bearer nope", 401, "no token nope found"),
        ("Digest abc", 401, "unsupported authorization header scheme: Digest"),
        ("JWT abc", 401, "jwt malformed"),
        ("JWT a.b.c", 401, "invalid token"),
        (basic("other", "k1"), 401, "no token k1 found"),
        (basic(U1, None), 401, "no authorization token provided"),
        (basic(U1, ""), 401, "no authorization token provided"),
        (basic(U1, "nope"), 401, "no token nope found"),
        ("Bearer ksus", 403, "user is suspended"),
        ("Bearer krule", 403, "credential has insufficent privileges"),
        ("Bearer kcors", 403, "access forbidden for CORS-enabled API key with restricted access"),
    ],
)
def test_a_credential_that_does_not_hold(livepeer: Talk, header: str, status: int, says: str) -> None:
    reply = livepeer.post(CLIP, livepeer.valid(), key=header)
    assert (reply.status, error(reply)) == (status, says)


@pytest.mark.parametrize(
    "header", ["bearer k1", "BEARER k1", "  Bearer   k1 ", basic(U1, "k1"), basic(U1, "k1").replace("Basic", "basic")]
)
def test_a_scheme_is_read_without_case_and_white_space(livepeer: Talk, header: str) -> None:
    reply = livepeer.post(CLIP, {}, key=header)
    assert (reply.status, error(reply)) == (422, missing("playbackId"))


@pytest.mark.parametrize(
    ("claims", "secret", "says"),
    [
        ({"exp": 1_795_000_000}, "secret", "access token expired"),
        ({"exp": None}, "secret", "legacy access token detected. please log in again"),
        ({"aud": "other"}, "secret", "jwt audience invalid. expected: livepeer"),
        ({}, "another", "invalid signature"),
    ],
)
def test_a_jwt_that_does_not_hold(livepeer: Talk, claims: dict[str, Json], secret: str, says: str) -> None:
    reply = livepeer.clip(key=livepeer.token(secret, **claims))
    assert (reply.status, error(reply)) == (401, says)


def test_a_jwt_of_nobody_is_answered_with_the_whole_header(livepeer: Talk) -> None:
    header = livepeer.token(sub="nobody")
    reply = livepeer.clip(key=header)
    assert (reply.status, error(reply)) == (401, f"no user found from authorization header: {header}")


def test_a_jwt_sent_as_bearer_is_an_unknown_key(livepeer: Talk) -> None:
    token = livepeer.token().removeprefix("JWT ")
    reply = livepeer.clip(key=f"Bearer {token}")
    assert (reply.status, error(reply)) == (401, f"no token {token} found")


def test_an_unverified_user_is_asked_to_read_the_mail(livepeer: Talk) -> None:
    reply = livepeer.clip(key="kunv")
    says = error(reply)
    assert reply.status == 403
    assert says.startswith("user ")
    assert says.endswith(" has not been verified. please check your inbox for verification email.")


def test_an_api_key_may_not_come_with_a_project(livepeer: Talk) -> None:
    reply = livepeer.post(f"{CLIP}?projectId=x", livepeer.valid())
    assert (reply.status, error(reply)) == (400, "projectId as query param not supported")


@pytest.mark.parametrize(
    ("key", "origin", "says"),
    [
        ("k1", "http://localhost:3000", "credential disallows CORS access from origin http://localhost:3000"),
        ("k1", "https://livepeer.studio", "credential disallows CORS access from origin https://livepeer.studio"),
        ("kcors", "http://localhost:3000", "access forbidden for CORS-enabled API key with restricted access"),
        ("kcors", "https://foo", "credential disallows CORS access from origin https://foo"),
        ("kcorsfull", "https://foo", "credential disallows CORS access from origin https://foo"),
    ],
)
def test_an_origin_a_key_does_not_allow(livepeer: Talk, key: str, origin: str, says: str) -> None:
    reply = livepeer.clip(key=key, headers={"Origin": origin})
    assert (reply.status, error(reply)) == (403, says)


def test_a_cors_key_with_full_access_clips_from_its_origin(livepeer: Talk) -> None:
    reply = livepeer.clip(key="kcorsfull", headers={"Origin": "http://localhost:3000"})
    assert reply.status == 200
    assert reply.header("access-control-allow-origin") == "http://localhost:3000"


# --- reading the body ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ['{"a":', "{bad}", "123", '"abc"', "null", "true", "{}x"])
@pytest.mark.parametrize("key", ["k1", None])
def test_a_body_that_is_no_json_object_is_refused_even_before_the_credential(
    livepeer: Talk, text: str, key: str | None
) -> None:
    reply = livepeer.post(CLIP, text, key=key)
    assert reply.status == 400
    assert error(reply)


def test_a_bad_token_is_found_before_a_bad_body(livepeer: Talk) -> None:
    reply = livepeer.post(CLIP, '{"a":', key="zzz")
    assert (reply.status, error(reply)) == (401, "no token zzz found")


@pytest.mark.parametrize("media", [None, "text/plain", "application/x-www-form-urlencoded", "application/vnd.api+json"])
def test_another_media_type_counts_as_an_empty_body(livepeer: Talk, media: str | None) -> None:
    reply = livepeer.send("POST", CLIP, livepeer.valid(), media=media)
    assert (reply.status, error(reply)) == (422, missing("playbackId"))


def test_an_empty_json_body_counts_as_an_empty_object(livepeer: Talk) -> None:
    reply = livepeer.post(CLIP, b"")
    assert (reply.status, error(reply)) == (422, missing("playbackId"))


@pytest.mark.parametrize("charset", ["latin1", "iso-8859-1", "ascii"])
def test_a_charset_that_is_not_unicode_is_refused(livepeer: Talk, charset: str) -> None:
    reply = livepeer.send("POST", CLIP, livepeer.valid(), media=f"application/json; charset={charset}")
    assert (reply.status, error(reply)) == (415, f'unsupported charset "{charset.upper()}"')


@pytest.mark.parametrize("encoding", ["br", "foo"])
def test_an_encoding_the_server_does_not_know_is_refused(livepeer: Talk, encoding: str) -> None:
    reply = livepeer.post(CLIP, livepeer.valid(), headers={"Content-Encoding": encoding})
    assert (reply.status, error(reply)) == (415, f'unsupported content encoding "{encoding}"')


def test_a_gzipped_body_is_read(livepeer: Talk) -> None:
    body = gzip.compress(json.dumps(livepeer.valid()).encode())
    assert livepeer.post(CLIP, body, headers={"Content-Encoding": "gzip"}).status == 200


def test_bytes_that_are_not_gzip_are_refused(livepeer: Talk) -> None:
    reply = livepeer.post(CLIP, b"not gzip at all", headers={"Content-Encoding": "gzip"})
    assert (reply.status, error(reply)) == (400, "incorrect header check")


def test_more_than_a_hundred_kibibytes_are_too_large(livepeer: Talk) -> None:
    reply = livepeer.clip(name="x" * 110_000)
    assert (reply.status, error(reply)) == (413, "request entity too large")


def test_just_under_a_hundred_kibibytes_reach_the_lookup(livepeer: Talk) -> None:
    reply = livepeer.clip(playbackId="nope", name="x" * 102_200)
    assert (reply.status, error(reply)) == (404, "Content not found")


# --- the schema ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, missing("playbackId")),
        ({"playbackId": "x"}, missing("startTime")),
        ({"startTime": 1}, missing("playbackId")),
        ([], schema_error("type", "", "#/type", "must be object", type="object")),
        ([1], schema_error("type", "", "#/type", "must be object", type="object")),
        ({"playbackId": "x", "startTime": 1, "foo": 1}, extra("foo")),
        ({"playbackId": "x", "foo": 1, "startTime": 1, "bar": 2}, extra("foo")),
        ({"startTime": 1, "foo": 2}, missing("playbackId")),
        ({"playbackId": 1, "startTime": "a"}, wrong("playbackId", "string")),
        ({"playbackId": 1, "startTime": 2, "zzz": 3}, extra("zzz")),
        ({"sessionId": 1, "name": 2, "endTime": "3", "startTime": 4, "playbackId": "x"}, wrong("endTime", "number")),
    ],
)
def test_the_first_broken_rule_of_the_schema_is_told(livepeer: Talk, body: Json, says: str) -> None:
    reply = livepeer.post(CLIP, body)
    assert (reply.status, error(reply)) == (422, says)


@pytest.mark.parametrize(
    ("name", "type", "value"),
    [
        (name, type, value)
        for name, type, values in [
            ("playbackId", "string", [1, True, [], {}]),
            ("startTime", "number", ["1587667174725", True, [], {}]),
            ("endTime", "number", ["x", False, [], {}]),
            ("name", "string", [7, False, [], {}]),
            ("sessionId", "string", [7, False, [], {}]),
        ]
        for value in [*values, None]
    ],
)
def test_each_field_has_one_type_and_null_is_none_of_them(livepeer: Talk, name: str, type: str, value: Json) -> None:
    reply = livepeer.post(CLIP, {**livepeer.valid(), name: value})
    assert (reply.status, error(reply)) == (422, wrong(name, type))


def test_the_last_of_a_repeated_key_wins(livepeer: Talk) -> None:
    reply = livepeer.post(CLIP, '{"playbackId":"nope","startTime":1,"playbackId":7}')
    assert (reply.status, error(reply)) == (422, wrong("playbackId", "string"))


def test_a_number_beyond_a_double_is_not_a_number(livepeer: Talk) -> None:
    reply = livepeer.post(CLIP, '{"playbackId":"nope","startTime":1e400}')
    assert (reply.status, error(reply)) == (422, wrong("startTime", "number"))


# --- what is clipped -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["unknown", "", STREAM_ID, "a55easset0000001", "ccccstream000003", "a\x01b"])
def test_only_a_playback_id_of_a_stream_that_may_be_seen_is_content(livepeer: Talk, id: str) -> None:
    reply = livepeer.clip(playbackId=id)
    assert (reply.status, error(reply)) == (404, "Content not found")


def test_a_stream_without_owner_is_not_found_in_other_words(livepeer: Talk) -> None:
    reply = livepeer.clip(playbackId="eeeestream000005")
    assert (reply.status, error(reply)) == (404, "Content not found - unable to find owner of content")


@pytest.mark.parametrize("id", [STREAM, "ccccstream000003"])
def test_a_stranger_may_not_clip_and_does_not_learn_of_a_suspension(livepeer: Talk, id: str) -> None:
    reply = livepeer.clip(key="k2", playbackId=id)
    assert (reply.status, error(reply)) == (403, "You do not have permission to clip this stream")


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"sessionId": "nope"}, 404, "Session not found"),
        (
            {"sessionId": "5e550000-0000-4000-8000-000000000003"},
            404,
            "The provided session id does not belong to this stream",
        ),
        ({"sessionId": "nope", "endTime": 1}, 404, "Session not found"),
        ({"sessionId": "", "endTime": 1}, 422, "endTime must occur after startTime"),
        ({"endTime": 1}, 422, "endTime must occur after startTime"),
        ({"startTime": 5, "endTime": 5}, 422, "endTime must occur after startTime"),
        ({"playbackId": "bbbbstream000002"}, 500, "Internal server error: Error"),
        ({"playbackId": "bbbbstream000002", "endTime": 1}, 500, "Internal server error: Error"),
        ({"playbackId": "bbbbstream000002", "sessionId": ""}, 500, "Internal server error: Error"),
        ({"name": "a\x00b"}, 500, "Internal server error: error"),
    ],
)
def test_sessions_are_looked_at_before_times(livepeer: Talk, fields: dict[str, Json], status: int, says: str) -> None:
    reply = livepeer.clip(**fields)
    assert (reply.status, error(reply)) == (status, says)


def test_a_refused_clip_leaves_nothing_behind(livepeer: Talk) -> None:
    livepeer.clip(sessionId="nope")
    livepeer.clip(endTime=1)
    livepeer.clip(name="a\x00b")
    assert livepeer.get("/api/task").value == []
