"""What is wrong with a call, as `application/problem+json` (RFC 9457): what, where, which rule, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from mockserver.core.http import REASONS, Reply
from mockserver.core.text import Json
from mockserver.core.violation import Violation

MEDIA: Final = "application/problem+json"

_NAMES: Final = {
    400: "malformed",
    401: "token",
    403: "forbidden",
    404: "not-found",
    405: "method",
    408: "timeout",
    409: "conflict",
    413: "too-large",
    415: "media-type",
    417: "expectation",
    422: "invalid",
    431: "header-too-large",
    500: "bug",
    503: "not-ready",
}

_USUAL: Final = "Send what is expected; GET /__admin/openapi.json tells all."

# What a broken rule of ours comes to; a schema's rule is a 422 in a body and a 400 elsewhere.
_STATUSES: Final = {"content": 415, "charset": 415, "encoding": 415, "size": 413, "syntax": 400, "body": 400}


@dataclass(frozen=True, slots=True)
class Breach:
    """One of several things that are wrong. `place` is where in the request: body, query, path, header."""

    place: str
    pointer: str
    rule: str
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """`pointer` is a JSON Pointer into the body, or the name of a parameter or header."""

    status: int
    detail: str
    pointer: str = ""
    rule: str = ""
    remedy: str = ""
    breaches: tuple[Breach, ...] = ()

    @property
    def reply(self) -> Reply:
        value: dict[str, Json] = {
            "type": f"urn:mockserver:problem:{_NAMES.get(self.status, 'other')}",
            "title": REASONS[self.status],
            "status": self.status,
            "detail": self.detail,
        }
        value |= {
            name: said
            for name, said in (("pointer", self.pointer), ("rule", self.rule), ("remedy", self.remedy))
            if said or (name == "pointer" and self.rule)
        }
        if self.breaches:
            value["violations"] = [asdict(breach) for breach in self.breaches]
        headers = (("WWW-Authenticate", 'Bearer realm="mockserver"'),) if self.status == 401 else ()
        return Reply.json(self.status, value, headers, MEDIA)


class Refused(Exception):
    """A call that can't be done. Nothing was changed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def from_violations(violations: Iterable[Violation]) -> Problem:
    """The problem of a request that breaks rules; the first of them gives status and place."""
    found = tuple(violations)
    first = found[0]
    status = _STATUSES.get(first.rule) or (422 if first.place == "body" else 400)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    breaches = tuple(map(breach_of, found))
    return Problem(status, breaches[0].detail + more, first.pointer, first.rule, breaches[0].remedy, breaches)


def from_pairs(pairs: Iterable[tuple[str, str]], rule: str, remedy: str, status: int = 422) -> Problem:
    """The problem of a body in which things are wrong, told as pairs of a JSON Pointer and a sentence."""
    breaches = tuple(
        Breach("body", where, rule, f"body {where}: {said}" if where else f"body: {said}", remedy)
        for where, said in pairs
    )
    first = breaches[0]
    more = f" (and {len(breaches) - 1} more)" if len(breaches) > 1 else ""
    return Problem(status, first.detail + more, first.pointer, rule, remedy, breaches)


def breach_of(violation: Violation) -> Breach:
    """A broken rule of the document, in a few words."""
    said = f"{violation.where}: expected {violation.expected}, got {violation.got}"
    return Breach(violation.place, violation.pointer, violation.rule, said, violation.remedy or _USUAL)
