"""Requests that the document allows, in all their variety: each gets a documented answer, none is refused for its form.

Beside those drawn whole, requests that work with one member varied: what is odd about it then reaches the server's
core.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from mockserver.conformance.drawing import draws
from mockserver.conformance.effort import Effort
from mockserver.conformance.finding import Finding
from mockserver.conformance.known import Known, excused
from mockserver.conformance.replies import amiss
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session
from mockserver.conformance.specimens import Specimens, owned, patiently, reworded, with_body
from mockserver.contract.check import CompiledContract
from mockserver.core.contract import Operation
from mockserver.core.http import Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json
from mockserver.strategies.book import Page, page_of
from mockserver.strategies.requests import breaks, requests

_LARGEST: Final = 1 << 24
_LONG: Final = "a" * 2_000
# So many requests of an operation with ids are about nothing that is there.
_ASTRAY: Final = 3


def valid_rules(contract: CompiledContract, effort: Effort, specimens: Specimens) -> list[Rule]:
    """A rule for each operation: that it answers valid requests as documented."""
    return [
        Rule(
            f"valid-{operation.id}",
            f"{operation.id} answers every request its document allows with a documented reply",
            partial(_look, operation, effort, specimens),
            writes=operation.method not in ("GET", "HEAD", "OPTIONS"),
        )
        for operation in contract.operations.values()
    ]


def _look(operation: Operation, effort: Effort, specimens: Specimens, session: Session) -> Iterator[Finding]:
    page = page_of(operation.id, document=session.subject.document)
    key = session.subject.key
    if page.security is not None and key is None:
        raise Skip(f"{operation.id} wants a key, and there is none")
    specimens.ready(session)
    plain = specimens.request(session, operation)
    if plain is not None:
        yield from _sent(session, operation, plain)
    strategy = requests(operation.id, key=key, document=session.subject.document)
    lengthened: set[str] = set()
    for number, drawn in enumerate(draws(strategy, effort.examples, effort.seed, f"{operation.id} valid")):
        request = owned(session, drawn)
        aimed = specimens.aimed(session, operation, request)
        if number < _ASTRAY and aimed is not None and aimed.path != request.path:
            yield from _sent(session, operation, request)  # an id that nothing has
        good = specimens.example(session, page)
        for one in (aimed or request, *_varied(page, aimed, good), *_lengthened(page, aimed, good, lengthened)):
            account = specimens.account(session, operation)
            yield from _sent(session, operation, reworded(one, key, account), account)


def _varied(page: Page, request: Request | None, good: Json) -> Iterator[Request]:
    """An example's body with one member as it was drawn, for each member."""
    for name, value in _members(request, good):
        if request is not None and not breaks(page, varied := with_body(request, {**good, name: value})):
            yield varied


def _lengthened(page: Page, request: Request | None, good: Json, done: set[str]) -> Iterator[Request]:
    """An example's body with one text longer than most columns of a database, once for each that may be so long."""
    for name, value in _members(request, good):
        if request is not None and isinstance(value, str) and name not in done:
            done.add(name)
            if not breaks(page, long := with_body(request, {**good, name: _LONG})):
                yield long


def _members(request: Request | None, good: Json) -> list[tuple[str, Json]]:
    """The members of a drawn body, where there is an example to put them in."""
    drawn = read_payload(request, _LARGEST).value if request is not None else None
    return list(drawn.items()) if isinstance(good, dict) and isinstance(drawn, dict) else []


def _sent(session: Session, operation: Operation, request: Request, key: str | None = None) -> Iterator[Finding]:
    sent = patiently(session, operation, request)
    # Whoever shows this again has one key.
    step = replace(sent, request=reworded(request, key, session.subject.key))
    reply = step.reply
    known = Known.of(session.subject.document)
    if reply is not None and 400 <= reply.status < 500 and not known.refusal(operation.id, request, reply):
        yield found(
            session,
            "refuses-valid",
            f"{operation.id} refuses a request that its document allows, with {reply.status}",
            [step],
            must=("replies[0].status_code < 400",),
            about=f"What the schemas of the request allow, the operation takes.{excused(session.subject.provider)}",
            operation=operation.id,
            where="responses",
        )
    yield from amiss(session, [step])
