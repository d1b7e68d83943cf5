"""The state rules against a fake of one process: the healthy one, one with a seeded defect, one bent for a test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial

from mockserver.conformance.finding import Check, Finding, Step
from mockserver.conformance.rules import furnished, rules_for
from mockserver.conformance.session import Limits, Session, conversing
from mockserver.conformance.subject import Subject
from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json
from mockserver.core.world import Outcome, View
from mockserver.settings import Settings
from tests.servers.defect import Defect, Ground, Name, put_in
from tests.servers.serving import served

Answer = Callable[[Ground, View, Call, Moment], Outcome]
KEY = "test_judge"


@cache
def contract_of(provider: str) -> CompiledContract:
    return compile_contract(effective(provider).value)


@contextmanager
def session_with(
    provider: str,
    defect: Defect | None = None,
    *,
    limits: Limits | None = None,
    pace: float = 600,
    readings: Mapping[str, str] | None = None,
    key: str | None = KEY,
) -> Iterator[Session]:
    settings = Settings(port=0, pace=pace, readings=dict(readings or {}))
    with served(defect, settings) as server:
        subject = furnished(Subject(server.url, contract_of(provider), provider, key))
        with conversing(subject, limits or Limits(patience_ms=3_000)) as session:
            yield session


def checks(session: Session, *only: str) -> list[Check]:
    """What the rules of these names have to say, all of them without any; then `replies`."""
    wanted = {*only, "replies"}
    return [rule.check(session) for rule in rules_for(session.subject) if not only or rule.name in wanted]


def findings(session: Session, *only: str) -> list[Finding]:
    return [finding for check in checks(session, *only) for finding in check.findings]


def bent(provider: Name, answer: Answer) -> Defect:
    """A defect that answers calls otherwise."""
    about = answer.__doc__ or ""
    return Defect(
        "bent",
        provider,
        about,
        "",
        lambda engine: put_in(engine, provider, "answer", lambda ground: partial(answer, ground)),
    )


class Seen:
    """A reply as httpx gives it, as far as claims speak of it."""

    def __init__(self, step: Step) -> None:
        assert step.reply is not None
        self.status_code = step.reply.status
        self.content = step.reply.body
        self.headers = {name.lower(): value for name, value in step.reply.headers}
        self._value = step.reply.value

    def json(self) -> Json:
        return self._value


def holds(finding: Finding, claim: str) -> bool:
    """Whether a claim of a finding holds of its own replies; what can't even be read doesn't."""
    replies = [Seen(step) for step in finding.steps if step.reply is not None]
    try:
        return bool(eval(claim, {"replies": replies, "re": re}))
    except (KeyError, TypeError, StopIteration, LookupError):
        return False
