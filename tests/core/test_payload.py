from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.http import Headers, Request
from mockserver.core.payload import ABSENT, Payload, read_payload

LIMIT = 1000


def sent(
    body: bytes, media: str | None = "application/json", encoding: str | None = None, oversize: bool = False
) -> Payload:
    pairs = [
        (name, value) for name, value in (("Content-Type", media), ("Content-Encoding", encoding)) if value is not None
    ]
    return read_payload(Request("POST", "/", headers=Headers.of(pairs), body=body, oversize=oversize), LIMIT)


def problem(payload: Payload) -> tuple[str, str] | None:
    return (payload.problem.kind, payload.problem.detail) if payload.problem else None


def test_json_is_parsed() -> None:
    assert sent(b'{"a":1}').value == {"a": 1}


def test_a_form_is_a_dict_of_its_last_values() -> None:
    assert sent(b"a=1&b=%20&a=2", "application/x-www-form-urlencoded").value == {"a": "2", "b": " "}


def test_a_suffix_of_json_counts_as_json() -> None:
    assert sent(b"[]", "application/vnd.api+json").value == []


def test_null_is_a_value_and_an_empty_body_is_none() -> None:
    assert sent(b"null").value is None
    assert sent(b"").value is ABSENT


def test_another_media_type_is_left_alone() -> None:
    payload = sent(b"{}", "text/plain")
    assert (payload.media, payload.value, payload.text) == ("text/plain", ABSENT, b"{}")


def test_no_media_type_is_left_alone() -> None:
    assert sent(b"{}", None).value is ABSENT


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf-16", "utf-16le", "utf-32"])
def test_any_utf_charset_is_read(charset: str) -> None:
    codec = charset.strip('"')
    assert sent('{"a":"ä"}'.encode(codec), f"application/json; charset={charset}").value == {"a": "ä"}


def test_another_charset_is_a_problem() -> None:
    assert problem(sent(b"{}", "application/json; charset=latin1")) == ("charset", "latin1")


def test_an_unknown_utf_charset_is_a_problem() -> None:
    assert problem(sent(b"{}", "application/json; charset=utf-99")) == ("charset", "utf-99")


def test_an_unknown_encoding_is_a_problem() -> None:
    assert problem(sent(b"{}", encoding="br")) == ("encoding", "br")


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("GZIP", gzip.compress)]
)
def test_a_packed_body_is_unpacked(encoding: str, pack: object) -> None:
    assert callable(pack)
    assert sent(pack(b'{"a":1}'), encoding=encoding).value == {"a": 1}


def test_a_corrupt_gzip_is_a_problem() -> None:
    assert problem(sent(b"{}", encoding="gzip")) == ("inflate", "incorrect header check")


def test_a_cut_gzip_is_a_problem() -> None:
    assert problem(sent(gzip.compress(b'{"a":1}')[:-4], encoding="gzip")) == ("inflate", "unexpected end of file")


def test_a_gzip_bomb_is_too_large_before_it_is_unpacked() -> None:
    assert problem(sent(gzip.compress(b" " * 100 * LIMIT)[:900], encoding="gzip")) == ("too-large", str(LIMIT))


def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not() -> None:
    body = b'"' + b"x" * (LIMIT - 2) + b'"'
    assert sent(body).problem is None
    assert problem(sent(body + b" ")) == ("too-large", str(LIMIT))


def test_what_the_wire_did_not_read_is_too_large() -> None:
    assert problem(sent(b"", oversize=True)) == ("too-large", str(LIMIT))


def test_broken_json_says_where() -> None:
    found = sent(b"{bad}").problem
    assert found is not None
    assert (found.kind, found.position, found.found) == ("syntax", 1, "b")


def test_the_charset_is_refused_before_the_encoding_and_that_before_the_size() -> None:
    big = b" " * (LIMIT + 1)
    assert problem(sent(big, "application/json; charset=x", "br")) == ("charset", "x")
    assert problem(sent(big, "application/json", "br")) == ("encoding", "br")


@given(
    st.binary(max_size=60),
    st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "a/b", ""]
    ),
    st.sampled_from([None, "gzip", "deflate", "identity", "x"]),
)
def test_no_body_makes_it_raise(body: bytes, media: str, encoding: str | None) -> None:
    payload = sent(body, media, encoding)
    assert payload.problem is None or payload.value is ABSENT
