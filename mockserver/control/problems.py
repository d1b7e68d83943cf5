"""What is wrong with a call, as `application/problem+json` (RFC 9457): what, where, which rule, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.core.violation import Violation

MEDIA: Final = "application/problem+json"

_NAMES: Final = {
    400: "malformed",
    401: "token",
    403: "forbidden",
    404: "not-found",
    405: "method",
    409: "conflict",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    500: "bug",
    503: "not-ready",
}

# What a broken rule of ours comes to; a schema's rule is a 422 in a body and a 400 elsewhere.
_STATUSES: Final = {"content": 415, "charset": 415, "encoding": 415, "size": 413, "syntax": 400, "body": 400}


@dataclass(frozen=True, slots=True)
class Problem:
    """`pointer` is a JSON Pointer into the body, or the name of a parameter or header."""

    status: int
    detail: str
    pointer: str = ""
    rule: str = ""
    remedy: str = ""
    violations: tuple[Violation, ...] = ()

    @property
    def reply(self) -> Reply:
        value: dict[str, Json] = {
            "type": f"urn:mockserver:problem:{_NAMES.get(self.status, 'other')}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        value |= {
            name: said
            for name, said in (("pointer", self.pointer), ("rule", self.rule), ("remedy", self.remedy))
            if said or (name == "pointer" and self.rule)
        }
        if self.violations:
            value["violations"] = [_breach(violation) for violation in self.violations]
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
    return Problem(status, _sentence(first) + more, first.pointer, first.rule, first.remedy, found)


def _sentence(violation: Violation) -> str:
    return f"{violation.where}: expected {violation.expected}, got {violation.got}"


def _breach(violation: Violation) -> Json:
    return {
        "place": violation.place,
        "pointer": violation.pointer,
        "rule": violation.rule,
        "detail": _sentence(violation),
        "remedy": violation.remedy,
    }
