"""What to look for in the journal: a value, its JSON schema, and how it is read with all that is wrong in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from mockserver.contract.schema import Breach, Shape
from mockserver.contract.spot import Spot
from mockserver.core.instants import instant_from
from mockserver.core.text import Json, pointer
from mockserver.engine.difference import differences
from mockserver.engine.journal import Entry
from mockserver.errors import unknown


@dataclass(frozen=True, slots=True)
class Query:
    """Every part that is given has to hold; a query of nothing matches every entry.

    `path` is as sent, or a template (`/api/asset/{assetId}`), or has wildcards: `*` in a segment, `**` for segments.
    `status` is a number or a class such as `4xx`. `headers` and `arguments` map names to values (with `*`), or to None
    for what may not be there. `body` and `reply` map JSON Pointers to values of the request's and the reply's body.
    `text` stands in one of both. `violations` and `fault` are whether there are any, or a code or a name. `since` and
    `until` are instants in ms, both included; `after` and `before` are serials, both excluded.
    """

    provider: str | None = None
    world: str | None = None
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | str | None = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    arguments: Mapping[str, str | None] = field(default_factory=dict)
    body: Mapping[str, Json] = field(default_factory=dict)
    reply: Mapping[str, Json] = field(default_factory=dict)
    text: str | None = None
    violations: bool | str | None = None
    fault: bool | str | None = None
    since: int | None = None
    until: int | None = None
    after: int | None = None
    before: int | None = None

    def __call__(self, entry: Entry) -> bool:
        """Whether the entry is one of those looked for."""
        return next(differences(self, entry), None) is None


_NAMES: Final = {"type": "object", "additionalProperties": {"type": ["string", "null"]}}
_POINTERS: Final = {"type": "object", "propertyNames": {"pattern": "^(/.*)?$"}}
_INSTANT: Final = {"type": ["string", "integer"]}
_SERIAL: Final = {"type": "integer", "minimum": 0}

QUERY_SCHEMA: Final[Json] = {
    "title": "Query",
    "description": "What exchanges to look for; every part that is given has to hold, and nothing given means all.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "provider": {"type": "string", "description": "The API called.", "examples": ["livepeer"]},
        "world": {
            "type": "string",
            "description": "The world it was in; its name alone means one of any provider.",
            "examples": ["test_me", "livepeer/test_me"],
        },
        "operation": {"type": "string", "description": "The operationId matched.", "examples": ["createClip"]},
        "method": {"type": "string", "description": "The method, in any case.", "examples": ["POST"]},
        "path": {
            "type": "string",
            "pattern": "^[/*]",
            "description": "The path as sent, without the query; or a template of the document; or with wildcards: "
            "`*` within a segment, `**` for any number of them.",
            "examples": ["/api/clip", "/api/asset/{assetId}", "/api/**"],
        },
        "status": {
            "type": ["integer", "string"],
            "minimum": 100,
            "maximum": 599,
            "pattern": "^[1-5](xx|XX|[0-9][0-9])$",
            "description": "The status, or a class of them.",
            "examples": [422, "4xx"],
        },
        "headers": {
            **_NAMES,
            "description": "The request's headers: name to value, in which `*` stands for any text; null for one that "
            "may not be there. Credentials were removed: of an Authorization its scheme is left.",
            "examples": [{"Content-Type": "application/json*", "Origin": None}],
        },
        "arguments": {
            **_NAMES,
            "description": "The same of the arguments of the query.",
            "examples": [{"limit": "5"}],
        },
        "body": {
            **_POINTERS,
            "description": "The request's body: JSON Pointer to the value that is to be there.",
            "examples": [{"/name": "My Clip"}],
        },
        "reply": {
            **_POINTERS,
            "description": "The same of the reply's body.",
            "examples": [{"/errors/0": "not found"}],
        },
        "text": {"type": "string", "description": "Stands in the request's body or the reply's."},
        "violations": {
            "type": ["boolean", "string"],
            "description": "Whether there are any; or the code of one.",
            "examples": [True, "C210"],
        },
        "fault": {
            "type": ["boolean", "string"],
            "description": "Whether a fault was met; or its name.",
            "examples": [False, "timeout"],
        },
        "since": {
            **_INSTANT,
            "description": "No earlier than this: Unix time in milliseconds, or ISO 8601 with an offset.",
            "examples": ["2026-11-22T11:50:00Z", 1795348200000],
        },
        "until": {**_INSTANT, "description": "No later than this."},
        "after": {**_SERIAL, "description": "Only entries with a greater serial.", "examples": [41]},
        "before": {**_SERIAL, "description": "Only entries with a smaller serial."},
    },
}


class QueryError(ValueError):
    """What is no query. `problems` are (JSON pointer, what is wrong and what to do)."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{where or '/'}: {what}" for where, what in self.problems))


def query_from(value: Json) -> Query:
    """The query that a JSON value spells. Raises QueryError with all that is wrong."""
    problems = [problem for breach in _shape().breaches(value) for problem in _told(breach)]
    read = dict(value) if isinstance(value, dict) else {}
    for name in ("since", "until"):
        if type(read.get(name)) in (str, int):
            try:
                read[name] = instant_from(read[name])
            except ValueError as error:
                problems.append((f"/{name}", str(error)))
    if problems:
        raise QueryError(problems)
    return Query(**_plain(read))


_EXPECTED: Final = {
    "/path": "a path that begins with `/`, or a wildcard",
    "/status": "a status from 100 to 599, or a class such as `4xx`",
}


def _told(breach: Breach) -> Iterator[tuple[str, str]]:
    where = pointer(breach.parts)
    if breach.rule == "additionalProperties":
        for name in breach.detail["unexpected"]:
            yield f"{where}{pointer([name])}", unknown("part of a query", name, QUERY_SCHEMA["properties"])
    elif breach.rule == "propertyNames":
        yield where, "expected JSON Pointers for names, such as `/name`, or `/0/id` in a list"
    else:
        expected = _EXPECTED.get(where, breach.expected)
        yield where, f"expected {expected}, got {breach.got}. {breach.remedy}".rstrip()


def _plain(read: Mapping[str, Json]) -> dict[str, Json]:
    """Methods and classes in the one case they are compared in, a status as a number."""
    plain = dict(read)
    if "method" in plain:
        plain["method"] = plain["method"].upper()
    if isinstance(plain.get("status"), str):
        plain["status"] = int(plain["status"]) if plain["status"].isdecimal() else plain["status"].lower()
    return plain


@lru_cache(maxsize=1)
def _shape() -> Shape:
    return Shape(Spot.of(QUERY_SCHEMA), "request")
