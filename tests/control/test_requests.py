from __future__ import annotations

import pytest

from mockserver.core.http import Headers, Request
from tests.control.asking import control, refused, told
from tests.engine.asking import ask, create, run


def test_the_journal_is_read_on_where_the_last_answer_ended() -> None:
    driven = control()
    for text in "abc":
        create(driven.desk.engine, text)
    first = told(driven, "GET", "/requests", query="limit=2")
    rest = told(driven, "GET", "/requests", query=f"since={first['next']}")
    assert [entry["request"]["body"]["text"] for entry in first["requests"] + rest["requests"]] == ["a", "b", "c"]
    assert told(driven, "GET", "/requests", query=f"since={rest['next']}") == {"requests": [], "next": rest["next"]}


def test_an_entry_tells_the_whole_exchange() -> None:
    driven = control()
    create(driven.desk.engine, "a")
    entry = told(driven, "GET", "/requests/1")
    assert (entry["operation"], entry["world"], entry["atIso"]) == ("createNote", "default", "2026-11-22T11:51:40.000Z")
    assert entry["request"]["headers"] == [["Authorization", "Bearer [removed]"], ["Content-Type", "application/json"]]
    assert (entry["reply"]["status"], entry["reply"]["encoding"]) == (201, "json")


@pytest.mark.parametrize("serial", ["2", "999999999999999999999", "0"])
def test_an_entry_that_is_not_there_is_refused(serial: str) -> None:
    assert refused(control(), "GET", f"/requests/{serial}")["status"] in (400, 404)


@pytest.mark.parametrize(
    ("media", "body", "told_as"),
    [
        ("text/html", b"<b>", ("<b>", "text")),
        ("application/json", b"{", ("{", "text")),
        ("image/png", b"\xff\x00", ("/wA=", "base64")),
        ("application/json", b"", (None, "none")),
    ],
)
def test_a_body_is_told_as_json_else_text_else_base64(media: str, body: bytes, told_as: tuple[str | None, str]) -> None:
    driven = control()
    headers = Headers.of([("Authorization", "Bearer main"), ("Content-Type", media)])
    run(driven.desk.engine.respond(Request("POST", "/tiny/notes", headers=headers, body=body)))
    request = told(driven, "GET", "/requests/1")["request"]
    assert (request["body"], request["encoding"]) == told_as


def test_violations_are_told_with_the_exchange_they_stand_in() -> None:
    driven = control()
    create(driven.desk.engine, "fine")
    ask(driven.desk.engine, "POST", "/tiny/notes", body={"text": 5})
    (found,) = told(driven, "GET", "/violations")["violations"]
    assert (found["serial"], found["operation"], found["status"]) == (2, "createNote", 422)
    assert (found["violation"]["pointer"], found["violation"]["rule"]) == ("/text", "type")


def test_violations_of_one_party_can_be_asked_for() -> None:
    driven = control()
    ask(driven.desk.engine, "POST", "/tiny/notes", body={"text": 5})
    ask(driven.desk.engine, "POST", "/tiny/lies")
    parties = {
        party: [each["serial"] for each in told(driven, "GET", "/violations", query=f"party={party}")["violations"]]
        for party in ("client", "server")
    }
    assert parties == {"client": [1], "server": [2]}
