"""`mockserver ctl requests` and `violations`: the journal, as lines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from threading import Event
from typing import Final

from mockserver.cli.ctl import given as words_of
from mockserver.cli.ctl.server import PAGE, Server
from mockserver.cli.ctl.shown import ENTRY, clean, entry_line, message, rows
from mockserver.cli.show import as_json, say
from mockserver.core.text import Json
from mockserver.errors import UsageError

# How often somebody who follows asks again.
_PAUSE_SECONDS: Final = 0.4


def act(server: Server, given: argparse.Namespace) -> None:
    """List the journal, follow it, or tell all about one entry."""
    if given.words and given.words[0].isdecimal():
        (serial,) = words_of.exactly("requests", given.words, "SERIAL")
        _tell(server.ask("GET", "requests", serial), given.json)
        return
    words_of.action("requests", given.words, ())
    if given.follow:
        _follow(server, given)
        return
    found = _last([*_entries(server, given.since or 0, given.violations)], given.limit)
    if given.json:
        as_json({"requests": found, "next": found[-1]["serial"] if found else given.since or 0})
    else:
        rows(ENTRY, [entry_line(entry) for entry in found], "no requests")


def violations(server: Server, given: argparse.Namespace) -> None:
    """List the broken rules, a sentence each."""
    found = _last([*server.pages("violations", "violations", since=given.since or 0)], given.limit)
    if given.json:
        as_json({"violations": found, "next": found[-1]["serial"] if found else given.since or 0})
        return
    for each in found:
        say(
            clean(
                f"#{each['serial']} {each['status']} {each['method']} {each['path']} {each['provider']}/{each['world']}"
            )
        )
        say(clean(f"    {each['violation']['text']}"))
    if not found:
        say("no violations")


def _entries(server: Server, since: int, violations: bool) -> Iterator[Json]:
    for entry in server.pages("requests", "requests", since=since):
        if entry["violations"] or not violations:
            yield entry


def _last(found: list[Json], limit: int | None) -> list[Json]:
    if limit is not None and limit < 1:
        raise UsageError(f"--limit: expected 1 or more, got {limit}")
    return found if limit is None else found[-limit:]


def _follow(server: Server, given: argparse.Namespace) -> None:
    """Entries as they come; with --json one in a line. Ends with Ctrl-C."""
    if given.since is None:
        start = 0
        for entry in server.pages("requests", "requests"):
            start = entry["serial"]
    else:
        start = given.since
    pause = Event()
    while True:
        page = server.ask("GET", "requests", query={"since": start, "limit": PAGE})
        start = page["next"]
        for entry in page["requests"]:
            if entry["violations"] or not given.violations:
                _print(entry, given.json)
        sys.stdout.flush()
        if not page["requests"]:
            pause.wait(_PAUSE_SECONDS)


def _print(entry: Json, json: bool) -> None:
    if json:
        from mockserver.core.text import dump

        say(dump(entry).decode())
    else:
        say(clean("  ".join(str(cell) for cell in entry_line(entry))).rstrip())


def _tell(entry: Json, json: bool) -> None:
    if json:
        as_json(entry)
        return
    request, reply = entry["request"], entry["reply"]
    query = f"?{request['query']}" if request["query"] else ""
    say(
        clean(
            f"#{entry['serial']}  {entry['atIso']}  {entry['provider']}/{entry['world']}  {entry['operation'] or '-'}"
        )
    )
    say("")
    message(f"{request['method']} {request['path']}{query}", request)
    say("")
    message(str(reply["status"]), reply)
    for violation in entry["violations"]:
        say("")
        say(clean(violation["text"]))
