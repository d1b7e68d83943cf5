"""Runs Schemathesis' phases against a server, each as one rule, within the limits of the session.

Each call is taken off the session's budget, waits its turn, and is recorded like any other. Failures become findings
in `accusation`; what is no failure by the document or by HTTP is let go in `acquittal`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from mockserver.conformance.effort import Effort
from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.session import READS, Session
from mockserver.conformance.specimens import is_private
from mockserver.conformance.subject import Subject
from mockserver.conformance.tidying import Tidying
from mockserver.contract.security import Scheme
from mockserver.core.http import Request
from mockserver.core.text import Json

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.engine.events import EngineEvent
    from schemathesis.generation.case import Case
    from schemathesis.hooks import HookContext
    from schemathesis.schemas import BaseSchema

PHASES: Final = {
    "examples": "the examples of the document, sent as they stand, get documented answers",
    "coverage": "each boundary of each schema, met and crossed, and each method, gets a documented answer",
    "fuzzing": "requests drawn from the schemas, valid and not, get documented answers",
    "stateful": "calls that follow the links of replies get documented answers",
}
# What Schemathesis asks a server about itself before anything else; no hook sees these two calls.
_PROBES: Final = 2
_METHODS: Final = ["get", "put", "post", "delete", "options", "patch", "trace"]


def stock_rules(effort: Effort, tidying: Tidying) -> list[Rule]:
    """A rule for each phase, run with all of Schemathesis' checks."""
    return [
        Rule(
            f"schemathesis-{phase}",
            f"Schemathesis: {about}.",
            partial(_run, phase=phase, effort=effort, tidying=tidying),
        )
        for phase, about in PHASES.items()
    ]


def _run(session: Session, *, phase: str, effort: Effort, tidying: Tidying) -> Iterable[Finding]:
    """The findings of one phase. Raises Skip when the document gives it nothing to do, or no call is left."""
    from schemathesis.engine import events, from_schema

    from mockserver.conformance.stock.accusation import Accusations

    session.count(_PROBES)
    schema = _schema(session, phase, effort)
    if not any(True for _ in schema.get_all_operations()):
        raise Skip("the document has no operation that it may call")
    accusations = Accusations(session)
    with _through(session, schema, tidying) as stopped, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Schemathesis, about what it finds odd in documents
        stream = from_schema(schema).execute()
        for event in stream:
            if stopped:
                stream.stop()
            elif isinstance(event, events.Interrupted):
                raise KeyboardInterrupt  # which the engine takes for itself
            accusations.take(event)
            if (why := _nothing(event, phase)) is not None and not stopped:
                raise Skip(why)
    found = accusations.findings()
    if stopped and not found:
        raise stopped[0]
    return found


def _schema(session: Session, phase: str, effort: Effort) -> BaseSchema:
    import schemathesis

    from mockserver.conformance.stock.document import rooted

    subject, read_only = session.subject, session.limits.read_only
    headers, schemes = credentials(subject)
    given: dict[str, Json] = {
        "seed": effort.seed,
        "base-url": subject.origin,
        "headers": headers,
        "request-timeout": session.limits.timeout_ms / 1_000,
        "generation": {"max-examples": effort.examples, "database": "none"},
        "cache": {"enabled": False},
        "analysis": {"constants": {"enabled": False}},
        "auth": {"auto-signup": False, **({"openapi": schemes} if schemes else {})},
        "output": {"sanitization": {"enabled": False}},
        "suppress-health-check": ["all"],
        "phases": {
            "enabled": False,
            phase: {"enabled": True},
            "coverage": {
                "enabled": phase == "coverage",
                "unexpected-methods": ["options"] if read_only else _METHODS,
            },
        },
    }
    schema = schemathesis.openapi.from_dict(rooted(subject.contract), config=schemathesis.Config.from_dict(given))

    return schema.include(method=sorted(READS)) if read_only else schema


def credentials(subject: Subject) -> tuple[dict[str, str], dict[str, Json]]:
    """The key as headers, and as Schemathesis' settings of the schemes that take it elsewhere."""
    headers = dict(subject.headers)
    schemes: dict[str, Json] = {}
    listed = subject.contract.root.at("components", "securitySchemes")
    if subject.key is None:
        return headers, schemes
    for name, spot in listed.items() if listed else ():
        scheme = Scheme.of(name, spot)
        if scheme.type == "apiKey" and scheme.where != "header":
            schemes[name] = {"api_key": subject.key}
    for operation in subject.contract.operations.values():
        headers.update(pair for pair in subject.credentials(operation, subject.key)[0] if pair[0] != "Cookie")
    return headers, schemes


class NotOurs(Exception):
    """A call that would change what was there before this run. Schemathesis goes on with the next one."""


def _aim(case: Case[Json], subject: Subject) -> Request:
    """Method and path of a call to come."""
    path = urlsplit(str(case.as_transport_kwargs(base_url=subject.origin)["url"])).path
    return Request(case.method.upper(), path.removeprefix(urlsplit(subject.origin).path))


@contextmanager
def _through(session: Session, schema: BaseSchema, tidying: Tidying) -> Iterator[list[Skip]]:
    """Lead Schemathesis' calls through the session; the list gets what keeps them from being made."""
    from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

    from mockserver.conformance.stock.accusation import step_of
    from mockserver.conformance.stock.acquittal import is_guilty

    stopped: list[Skip] = []

    # The one hook that comes before a call is Schemathesis' for all schemas of a process: others' calls pass by.
    def before_call(context: HookContext, case: Case[Json], kwargs: Json) -> None:
        if case.operation.schema.config is not schema.config:
            return
        if not tidying.may(_aim(case, session.subject), free=is_private(session)):
            raise NotOurs
        try:
            session.count()
            session.turn()
        except Skip as skip:
            stopped.append(skip)
            raise

    def after_call(context: HookContext, case: Case[Json], response: Response) -> None:
        session.record(step_of(response.request, response, session.subject.origin))

    def filter_failure(context: HookContext, failure: Failure, case: Case[Json], response: Response) -> bool:
        return is_guilty(session.subject, failure, response)

    GLOBAL_HOOK_DISPATCHER.register_hook_with_name(before_call, "before_call")
    schema.hooks.register_hook_with_name(after_call, "after_call")
    schema.hooks.register_hook_with_name(filter_failure, "filter_failure")
    try:
        yield stopped
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister(before_call)


def _nothing(event: EngineEvent, phase: str) -> str | None:
    """Why a phase had nothing to do, if this event says so."""
    from schemathesis.engine import Status, events

    if not isinstance(event, events.PhaseFinished) or event.phase.name.value != phase:
        return None
    if event.status != Status.SKIP or event.phase.skip_reason is None:
        return None
    return f"schemathesis has nothing to do here: {event.phase.skip_reason.value.replace('_', ' ')}"
