"""What every reply is looked at for, whatever it was asked: that it came, that it is no server error, that it fits.

Knows the contract and what its document says of its real server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.conformance.finding import Finding, Step
from mockserver.conformance.known import Known
from mockserver.conformance.musts import must
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session

_SERVER_ERROR: Final = "A server error is no answer to a request, right or wrong (RFC 9110, 15.6)."


def amiss(session: Session, steps: Sequence[Step], about: str = "", document: str | None = None) -> Iterator[Finding]:
    """What is wrong with the reply to the last step. `about` is a clause on what was sent: `a body with ...`.

    `document` is where the document has what it was about. A `server-error` that the document knows is none.
    """
    last, number = steps[-1], len(steps) - 1
    match = session.subject.contract.match(last.request.method, last.request.path)
    operation = match.operation if match is not None else None
    name = operation.id if operation else None
    what = f"{name or last.request.method}" + (f" with {about}" if about else "")
    where = document or (f"{operation.pointer}/responses" if operation else None)
    if last.reply is None:
        yield found(
            session,
            "no-reply",
            f"{what} gets no answer: {last.trouble}",
            steps,
            about="Each operation is answered with one of its documented replies.",
            operation=name,
            document=where,
        )
        return
    if last.reply.status >= 500:
        if not Known.of(session.subject.document).failure(name or "", last.request, last.reply):
            yield found(
                session,
                "server-error",
                f"{what} is answered {last.reply.status}",
                steps,
                must=(f"replies[{number}].status_code < 500",),
                about=_SERVER_ERROR,
                operation=name,
                document=where,
            )
        return
    for violation in session.witness.violations(last):
        yield found(
            session,
            f"reply-{violation.rule}",
            f"{name} {last.reply.status}, {violation.where}: expected {violation.expected}, got {violation.got}",
            steps,
            must=must(violation, last, number),
            about=f"The reply is to have {violation.expected}.",
            operation=name,
            violations=(violation,),
            document=violation.document,
        )
