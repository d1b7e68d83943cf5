from __future__ import annotations

import gzip

import pytest

from mockserver.control.control import Control
from mockserver.control.course import MOST_BODY
from mockserver.control.table import ANSWERS
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json
from mockserver.engine.journal import Entry
from mockserver.engine.ports import Ports
from tests.control.asking import ask, call, control, refused, told
from tests.engine import tiny
from tests.engine.asking import create, run


def respond(control: Control, body: bytes, *headers: tuple[str, str], method: str = "POST") -> Reply:
    return run(control.respond(Request(method, "/__admin/clock/advance", headers=Headers.of(headers), body=body)))


def test_a_wrong_call_is_a_problem_with_place_rule_and_remedy() -> None:
    assert refused(control(), "POST", "/clock/advance", {"by": "5m", "to": 1}) == {
        "type": "urn:mockserver:problem:invalid",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "body: expected only `by`, got also `to`",
        "pointer": "",
        "rule": "additionalProperties",
        "remedy": "Remove it.",
        "violations": [
            {
                "place": "body",
                "pointer": "",
                "rule": "additionalProperties",
                "detail": "body: expected only `by`, got also `to`",
                "remedy": "Remove it.",
            }
        ],
    }


def test_a_path_that_is_not_there_is_a_404_with_the_nearest() -> None:
    problem = refused(control(), "GET", "/clok")
    assert (problem["status"], problem["rule"]) == (404, "path")
    assert "/__admin/clock" in problem["remedy"]


def test_a_method_that_is_not_there_is_a_405_with_those_that_are() -> None:
    reply = ask(control(), "DELETE", "/clock/pace")
    assert (reply.status, reply.header("allow")) == (405, "PUT")


def test_no_header_makes_one_method_another() -> None:
    override = ("X-HTTP-Method-Override", "POST"), ("X-HTTP-Method", "POST"), ("X-Method-Override", "POST")
    assert run(control().respond(call("GET", "/clock/advance", None, *override))).status == 405


def test_an_argument_that_is_not_known_is_refused_with_the_nearest() -> None:
    problem = refused(control(), "GET", "/requests", query="sinc=3")
    assert (problem["status"], problem["pointer"]) == (400, "sinc")
    assert 'did you mean "since"' in problem["detail"]


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=1&limit=2", "since=-1", "limit=1001"])
def test_an_argument_is_held_to_its_schema(query: str) -> None:
    assert refused(control(), "GET", "/requests", query=query)["status"] == 400


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", ""]
)
def test_only_json_is_read_so_no_form_of_a_page_is(media: str) -> None:
    reply = respond(control(), b'{"by": "5m"}', ("Content-Type", media))
    assert (reply.status, reply.value["pointer"]) == (415, "Content-Type")


def test_a_body_that_is_not_json_is_a_400() -> None:
    assert respond(control(), b"{", ("Content-Type", "application/json")).status == 400


def test_a_zipped_body_is_read_and_a_bomb_costs_no_more_than_an_honest_body() -> None:
    zipped = ("Content-Type", "application/json"), ("Content-Encoding", "gzip")
    assert respond(control(), gzip.compress(b'{"by": "5m"}'), *zipped).status == 200
    bomb = gzip.compress(b'{"by": "' + b"0" * 64 * MOST_BODY + b'"}')
    assert respond(control(), bomb, *zipped).status == 413


def test_deep_json_is_refused() -> None:
    assert respond(control(), b"[" * 100_000, ("Content-Type", "application/json")).status == 400


def test_what_is_refused_changes_nothing() -> None:
    driven = control()
    bodies: list[Json] = [{"by": -1}, {"by": "x"}, {"by": 10**15}, {}, [], {"by": None}]
    for body in bodies:
        refused(driven, "POST", "/worlds/tiny/test_me/clock/advance", body)
    assert told(driven, "GET", "/clock")["now"] == tiny.NOW
    assert refused(driven, "GET", "/worlds/tiny/test_me/clock")["status"] == 404


def test_every_answer_says_that_it_is_what_it_says_and_no_page_may_have_it() -> None:
    driven = control()
    for path in ("/clock", "/nowhere", "/openapi.yaml", "/requests"):
        headers = {name.lower(): value for name, value in ask(driven, "GET", path).headers}
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert not [name for name in headers if name.startswith("access-control-")]


def test_recorded_html_is_told_as_json() -> None:
    driven = control()
    create(driven.desk.engine, "<script>alert(1)</script>")
    reply = ask(driven, "GET", "/requests")
    assert reply.header("content-type") == "application/json; charset=utf-8"
    assert reply.value["requests"][0]["request"]["body"] == {"text": "<script>alert(1)</script>"}


@pytest.mark.parametrize(
    "text", ["{{7*7}}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "{{#system}}id{{/system}}", "__import__('os')"]
)
def test_nothing_that_is_sent_is_ever_evaluated(text: str) -> None:
    driven = control()
    create(driven.desk.engine, text)
    (entry,) = told(driven, "GET", "/requests")["requests"]
    assert entry["request"]["body"] == {"text": text}
    assert entry["reply"]["body"]["text"] == text
    assert "49" not in str(refused(driven, "POST", "/clock/advance", {"by": text})["detail"])


def test_an_answer_that_breaks_the_document_is_a_500_that_says_so() -> None:
    driven = control()
    driven.answers = {**ANSWERS, "getClock": lambda desk, call: Reply.json(200, {"now": "noon"})}
    problem = refused(driven, "GET", "/clock")
    assert problem["status"] == 500
    assert "getClock: the answer breaks its document" in problem["detail"]


def test_a_bug_is_a_500_that_says_so_and_is_logged() -> None:
    def fail(desk: object, call: object) -> Reply:
        raise ZeroDivisionError("a bug")

    blunders: list[Exception] = []
    driven = control(tiny.engine(ports=Ports(blundered=blunders.append)))
    driven.answers = {**ANSWERS, "getClock": fail}
    assert "ZeroDivisionError: a bug" in refused(driven, "GET", "/clock")["detail"]
    assert [type(error) for error in blunders] == [ZeroDivisionError]


def test_a_call_is_logged_without_its_token_and_stands_in_no_journal() -> None:
    seen: list[Entry] = []
    driven = control(tiny.engine(ports=Ports(watch=seen.append)))
    run(driven.answer(call("GET", "/clock", None, ("Authorization", "Bearer a-secret-token")), "127.0.0.1"))
    (entry,) = seen
    assert (entry.provider, entry.request.path, entry.reply.status) == ("admin", "/__admin/clock", 200)
    assert "a-secret-token" not in repr(entry)
    assert len(driven.desk.engine.journal) == 0


def test_until_the_port_is_open_nobody_may() -> None:
    driven = Control(tiny.engine())
    assert run(driven.answer(call("GET", "/clock"), "127.0.0.1")).status == 503


def test_who_may_not_learns_why() -> None:
    driven = control()
    reply = run(driven.answer(call("GET", "/clock", None, ("Origin", "http://evil.example")), "127.0.0.1"))
    assert (reply.status, reply.value["rule"]) == (403, "origin")
