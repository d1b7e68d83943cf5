"""What every reply of the other rules' calls has to be: documented, of the server's health, and there at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mockserver.conformance.finding import Finding
from mockserver.conformance.known import Known
from mockserver.conformance.musts import must
from mockserver.conformance.rule import Rule
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session
from mockserver.conformance.witness import Flaw


def run(session: Session) -> Iterator[Finding]:
    for flaw, times in session.witness.take():
        if not _known(session, flaw):
            yield replace(_finding(session, flaw), count=times)


def _known(session: Session, flaw: Flaw) -> bool:
    """Whether it is a server error that the document knows of its real server."""
    request, reply = flaw.step.request, flaw.step.reply
    match = session.subject.contract.match(request.method, request.path)
    if match is None or reply is None or reply.status < 500:
        return False
    return bool(Known.of(session.subject.document).failure(match.operation.id, request, reply))


def _finding(session: Session, flaw: Flaw) -> Finding:
    step, before = flaw.step, flaw.before
    call = f"{step.request.method} {step.request.path}"
    status = step.reply.status if step.reply is not None else 0
    if flaw.violation is not None:
        broken = flaw.violation
        name = f"reply-{broken.rule}"
        title = f"{broken.operation}'s {status} breaks `{broken.rule}` at {broken.where}"
        saw = f"expected {broken.expected}, got {broken.got}"
        return found(
            session, name, title, [step], saw=saw, operation=broken.operation, document=broken.document,
            violations=(broken,), before=before, must=must(broken, step, 0),
        )  # fmt: skip
    if flaw.kind == "no-reply":
        return found(session, "no-reply", f"{call} is not answered: {step.trouble}", [step], before=before)
    if flaw.kind == "retry-after":
        title = f"{call} answers {status} with a Retry-After that is neither seconds nor a date"
        return found(
            session, "retry-after", title, [step], before=before, about="RFC 9110, 10.2.3: HTTP-date or delay-seconds.",
            must=['replies[0].headers["retry-after"].isdigit()'],
        )  # fmt: skip
    title = f"{call} answers {status} to a good call"
    return found(session, "server-error", title, [step], must=["replies[0].status_code < 500"], before=before)


REPLIES = Rule(
    "replies", "Every reply to the calls of the other rules is one that the document allows, and none is a 5xx.", run
)
