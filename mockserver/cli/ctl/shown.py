"""How answers look to a person: aligned columns, a line each, nothing that moves a cursor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from mockserver.cli.show import plain_table, say
from mockserver.core.text import Json

_CONTROL: Final = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}


def clean(text: str, *, lines: bool = False) -> str:
    """What a client sent must not move a cursor or, unless there are to be `lines`, forge a line."""
    if lines:
        return "\n".join(map(clean, text.split("\n")))
    return text if text.isprintable() else text.translate(_CONTROL)


def rows(headings: Sequence[str], lines: Sequence[Sequence[Json]], none: str) -> None:
    """A table, or a sentence when there is nothing to show."""
    if lines:
        plain_table(headings, [[clean("" if cell is None else str(cell)) for cell in line] for line in lines])
    else:
        say(none)


def clock_line(clock: Json) -> str:
    """`2026-11-22T11:50:00.000Z  frozen  pace 60  (the server's)`."""
    state = "frozen" if clock["frozen"] else "runs"
    whose = "the world's own" if clock["of"] == "world" else "the server's"
    return f"{clock['nowIso']}  {state}  pace {clock['pace']}  ({whose})"


def entry_line(entry: Json) -> list[Json]:
    """An entry of the journal as the cells of `ENTRY`."""
    request = entry["request"]
    target = f"{request['path']}?{request['query']}" if request["query"] else request["path"]
    return [
        entry["serial"],
        entry["atIso"],
        entry["reply"]["status"],
        request["method"],
        target,
        f"{entry['provider']}/{entry['world']}",
        entry["operation"] or "-",
        len(entry["violations"]) or "",
    ]


ENTRY: Final = ("#", "at", "status", "method", "target", "world", "operation", "broken")


def message(title: str, part: Json) -> None:
    """One half of an exchange: its first line, headers, body."""
    say(clean(title))
    for name, value in part["headers"]:
        say(clean(f"  {name}: {value}"))
    body = part["body"]
    if part["encoding"] == "json":
        body = json.dumps(body, indent=2, ensure_ascii=False)
    if body:
        say("")
        for line in str(body).splitlines():
            say(clean(f"  {line}"))
