"""Findings show the fewest calls, in order, tied together by the values they pass on."""

from __future__ import annotations

from dataclasses import replace

from mockserver.conformance.finding import Step
from mockserver.conformance.rules.evidence import found, linked
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, dump
from tests.conformance.judging import session_with

CLIP = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725}


def post(path: str, sent: Json, said: Json, beside: bool = False) -> Step:
    return Step(Request("POST", path, body=dump(sent)), Reply.json(200, said), beside=beside)


def get(path: str, said: Json, query: str = "") -> Step:
    return Step(Request("GET", path, query), Reply.json(200, said))


def test_a_value_that_a_later_call_sends_is_saved_from_the_reply_that_first_said_it() -> None:
    made = post("/clip", {}, {"asset": {"id": "0123456789"}, "task": {"id": "abcdefghij"}})
    steps = linked([made, get("/asset/0123456789", {}), get("/task", {}, "id=abcdefghij")])
    assert [dict(step.saved) for step in steps] == [{"asset_id": "/asset/id", "task_id": "/task/id"}, {}, {}]


def test_a_value_that_was_sent_before_it_was_said_is_not_saved() -> None:
    steps = linked([get("/asset/0123456789", {"id": "0123456789"}), get("/asset/0123456789", {})])
    assert dict(steps[0].saved) == {}


def test_calls_at_the_same_time_can_t_take_values_from_each_other() -> None:
    both = [post("/a", {}, {"id": "0123456789"}), post("/b", {"id": "0123456789"}, {}, beside=True)]
    assert [dict(step.saved) for step in linked(both)] == [{}, {}]


def test_a_token_is_taken_from_the_reply_that_gave_it() -> None:
    used = Step(
        Request("GET", "/me", headers=Headers.of([("Authorization", "Bearer 0123456789")])), Reply.json(401, {})
    )
    assert dict(linked([post("/token", {}, {"access_token": "0123456789"}), used])[0].saved) == {
        "access_token": "/access_token"
    }


def test_names_are_identifiers_and_each_its_own() -> None:
    made = post("/x", {}, {"2-b": "0123456789", "a": {"id": "aaaaaaaaaa"}, "b": [{"a": {"id": "bbbbbbbbbb"}}]})
    later = get("/0123456789/aaaaaaaaaa/bbbbbbbbbb", {})
    assert list(linked([made, later])[0].saved) == ["value_2_b", "a_id", "a_id_2"]


def test_the_call_that_made_what_is_shown_comes_first_and_claims_count_from_it() -> None:
    with session_with("livepeer") as session:
        made = session.send(session.subject.request("createClip", body=CLIP))
        assert made.reply is not None
        seen = session.send(session.subject.request("getAsset", path={"assetId": made.reply.value["asset"]["id"]}))
        finding = found(
            session, "a-rule", "A title", [seen], must=["replies[0].status_code == 404"], where="responses/404"
        )
    assert [step.request.method for step in finding.steps] == ["POST", "GET"]
    assert dict(finding.steps[0].saved) == {"asset_id": "/asset/id"}
    assert finding.must == ("replies[1].status_code == 404",)
    assert finding.document == "/paths/~1asset~1{assetId}/get/responses/404"


def test_no_finding_has_more_than_four_calls() -> None:
    with session_with("livepeer") as session:
        steps = [session.send(session.subject.request("getAssets")) for _ in range(6)]
        assert len(found(session, "a-rule", "A title", steps).steps) == 4


def test_calls_of_one_race_stay_side_by_side_in_whatever_order_they_are_shown() -> None:
    first, second, third = (replace(post(f"/{name}", {}, {}), note="a race", beside=name != "a") for name in "abc")
    with session_with("livepeer") as session:
        shown = found(session, "a-rule", "A title", [second, first, third, get("/after", {})]).steps
    assert [step.beside for step in shown] == [False, True, True, False]
