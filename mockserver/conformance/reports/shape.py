"""A report as JSON: our own shape, told by `SCHEMA`. Fields are added to it, never changed or taken away.

`format` counts up if that should ever be needed.
"""

from __future__ import annotations

import json
from typing import Final

from mockserver.conformance.finding import Check, Finding, Report, Step
from mockserver.conformance.reports import words
from mockserver.conformance.reports.sources import Sources
from mockserver.contract.places import Place
from mockserver.core.http import Headers
from mockserver.core.secrecy import REMOVED, is_header, without_secret_pairs, without_secrets
from mockserver.core.text import Json

FORMAT: Final = 1
# Bytes of a body that are kept: enough to see what is wrong with it.
_MOST: Final = 16_384


def as_json(report: Report, sources: Sources) -> str:
    return json.dumps(shape(report, sources), indent=2, ensure_ascii=False).replace("\u2028", "\\u2028") + "\n"


def shape(report: Report, sources: Sources) -> Json:
    """The report as `SCHEMA` has it."""
    tally = words.tally(report)
    return {
        "format": FORMAT,
        "command": report.command,
        "subject": report.subject,
        "document": {"name": report.document, "version": report.version},
        "broken": report.broken,
        "summary": {
            "checks": len(report.checks),
            **{state: sum(check.state == state for check in report.checks) for state in ("kept", "broken", "skipped")},
            **{f"{level}s": tally[level] for level in words.LEVELS},
        },
        "calls": report.calls,
        "milliseconds": round(report.milliseconds, 1),
        "seed": report.seed,
        "checks": [_check(check, sources) for check in report.checks],
        "coverage": _coverage(report),
        "notes": list(report.notes),
    }


def _check(check: Check, sources: Sources) -> Json:
    return {
        "name": check.name,
        "about": check.about,
        "state": check.state,
        "why": check.why,
        "calls": check.calls,
        "milliseconds": round(check.milliseconds, 1),
        "findings": [_finding(finding, sources) for finding in check.findings],
    }


def _finding(finding: Finding, sources: Sources) -> Json:
    return {
        "rule": finding.rule,
        "level": finding.level,
        "party": finding.party,
        "operation": finding.operation,
        "title": finding.title,
        "evidence": finding.evidence,
        "about": finding.about,
        "count": finding.count,
        "document": _place(finding.document, sources.place(finding), sources),
        "before": _place(finding.before, sources.place_before(finding), sources),
        "effects": [
            {"side": each.side, "severity": each.severity, "because": each.because} for each in finding.effects
        ],
        "violations": [
            {
                "code": each.code,
                "party": each.party,
                "operation": each.operation,
                "place": each.place,
                "pointer": each.pointer,
                "rule": each.rule,
                "document": each.document,
                "expected": each.expected,
                "got": each.got,
                "remedy": each.remedy,
            }
            for each in finding.violations
        ],
        "places": [{"source": place.source, "entry": place.entry} for place in finding.places],
        "steps": [told(step) for step in finding.steps],
        "must": list(finding.must),
        "commands": sources.commands(finding),
    }


def _place(pointer: str | None, place: Place | None, sources: Sources) -> Json:
    if pointer is None:
        return None
    if place is None:
        return {"pointer": pointer, "file": None, "line": None, "column": None}
    return {"pointer": pointer, "file": sources.name(place), "line": place.line, "column": place.column}


def told(step: Step) -> Json:
    """A call with its reply; credentials are left out, long bodies cut."""
    path, _, query = step.request.target.partition("?")
    request = {
        "method": step.request.method,
        "origin": without_secrets(step.request.origin),
        "target": without_secrets(path) + (f"?{without_secret_pairs(query)}" if query else ""),
        "headers": _headers(step.request.headers),
        "body": _body(step.request.body, step.request.headers),
    }
    reply = step.reply and {
        "status": step.reply.status,
        "headers": _headers(step.reply.headers),
        "body": _body(step.reply.body, step.reply.headers),
    }
    return {
        "request": request,
        "reply": reply,
        "trouble": step.trouble,
        "note": step.note,
        "afterMs": step.after_ms,
        "beside": step.beside,
        "saved": dict(step.saved),
    }


