from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest

from mockserver.core.bodies import MOST_OPENED, opened, rewritten, value_of
from mockserver.core.http import Headers, Request
from mockserver.core.payload import ABSENT
from mockserver.core.text import Json

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def sent(body: bytes, media: str = JSON, encoding: str = "") -> Request:
    headers = [("Content-Type", media)] if media else []
    headers += [("Content-Encoding", encoding)] if encoding else []
    return Request("POST", "/", headers=Headers.of(headers), body=body)


def changed(request: Request, text: Callable[[str], str | None] = str.upper) -> bytes | None:
    def value(value: Json) -> Json:
        return {**value, "a": "changed"} if "a" in value else value

    return rewritten(request, value, lambda form: form.replace("a=1", "a=2"), text)


def test_a_value_is_changed_and_written_as_compact_json() -> None:
    assert changed(sent(b'{ "a": 1 }')) == b'{"a":"changed"}'


def test_what_does_not_change_is_the_very_same() -> None:
    request = sent(b'{ "b": 1 }')
    assert changed(request) is request.body


def test_json_that_says_it_is_something_else_is_read_too() -> None:
    assert changed(sent(b'\n{"a":1}', "text/plain")) == b'{"a":"changed"}'


def test_a_form_is_changed_by_its_pairs() -> None:
    assert changed(sent(b"a=1&b=2", FORM)) == b"a=2&b=2"


def test_other_text_is_changed_as_a_whole_or_dropped() -> None:
    assert changed(sent(b"abc", "text/plain")) == b"ABC"
    assert changed(sent(b"abc", "text/plain"), lambda text: None) is None
    assert changed(sent(b'{"a"', JSON), lambda text: None) is None


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_body_is_packed_again(encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    kept = changed(sent(pack(b'{"a":1}'), JSON, encoding))
    assert kept is not None
    assert opened(sent(kept, JSON, encoding)) == '{"a":"changed"}'


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_what_cannot_be_unpacked_is_none(encoding: str) -> None:
    request = sent(b"no gzip", JSON, encoding)
    assert (changed(request), opened(request), value_of(request)) == (None, None, ABSENT)


def test_a_bomb_is_not_opened() -> None:
    bomb = sent(gzip.compress(b" " * (MOST_OPENED + 1)), JSON, "gzip")
    assert (opened(bomb), changed(bomb)) == (None, None)


def test_another_charset_is_kept() -> None:
    request = sent('{"a":"é"}'.encode("utf-16"), f"{JSON}; charset=utf-16")
    assert opened(request) == '{"a":"é"}'
    kept = changed(request)
    assert kept is not None
    assert kept.decode("utf-16") == '{"a":"changed"}'


def test_what_another_charset_lacks_stays_an_escape() -> None:
    request = sent(b'{"a":1,"b":"\\u00e9"}', f"{JSON}; charset=us-ascii")
    assert changed(request) == b'{"a":"changed","b":"\\u00e9"}'


def test_a_name_said_twice_is_written_once() -> None:
    assert changed(sent(b'{"b":{"a":1},"b":2}')) == b'{"b":2}'


def test_bytes_that_are_no_text_stay_unless_they_look_like_it() -> None:
    film = sent(b"\xff\0token", "video/mp4")
    assert changed(film, lambda text: None) is film.body
    assert changed(sent(b"\xff", "text/plain"), str) == b"\xff"
    assert changed(sent(b"\xfft\0o\0k\0e\0n\0", JSON), lambda text: None if "token" in text else text) is None


def test_a_body_has_a_value_if_it_is_json_or_a_form() -> None:
    assert value_of(sent(b'{"a":1}')) == {"a": 1}
    assert value_of(sent(b"a=1", FORM)) == {"a": "1"}
    assert value_of(sent(b"hello", "text/plain")) is ABSENT


def test_what_a_charset_has_not_is_escaped_as_it_came() -> None:
    request = sent(b'{"a":1,"b":"\\u00e9"}', "application/json; charset=us-ascii")
    assert changed(request) == b'{"a":"changed","b":"\\u00e9"}'
