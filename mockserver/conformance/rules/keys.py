"""Keys: none, unknown ones, ones that were taken back, and what a stranger may call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.asking import Answer
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import READS, Session
from mockserver.core.contract import Operation

# No key of anybody: neither a fake's (`test_`) nor shaped as a token of a known kind.
NOBODY: Final = "mockserver-check-nobody-has-this-key"
_REFUSED: Final = (401, 403)
_SOME_ID: Final = "00000000-0000-4000-8000-00000000dead"


def secured(session: Session) -> Iterator[Operation]:
    """The operations that ask for a key and may be called in this session."""
    subject = session.subject
    for operation in subject.contract.operations.values():
        if session.limits.read_only and operation.method not in READS:
            continue
        if subject.security(operation) is not None:
            yield operation


def without_key(session: Session) -> Iterator[Finding]:
    """Whether calls without a key are refused. Raises Skip when the document asks for none."""
    tried = False
    for operation in secured(session):
        tried = True
        answer = _call(session, operation, None)
        yield from _judged(session, operation, answer, "no-key", "without a key")
    if not tried:
        raise Skip("the document asks for no key")


def with_unknown_key(session: Session) -> Iterator[Finding]:
    """Whether calls with a key that nobody has are refused. Raises Skip when the document asks for none."""
    tried = False
    for operation in secured(session):
        tried = True
        answer = _call(session, operation, NOBODY)
        yield from _judged(session, operation, answer, "unknown-key", "with a key that nobody has")
    if not tried:
        raise Skip("the document asks for no key")


def with_lost_keys(session: Session, roles: tuple[str, ...], operations: tuple[str, ...]) -> Iterator[Finding]:
    """Whether keys of `roles`, that once were good, are refused. Raises Skip when none is given."""
    given = [(role, session.subject.roles[role]) for role in roles if role in session.subject.roles]
    if not given:
        raise Skip(f"no key is given that is {' or '.join(roles)} (--key-for ROLE=KEY)")
    known = session.subject.contract.operations
    for role, key in given:
        for name in operations:
            if name in known and not (session.limits.read_only and known[name].method not in READS):
                answer = _call(session, known[name], key)
                yield from _judged(session, known[name], answer, f"{role}-key", f"with a key that is {role}")


def _call(session: Session, operation: Operation, key: str | None) -> Answer:
    names = [part.partition("}")[0] for part in operation.path.split("{")[1:]]
    request = session.subject.request(operation, path=dict.fromkeys(names, _SOME_ID), key=key, anonymous=key is None)
    return Answer.of(session.send(request))


def _judged(session: Session, operation: Operation, answer: Answer, rule: str, how: str) -> Iterator[Finding]:
    """A success is wrong everywhere; where the provider is known, so is every refusal but 401 and 403."""
    if answer.good or (session.subject.provider is not None and answer.status not in _REFUSED):
        title = f"{operation.id} is answered with {answer.status} {how}"
        must = [f"replies[0].status_code in {_REFUSED}"]
        yield found(session, rule, title, [answer], must=must, operation=operation.id, where="responses/401")
