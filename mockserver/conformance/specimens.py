"""Requests that work, to break and to vary: example bodies of the document, paths of things that are known to be there.

Never aims a call that writes at what this run has not made, unless the account is a fake's private one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mockserver.conformance.finding import Step
from mockserver.conformance.ids import Id, Ids, at, reads
from mockserver.conformance.known import Known
from mockserver.conformance.rule import Skip
from mockserver.conformance.session import Session
from mockserver.core.contract import Operation
from mockserver.core.http import Headers, Request
from mockserver.core.payload import is_json
from mockserver.core.text import Json, dump
from mockserver.strategies.book import Page, page_of
from mockserver.strategies.draft import KEY, draft
from mockserver.strategies.requests import breaks
from mockserver.strategies.source import LEAST

PRIVATE: Final = "test_"
_ROUNDS: Final = 2
_PATIENCE_MS: Final = 5_000
_PAUSE_MS: Final = 250
# What a request body names its source by, for the accounts whose sources the user has told.
_SOURCES: Final = ("playbackId", "videoStorageFileId")
# Of things that may be changed, so many are asked for one that is ready for it.
_TRIED: Final = 12


class Specimens:
    """What works on one server, learned as it is needed."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self._ready = False
        self._chosen: dict[str, Json] = {}
        self._changeable: dict[str, Id | None] = {}
        self._accounts = self._turn = 0

    def ready(self, session: Session) -> None:
        """Look at what there is, and make one of each thing that can be made, once."""
        if self._ready:
            return
        self._ready = True
        operations = session.subject.contract.operations.values()
        try:
            for _ in range(_ROUNDS):
                for operation in operations:
                    if reads(operation):
                        self._try(session, operation)
            for operation in operations:
                if operation.method == "POST" and not session.limits.read_only and "{" not in operation.path:
                    self._choose(session, operation)
        except Skip:
            return  # of calls there are none left; what is asked next says so itself

    def _try(self, session: Session, operation: Operation) -> bool:
        """Whether an operation does what it is asked for."""
        request = self.request(session, operation)
        reply = session.send(request).reply if request is not None else None
        return reply is not None and 200 <= reply.status < 300

    def _choose(self, session: Session, operation: Operation) -> None:
        """Find the example that works more than once, if the first does not: what is there can be in the way."""
        page = page_of(operation.id, document=session.subject.document)
        listed = list(examples(session, page))
        works = [self._try(session, operation), bool(listed) and self._try(session, operation)]
        for other in listed[1:] if works == [True, False] else ():
            self._chosen[operation.id] = other
            if self._try(session, operation) and self._try(session, operation):
                return
            del self._chosen[operation.id]

    def example(self, session: Session, page: Page) -> Json:
        """The body to begin with, for an operation that has examples; else None."""
        if page.operation.id in self._chosen:
            return self._chosen[page.operation.id]
        return next(examples(session, page), None)

    def bodies(self, session: Session, page: Page) -> list[Json]:
        """All bodies to begin with, the best first."""
        first = self.example(session, page)
        return [] if first is None else [first, *(one for one in examples(session, page) if one != first)]

    def account(self, session: Session, operation: Operation) -> str | None:
        """The key to break a rule with: on a fake a new account, where nothing that is there is in the way."""
        key = session.subject.key
        if key is None or "+" in key or not is_private(session) or reads(operation) or "{" in operation.path:
            return key
        self._accounts += 1
        return f"{key}-{self._accounts}"

    def request(self, session: Session, operation: Operation) -> Request | None:
        """The simplest request of an operation that should work here; None when there is nothing to aim it at."""
        page = page_of(operation.id, document=session.subject.document)
        made = draft(LEAST, page, session.subject.key or KEY, least=True)
        body = self.example(session, page)
        if body is not None:
            made.value = body
        request = self.aimed(session, operation, owned(session, made.request()))
        if request is None or breaks(page, request):
            return None
        return request

    def aimed(self, session: Session, operation: Operation, request: Request) -> Request | None:
        """The request about something that is there; None when its path needs an id and none may be used."""
        if "{" not in operation.path:
            return request
        id = self.id(session, operation)
        return at(request, operation, id) if id is not None else None

    def id(self, session: Session, operation: Operation) -> Id | None:
        """Something an operation may be called about: what this run made before what was there."""
        free = reads(operation) or is_private(session)
        known = self.ids.some(operation, made=not free)
        made = [one for one in known if one.made]
        if operation.method == "DELETE":
            return made[0] if len(made) > 1 else None  # what others need stays
        if reads(operation) and known:
            self._turn += 1
            return known[-self._turn % len(known)]  # one after the other: what is odd may be in any of them
        newest = [*reversed(made), *(one for one in reversed(known) if not one.made)]
        if operation.method in ("PATCH", "PUT"):
            return self._one_that_changes(session, operation, newest) or next(iter(newest), None)
        return next(iter(newest), None)

    def _one_that_changes(self, session: Session, operation: Operation, candidates: list[Id]) -> Id | None:
        """The first that takes the example: what isn't finished refuses any change, and so says nothing of its form."""
        if operation.id not in self._changeable:
            page = page_of(operation.id, document=session.subject.document)
            made = draft(LEAST, page, session.subject.key or KEY, least=True)
            made.value = self.example(session, page) or made.value
            request = owned(session, made.request())
            self._changeable[operation.id] = next(
                (one for one in candidates[:_TRIED] if _takes(session, at(request, operation, one))), None
            )
        return self._changeable[operation.id]


