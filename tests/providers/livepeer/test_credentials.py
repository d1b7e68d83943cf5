"""Who calls: the Authorization header, as the server's global middleware reads it."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from typing import Final

import pytest
from jwt.algorithms import HMACAlgorithm

from mockserver.core.http import Headers, Request
from mockserver.core.provider import Claim
from mockserver.core.text import Json, dump
from mockserver.providers.livepeer.credentials import claim
from tests.providers.livepeer.desk import NOW, PROJECT, SECOND_PROJECT, STREAM, USER, Desk, said

CLAIMS: Final = {"sub": USER, "aud": "livepeer", "exp": NOW // 1000 + 60}


def base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def token(claims: Json, *, secret: str = "secret", header: Json = None) -> str:
    head = dump(header or {"alg": "HS256", "typ": "JWT"})
    body = claims if isinstance(claims, bytes) else dump(claims)
    content = f"{base64url(head)}.{base64url(body)}"
    signature = HMACAlgorithm(HMACAlgorithm.SHA256).sign(content.encode(), secret.encode())
    return f"{content}.{base64url(signature)}"


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def answered(authorization: str, target: str = "/api/asset") -> tuple[int, str]:
    reply = Desk().call("GET", target, headers={"Authorization": authorization})
    return reply.status, said(reply) if reply.status != 200 else ""


@pytest.mark.parametrize("header", ["", "test_me", "Bearer", "Bearer ", "!!! x"])
def test_a_header_without_scheme_and_credential_is_nobody(header: str) -> None:
    assert answered(header) == (401, "request is not authenticated")


@pytest.mark.parametrize("header", ["Bearer test_me", "bearer test_me", "BEARER   test_me ", "  Bearer test_me"])
def test_scheme_and_spaces_do_not_matter(header: str) -> None:
    assert answered(header) == (200, "")


def test_basic_is_a_user_and_one_of_their_keys() -> None:
    assert answered(basic(USER, "test_me")) == (200, "")


def test_basic_with_another_user_is_an_unknown_key() -> None:
    assert answered(basic("other", "test_me")) == (401, "no token test_me found")


@pytest.mark.parametrize("header", ["Basic dXNlcg==", "Basic !!", basic("user", "")])
def test_basic_without_a_key_has_none(header: str) -> None:
    assert answered(header) == (401, "no authorization token provided")


def test_a_token_sent_as_bearer_is_an_unknown_key() -> None:
    jwt = token(CLAIMS)
    assert answered(f"Bearer {jwt}") == (401, f"no token {jwt} found")


def test_an_unknown_scheme_is_told_as_it_was_written() -> None:
    assert answered("DiGeSt abc") == (401, "unsupported authorization header scheme: DiGeSt")


@pytest.mark.parametrize(
    ("jwt", "message"),
    [
        (token(CLAIMS, secret="other"), "invalid signature"),
        (token({**CLAIMS, "aud": ["a", "b"]}), "jwt audience invalid. expected: livepeer"),
        (token({"sub": USER, "exp": NOW // 1000 + 60}), "jwt audience invalid. expected: livepeer"),
        (token({**CLAIMS, "exp": NOW // 1000}), "access token expired"),
        (token({**CLAIMS, "exp": "soon"}), "invalid exp value"),
        (token({**CLAIMS, "nbf": NOW // 1000 + 1}), "jwt not active"),
        (token({**CLAIMS, "nbf": "then"}), "invalid nbf value"),
        (token({"sub": USER, "aud": "livepeer"}), "legacy access token detected. please log in again"),
        (token(CLAIMS, header={"alg": "none", "typ": "JWT"}), "invalid algorithm"),
        (token(CLAIMS).rpartition(".")[0] + ".", "jwt signature is required"),
        (token(b"{"), "Expected property name or '}' in JSON at position 1"),
        ("a.b", "jwt malformed"),
        ("a.b.c.d", "jwt malformed"),
        ("\u00e9.b.c", "invalid token"),
        (base64url(b"0") + ".e30.x", "invalid token"),
        (base64url(b"[]") + ".e30.x", "invalid algorithm"),
    ],
)
def test_a_token_that_does_not_hold_says_why(jwt: str, message: str) -> None:
    assert answered(f"JWT {jwt}") == (401, message)


def test_one_of_several_audiences_is_enough() -> None:
    assert answered(f"JWT {token({**CLAIMS, 'aud': ['other', 'livepeer']})}") == (200, "")


def test_a_token_is_good_until_the_second_it_expires() -> None:
    assert answered(f"JWT {token({**CLAIMS, 'exp': NOW // 1000 + 1})}") == (200, "")


def test_a_token_without_a_user_trips_the_server() -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != "sub"}
    assert answered(f"JWT {token(claims)}") == (500, "Internal server error: Error")


def test_a_token_may_name_its_private_world() -> None:
    jwt = token({**CLAIMS, "sub": "test_me+stranger"})
    reply = Desk().call("GET", "/api/asset", headers={"Authorization": f"JWT {jwt}"})
    assert {asset["userId"] for asset in reply.value} == {"57a76e40-0000-4000-8000-000000000000"}


@pytest.mark.parametrize(("query", "project"), [("", PROJECT), (f"?projectId={SECOND_PROJECT}", SECOND_PROJECT)])
def test_a_token_takes_the_default_project_or_the_one_it_asks_for(query: str, project: str) -> None:
    body = {"playbackId": STREAM, "startTime": 1, "endTime": 2}
    headers = {"Authorization": f"JWT {token(CLAIMS)}"}
    asset = Desk().call("POST", f"/api/clip{query}", body, headers=headers).value["asset"]
    assert asset["projectId"] == project
    assert "createdByTokenName" not in asset


def test_an_administrators_token_may_ask_for_any_project() -> None:
    jwt = token({**CLAIMS, "sub": "ad000000-0000-4000-8000-000000000000"})
    assert answered(f"JWT {jwt}", "/api/asset?projectId=nope") == (200, "")


def test_a_key_with_an_empty_project_argument_passes() -> None:
    assert answered("Bearer test_me", "/api/asset?projectId=") == (200, "")


def claimed(authorization: str | None, path: str = "/api/asset") -> Claim:
    headers = Headers.of([("Authorization", authorization)] if authorization is not None else [])
    return claim(Request("GET", path, headers=headers))


def test_a_key_claims_the_world_that_has_it() -> None:
    assert claimed("Bearer k1") == Claim((("key", "id", "k1"),), "k1")
    assert claimed(basic("U1", "k1")) == Claim((("key", "id", "k1"),), "k1")


def test_a_token_claims_the_world_of_its_user() -> None:
    assert claimed(f"JWT {token({'sub': 'someone'})}") == Claim((("user", "id", "someone"),), "someone")
    assert claimed("JWT nonsense") == Claim()


@pytest.mark.parametrize("path", ["/api/playback/abc", "/API/Playback/abc", "/media/livepeer/abc/index.m3u8"])
def test_without_a_credential_a_playback_id_claims_its_world(path: str) -> None:
    assert claimed(None, path) == Claim((("asset", "playbackId", "abc"), ("stream", "playbackId", "abc")))


def test_other_calls_of_nobody_claim_nothing() -> None:
    assert claimed(None) == Claim()
