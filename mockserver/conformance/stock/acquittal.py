"""Where Schemathesis accuses, and the document, what it says of its server, or HTTP has the server be right.

Each reason stands where it is decided. What is left out here is judged by rules of our own: they know which rule a
request breaks, and what a call's circumstances are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from mockserver.conformance.finding import Step
from mockserver.conformance.known import Known
from mockserver.conformance.stock.accusation import broken_by, step_of
from mockserver.conformance.subject import Subject
from mockserver.core.contract import Operation
from mockserver.core.http import Reply

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response

# RFC 9110 has 405 for a method that a resource has not (15.5.6), and lets a server that doesn't want to tell whether
# there is such a resource answer 404 (15.5.5); 501 is for a method it knows nowhere (15.6.2). A proxy or a guard may
# refuse it before the server sees it: 400, 401, 403. What must not be is that it is taken.
_NO_SUCH_METHOD: Final = (400, 401, 403, 404, 405, 501)


def is_guilty(subject: Subject, failure: Failure, response: Response) -> bool:
    """Whether an accusation stands."""
    step = step_of(response.request, response, subject.origin)
    match = subject.contract.match(step.request.method, step.request.path)
    judge = _JUDGES.get(type(failure).__name__)
    if judge is None or step.reply is None:
        return True
    return judge(subject, match.operation if match else None, step, step.reply)


def _accepted(subject: Subject, operation: Operation | None, step: Step, reply: Reply) -> bool:
    """AcceptedNegativeData: not where our own check finds nothing wrong, nor where nobody enforces what it finds.

    Schemathesis calls some requests invalid that are not: by a member or argument that the document does not forbid,
    or that became a good one on the way to text. Several broken rules are as lenient as the strictest of them.
    """
    if operation is None:
        return False
    known, broken = Known.of(subject.document), broken_by(subject.contract, step.request)
    return any(
        not known.lenient(operation.id, f"{one.place} {one.pointer}:{one.rule}", one.document)
        and not known.lenient(
            operation.id, _BODY_RULES.get(one.rule, f"{one.place}{one.pointer}:{one.rule}"), one.document
        )
        and one.rule not in ("repeated", "allowEmptyValue")
        for one in broken
    )


# As our rules of requests are called where their names are not made of place and keyword.
_BODY_RULES: Final = {"body": "body:missing", "content": "media-type", "syntax": "transport:utf-8"}


def _refused(subject: Subject, operation: Operation | None, step: Step, reply: Reply) -> bool:
    """RejectedPositiveData: not where our check finds something wrong, nor where the document knows the refusal."""
    if operation is None or broken_by(subject.contract, step.request):
        return False
    return not Known.of(subject.document).refusal(operation.id, step.request, reply)


def _failed(subject: Subject, operation: Operation | None, step: Step, reply: Reply) -> bool:
    """ServerError: not where the document knows it for the real server's answer."""
    name = operation.id if operation else ""
    return not Known.of(subject.document).failure(name, step.request, reply)


def _undeclared(subject: Subject, operation: Operation | None, step: Step, reply: Reply) -> bool:
    """UnsupportedMethodResponse: not where HTTP allows the answer. A 405 has to say what is allowed (15.5.6)."""
    if reply.status == 405:
        return reply.header("allow") is None
    return reply.status not in _NO_SUCH_METHOD


_JUDGES: Final[Mapping[str, Callable[[Subject, Operation | None, Step, Reply], bool]]] = {
    "AcceptedNegativeData": _accepted,
    "RejectedPositiveData": _refused,
    "ServerError": _failed,
    "UnsupportedMethodResponse": _undeclared,
}