def _takes(session: Session, request: Request) -> bool:
    reply = session.send(request).reply
    return reply is not None and 200 <= reply.status < 300


def is_private(session: Session) -> bool:
    """Whether the account is one of a fake's that nobody else sees."""
    return (session.subject.key or "").startswith(PRIVATE)


def patiently(session: Session, operation: Operation, request: Request, note: str = "") -> Step:
    """One call; while the server only says that it has too much to do, the same again, for a while."""
    known = Known.of(session.subject.document)
    end = session.now() + _PATIENCE_MS
    while True:
        step = session.send(request, note)
        if step.reply is None or not known.is_busy(operation.id, request, step.reply) or session.now() > end:
            return step
        session.wait(_PAUSE_MS)


def owned(session: Session, request: Request) -> Request:
    """The request to the server that is judged, with the headers that all its calls have."""
    headers = Headers.of((*session.subject.headers, *request.headers))
    return replace(request, origin=session.subject.origin, headers=headers)


def examples(session: Session, page: Page) -> Iterator[Json]:
    """The examples of a JSON body that keep its schema, about a source of the user's if one was told."""
    entry = next((one for one in page.entries if one.body.is_json), None)
    if entry is None:
        return
    spot = page.body.at("content", entry.body.media) if page.body else None
    said: dict[str, Json] = spot.value if spot is not None else {}
    named = [one.get("value") for one in (said.get("examples") or {}).values() if isinstance(one, dict)]
    schema = said.get("schema") or {}
    inside = spot.at("schema") if spot is not None else None
    schema = inside.value if inside is not None and isinstance(inside.value, dict) else schema
    listed = [said.get("example"), *named, schema.get("example"), *(schema.get("examples") or [])]
    for value in listed:
        if isinstance(value, dict) and entry.body.holds(value):
            yield _about_source(session, value)


def reworded(request: Request, before: str | None, after: str | None) -> Request:
    """The request with one text for another, wherever it is: another key, another id."""
    if before is None or after is None or before == after:
        return request
    headers = Headers.of((name, value.replace(before, after)) for name, value in request.headers)
    return replace(
        request,
        path=request.path.replace(before, after),
        query=request.query.replace(before, after),
        headers=headers,
        body=request.body.replace(before.encode(), after.encode()),
    )


def with_body(request: Request, body: Json) -> Request:
    """The request with another JSON body, plainly written; the same for one that has no JSON."""
    if not is_json((request.header("content-type") or "").partition(";")[0].strip().lower()):
        return request
    return replace(request, body=dump(body))


def _about_source(session: Session, body: dict[str, Json]) -> Json:
    source = next(iter(session.subject.sources), None)
    if source is None:
        return body
    return {name: source if name in _SOURCES else value for name, value in body.items()}
