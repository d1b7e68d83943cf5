from __future__ import annotations

import gzip

from mockserver.core.http import Headers, Reply
from mockserver.core.text import parse
from mockserver.engine.shown import entry_json, json_line
from tests.engine.entries import AT, VIOLATION, entry

JSON = ("Content-Type", "application/json")


def test_an_entry_is_whole_as_json() -> None:
    shown = entry_json(
        entry(body={"text": 5}, target="/tiny/notes?a=1", violations=(VIOLATION,), fault="slow", serial=3)
    )
    assert (shown["serial"], shown["at"], shown["atIso"]) == (3, AT, "2026-11-22T11:51:40.000Z")
    assert (shown["provider"], shown["world"], shown["operation"]) == ("tiny", "test_me", "createNote")
    assert (shown["microseconds"], shown["fault"]) == (143, "slow")
    assert shown["request"] == {
        "method": "POST",
        "path": "/tiny/notes",
        "query": "a=1",
        "headers": [list(JSON)],
        "body": {"text": 5},
        "encoding": "json",
    }
    assert (shown["reply"]["status"], shown["reply"]["body"]) == (201, {"id": "n1"})
    (violation,) = shown["violations"]
    assert (violation["code"], violation["pointer"], violation["text"]) == ("C201", "/text", str(VIOLATION))


def test_how_a_body_stands_for_its_bytes_is_said() -> None:
    bodies = {b"": (None, "none"), b"hi": ("hi", "text"), b"\xff": ("/w==", "base64"), b"null": ("null", "text")}
    for sent, shown in bodies.items():
        request = entry_json(entry(sent=sent))["request"]
        assert (request["body"], request["encoding"]) == shown
    null = entry_json(entry(sent=b"null", headers=[JSON]))["request"]
    assert (null["body"], null["encoding"]) == (None, "json")


def test_json_that_is_none_is_text() -> None:
    broken = entry_json(entry(sent=b'{"a"', headers=[JSON]))["request"]
    assert (broken["body"], broken["encoding"]) == ('{"a"', "text")


def test_a_packed_body_is_shown_unpacked() -> None:
    packed = entry(sent=gzip.compress(b'{"a":1}'), headers=[JSON, ("Content-Encoding", "gzip")])
    assert entry_json(packed)["request"]["body"] == {"a": 1}


def test_what_a_reply_does_not_send_is_not_shown() -> None:
    assert entry_json(entry("HEAD"))["reply"]["encoding"] == "none"
    assert entry_json(entry(reply=Reply(304, Headers(), b"x")))["reply"]["encoding"] == "none"


def test_a_line_is_one_line_and_spells_the_same() -> None:
    one = entry(body={"text": "two\nlines\u2028"})
    line = json_line(one)
    assert (line.count(b"\n"), line[-1:]) == (1, b"\n")
    assert parse(line) == entry_json(one)
