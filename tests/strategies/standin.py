"""A mock server without a wire: a private world of the real engine, with faults and prepared replies before it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Thread
from typing import Any, TypeVar

from mockserver.core.fault import NOTHING, Effect, Fault
from mockserver.core.http import Reply, Request
from mockserver.core.payload import read_payload
from mockserver.core.violation import Violation
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings
from mockserver.strategies import Mock

T = TypeVar("T")

START = 1_790_000_000_000


@dataclass(frozen=True, slots=True)
class Recorded:
    at: int
    operation: str | None
    request: Request
    reply: Reply
    violations: Sequence[Violation]


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """A loop in a thread of its own, so that clients may have theirs."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="stand-in", daemon=True).start()
    return loop


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


class Hung(TimeoutError):
    """The client's timeout, without the waiting."""


class StandIn:
    """Implements `mockserver.strategies.Mock`; clients call `send` where they would use a socket."""

    def __init__(self) -> None:
        self.url = "http://mock.example"
        self.key = "test_standin"
        # An engine of its own: time that moves in one world must not cost the others anything.
        self.engine = build_engine(Settings(at=START, pace=0))
        run(self.engine.open(self.url))
        self._faults: list[Fault] = []
        self._next: dict[str, list[Reply]] = {}
        self._calls: list[Recorded] = []

    @property
    def now(self) -> int:
        return self.engine.clock.now()

    def advance(self, ms: int, /) -> None:
        run(self.engine.advance(ms))

    def add_fault(self, fault: Fault, /) -> None:
        self._faults.append(fault)

    def reply_next(self, operation: str, reply: Reply, /) -> None:
        self._next.setdefault(operation, []).append(reply)

    def clear(self) -> None:
        self._faults, self._next = [], {}

    def call(self, request: Request, /) -> Reply:
        return run(self.engine.respond(request))

    def calls(self) -> Sequence[Recorded]:
        return self._calls

    def send(self, request: Request) -> Reply:
        """What a client gets for a request. Raises ConnectionError or Hung."""
        operation, violations = self._read(request)
        fault = self._struck(operation)
        if operation in self._next:
            reply = self._next[operation].pop(0)
            if not self._next[operation]:
                del self._next[operation]
        else:
            reply = Reply(0) if fault.undecided else self.call(request)
        self._calls.append(Recorded(self.engine.clock.now(), operation, request, reply, violations))
        if fault.hang is not None:
            raise Hung("timed out")
        if fault.silent or fault.truncate is not None:
            raise ConnectionResetError("connection reset by peer")
        return Reply.text(reply.status, "<html>", "text/html") if fault.json is not None else reply

    def _read(self, request: Request) -> tuple[str, Sequence[Violation]]:
        for service in self.engine.services.values():
            match = service.contract.match(request.method, request.path)
            if match is not None:
                payload = read_payload(request, service.provider.body_limit)
                return match.operation.id, service.contract.check_request(match, request, payload)
        return "", ()

    def _struck(self, operation: str) -> Effect:
        for fault in self._faults:
            if fault.calls.operations == (operation,):
                self._faults.remove(fault)
                return fault.effect
        return NOTHING


def as_mock(stand_in: StandIn) -> Mock:
    return stand_in
