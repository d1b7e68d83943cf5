"""Refusals: they say so in the provider's shape, and they change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.api import Api, Attempt
from mockserver.conformance.rules.asking import Answer, at
from mockserver.conformance.rules.collection import subscripts
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.keys import NOBODY
from mockserver.conformance.session import READS, Session
from mockserver.core.payload import read_payload
from mockserver.core.text import Json

State = Mapping[str, tuple[Json, ...] | None]


def change_nothing(session: Session, api: Api) -> Iterator[Finding]:
    """Whether each list is the same after a refused call as before it."""
    before, shown = _states(session, api)
    for attempt in api.attempts(session):
        refused = Answer.of(session.send(attempt.request, attempt.why))
        if refused.status < 400:
            yield from _accepted(session, attempt, refused)
            before, shown = _states(session, api)
            continue
        after, now = _states(session, api)
        for keeping in api.keeping:
            name = keeping.collection.listing
            problem = _change(before[name], after[name], keeping.pointers)
            if problem is not None:
                id, what = problem
                title = f"a call that is refused with {refused.status} because {attempt.why} changes the {what} of {id}"
                if what in ("presence", "absence"):
                    verb = "makes" if what == "presence" else "removes"
                    title = f"a call that is refused with {refused.status} because {attempt.why} {verb} {id}"
                listed = f"replies[{{}}]{keeping.collection.pages}"
                must = [f"{listed.format(2)} == {listed.format(0)}"]
                yield found(session, "refused-changes", title, [shown[name], refused, now[name]], must=must)
        before, shown = after, now


def _accepted(session: Session, attempt: Attempt, answer: Answer) -> Iterator[Finding]:
    """What the document's own schemas forbid, the checks of invalid requests tell."""
    contract, request = session.subject.contract, attempt.request
    match = contract.match(request.method, request.path)
    if match is not None and not contract.check_request(match, request, read_payload(request, len(request.body))):
        title = f"{match.operation.id} is answered with {answer.status} although {attempt.why}"
        yield found(session, "not-refused", title, [answer], must=["replies[0].status_code >= 400"])


def _states(session: Session, api: Api) -> tuple[dict[str, State], dict[str, Answer]]:
    states: dict[str, State] = {}
    answers: dict[str, Answer] = {}
    for keeping in api.keeping:
        page = keeping.collection.first(session)
        answers[keeping.collection.listing] = page
        states[keeping.collection.listing] = {
            str(item.get(keeping.collection.id)): (
                tuple(at(item, pointer) for pointer in keeping.pointers) if keeping.settled(item) else None
            )
            for item in keeping.collection.items_of(page)
        }
    return states, answers


def _change(before: State, after: State, pointers: tuple[str, ...]) -> tuple[str, str] | None:
    """The id and property of the first difference; None when there is none. What isn't settled is only counted."""
    for id in after:
        if id not in before:
            return id, "presence"
    for id, was in before.items():
        if id not in after:
            return id, "absence"
        now = after[id]
        if was is None or now is None:
            continue
        for pointer, one, other in zip(pointers, was, now, strict=True):
            if one != other:
                return id, subscripts(pointer)[2:-2]
    return None


def error_bodies(session: Session, api: Api) -> Iterator[Finding]:
    """Whether refusals of all kinds have the provider's own body."""
    subject = session.subject
    told = False
    for attempt in _refusals(session, api):
        answer = Answer.of(session.send(attempt.request, attempt.why))
        if answer.status < 400:
            continue
        told = True
        flaw = api.error_flaw(answer)
        if flaw is not None:
            title = (
                f"a refusal with {answer.status} because {attempt.why} has a body that is not the provider's: {flaw}"
            )
            match = subject.contract.match(attempt.request.method, attempt.request.path)
            yield found(
                session, "error-body", title, [answer], operation=match.operation.id if match else None,
                where=f"responses/{answer.status}", must=[api.error_claim],
            )  # fmt: skip
    if not told:
        raise Skip("nothing was refused")


def _refusals(session: Session, api: Api) -> Iterator[Attempt]:
    subject = session.subject
    for collection in api.collections:
        yield Attempt("there is no key", subject.request(collection.listing, anonymous=True))
        yield Attempt("nobody has this key", subject.request(collection.listing, key=NOBODY))
        if collection.detail is not None:
            path = {collection.parameter: "00000000-0000-4000-8000-00000000dead"}
            yield Attempt("there is no such thing", subject.request(collection.detail, path=path))
    if api.mount is not None:
        nowhere = subject.request(api.collections[0].listing)
        yield Attempt("there is no such path", replace(nowhere, path=f"{api.mount}/mockserver-check-no-such-path"))
    for attempt in api.attempts(session):
        if attempt.request.method in READS or not session.limits.read_only:
            yield attempt
