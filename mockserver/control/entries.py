"""How exchanges and violations of the journal are told. Secrets went on the way in; nothing is told as HTML."""

from __future__ import annotations

from base64 import b64encode

from mockserver.core.http import Headers, media_type
from mockserver.core.instants import iso
from mockserver.core.payload import is_json
from mockserver.core.text import Json, TextError, parse
from mockserver.core.violation import Violation
from mockserver.engine.journal import Entry


def entry_shown(entry: Entry) -> Json:
    """A whole entry, as the schema `Entry` of the document has it."""
    request, reply = entry.request, entry.reply
    return {
        "serial": entry.serial,
        "at": entry.at,
        "atIso": iso(entry.at),
        "provider": entry.provider,
        "world": entry.world,
        "operation": entry.operation,
        "request": {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            **_message(request.headers, request.body),
        },
        "reply": {"status": reply.status, **_message(reply.headers, reply.body)},
        "violations": [violation_shown(violation) for violation in entry.violations],
        "microseconds": entry.microseconds,
    }


def violation_shown(violation: Violation) -> Json:
    """A violation, as the schema `Violation` of the document has it."""
    return {
        "code": violation.code,
        "party": violation.party,
        "place": violation.place,
        "pointer": violation.pointer,
        "rule": violation.rule,
        "document": violation.document,
        "expected": violation.expected,
        "got": violation.got,
        "remedy": violation.remedy,
        "text": str(violation),
    }


def _message(headers: Headers, body: bytes) -> dict[str, Json]:
    value, encoding = _body(headers, body)
    return {"headers": [list(pair) for pair in headers], "body": value, "encoding": encoding}


def _body(headers: Headers, body: bytes) -> tuple[Json, str]:
    """The body as JSON if it says it is and is, as text if it is UTF-8, else as base64."""
    if not body:
        return None, "none"
    media, _ = media_type(headers.first("content-type"))
    if is_json(media):
        try:
            return parse(body), "json"
        except TextError:
            pass
    try:
        return body.decode(), "text"
    except UnicodeDecodeError:
        return b64encode(body).decode(), "base64"
