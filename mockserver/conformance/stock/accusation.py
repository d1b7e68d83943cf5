"""What Schemathesis holds against a server, as findings: in our words, with the calls, and where the document says so.

Knows Schemathesis' events and failures, and nothing of who is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from mockserver.conformance.finding import Finding, Step
from mockserver.conformance.musts import must
from mockserver.conformance.session import Session
from mockserver.core.contract import Contract, Operation
from mockserver.core.http import Headers, Reply, Request, media_type
from mockserver.core.payload import is_json, read_payload
from mockserver.core.text import Json, TextError, parse
from mockserver.core.violation import Violation
from mockserver.errors import MockserverError

if TYPE_CHECKING:
    import requests
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.engine.events import EngineEvent
    from schemathesis.engine.recorder import CheckNode, ScenarioRecorder

PREFIX: Final = "schemathesis-"
# What is read of a request body to see what it breaks.
_LARGEST: Final = 1 << 24
# Headers that the library under Schemathesis adds and that no defect needs.
_NOISE: Final = frozenset(
    ("user-agent", "x-schemathesis-testcaseid", "accept-encoding", "connection", "content-length", "host")
)
_MUST: Final = {
    "not_a_server_error": "replies[-1].status_code < 500",
    "negative_data_rejection": "replies[-1].status_code >= 400",
    "positive_data_acceptance": "replies[-1].status_code < 400",
    "ignored_auth": "replies[-1].status_code in (401, 403)",
    "missing_required_header": "replies[-1].status_code in (400, 401, 403, 406, 415, 422)",
    "use_after_free": "replies[-1].status_code in (404, 410)",
    "ensure_resource_availability": "replies[-1].status_code < 400",
    "unsupported_method": "replies[-1].status_code == 405 and 'allow' in replies[-1].headers",
}
_ABOUT: Final = {
    "not_a_server_error": "A server error is nobody's answer to a request (RFC 9110, 15.6).",
    "unsupported_method": "A method that a resource has not is answered 405 with `Allow` (RFC 9110, 15.5.6).",
    "use_after_free": "What was deleted is not there any more.",
    "ensure_resource_availability": "What was created is there.",
}


class BrokeOff(MockserverError):
    """Schemathesis itself gave up: with the document, or by a fault of its own."""


class Accusations:
    """Collects what the events of a run hold against a server, the smallest calls for each."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[object, Finding] = {}

    def take(self, event: EngineEvent) -> None:
        """Raises BrokeOff for an error that ends Schemathesis' run."""
        from schemathesis.engine import events

        if isinstance(event, events.FatalError):
            raise BrokeOff(f"schemathesis broke off: {type(event.exception).__name__}: {event.exception}")
        if isinstance(event, events.ScenarioFinished):
            for case, nodes in event.recorder.checks.items():
                for node in nodes:
                    if node.failure_info is not None:
                        self._add(event.recorder, case, node, node.failure_info.failure)

    def findings(self) -> list[Finding]:
        """One for each defect."""
        return list(self._found.values())

    def _add(self, recorder: ScenarioRecorder, case: str, node: CheckNode, failure: Failure) -> None:
        steps = tuple(self._steps(recorder, failure.case_id or case, failure.related_case_ids()))
        if not steps:
            return
        made = self._finding(node.name, failure, steps)
        before = self._found.get(made.fold)
        if before is None or _size(made) < _size(before):
            self._found[made.fold] = made

    def _steps(self, recorder: ScenarioRecorder, case: str, related: tuple[str, ...]) -> Iterator[Step]:
        for one in recorder.iter_chain_cases(case_id=case, related_case_ids=related):
            called = recorder.interactions.get(one.id)
            if called is not None and called.response is not None:
                yield step_of(called.response.request, called.response, self._session.subject.origin)

    def _finding(self, check: str, failure: Failure, steps: tuple[Step, ...]) -> Finding:
        last = steps[-1]
        operation = self._operation(failure, last)
        broken = self._violations(check, last)
        document = broken[0].document if broken else _place(check, operation, last)
        seen = f"{last.request.method} {last.request.target}: {last.reply.status if last.reply else last.trouble}"
        said = "; ".join(part.strip() for part in failure.message.splitlines() if part.strip())[:600]
        held: tuple[str, ...] = (_MUST[check],) if check in _MUST else ()
        if not held and broken:
            held = must(broken[0], last, len(steps) - 1)
        return Finding(
            rule=PREFIX + check.replace("_", "-"),
            party="server",
            title=f"{failure.title}: {_first(failure.message)}" if failure.message else failure.title,
            evidence="\n".join([seen, said, *map(str, broken[:3])]),
            operation=operation.id if operation else None,
            steps=steps,
            must=held,
            document=document,
            about=_ABOUT.get(check, ""),
            violations=broken,
        )

    def _operation(self, failure: Failure, last: Step) -> Operation | None:
        contract = self._session.subject.contract
        match = contract.match(last.request.method, last.request.path)
        if match is not None:
            return match.operation
        named = failure.operation or ""
        return next((one for one in contract.operations.values() if f"{one.method} {one.path}" == named), None)

    def _violations(self, check: str, last: Step) -> tuple[Violation, ...]:
        """What our own check says of the same: where the document has the rule that was broken."""
        if check == "negative_data_rejection":
            return broken_by(self._session.subject.contract, last.request)
        if check in ("not_a_server_error", "positive_data_acceptance", "unsupported_method"):
            return ()
        return self._session.witness.violations(last)


def broken_by(contract: Contract, request: Request) -> tuple[Violation, ...]:
    """What a request breaks of its operation; nothing when it is of none."""
    match = contract.match(request.method, request.path)
    return contract.check_request(match, request, read_payload(request, _LARGEST)) if match is not None else ()


def step_of(sent: requests.PreparedRequest, response: Response, origin: str) -> Step:
    """A call of Schemathesis' as one of ours."""
    parts = urlsplit(str(sent.url))
    base = urlsplit(origin).path
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    headers = [(name, _text(value)) for name, value in sent.headers.items() if name.lower() not in _NOISE]
    request = Request(
        str(sent.method),
        parts.path.removeprefix(base) or "/",
        parts.query,
        Headers.of(headers),
        body if isinstance(body, bytes) else b"",
        origin=origin,
    )
    said = Headers.of((name, value) for name, values in response.headers.items() for value in values)
    value: Json = None
    if response.content and is_json(media_type(said.first("content-type"))[0]):
        try:
            value = parse(response.content)
        except TextError:
            value = None
    return Step(request, Reply(response.status_code, said, response.content, value))


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _place(check: str, operation: Operation | None, last: Step) -> str | None:
    """Where the document speaks of what a check looks at."""
    if operation is None:
        return None
    if check in ("status_code_conformance", "positive_data_acceptance", "not_a_server_error"):
        return f"{operation.pointer}/responses"
    if check in ("ignored_auth", "object_level_authorization"):
        return f"{operation.pointer}/security"
    if check.startswith(("response_", "content_")) and last.reply is not None:
        return f"{operation.pointer}/responses/{last.reply.status}"
    return operation.pointer


def _first(message: str) -> str:
    """The first line that says something, on one line."""
    line = next((line for line in message.splitlines() if line.strip()), "")
    return re.sub(r"\s+", " ", line).strip()[:200]


def _size(finding: Finding) -> tuple[int, int]:
    return len(finding.steps), sum(len(step.request.body) + len(step.request.target) for step in finding.steps)
