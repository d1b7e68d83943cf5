from __future__ import annotations

import pytest

from mockserver.control.control import Control
from mockserver.core.http import Headers, Request
from mockserver.core.peers import Answering, Silent
from mockserver.core.text import Json, Record, parse
from tests.control.asking import ask as ask_control
from tests.control.asking import control, refused, team, told
from tests.engine import tiny
from tests.engine.asking import ask, create, run


def test_the_journal_is_read_on_where_the_last_answer_ended() -> None:
    driven = control()
    for text in "abc":
        create(driven.desk.engine, text)
    first = told(driven, "GET", "/requests", query="limit=2")
    rest = told(driven, "GET", "/requests", query=f"since={first['next']}")
    assert [entry["request"]["body"]["text"] for entry in first["requests"] + rest["requests"]] == ["a", "b", "c"]
    assert told(driven, "GET", "/requests", query=f"since={rest['next']}") == {
        "requests": [],
        "next": rest["next"],
        "missed": 0,
    }


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


def test_a_query_finds_and_counts() -> None:
    driven = control()
    for text in "ab":
        create(driven.desk.engine, text)
    query = {"operation": "createNote", "body": {"/text": "b"}}
    found = told(driven, "POST", "/requests/find", query)
    assert ([entry["serial"] for entry in found["requests"]], found["nearest"]) == ([2], [])
    assert told(driven, "POST", "/requests/count", query) == {"count": 1}
    assert told(driven, "POST", "/requests/count", {}) == {"count": 2}


def test_what_is_not_found_is_told_of_by_what_comes_nearest() -> None:
    driven = control()
    create(driven.desk.engine, "a")
    found = told(driven, "POST", "/requests/find", {"method": "POST", "body": {"/text": "b"}})
    (nearest,) = found["nearest"]
    assert (found["requests"], nearest["serial"]) == ([], 1)
    assert nearest["text"].startswith("Entry 1, POST /tiny/notes with 201: ")


@pytest.mark.parametrize(("query", "pointer"), [({"mehtod": "GET"}, "/mehtod"), ({"status": 1}, "/status"), ([], "")])
def test_a_query_that_is_none_is_refused_where_it_stands(query: object, pointer: str) -> None:
    problem = refused(control(), "POST", "/requests/find", query)
    assert (problem["status"], problem["pointer"]) == (422, pointer)


def test_what_matched_nothing_is_told_with_what_it_nearly_was() -> None:
    driven = control()
    create(driven.desk.engine, "a")
    ask(driven.desk.engine, "GET", "/tiny/note")
    assert [entry["serial"] for entry in told(driven, "GET", "/requests/unmatched")["requests"]] == [2]
    (miss,) = told(driven, "GET", "/requests/near-misses")["nearMisses"]
    assert (miss["serial"], miss["request"]) == (2, "GET /tiny/note")
    assert "/tiny/notes" in miss["why"]


def test_the_journal_is_exported_as_har_and_as_lines() -> None:
    driven = control()
    create(driven.desk.engine, "a")
    create(driven.desk.engine, "b")
    har = ask_control(driven, "GET", "/requests/export")
    assert har.header("content-disposition") == 'attachment; filename="requests.har"'
    archive = parse(har.body)["log"]
    assert (archive["version"], len(archive["entries"])) == ("1.2", 2)
    lines = ask_control(driven, "GET", "/requests/export", query="format=jsonl&since=1").body.splitlines()
    assert [parse(line) for line in lines] == [told(driven, "GET", "/requests/2")]


def test_a_journal_that_is_cleared_goes_on_counting_and_tells_what_is_missed() -> None:
    driven = control()
    create(driven.desk.engine, "a")
    assert ask_control(driven, "DELETE", "/requests").status == 204
    create(driven.desk.engine, "b")
    page = told(driven, "GET", "/requests")
    assert ([entry["serial"] for entry in page["requests"]], page["missed"]) == ([2], 1)


def test_coverage_counts_until_it_is_cleared() -> None:
    driven = control()
    create(driven.desk.engine, "a")
    tiny = told(driven, "GET", "/coverage")["providers"]["tiny"]
    assert (tiny["operations"]["called"], tiny["statuses"]["met"], tiny["calls"]) == (1, 1, 1)
    assert ask_control(driven, "DELETE", "/coverage").status == 204
    assert told(driven, "GET", "/coverage")["providers"]["tiny"]["calls"] == 0


@pytest.mark.parametrize("form", ["har", "jsonl"])
def test_a_journal_of_nothing_can_be_exported_too(form: str) -> None:
    assert ask_control(control(), "GET", "/requests/export", query=f"format={form}").status == 200


