from __future__ import annotations

import pytest

from mockserver.core.secrecy import (
    REMOVED,
    is_argument,
    is_field,
    is_header,
    without_secret_pairs,
    without_secrets,
)

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "name", ["token", "accessToken", "refresh_token", "API-KEY", "streamKey", "sharedSecret", "Password"]
)
def test_a_field_is_secret_by_how_its_name_ends(name: str) -> None:
    assert is_field(name)
    assert is_argument(name)
    assert is_header(f"X-{name}")


@pytest.mark.parametrize("name", ["createdByTokenName", "key", "nextPageToken", "code", "tokens", "secretary", ""])
def test_a_field_that_only_sounds_like_it_is_none(name: str) -> None:
    assert not is_field(name)


def test_a_code_or_signature_is_secret_in_a_url_alone() -> None:
    assert is_argument("code")
    assert is_argument("X-Amz-Signature")
    assert not is_field("signature")


@pytest.mark.parametrize("name", ["Authorization", "Proxy-Authorization", "Set-Cookie", "X-Api-Key", "X-Auth-Token"])
def test_a_header_is_secret_by_its_name(name: str) -> None:
    assert is_header(name)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"see {JWT}.", f"see {REMOVED}."),
        (f"cut {JWT[:25]}...", f"cut {REMOVED}..."),
        ("https://me:word@host:80/x", f"https://{REMOVED}@host:80/x"),
        ("https://me:a/b@c@host/x", f"https://{REMOVED}@host/x"),
        ("https://token@host/x", f"https://{REMOVED}@host/x"),
        ("http://host:80/@me", "http://host:80/@me"),
        ("http://host/a?user=me@example.org", "http://host/a?user=me@example.org"),
        ("a https://h/x?a=1&jwt=abc#t b", f"a https://h/x?a=1&jwt={REMOVED}#t b"),
        ("nothing of it?token=abc", "nothing of it?token=abc"),
        ("eyJ", "eyJ"),
    ],
)
def test_a_text_loses_what_is_secret_by_its_form(text: str, left: str) -> None:
    assert without_secrets(text) == left


def test_a_text_without_secrets_is_the_very_same() -> None:
    text = "https://host/eyJ?a=1"
    assert without_secrets(text) is text
    assert without_secret_pairs("a=1&b") == "a=1&b"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a=1&token=x&b", f"a=1&token={REMOVED}&b"),
        ("access%5Ftoken=x", f"access%5Ftoken={REMOVED}"),
        ("token=", "token="),
        ("pin=1", f"pin={REMOVED}"),
        ("u=https%3A%2F%2Fme%3Aword%40host", "u=https%3A%2F%2F[removed]%40host"),
        ("a=%zz", "a=%zz"),
        (f"q={JWT}", f"q={REMOVED}"),
        (JWT, REMOVED),
    ],
)
def test_a_query_is_spelled_as_before_but_for_its_secrets(text: str, left: str) -> None:
    assert without_secret_pairs(text, frozenset({"pin"})) == left


def test_each_secret_is_told() -> None:
    told: list[str] = []
    without_secrets(f"https://me:word@host/?token=abc {JWT}", told.append)
    assert {"word", "me:word", "abc", JWT} == set(told)
