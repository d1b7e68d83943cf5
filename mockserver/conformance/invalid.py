"""Requests that break one rule of the document each, by its name: a server that takes one says nothing about the rule.

What breaks is put into a request that works, so that nothing else is a reason to refuse it. Rules that the real server
is known not to enforce are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Final

from mockserver.conformance.drawing import draws
from mockserver.conformance.effort import Effort
from mockserver.conformance.finding import Finding
from mockserver.conformance.known import Known, excused
from mockserver.conformance.replies import amiss
from mockserver.conformance.rule import Rule as StateRule
from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session
from mockserver.conformance.specimens import Specimens, owned, patiently, reworded, with_body
from mockserver.contract.check import CompiledContract
from mockserver.core.contract import Operation
from mockserver.core.http import Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json, resolve
from mockserver.core.violation import Violation
from mockserver.strategies.book import Page, page_of
from mockserver.strategies.draft import KEY, draft
from mockserver.strategies.invalid import invalid_requests, offences_of, violations
from mockserver.strategies.offences import Offence
from mockserver.strategies.requests import breaks
from mockserver.strategies.rules import Rule
from mockserver.strategies.source import LEAST

# OpenAPI has no word for a name that comes twice, and servers read an empty value as none at all, as HTML forms mean it
# (`allowEmptyValue` is deprecated since 3.0.2): taking these breaks no promise.
_NOT_PROMISED: Final = (":repeated", ":empty")
_LARGEST: Final = 1 << 24
# Rules of an object by its names: a violation points at the object.
_OF_WHOLE: Final = frozenset(("required", "additionalProperties", "unevaluatedProperties"))


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
    operation, key = page.operation, session.subject.key
    offence = offences_of(page)[rule.id]
    bodies = specimens.bodies(session, page)
    if len(offence.tricks) > 1 or rule.family == "transport":
        broken = list(_tricked(page, offence, key or KEY, bodies))
    else:
        strategy = invalid_requests(operation.id, rule, key=key or KEY, document=session.subject.document)
        drawn = draws(strategy, effort.ways, effort.seed, f"{operation.id} {rule.id}")
        broken = [_in_a_good_body(page, rule, one.request, bodies) for one in drawn]
    for one in broken:
        request = owned(session, one)
        if not rule.id.startswith("path "):
            request = specimens.aimed(session, operation, request) or request
        account = specimens.account(session, operation)
        yield reworded(request, key, account), account


def _tricked(page: Page, offence: Offence, key: str, bodies: list[Json]) -> Iterator[Request]:
    """Every way there is to break a rule below the schema, in the plainest request that works.

    Of an argument that can't be read only the plainest: how else a number may be written in a URL (`01`, `1e3`, ` 1`)
    no document says, and servers differ.
    """
    for trick in offence.tricks[:1] if offence.rule.id.endswith(":style") else offence.tricks:
        for body in (*bodies[:1], None):
            made = draft(LEAST, page, key, least=True)
            made.value = made.value if body is None else deepcopy(body)
            trick(made, LEAST)
            request = made.request()
            if offence.is_all(breaks(page, request)):
                yield request
                break


def _in_a_good_body(page: Page, rule: Rule, request: Request, goods: list[Json]) -> Request:
    """The request with all of its body that is not about the rule from an example, if it still breaks that alone."""
    bad = read_payload(request, _LARGEST).value
    told = breaks(page, request)
    if not goods or not rule.id.startswith(("body/", "body:")) or not isinstance(bad, dict) or len(told) != 1:
        return request
    good = next((one for one in goods if _reaches(one, told[0])), goods[0])
    spliced = with_body(request, _spliced(good, bad, told[0]))
    again = breaks(page, spliced)
    return spliced if len(again) == 1 and again[0].document == rule.document else request


def _reaches(good: Json, violation: Violation) -> bool:
    """Whether an example has what a rule is broken in."""
    parent = violation.pointer if violation.rule in _OF_WHOLE else violation.pointer.rpartition("/")[0]
    try:
        resolve(good, parent)
    except KeyError:
        return False
    return True


def _spliced(good: Json, bad: Json, violation: Violation) -> Json:
    """The good value with what is wrong in the bad one, and nothing else of it."""
    out = deepcopy(good)
    into, source = out, bad
    for part in violation.pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        key = int(name) if isinstance(source, list) else name
        there = key in into if isinstance(into, dict) else isinstance(into, list) and int(key) < len(into)
        if not there or not isinstance(into[key], (dict, list)) or f"{violation.pointer}/".endswith(f"/{part}/"):
            if there and violation.rule in _OF_WHOLE and isinstance(into[key], dict):
                into, source = into[key], source[key]
                break
            if isinstance(into, list) and not there:
                into.append(source[key])
            else:
                into[key] = source[key]
            return out
        into, source = into[key], source[key]
    if not isinstance(into, dict) or not isinstance(source, dict) or violation.rule not in _OF_WHOLE:
        return bad
    into.pop(violation.detail.get("missing"), None)
    into.update({name: source[name] for name in violation.detail.get("unexpected", ()) if name in source})
    return out


def _sent(session: Session, operation: Operation, rule: Rule, request: Request, key: str | None) -> Iterator[Finding]:
    sent = patiently(session, operation, request, note=f"breaks {rule.id}")
    # Whoever shows this again has one key.
    step = replace(sent, request=reworded(request, key, session.subject.key))
    if step.reply is not None and 200 <= step.reply.status < 300:
        yield found(
            session,
            f"accepts-{rule.id}",
            f"{operation.id} accepts a request that breaks a rule: {rule.sentence}",
            [step],
            must=("400 <= replies[0].status_code < 500",),
            about=f"{rule.sentence}.{excused(session.subject.provider)}",
            operation=operation.id,
            document=rule.document,
        )
        return
    yield from amiss(session, [step], f"a request that breaks `{rule.id}`", rule.document)
