"""The journal: what was asked and answered, which of it fits a query, why calls matched nothing, and all for export."""

from __future__ import annotations

from typing import Final

from mockserver import __version__
from mockserver.control.desk import Call, Desk
from mockserver.control.problems import Problem, Refused, from_pairs
from mockserver.core.http import Headers, Reply
from mockserver.core.instants import iso
from mockserver.core.text import Json
from mockserver.engine import remembered
from mockserver.engine.har import har
from mockserver.engine.journal import Entry
from mockserver.engine.near import why_unmatched
from mockserver.engine.query import Query, QueryError, query_from
from mockserver.engine.shown import entry_json, json_line, violation_json

USUAL_LIMIT: Final = 100


async def list_requests(desk: Desk, call: Call) -> Reply:
    return await _page(desk, call)


async def clear_requests(desk: Desk, call: Call) -> Reply:
    await remembered.forget(desk.engine)
    return Reply.empty(204)


async def get_request(desk: Desk, call: Call) -> Reply:
    serial = call.path["serial"]
    entry = await remembered.entry(desk.engine, int(serial)) if serial.isdecimal() else None
    if entry is None:
        remedy = "GET /__admin/requests lists those that are left; the oldest go when there are too many."
        raise Refused(Problem(404, f"no entry {serial[:60]} in the journal", "serial", "serial", remedy))
    return Reply.json(200, entry_json(entry))


async def find_requests(desk: Desk, call: Call) -> Reply:
    """What fits; when nothing does, what comes nearest."""
    _query(call.body)
    told = await remembered.entries(desk.engine, query=call.body, limit=call.query.get("limit", USUAL_LIMIT))
    nearest = [] if told.entries else await remembered.nearest(desk.engine, call.body)
    missed = [
        {"serial": miss.entry.serial, "differences": list(miss.differences), "text": str(miss)} for miss in nearest
    ]
    return Reply.json(200, {"requests": [entry_json(entry) for entry in told.entries], "nearest": missed})


async def count_requests(desk: Desk, call: Call) -> Reply:
    _query(call.body)
    return Reply.json(200, {"count": await remembered.count(desk.engine, call.body)})


async def list_unmatched(desk: Desk, call: Call) -> Reply:
    return await _page(desk, call, unmatched=True)


async def list_near_misses(desk: Desk, call: Call) -> Reply:
    since, limit = call.query.get("since", 0), call.query.get("limit", USUAL_LIMIT)
    contracts = {name: service.contract for name, service in desk.engine.services.items()}
    entries = (await remembered.entries(desk.engine, unmatched=True, since=since, limit=limit)).entries
    told = [
        {
            "serial": entry.serial,
            "request": f"{entry.request.method} {entry.request.target}",
            "why": why_unmatched(entry.request.method, entry.request.path, contracts),
        }
        for entry in entries
    ]
    return Reply.json(200, {"nearMisses": told, "next": entries[-1].serial if entries else since})


async def export_requests(desk: Desk, call: Call) -> Reply:
    entries = await remembered.every(desk.engine, call.query.get("since", 0))
    if call.query.get("format") == "jsonl":
        return _download(b"".join(map(json_line, entries)), "text/plain; charset=utf-8", "requests.jsonl")
    return _download(b"".join(har(entries, __version__)), "application/json; charset=utf-8", "requests.har")


async def list_violations(desk: Desk, call: Call) -> Reply:
    since, limit = call.query.get("since", 0), call.query.get("limit", USUAL_LIMIT)
    party = call.query.get("party")
    told = await remembered.entries(desk.engine, broken=True, party=party, since=since, limit=limit)
    found: list[Json] = []
    for entry in told.entries:
        if len(found) >= limit:
            break
        last = entry.serial
        found += [
            {**_exchange(entry), "violation": violation_json(violation)}
            for violation in entry.violations
            if party in (None, violation.party)
        ]
    if len(found) < limit:
        last = max(since, told.until)  # there is nothing else up to there
    return Reply.json(200, {"violations": found, "next": last, "missed": told.missed})


async def _page(desk: Desk, call: Call, **of: Json) -> Reply:
    """So many entries, where to go on, and how many later than `since` are gone."""
    since, limit = call.query.get("since", 0), call.query.get("limit", USUAL_LIMIT)
    told = await remembered.entries(desk.engine, since=since, limit=limit, **of)
    value = {
        "requests": [entry_json(entry) for entry in told.entries],
        "next": told.entries[-1].serial if told.entries else since,
        "missed": told.missed,
    }
    return Reply.json(200, value)


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
