from __future__ import annotations

import shlex
import subprocess

import pytest

from mockserver.testing import LivepeerMock, RestreamMock, Server
from tests.testing.conftest import STREAM, ask, clip, http


def test_calls_are_typed_and_in_order(livepeer: LivepeerMock) -> None:
    ask(livepeer, "GET", "/asset")
    clip(livepeer, name="mine")
    first, last = livepeer.calls.first, livepeer.calls.last
    assert (first.operation, first.request.method, first.status) == ("getAssets", "GET", 200)
    assert (last.operation, last.body["playbackId"], last.answer["task"]["id"] != "") == ("createClip", STREAM, True)
    assert last.at >= first.at
    assert str(last) == "POST /api/clip (createClip) answered 200"


def test_calls_are_filtered_and_counted_by_any_part(livepeer: LivepeerMock) -> None:
    clip(livepeer, name="mine")
    clip(livepeer, name="other")
    ask(livepeer, "GET", "/asset?limit=5")
    calls = livepeer.calls
    assert (len(calls), calls.count("createClip"), calls.count(status="2xx")) == (3, 2, 3)
    assert calls("createClip", body={"/name": "mine"}).last.body["name"] == "mine"
    assert calls(arguments={"limit": "5"}).last.operation == "getAssets"
    assert calls(path="/api/clip")[0:1].count() == 1
    assert calls.count(calls[0]) == 1


def test_a_name_that_is_no_operation_is_refused(livepeer: LivepeerMock) -> None:
    with pytest.raises(ValueError, match='did you mean "createClip"'):
        livepeer.calls("createClp")
    with pytest.raises(ValueError, match="/status"):
        livepeer.calls(status=99)


def test_near_misses_say_what_differs(livepeer: LivepeerMock) -> None:
    clip(livepeer, name="mine")
    (miss,) = livepeer.calls.near("createClip", body={"/name": "other"})
    assert miss == 'POST /api/clip (createClip) answered 200: the request\'s body has "mine" at /name, not "other"'


def test_where_nothing_was_called_that_is_said(livepeer: LivepeerMock) -> None:
    with pytest.raises(LookupError, match="made no such call"):
        _ = livepeer.calls.last
    assert repr(livepeer.calls) == "<Calls: none>"


def test_the_command_to_paste_asks_the_same_again(livepeer: LivepeerMock) -> None:
    clip(livepeer, name="it's mine")
    command = shlex.split(livepeer.calls.last.curl)
    done = subprocess.run([*command, "-sS"], capture_output=True, text=True, check=True)
    assert "task" in done.stdout
    one, other = livepeer.calls
    assert (one.body, one.request.target) == (other.body, other.request.target)


def test_unmatched_and_violating_calls_stand_apart(livepeer: LivepeerMock) -> None:
    ask(livepeer, "GET", "/clips")
    clip(livepeer, startTime="soon")
    assert [call.request.path for call in livepeer.calls.unmatched] == ["/api/clips"]
    assert [call.operation for call in livepeer.calls.violating] == [None, "createClip"]


def test_a_call_with_a_key_nobody_has_is_seen_where_nobody_else_calls(here: Server) -> None:
    with here.world("livepeer") as outer:
        http.get(f"{outer.url}/asset", headers={"Authorization": "Bearer wrong"})
        with outer.fresh() as inner:
            http.get(f"{inner.url}/asset")
            assert [call.status for call in inner.calls] == [401]
            inner.allow_violations()
        assert [call.status for call in outer.calls][:1] == [401]
        outer.allow_violations()


def test_calls_of_an_earlier_world_of_the_same_name_are_not_counted(server: Server) -> None:
    for _ in range(2):
        with server.world("livepeer", "same") as mock:
            ask(mock, "GET", "/asset")
            assert len(mock.calls) == 1


def test_what_is_expected_and_called_is_no_news(livepeer: LivepeerMock) -> None:
    livepeer.expect("createClip", times=1, body={"/name": "mine"})
    livepeer.expect("getAssets", at_least=0, at_most=1)
    clip(livepeer, name="mine")
    assert livepeer.verdict() is None


def test_what_is_expected_and_not_called_is_told_with_what_came_near(livepeer: LivepeerMock) -> None:
    livepeer.expect("createClip", times=1, body={"/name": "mine"})
    livepeer.expect("createClip", times=2)
    livepeer.expect("getAssets")
    livepeer.expect(at_most=0, at_least=0)
    clip(livepeer, name="other")
    near = "nearest: POST /api/clip (createClip) answered 200"
    assert (livepeer.verdict() or "").splitlines() == [
        "What was expected was not called:",
        '  expected 1 call of createClip with body={"/name": "mine"}, got no call',
        f'    {near}: the request\'s body has "other" at /name, not "mine"',
        "  expected 2 calls of createClip, got 1 call",
        "  expected at least 1 call of getAssets, got no call",
        f"    {near}: the operation is createClip, not getAssets",
        "  expected no call of any operation, got 1 call",
    ]


def test_what_cant_be_expected_is_told_at_once(restream: RestreamMock) -> None:
    with pytest.raises(ValueError, match="no operation"):
        restream.expect("createClip")
