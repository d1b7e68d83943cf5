"""The control API but for the wire: who may, what is answered, a line in the log. One for each server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.control.access import Access, refusal
from mockserver.control.desk import NO_SHELF, Answer, Desk, Shelf
from mockserver.control.problems import Problem
from mockserver.core.http import Reply, Request
from mockserver.core.redaction import Redaction
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.engine.ports import State

# No page may read or embed what stands here, and no browser may take it for anything but what it says it is.
_ALWAYS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
NAME: Final = "admin"


class Control:
    """Drives one engine. `access` is None until the port is bound: nobody may until then."""

    def __init__(self, engine: Engine, token: str | None = None, shelf: Shelf = NO_SHELF) -> None:
        self.token = token
        self.access: Access | None = None
        self.desk = Desk(engine, shelf)
        self.answers: Mapping[str, Answer] | None = None  # others than the usual

    def open(self, access: Access) -> None:
        """The port is bound and the worlds are there."""
        self.access = access
        self.desk.engine.state = "ready"

    @property
    def made_up_token(self) -> str | None:
        """The token that is needed though nobody gave one: somebody has to be told."""
        return self.access.token if self.access is not None and self.token is None else None

    @property
    def state(self) -> State:
        return self.desk.state

    @state.setter
    def state(self, state: State) -> None:
        self.desk.engine.state = state

    async def answer(self, request: Request, peer: str | None) -> Reply:
        """The reply to a call off the wire; `peer` is the address it came from. Logged, and in no journal."""
        stopwatch = self.desk.engine.ports.stopwatch
        began = stopwatch()
        problem = _CLOSED if self.access is None else refusal(self.access, request, peer)
        reply = await self.respond(request) if problem is None else _dressed(problem.reply)
        self._log(request, reply, (stopwatch() - began) // 1000)
        return reply

    async def respond(self, request: Request) -> Reply:
        """The reply to a call of somebody who may. What goes wrong in here is a 500 that says so."""
        from mockserver.control.course import answer  # a server that nobody drives starts without it

        return _dressed(await answer(self.desk, request, self.answers))

    def refuse(self, request: Request, status: int, why: str) -> Reply:
        """The reply to a call that could not be read to its end."""
        reply = _dressed(Problem(status, why, rule="http").reply)
        self._log(request, reply, 0)
        return reply

    def _log(self, request: Request, reply: Reply, took: int) -> None:
        request, reply, _ = _REDACT(request, reply)
        entry = Entry(
            serial=0,
            at=self.desk.engine.clock.now(),
            provider=NAME,
            world="",
            operation=None,
            request=request,
            reply=reply,
            violations=(),
            microseconds=took,
        )
        self.desk.engine.ports.watch(entry)


_REDACT: Final = Redaction()
_CLOSED: Final = Problem(503, "the server is not ready yet", remedy="Ask again in a moment.")


def _dressed(reply: Reply) -> Reply:
    return reply.with_headers(*_ALWAYS)