def _headers(headers: Headers) -> Json:
    return [[name, REMOVED if is_header(name) else without_secrets(value)] for name, value in headers]


def _body(body: bytes, headers: Headers) -> Json:
    """Text as far as it is text; None for none."""
    if not body:
        return None
    text = body[:_MOST].decode("utf-8", "replace") + ("…" if len(body) > _MOST else "")
    form = "x-www-form-urlencoded" in (headers.first("content-type") or "").lower()
    return without_secret_pairs(text) if form else without_secrets(text)


def _coverage(report: Report) -> Json:
    if report.coverage is None:
        return None
    met = report.coverage
    return {"operations": dict(met.operations), "statuses": dict(met.statuses), "unknown": dict(met.unknown)}


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_NUMBER: Final = {"type": "number", "minimum": 0}
_TRUTH: Final = {"type": "boolean"}
_OPTIONAL: Final = {"type": ["string", "null"]}
_COUNTS: Final = {"type": "object", "additionalProperties": _COUNT}
_PARTY: Final = {"enum": ["client", "server"]}
_HEADERS: Final = _list({"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2})
_PLACE: Final = {
    "anyOf": [
        {"type": "null"},
        _object(
            pointer=_TEXT, file=_OPTIONAL, line={"type": ["integer", "null"]}, column={"type": ["integer", "null"]}
        ),
    ]
}
_REPLY: Final = {"anyOf": [{"type": "null"}, _object(status=_COUNT, headers=_HEADERS, body=_OPTIONAL)]}
_REQUEST: Final = _object(method=_TEXT, origin=_TEXT, target=_TEXT, headers=_HEADERS, body=_OPTIONAL)
_FINDING: Final = _object(
    rule=_TEXT,
    level={"enum": list(words.LEVELS)},
    party=_PARTY,
    operation=_OPTIONAL,
    title=_TEXT,
    evidence=_TEXT,
    about=_TEXT,
    count={"type": "integer", "minimum": 1},
    document=_PLACE,
    before=_PLACE,
    effects=_list(
        _object(
            side={"enum": ["clients", "servers"]}, severity={"enum": ["breaking", "risky", "harmless"]}, because=_TEXT
        )
    ),
    violations=_list(
        _object(
            **{"code": _TEXT, "party": _PARTY, "operation": _OPTIONAL, "place": _TEXT, "pointer": _TEXT},
            **{"rule": _TEXT, "document": _TEXT, "expected": _TEXT, "got": _TEXT, "remedy": _TEXT},
        )
    ),
    places=_list(_object(source=_TEXT, entry={"type": "integer", "minimum": 1})),
    steps=_list(
        _object(
            **{"request": _REQUEST, "reply": _REPLY, "trouble": _TEXT, "note": _TEXT, "afterMs": _COUNT},
            **{"beside": _TRUTH, "saved": {"type": "object", "additionalProperties": _TEXT}},
        )
    ),
    must=_list(_TEXT),
    commands=_TEXT,
)

SCHEMA: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A report of mockserver check, verify or diff",
    **_object(
        format={"const": FORMAT},
        command=_TEXT,
        subject=_TEXT,
        document=_object(name=_TEXT, version=_TEXT),
        broken=_TRUTH,
        summary=_object(
            **dict.fromkeys(("checks", "kept", "broken", "skipped"), _COUNT),
            **dict.fromkeys((f"{level}s" for level in words.LEVELS), _COUNT),
        ),
        calls=_COUNT,
        milliseconds=_NUMBER,
        seed={"type": ["integer", "null"]},
        checks=_list(
            _object(
                name=_TEXT,
                about=_TEXT,
                state={"enum": ["kept", "broken", "skipped"]},
                why=_TEXT,
                calls=_COUNT,
                milliseconds=_NUMBER,
                findings=_list(_FINDING),
            )
        ),
        coverage={
            "anyOf": [{"type": "null"}, _object(operations=_COUNTS, statuses=_COUNTS, unknown=_COUNTS)],
        },
        notes=_list(_TEXT),
    ),
}
