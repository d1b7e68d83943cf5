"""Fewer calls, headers and members that still show a finding, tried on accounts of their own.

Only where that costs nobody anything: each attempt runs on a fresh account of a fake (`test_...`). Elsewhere the calls
stay as they were seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mockserver.conformance.finding import Finding, Step
from mockserver.conformance.rule import Skip
from mockserver.conformance.session import Session
from mockserver.conformance.specimens import PRIVATE, reworded
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.payload import is_json, read_payload
from mockserver.core.text import Json, TextError, dump, parse, resolve
from mockserver.core.violation import Violation

# What findings of single calls are called. Those of state rules are as small as their rules make them.
_SINGLE: Final = re.compile(r"(accepts-|refuses-valid$|server-error$|no-reply$|reply-|schemathesis-)")
_MOST_ATTEMPTS: Final = 24
_LARGEST: Final = 1 << 20
# Without these a call is another one.
_NEEDED: Final = frozenset(("authorization", "content-type", "content-encoding", "cookie", "prefer"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A reply as assertions read it: what they need of an httpx response."""

    reply: Reply

    @property
    def status_code(self) -> int:
        return self.reply.status

    @property
    def content(self) -> bytes:
        return self.reply.body

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in reversed(self.reply.headers)}

    def json(self) -> Json:
        return parse(self.reply.body)


def shrunk(session: Session, finding: Finding) -> Finding:
    """The finding with fewer calls, headers and members, where that can be tried; else as it is."""
    key = session.subject.key
    if key is None or not key.startswith(PRIVATE) or "+" in key or not finding.must or not finding.steps:
        return finding
    if _SINGLE.match(finding.rule) is None:
        return finding
    trial = _Trial(session, finding, key)
    steps = finding.steps
    try:
        again = True
        while again:
            again = False
            for fewer in _smaller(steps):
                seen = trial.run(fewer)
                if seen is not None:
                    steps, again = seen, True
                    break
    except (Skip, _Enough):
        pass  # what is smallest so far will do
    return replace(finding, steps=steps, must=_renumbered(finding.must, len(finding.steps), len(steps)))


class _Enough(Exception):
    """As many attempts were made as a finding is worth."""


class _Trial:
    def __init__(self, session: Session, finding: Finding, key: str) -> None:
        self._session, self._finding, self._key = session, finding, key
        self._status = _status(finding.steps[-1])
        self._broken = _documents(_breaks(session, finding.steps[-1].request))
        self._attempts = 0

    def run(self, steps: tuple[Step, ...]) -> tuple[Step, ...] | None:
        """The steps as they went on a new account, if they still show the finding."""
        if self._attempts >= _MOST_ATTEMPTS:
            raise _Enough
        if _documents(_breaks(self._session, steps[-1].request)) != self._broken:
            return None
        self._attempts += 1
        account = f"{self._key}-again-{self._finding.rule[:40]}-{self._attempts}"
        fresh = re.sub(r"[^A-Za-z0-9._~-]+", "-", account)
        seen = tuple(replay(self._session, steps, {self._key: fresh}))
        held = _renumbered(self._finding.must, len(self._finding.steps), len(steps))
        if _status(seen[-1]) != self._status or all(holds(one, seen) for one in held):
            return None
        return tuple(_renamed(step, fresh, self._key) for step in seen)


def replay(session: Session, steps: Sequence[Step], words: dict[str, str]) -> Iterator[Step]:
    """The steps once more, one after the other: with other words, and with what the replies now say."""
    changed = dict(words)
    for step in steps:
        request = step.request
        for before, after in changed.items():
            request = reworded(request, before, after)
        made = replace(session.send(request), saved=step.saved, note=step.note)
        for pointer in step.saved.values():
            before, after = _text_at(step.reply, pointer), _text_at(made.reply, pointer)
            if before and after:
                changed[before] = after
        yield made


def holds(claim: str, steps: Sequence[Step]) -> bool:
    """Whether an assertion of a finding is true of the replies. What can't be read is not true."""
    replies = [Shown(step.reply) if step.reply is not None else None for step in steps]
    try:
        # Claims are Python that this package writes (`musts`); what a server said stands in them only as literals.
        return bool(eval(claim, {"replies": replies, "re": re}))
    except (LookupError, TypeError, ValueError, AttributeError, TextError):
        return False


def _smaller(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Each way to leave one thing out, the largest first."""
    for index in range(len(steps) - 1):
        yield steps[:index] + steps[index + 1 :]
    last = steps[-1]
    for request in _less(last.request):
        yield (*steps[:-1], replace(last, request=request))


def _less(request: Request) -> Iterator[Request]:
    if request.query:
        yield replace(request, query="")
        arguments = request.query.split("&")
        for index in range(len(arguments) if len(arguments) > 1 else 0):
            yield replace(request, query="&".join(arguments[:index] + arguments[index + 1 :]))
    value = _json_of(request)
    if isinstance(value, dict):
        for name in value:
            yield replace(request, body=dump({other: one for other, one in value.items() if other != name}))
        if (plain := dump(value)) != request.body:
            yield replace(request, body=plain)
    for index, (name, _) in enumerate(request.headers):
        if name.lower() not in _NEEDED:
            rest = request.headers[:index] + request.headers[index + 1 :]
            yield replace(request, headers=Headers.of(rest))


def _status(step: Step) -> int:
    return step.reply.status if step.reply is not None else 0


def _json_of(request: Request) -> Json:
    if not request.body or not is_json((request.header("content-type") or "").partition(";")[0].strip().lower()):
        return None
    value = read_payload(request, _LARGEST).value
    # A text that says one thing twice, or in odd ways, is what it is about.
    return value if isinstance(value, dict) and not request.header("content-encoding") else None


def _breaks(session: Session, request: Request) -> tuple[Violation, ...]:
    contract = session.subject.contract
    match = contract.match(request.method, request.path)
    return contract.check_request(match, request, read_payload(request, _LARGEST)) if match is not None else ()


def _documents(violations: tuple[Violation, ...]) -> frozenset[str]:
    return frozenset(violation.document for violation in violations)


def _renamed(step: Step, before: str, after: str) -> Step:
    return replace(step, request=reworded(step.request, before, after))


def _text_at(reply: Reply | None, pointer: str) -> str:
    try:
        value = resolve(reply.value if reply is not None else None, pointer)
    except KeyError:
        return ""
    return value if isinstance(value, str) else ""


def _renumbered(claims: tuple[str, ...], before: int, after: int) -> tuple[str, ...]:
    """The claims about the last reply, when there are fewer before it."""
    if before == after:
        return claims
    return tuple(claim.replace(f"replies[{before - 1}]", f"replies[{after - 1}]") for claim in claims)
