"""A mock server without a wire: a private world of the real engine, with faults and prepared replies before it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from mockserver.core.http import Reply, Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Record
from mockserver.core.violation import Violation
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings
from mockserver.strategies import Mock

START = 1_790_000_000_000


@dataclass(frozen=True, slots=True)
class Recorded:
    at: int
    operation: str | None
    request: Request
    reply: Reply
    violations: Sequence[Violation]


@cache
def loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


class Hung(TimeoutError):
    """The client's timeout, without the waiting."""


class StandIn:
    """Implements `mockserver.strategies.Mock`; clients call `send` where they would use a socket."""

    def __init__(self) -> None:
        self.url = "http://mock.example"
        self.key = "test_standin"
        # An engine of its own: time that moves in one world must not cost the others anything.
        self.engine = build_engine(Settings(at=START, pace=0))
        loop().run_until_complete(self.engine.open(self.url))
        self._faults: list[Record] = []
        self._next: dict[str, list[Reply]] = {}
        self._calls: list[Recorded] = []

    def advance(self, ms: int, /) -> None:
        loop().run_until_complete(self.engine.advance(ms))

    def add_fault(self, fault: Record, /) -> None:
        self._faults.append(fault)

    def reply_next(self, operation: str, reply: Reply, /) -> None:
        self._next.setdefault(operation, []).append(reply)

    def clear(self) -> None:
        self._faults, self._next = [], {}

    def call(self, request: Request, /) -> Reply:
        return loop().run_until_complete(self.engine.respond(request))

    def calls(self) -> Sequence[Recorded]:
        return self._calls

    def send(self, request: Request) -> Reply:
        """What a client gets for a request. Raises ConnectionError or Hung."""
        operation, violations = self._read(request)
        fault = self._struck(operation)
        before = fault.get("reset") == "before"
        if operation in self._next:
            reply = self._next[operation].pop(0)
            if not self._next[operation]:
                del self._next[operation]
        else:
            reply = Reply(0) if before or fault.get("hang") == "before" else self.call(request)
        self._calls.append(Recorded(self.engine.clock.now(), operation, request, reply, violations))
        if before or "after" in (fault.get("reset"), fault.get("empty")) or "truncate" in fault:
            raise ConnectionResetError("connection reset by peer")
        if "hang" in fault:
            raise Hung("timed out")
        return Reply.text(reply.status, "<html>", "text/html") if "json" in fault else reply

    def _read(self, request: Request) -> tuple[str, Sequence[Violation]]:
        for service in self.engine.services.values():
            match = service.contract.match(request.method, request.path)
            if match is not None:
                payload = read_payload(request, service.provider.body_limit)
                return match.operation.id, service.contract.check_request(match, request, payload)
        return "", ()

    def _struck(self, operation: str) -> Record:
        for fault in self._faults:
            if fault["calls"]["operation"] == operation:
                self._faults.remove(fault)
                return fault
        return {}


def as_mock(stand_in: StandIn) -> Mock:
    return stand_in
