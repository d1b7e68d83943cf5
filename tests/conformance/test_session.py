"""Calls are counted, paced, refused where none may be made, remembered, and cleaned up after."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from mockserver.conformance.rule import Skip
from mockserver.conformance.session import Limits, Session, conversing
from mockserver.conformance.subject import Subject
from mockserver.core.http import Request
from mockserver.errors import UnreachableError
from tests.conformance.judging import KEY, contract_of, session_with

CLIP = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725}


def closed_port() -> int:
    """A port that nobody listens at: one that was given out a moment ago."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


class Fast:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.at = 0
        self.waited: list[int] = []

    def now(self) -> int:
        return self.at

    def wait(self, ms: int) -> None:
        self.waited.append(ms)
        self.at += max(ms, 0)


def test_a_call_is_a_step_with_the_request_as_sent_and_its_reply() -> None:
    with session_with("livepeer") as session:
        request = session.subject.request("getAssets", query="limit=1")
        step = session.send(request)
    assert (step.request, step.trouble) == (request, "")
    assert step.reply is not None and (step.reply.status, len(step.reply.value)) == (200, 1)


def test_calls_at_the_same_time_are_beside_one_another() -> None:
    with session_with("livepeer") as session:
        steps = session.send_together([session.subject.request("createClip", body=CLIP)] * 3)
    assert [step.beside for step in steps] == [False, True, True]
    assert len({step.reply.value["asset"]["id"] for step in steps if step.reply}) == 3


def test_what_writes_is_not_sent_read_only() -> None:
    with session_with("livepeer", limits=Limits(read_only=True)) as session:
        with pytest.raises(Skip, match="--read-only"):
            session.send(session.subject.request("createClip", body=CLIP))
        assert session.calls == 0


def test_no_more_calls_are_made_than_allowed() -> None:
    with session_with("livepeer", limits=Limits(max_requests=2)) as session:
        request = session.subject.request("getAssets")
        session.send(request)
        session.send(request)
        with pytest.raises(Skip, match="all of the 2 calls"):
            session.send(request)


def test_a_rate_spreads_calls() -> None:
    clock = Fast()
    subject = Subject("http://127.0.0.1:1", contract_of("livepeer"), "livepeer", KEY)
    session = Session(subject, Limits(rate=4), clock=clock)
    for _ in range(4):
        session.turn()
    assert clock.waited == [0, 250, 250, 250]


def test_what_is_waited_for_is_asked_ever_more_slowly_until_patience_ends() -> None:
    clock = Fast()
    with session_with("livepeer") as other:
        session = Session(other.subject, Limits(patience_ms=10_000), clock=clock)
        last = session.until(other.subject.request("getAssets"), lambda reply: False)
        session.close()
    assert (
        clock.at == 10_000
        and clock.waited[:2] == [20, 20]
        and clock.waited == sorted(clock.waited[:-1]) + clock.waited[-1:]
    )
    assert last.after_ms == 10_000 and session.calls < 30


def test_who_waited_in_vain_once_is_less_patient_later() -> None:
    clock = Fast()
    with session_with("livepeer") as other:
        session = Session(other.subject, Limits(patience_ms=8_000), clock=clock)
        request = other.subject.request("getAssets")
        session.until(request, lambda reply: False)
        session.until(request, lambda reply: False)
        session.until(request, lambda reply: False)
        session.close()
    assert clock.at == 8_000 + 2_000 + 500


def test_coverage_counts_operations_statuses_and_unknown_paths() -> None:
    with session_with("livepeer") as session:
        session.send(session.subject.request("getAssets"))
        session.send(session.subject.request("getAssets", anonymous=True))
        session.send(replace(session.subject.request("getAssets"), path="/api/nowhere"))
        met = session.coverage
    assert met.operations["getAssets"] == 2 and met.operations["createClip"] == 0
    assert met.statuses == {"getAssets 200": 1, "getAssets 401": 1}
    assert met.unknown == {"GET /api/nowhere": 1}


def test_what_was_made_is_removed_in_the_end_and_what_can_t_be_is_said() -> None:
    with session_with("livepeer") as session:
        made = session.send(session.subject.request("createClip", body=CLIP))
        assert made.reply is not None
        look = session.subject.request("getAsset", path={"assetId": made.reply.value["asset"]["id"]})
        session.undo_with(replace(look, method="DELETE"), "a clip")
        session.undo_with(replace(look, method="DELETE", path="/api/webhook/nope/nope"), "something")
        session.stays("a project")
        assert session.clean_up() == ("a project",)
        gone = session.send(look)
    assert gone.reply is not None and gone.reply.status == 404


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    subject = Subject(f"http://127.0.0.1:{closed_port()}", contract_of("livepeer"), "livepeer", KEY)
    with pytest.raises(UnreachableError, match="no server answers"), conversing(subject):
        pass


def test_a_broken_call_is_no_reply_and_says_what_came_instead() -> None:
    subject = Subject(f"http://127.0.0.1:{closed_port()}", contract_of("livepeer"), "livepeer", KEY)
    session = Session(subject)
    step = session.send(subject.request("getAssets"))
    assert (step.reply, step.trouble) == (None, "connection refused")
    ((flaw, times),) = session.witness.take()
    assert (flaw.kind, times) == ("no-reply", 1)


def test_the_memory_of_calls_is_a_rule_s_own() -> None:
    with session_with("livepeer") as session:
        session.send(session.subject.request("getAssets"))
        session.forget()
        assert not list(session.steps)
        session.send(session.subject.request("getTasks"))
        assert [step.request.path for step in session.steps] == ["/api/task"]


def test_a_url_of_any_host_is_fetched_without_a_key() -> None:
    with session_with("livepeer") as session:
        step = session.fetch(f"{session.subject.url}/media/livepeer/readyclip0000000/720p0.mp4")
    assert step.reply is not None and step.reply.status in (200, 206) and step.reply.body
    assert isinstance(step.request, Request) and step.request.header("authorization") is None
