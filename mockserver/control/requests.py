"""The journal: what was asked and answered, and which rules that broke."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from mockserver.control.desk import Call, Desk
from mockserver.control.entries import entry_shown, violation_shown
from mockserver.control.problems import Problem, Refused
from mockserver.core.http import Reply
from mockserver.core.instants import iso
from mockserver.core.text import Json
from mockserver.engine.journal import Entry

USUAL_LIMIT: Final = 100


def list_requests(desk: Desk, call: Call) -> Reply:
    since = call.query.get("since", 0)
    return page(desk.engine.journal.since(since), since, call.query.get("limit", USUAL_LIMIT))


def get_request(desk: Desk, call: Call) -> Reply:
    serial = call.path["serial"]
    entry = desk.engine.journal.get(int(serial)) if serial.isdecimal() else None
    if entry is None:
        remedy = "GET /__admin/requests lists those that are left; the oldest go when there are too many."
        raise Refused(Problem(404, f"no entry {serial[:60]} in the journal", "serial", "serial", remedy))
    return Reply.json(200, entry_shown(entry))


def list_violations(desk: Desk, call: Call) -> Reply:
    since, limit = call.query.get("since", 0), call.query.get("limit", USUAL_LIMIT)
    party = call.query.get("party")
    found: list[Json] = []
    last = since
    for entry in desk.engine.journal.since(since):
        if len(found) >= limit:
            break
        last = entry.serial
        found += [
            {**_exchange(entry), "violation": violation_shown(violation)}
            for violation in entry.violations
            if party in (None, violation.party)
        ]
    return Reply.json(200, {"violations": found, "next": last})


def page(entries: Iterable[Entry], since: int, limit: int) -> Reply:
    """So many entries, and where to go on."""
    shown = list(islice(entries, limit))
    return Reply.json(
        200, {"requests": [entry_shown(entry) for entry in shown], "next": shown[-1].serial if shown else since}
    )


def _exchange(entry: Entry) -> dict[str, Json]:
    return {
        "serial": entry.serial,
        "at": entry.at,
        "atIso": iso(entry.at),
        "provider": entry.provider,
        "world": entry.world,
        "operation": entry.operation,
        "method": entry.request.method,
        "path": entry.request.target,
        "status": entry.reply.status,
    }