def called(*texts: str) -> tuple[Control, Control, Control]:
    """Three workers that were called in turn."""
    one, two, three = team("one", "two", "three")
    for place, text in enumerate(texts):
        create((one, two, three)[place % 3].desk.engine, text)
    return one, two, three


def serials(told: Json) -> list[int]:
    return [entry["serial"] for entry in told["requests"]]


def test_any_of_several_workers_tells_the_whole_journal() -> None:
    workers = called(*"abcd")
    told_by = [told(each, "GET", "/requests") for each in workers]
    assert told_by[0] == told_by[1] == told_by[2]
    assert [entry["request"]["body"]["text"] for entry in told_by[0]["requests"]] == list("abcd")
    for serial in serials(told_by[0]):
        entries = [told(each, "GET", f"/requests/{serial}") for each in workers]
        assert entries[0] == entries[1] == entries[2]


def test_pages_of_several_journals_pass_over_nothing() -> None:
    one, two, _ = called(*"abcdefg")
    page, texts = told(one, "GET", "/requests", query="limit=3"), []
    while page["requests"]:
        texts += [entry["request"]["body"]["text"] for entry in page["requests"]]
        page = told(two, "GET", "/requests", query=f"since={page['next']}&limit=3")
    assert texts == list("abcdefg")


def test_queries_find_and_count_in_all_journals() -> None:
    one, two, three = called(*"abca")
    query = {"operation": "createNote", "reply": {"/tiny": "there already"}}
    assert told(three, "POST", "/requests/count", query) == {"count": 1}
    (found,) = told(three, "POST", "/requests/find", query)["requests"]
    assert found["request"]["body"] == {"text": "a"}
    nearest = [told(each, "POST", "/requests/find", {"body": {"/text": "z"}})["nearest"] for each in (one, two, three)]
    assert nearest[0] == nearest[1] == nearest[2]
    assert len(nearest[0]) == 3


def test_what_matched_nothing_or_broke_a_rule_is_told_wherever_it_was() -> None:
    one, two, three = called()
    ask(two.desk.engine, "GET", "/tiny/note")
    ask(three.desk.engine, "POST", "/tiny/notes", body={"text": 5})
    (unmatched,) = told(one, "GET", "/requests/unmatched")["requests"]
    (miss,) = told(one, "GET", "/requests/near-misses")["nearMisses"]
    assert unmatched["serial"] == miss["serial"]
    first = told(one, "GET", "/violations", query="limit=1")
    rest = told(one, "GET", "/violations", query=f"since={first['next']}")
    assert [each["operation"] for each in first["violations"] + rest["violations"]] == [None, "createNote"]


def test_exports_are_of_all_journals() -> None:
    one, two, _ = called(*"abc")
    lines = ask_control(one, "GET", "/requests/export", query="format=jsonl").body.splitlines()
    assert [parse(line)["request"]["body"]["text"] for line in lines] == list("abc")
    log = parse(ask_control(two, "GET", "/requests/export").body)["log"]
    assert len(log["entries"]) == 3


def test_what_is_cleared_on_one_is_cleared_on_all_and_counts_as_gone() -> None:
    one, two, three = called(*"abcd")
    assert ask_control(two, "DELETE", "/requests").status == 204
    create(three.desk.engine, "e")
    (page, other) = (told(each, "GET", "/requests") for each in (one, two))
    assert (page, page["missed"]) == (other, 4)
    assert [entry["request"]["body"]["text"] for entry in page["requests"]] == ["e"]


def test_coverage_is_of_all_workers_and_cleared_on_all() -> None:
    one, two, three = called(*"abcd")
    covered = [told(each, "GET", "/coverage") for each in (one, two, three)]
    assert covered[0] == covered[1] == covered[2]
    assert covered[0]["providers"]["tiny"]["calls"] == 4
    assert ask_control(one, "DELETE", "/coverage").status == 204
    assert told(three, "GET", "/coverage")["providers"]["tiny"]["calls"] == 0


class Mute:
    """A worker that is alive and does not answer."""

    async def open(self, answer: Answering) -> None: ...
    async def close(self) -> None: ...

    async def hand_over(self, said: Record) -> bool:
        return False

    async def ask(self, question: Record, *, crew: bool = False) -> list[Json]:
        raise Silent("worker 2 is alive and did not answer within 5 s")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/requests"), ("DELETE", "/requests"), ("GET", "/coverage"), ("GET", "/metrics"), ("GET", "/deliveries")],
)
def test_a_worker_that_does_not_answer_is_named_and_nothing_is_made_up(method: str, path: str) -> None:
    driven = control(tiny.engine())
    driven.desk.engine.peers = Mute()
    problem = refused(driven, method, path)
    assert (problem["status"], problem["detail"]) == (503, "worker 2 is alive and did not answer within 5 s")
    assert "sk again" in problem["remedy"]
