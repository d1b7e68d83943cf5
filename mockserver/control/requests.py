"""The journal: what was asked and answered, which of it fits a query, why calls matched nothing, and all for export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from mockserver import __version__
from mockserver.control.desk import Call, Desk
from mockserver.control.problems import Problem, Refused, from_pairs
from mockserver.core.http import Headers, Reply
from mockserver.core.instants import iso
from mockserver.core.text import Json
from mockserver.engine.har import har
from mockserver.engine.journal import Entry
from mockserver.engine.near import near_misses, why_unmatched
from mockserver.engine.query import Query, QueryError, query_from
from mockserver.engine.shown import entry_json, json_line, violation_json

USUAL_LIMIT: Final = 100
# Of the exchanges nobody found, so many that come nearest are told.
_NEAREST: Final = 3


def list_requests(desk: Desk, call: Call) -> Reply:
    since = call.query.get("since", 0)
    return _page(desk, desk.engine.journal.since(since), since, call)


def clear_requests(desk: Desk, call: Call) -> Reply:
    desk.engine.journal.clear()
    return Reply.empty(204)


def get_request(desk: Desk, call: Call) -> Reply:
    serial = call.path["serial"]
    entry = desk.engine.journal.get(int(serial)) if serial.isdecimal() else None
    if entry is None:
        remedy = "GET /__admin/requests lists those that are left; the oldest go when there are too many."
        raise Refused(Problem(404, f"no entry {serial[:60]} in the journal", "serial", "serial", remedy))
    return Reply.json(200, entry_json(entry))


def find_requests(desk: Desk, call: Call) -> Reply:
    """What fits; when nothing does, what comes nearest."""
    query, limit = _query(call.body), call.query.get("limit", USUAL_LIMIT)
    found = list(desk.engine.journal.find(query, limit))
    nearest = [] if found else near_misses(query, desk.engine.journal.since(0), _NEAREST)
    missed = [
        {"serial": miss.entry.serial, "differences": list(miss.differences), "text": str(miss)} for miss in nearest
    ]
    return Reply.json(200, {"requests": [entry_json(entry) for entry in found], "nearest": missed})


def count_requests(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, {"count": desk.engine.journal.count(_query(call.body))})


def list_unmatched(desk: Desk, call: Call) -> Reply:
    since = call.query.get("since", 0)
    return _page(desk, _unmatched(desk, since), since, call)


def list_near_misses(desk: Desk, call: Call) -> Reply:
    since, limit = call.query.get("since", 0), call.query.get("limit", USUAL_LIMIT)
    contracts = {name: service.contract for name, service in desk.engine.services.items()}
    entries = list(islice(_unmatched(desk, since), limit))
    told = [
        {
            "serial": entry.serial,
            "request": f"{entry.request.method} {entry.request.target}",
            "why": why_unmatched(entry.request.method, entry.request.path, contracts),
        }
        for entry in entries
    ]
    return Reply.json(200, {"nearMisses": told, "next": entries[-1].serial if entries else since})


def export_requests(desk: Desk, call: Call) -> Reply:
    entries = desk.engine.journal.since(call.query.get("since", 0))
    if call.query.get("format") == "jsonl":
        return _download(b"".join(map(json_line, entries)), "text/plain; charset=utf-8", "requests.jsonl")
    return _download(b"".join(har(entries, __version__)), "application/json; charset=utf-8", "requests.har")


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
            {**_exchange(entry), "violation": violation_json(violation)}
            for violation in entry.violations
            if party in (None, violation.party)
        ]
    return Reply.json(200, {"violations": found, "next": last, "missed": desk.engine.journal.missed(since)})


def _page(desk: Desk, entries: Iterable[Entry], since: int, call: Call) -> Reply:
    """So many entries, where to go on, and how many later than `since` are gone."""
    shown = list(islice(entries, call.query.get("limit", USUAL_LIMIT)))
    value = {
        "requests": [entry_json(entry) for entry in shown],
        "next": shown[-1].serial if shown else since,
        "missed": desk.engine.journal.missed(since),
    }
    return Reply.json(200, value)


def _unmatched(desk: Desk, since: int) -> Iterator[Entry]:
    return (entry for entry in desk.engine.journal.unmatched() if entry.serial > since)


def _query(value: Json) -> Query:
    try:
        return query_from(value)
    except QueryError as error:
        raise Refused(from_pairs(error.problems, "query", "GET /__admin/openapi.json has the schema Query.")) from error


def _download(body: bytes, media: str, name: str) -> Reply:
    """A file for another tool; a browser saves it and never shows it."""
    headers = (("Content-Type", media), ("Content-Disposition", f'attachment; filename="{name}"'))
    return Reply(200, Headers.of(headers), body)


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
