"""`mockserver ctl requests` and `violations`: the journal, as lines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Final

from mockserver.cli.ctl import given as words_of
from mockserver.cli.ctl.shown import ENTRY, clean, entry_line, message, rows
from mockserver.cli.show import as_json, say
from mockserver.core.text import Json
from mockserver.errors import UsageError
from mockserver.remote import PAGE, PREFIX, Server

# How often somebody who follows asks again.
_PAUSE_SECONDS: Final = 0.4


_ACTIONS: Final = ("find", "count", "unmatched", "near-misses", "export", "clear")


def act(server: Server, given: argparse.Namespace) -> None:
    """List the journal, follow it, tell all about one entry, look for some, or write them to a file."""
    if given.words and given.words[0].isdecimal():
        (serial,) = words_of.exactly("requests", given.words, "SERIAL")
        _tell(server.ask("GET", "requests", serial), given.json)
        return
    action, rest = words_of.action("requests", given.words, _ACTIONS)
    if (given.har is not None or given.jsonl is not None) and action != "export":
        raise UsageError("ctl requests: --har and --jsonl are only for ctl requests export")
    if action in ("unmatched", "near-misses", "clear", "export"):
        words_of.exactly(f"requests {action}", rest)
    if action == "find":
        found = server.ask("POST", "requests", "find", body=words_of.values(rest), query={"limit": given.limit or PAGE})
        _list(found["requests"], given, "".join(f"\n  nearest: {miss['text']}" for miss in found["nearest"]), found)
    elif action == "count":
        counted = server.ask("POST", "requests", "count", body=words_of.values(rest))
        as_json(counted) if given.json else say(str(counted["count"]))
    elif action == "unmatched":
        _list([*server.pages("requests", "requests", "unmatched", since=given.since or 0)], given)
    elif action == "near-misses":
        _near_misses([*server.pages("nearMisses", "requests", "near-misses", since=given.since or 0)], given.json)
    elif action == "clear":
        server.ask("DELETE", "requests")
        if not given.json:
            say("the journal is empty")
    elif action == "export":
        _export(server, given)
    elif given.follow:
        _follow(server, given)
    else:
        _list([*_entries(server, given.since or 0, given.violations)], given)


def _list(found: list[Json], given: argparse.Namespace, besides: str = "", whole: Json = None) -> None:
    found = _last(found, given.limit)
    if given.json:
        as_json(whole or {"requests": found, "next": found[-1]["serial"] if found else given.since or 0})
    else:
        rows(ENTRY, [entry_line(entry) for entry in found], f"no requests{clean(besides, lines=True)}")


def _near_misses(found: list[Json], json: bool) -> None:
    if json:
        as_json({"nearMisses": found})
        return
    for miss in found:
        say(clean(f"#{miss['serial']}  {miss['request']}"))
        say(clean(f"    {miss['why']}"))
    if not found:
        say("every request matched an operation")


def _export(server: Server, given: argparse.Namespace) -> None:
    """To the file that is named, or with `-` to standard output."""
    if (given.har is None) == (given.jsonl is None):
        raise UsageError("ctl requests export: name a file with --har FILE or with --jsonl FILE; - is standard output")
    file, form = (given.har, "har") if given.har is not None else (given.jsonl, "jsonl")
    text = server.fetch("GET", f"{PREFIX}/requests/export?format={form}&since={given.since or 0}")
    if file == "-":
        sys.stdout.write(text.decode("utf-8", "replace"))
        return
    try:
        Path(file).write_bytes(text)
    except OSError as error:
        raise UsageError(f"{file}: can't be written ({error.strerror})") from None
    if not given.json:
        say(f"{file}: {len(text):,} bytes")


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
