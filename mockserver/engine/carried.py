"""What a server remembers, as JSON that loses nothing: so it is told to another server on the same store.

What is kept of a delivery has its secrets, as it has in the store; an entry of the journal has none any more.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import fields, replace
from typing import Final

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, Record
from mockserver.core.violation import Violation
from mockserver.core.world import WorldId
from mockserver.engine.journal import Entry
from mockserver.engine.kept import delivery_of, record_of
from mockserver.engine.outbox import Posted

_OF_A_VIOLATION: Final = tuple(each.name for each in fields(Violation))
_OF_AN_ENTRY: Final = ("serial", "at", "provider", "world", "operation", "microseconds", "fault")


def entry_record(entry: Entry) -> Record:
    """An entry; the value of its reply is left out, which its body spells."""
    request, reply = entry.request, entry.reply
    return {
        **{name: getattr(entry, name) for name in _OF_AN_ENTRY},
        "request": {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": [list(pair) for pair in request.headers],
            "body": b64encode(request.body).decode(),
            "oversize": request.oversize,
            "origin": request.origin,
        },
        "reply": {
            "status": reply.status,
            "headers": [list(pair) for pair in reply.headers],
            "body": b64encode(reply.body).decode(),
        },
        "violations": [_violation_record(violation) for violation in entry.violations],
    }


def entry_of(record: Record) -> Entry:
    """The entry of a record, its reply without a value."""
    request, reply = record["request"], record["reply"]
    return Entry(
        **{name: record[name] for name in _OF_AN_ENTRY},
        request=Request(**{**request, "headers": _headers(request["headers"]), "body": b64decode(request["body"])}),
        reply=Reply(reply["status"], _headers(reply["headers"]), b64decode(reply["body"])),
        violations=tuple(Violation(**violation) for violation in record["violations"]),
    )


def posted_record(posted: Posted) -> Record:
    """A delivery and its world."""
    delivery = posted.delivery
    return {
        "serial": posted.serial,
        "world": list(posted.world),
        "state": delivery.state,
        "delivery": record_of(delivery, 0, ""),
    }


def posted_of(record: Record) -> Posted:
    """The delivery of a record."""
    delivery = replace(delivery_of(record["delivery"]), state=record["state"])
    return Posted(record["serial"], WorldId(*record["world"]), delivery)


def _violation_record(violation: Violation) -> Json:
    said = {name: getattr(violation, name) for name in _OF_A_VIOLATION}
    return {**said, "detail": dict(violation.detail)}


def _headers(pairs: Json) -> Headers:
    return Headers.of((name, value) for name, value in pairs)
