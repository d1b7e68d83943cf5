"""The control API but for the wire: who may, which operation, is it well asked, answer, is it well answered.

The same contract engine that checks the fake APIs checks this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from inspect import isawaitable
from typing import Final

from mockserver.contract.parameters import query_pairs, read
from mockserver.control.access import Access, refusal
from mockserver.control.desk import Answer, Call, Desk, State
from mockserver.control.document import NAME, Described, described
from mockserver.control.problems import Problem, Refused, from_violations
from mockserver.control.table import ANSWERS
from mockserver.core.contract import Match
from mockserver.core.http import Reply, Request, media_type
from mockserver.core.payload import ABSENT, is_json, read_payload
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.engine.redaction import without_secrets
from mockserver.errors import unknown

# Of an inflated body; a large world document has a tenth of it.
MOST_BODY: Final = 1024 * 1024

# No page may read or embed what stands here, and no browser may take it for anything but what it says it is.
_ALWAYS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Control:
    """Drives one engine. `access` is None until the port is bound: nobody may until then."""

    def __init__(self, engine: Engine, token: str | None = None) -> None:
        self.token = token
        self.access: Access | None = None
        self.desk = Desk(engine)
        self.answers: Mapping[str, Answer] = ANSWERS

    def open(self, access: Access) -> None:
        """The port is bound and the worlds are there."""
        self.access = access
        self.desk.state = "ready"

    @property
    def made_up_token(self) -> str | None:
        """The token that is needed though nobody gave one: somebody has to be told."""
        return self.access.token if self.access is not None and self.token is None else None

    @property
    def state(self) -> State:
        return self.desk.state

    @state.setter
    def state(self, state: State) -> None:
        self.desk.state = state

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
        try:
            reply = await self._reply(request)
        except Refused as refused:
            reply = refused.problem.reply
        except Exception as error:
            self.desk.engine.ports.blundered(error)
            said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            reply = _bug(f"{request.method} {request.path}: {said}").reply
        return _dressed(reply)

    def refuse(self, request: Request, status: int, why: str) -> Reply:
        """The reply to a call that could not be read to its end."""
        reply = _dressed(Problem(status, why, rule="http").reply)
        self._log(request, reply, 0)
        return reply

    async def _reply(self, request: Request) -> Reply:
        known = described()
        match = known.contract.match(request.method, request.path)
        if match is None:
            return _unmatched(known, request)
        call = _call(known, match, request)
        answered = self.answers[match.operation.id](self.desk, call)
        reply = await answered if isawaitable(answered) else answered
        violations = known.contract.check_reply(match.operation, reply)
        if violations:
            return _lie(match.operation.id, violations).reply
        return reply

    def _log(self, request: Request, reply: Reply, took: int) -> None:
        request, reply = without_secrets(request, reply)
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


_CLOSED: Final = Problem(503, "the server is not ready yet", remedy="Ask again in a moment.")


def _dressed(reply: Reply) -> Reply:
    return reply.with_headers(*_ALWAYS)


def _call(known: Described, match: Match, request: Request) -> Call:
    """The call as checked values. Raises Refused with everything that is wrong."""
    _check_media(request)
    payload = read_payload(request, MOST_BODY)
    violations = known.contract.check_request(match, request, payload)
    if violations:
        raise Refused(from_violations(violations))
    pairs = query_pairs(request.query) if request.query else []
    parameters = [each for each in known.parameters[match.operation.id] if each.where == "query"]
    names = {parameter.name for parameter in parameters}
    for name, _ in pairs:
        if name not in names:
            said = unknown("argument", name[:60], names)
            raise Refused(Problem(400, f"query {name[:60]}: {said}", name[:60], "parameter"))
    query: Mapping[str, Json] = {parameter.name: read(parameter, pairs) for parameter in parameters}
    body = {} if payload.value is ABSENT else payload.value
    return Call(
        match.operation, match.path, {name: value for name, value in query.items() if value is not ABSENT}, body
    )


def _check_media(request: Request) -> None:
    """A form of a web page can send three media types without asking first. JSON is none of them."""
    sent = request.header("content-type")
    if request.method in _WITHOUT_BODY or (sent is None and not request.body):
        return
    media, _ = media_type(sent)
    if not is_json(media):
        got = f"`{media[:60]}`" if media else "no `Content-Type`"
        remedy = "Send `Content-Type: application/json`; curl does with --json BODY."
        detail = f"expected a body of `application/json`, got {got}"
        raise Refused(Problem(415, detail, "Content-Type", "content", remedy))


def _unmatched(known: Described, request: Request) -> Reply:
    violation = known.contract.unmatched(request.method, request.path[:200])
    if violation.rule == "method":
        detail = f"{request.path} has no {request.method}; there is {violation.expected}"
        allowed = violation.expected.replace(" or ", ", ")
        return Problem(405, detail, rule="method", remedy=f"Use {violation.expected}.").reply.with_headers(
            ("Allow", allowed)
        )
    near = violation.remedy if violation.remedy.startswith("Nearest") else ""
    remedy = f"{near} GET /__admin/openapi.json tells all.".strip()
    return Problem(404, f"the control API has no path {request.path[:200]}", rule="path", remedy=remedy).reply


def _bug(what: str) -> Problem:
    return Problem(
        500, f"mockserver failed in {what}. This is a bug of the mock; its log has the traceback.", rule="bug"
    )


def _lie(operation: str, violations: tuple[Violation, ...]) -> Problem:
    """The answer it meant to give breaks its own document: said, not sent."""
    first = violations[0]
    said = f"{operation}: the answer breaks its document: {first}"
    return Problem(
        500, f"mockserver failed in {said}. This is a bug of the mock.", first.pointer, first.rule, "", violations
    )
