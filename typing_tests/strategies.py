"""Checked by mypy, never run: what the strategies draw, and the two seams of the client machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type

from hypothesis import given
from hypothesis.strategies import SearchStrategy

from mockserver.core.contract import Operation
from mockserver.core.fault import Fault
from mockserver.core.http import Reply, Request
from mockserver.core.text import Json, Record
from mockserver.strategies import (
    BrokenReply,
    Called,
    Client,
    ClientMachine,
    Clock,
    InvalidBody,
    InvalidRequest,
    Mock,
    Rule,
    State,
    Step,
    bodies,
    broken_replies,
    fault_plans,
    invalid_bodies,
    invalid_requests,
    replies,
    reply_violations,
    requests,
    schedules,
    twisted,
    violations,
    worlds,
)

operation = Operation("createClip", "POST", "/api/clip", "/paths/~1clip/post")

assert_type(requests("createClip"), SearchStrategy[Request])
assert_type(requests(operation, key="k1"), SearchStrategy[Request])
assert_type(bodies("createClip"), SearchStrategy[Json])
assert_type(violations("createClip"), tuple[Rule, ...])
assert_type(invalid_requests("createClip", "transport:nan"), SearchStrategy[InvalidRequest])
assert_type(invalid_bodies("createClip", violations("createClip")[0]), SearchStrategy[InvalidBody])
assert_type(replies("createClip", 200), SearchStrategy[Reply])
assert_type(twisted(Reply(200), "createClip", keep=["/asset/id"]), SearchStrategy[Reply])
assert_type(broken_replies("createClip", status=200), SearchStrategy[BrokenReply])
assert_type(reply_violations("createClip"), tuple[Rule, ...])
assert_type(fault_plans("createClip", max_size=2), SearchStrategy[tuple[Fault, ...]])
assert_type(worlds("restream"), SearchStrategy[Record])
assert_type(schedules("createClip", restarts=True), SearchStrategy[list[Step]])


@given(invalid_requests("createClip"))
def check(broken: InvalidRequest) -> None:
    assert_type(broken.request, Request)
    assert_type(broken.rule.sentence, str)


class ClipError(Exception):
    pass


class Adapter(Client):
    errors = (ClipError,)

    def __init__(self, mock: Mock, clock: Clock) -> None:
        assert_type(mock.url, str)
        assert_type(mock.calls(), Sequence[Called])
        self.sleep = clock.sleep

    def create(self, source: str, start: float | None, end: float | None) -> str:
        return source

    async def poll(self, handle: str) -> State:
        return State.READY

    def list(self, source: str) -> Sequence[str]:
        return []

    def download(self, handle: str) -> str:
        return handle


class Explored(ClientMachine):
    provider = "livepeer"

    def client(self, mock: Mock, clock: Clock) -> Client:
        return Adapter(mock, clock)


Test = Explored.TestCase
