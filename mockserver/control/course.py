"""One control call: which operation, is it well asked, answer, is it well answered.

The same contract engine that checks the fake APIs checks this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from inspect import isawaitable
from typing import Final

from mockserver.contract.parameters import query_pairs, read
from mockserver.control.access import METRICS, PREFIX
from mockserver.control.desk import Answer, Call, Desk
from mockserver.control.document import Described, described
from mockserver.control.problems import Problem, Refused, breach_of, from_violations
from mockserver.control.table import ANSWERS
from mockserver.core.contract import Match
from mockserver.core.http import Reply, Request, media_type
from mockserver.core.payload import ABSENT, is_json, read_payload
from mockserver.core.peers import Silent
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.core.world import StoreError, WorldGone
from mockserver.engine.sharing import Clashed, look_around
from mockserver.errors import unknown

# Of an inflated body; a large world document has a tenth of it.
MOST_BODY: Final = 1024 * 1024

# Worlds may come and go while they are told of.
MOST_TRIES: Final = 20

_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})


async def answer(desk: Desk, request: Request, answers: Mapping[str, Answer] | None = None) -> Reply:
    """The reply to a call. What goes wrong in here is a 500 that says so."""
    try:
        return await _reply(desk, request, answers or ANSWERS)
    except Refused as refused:
        return refused.problem.reply
    except StoreError as error:
        desk.engine.ports.blundered(error)
        return Problem(503, str(error), rule="store", remedy="Nothing was changed; ask again later.").reply
    except Silent as error:
        return Problem(
            503, str(error), rule="servers", remedy="Ask again: one that has ended is left out in 5 s."
        ).reply
    except Exception as error:
        desk.engine.ports.blundered(error)
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return _bug(f"{request.method} {request.path}: {said}").reply


async def _reply(desk: Desk, request: Request, answers: Mapping[str, Answer]) -> Reply:
    known = described()
    if request.path == METRICS:
        request = replace(request, path=PREFIX + METRICS)
    match = known.contract.match(request.method, request.path)
    if match is None:
        return _unmatched(known, request)
    call = _call(known, match, request)
    reply = await _set_everywhere(desk, call, answers[match.operation.id], sets=request.method not in _WITHOUT_BODY)
    violations = known.contract.check_reply(match.operation, reply)
    return _lie(match.operation.id, violations).reply if violations else reply


async def _set_everywhere(desk: Desk, call: Call, answer: Answer, *, sets: bool) -> Reply:
    """The answer, on what is set on any of several servers; what it `sets` then holds on all."""
    engine, tries = desk.engine, 0
    while True:
        if engine.sharing is not None:
            await look_around(engine, call.path.get("provider"), call.path.get("world"))
        try:
            answered = answer(desk, call)
            reply = await answered if isawaitable(answered) else answered
            if sets:
                await engine.keep()
        except Clashed:
            continue
        except WorldGone as gone:  # somebody has let it go meanwhile: the answer is as if it had never been
            tries += 1
            if tries == MOST_TRIES:
                raise
            (world,) = gone.args
            if engine.worlds.find(world) is not None:
                engine.worlds.lose(world)
            continue
        return reply


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
        500,
        f"mockserver failed in {said}. This is a bug of the mock.",
        first.pointer,
        first.rule,
        "",
        tuple(map(breach_of, violations)),
    )
