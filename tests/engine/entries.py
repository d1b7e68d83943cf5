"""Entries of the journal for tests of what reads it."""

from __future__ import annotations

from typing import Any

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, dump
from mockserver.core.violation import Violation
from mockserver.engine.journal import Entry, Journal

AT = 1_795_348_300_000
VIOLATION = Violation(
    "C201", "client", "createNote", "body", "/text", "type", "/paths/~1notes", "text", "5", "Send a text."
)


def entry(method: str = "POST", target: str = "/tiny/notes", body: Json = None, **changes: Any) -> Entry:
    """An exchange as it is kept; `changes` are fields of the entry, `headers` and `sent` (bytes) of its request."""
    path, _, query = target.partition("?")
    headers = list(changes.pop("headers", ()))
    sent = changes.pop("sent", b"" if body is None else dump(body))
    if body is not None:
        headers.append(("Content-Type", "application/json"))
    fields: dict[str, Any] = {
        "at": AT,
        "provider": "tiny",
        "world": "test_me",
        "operation": "createNote",
        "request": Request(method, path, query, Headers.of(headers), sent),
        "reply": Reply.json(201, {"id": "n1"}),
        "violations": (),
        "microseconds": 143,
    }
    journal = Journal()
    fields.update(changes)
    serial = fields.pop("serial", 1)
    kept = journal.add(**fields)
    found = journal.get(kept.serial)
    assert found is not None
    return found._replace(serial=serial)
