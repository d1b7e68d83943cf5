"""Requests that break one rule of the document each, by its name: a server that takes one says nothing about the rule.

What breaks is put into a request that works, so that nothing else is a reason to refuse it. Rules that the real server
is known not to enforce are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from mockserver.conformance.drawing import draws
from mockserver.conformance.effort import Effort
from mockserver.conformance.finding import Finding
from mockserver.conformance.known import Known
from mockserver.conformance.replies import amiss
from mockserver.conformance.rule import Rule as StateRule
from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session
from mockserver.conformance.specimens import Specimens, owned, reworded, with_body
from mockserver.contract.check import CompiledContract
from mockserver.core.contract import Operation
from mockserver.core.http import Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json, dump
from mockserver.strategies.book import Page, page_of
from mockserver.strategies.draft import KEY
from mockserver.strategies.invalid import invalid_requests, violations
from mockserver.strategies.requests import breaks
from mockserver.strategies.rules import Rule

# OpenAPI has no word for a name that comes twice, and servers read an empty value as none at all, as HTML forms mean it
# (`allowEmptyValue` is deprecated since 3.0.2): taking these breaks no promise.
_NOT_PROMISED: Final = (":repeated", ":empty")
_LARGEST: Final = 1 << 24


def invalid_rules(contract: CompiledContract, effort: Effort, specimens: Specimens) -> list[StateRule]:
    """A rule for each operation: that it refuses each invalid request, in a documented way."""
    return [
        StateRule(
            f"invalid-{operation.id}",
            f"{operation.id} refuses what breaks a rule of its requests, one rule after the other",
            partial(_look, operation, effort, specimens),
            writes=operation.method not in ("GET", "HEAD", "OPTIONS"),
        )
        for operation in contract.operations.values()
    ]


def _look(operation: Operation, effort: Effort, specimens: Specimens, session: Session) -> Iterator[Finding]:
    page = page_of(operation.id, document=session.subject.document)
    known = Known.of(session.subject.document)
    if page.security is not None and session.subject.key is None:
        raise Skip(f"{operation.id} wants a key, and there is none")
    specimens.ready(session)
    for rule in violations(operation.id, document=session.subject.document):
        if _is_promised(page, rule) and not known.lenient(operation.id, rule.id, rule.document):
            for request, key in _requests(session, page, rule, effort, specimens):
                yield from _sent(session, operation, rule, request, key)


def _is_promised(page: Page, rule: Rule) -> bool:
    """Whether the document, or what is known of the provider, has a server refuse what breaks a rule."""
    if rule.family == "prose":
        told = {f"prose:{one.id}": one for one in page.prose}
        return told[rule.id].status is not None
    return rule.family != "lenient" and not rule.id.endswith(_NOT_PROMISED)


def _requests(
    session: Session, page: Page, rule: Rule, effort: Effort, specimens: Specimens
) -> Iterator[tuple[Request, str | None]]:
    """The requests, each with the key it shows."""
    operation = page.operation
    strategy = invalid_requests(operation.id, rule, key=session.subject.key or KEY, document=session.subject.document)
    for broken in draws(strategy, effort.ways, effort.seed, f"{operation.id} {rule.id}"):
        request = owned(session, broken.request)
        if not rule.id.startswith("path "):
            request = specimens.aimed(session, operation, request) or request
        request = _in_a_good_body(page, rule, request, specimens.example(session, page))
        key = specimens.account(session, operation)
        yield reworded(request, session.subject.key, key), key


def _in_a_good_body(page: Page, rule: Rule, request: Request, good: Json) -> Request:
    """The request with all of its body that is not about the rule from an example, if it still breaks that alone."""
    if good is not None and rule.id == "transport:malformed":
        # A server that mends what breaks off takes it for the example, and not for something it hasn't.
        return replace(request, body=dump(good)[:-1])
    if good is None or not rule.id.startswith(("body/", "body:")):
        return request
    bad = read_payload(request, _LARGEST).value
    if not isinstance(bad, dict):
        return request
    spliced = with_body(request, _spliced(good, bad, rule.id))
    told = breaks(page, spliced)
    return spliced if len(told) == 1 and told[0].document == rule.document else request


def _spliced(good: dict[str, Json], bad: dict[str, Json], id: str) -> Json:
    place = id.removeprefix("body").rpartition(":")[0].strip("/").partition("/")[0]
    if place in bad:
        return {**good, place: bad[place]}
    missing = {name: value for name, value in good.items() if name in bad or f"({name})" not in id}
    return {**missing, **{name: value for name, value in bad.items() if name not in good and "additional" in id}}


def _sent(session: Session, operation: Operation, rule: Rule, request: Request, key: str | None) -> Iterator[Finding]:
    sent = session.send(request, note=f"breaks {rule.id}")
    # Whoever shows this again has one key.
    step = replace(sent, request=reworded(request, key, session.subject.key))
    if step.reply is not None and 200 <= step.reply.status < 300:
        yield found(
            session,
            f"accepts-{rule.id}",
            f"{operation.id} accepts a request that breaks a rule: {rule.sentence}",
            [step],
            must=("400 <= replies[0].status_code < 500",),
            about=rule.sentence,
            operation=operation.id,
            document=rule.document,
        )
        return
    yield from amiss(session, [step], f"a request that breaks `{rule.id}`", rule.document)
