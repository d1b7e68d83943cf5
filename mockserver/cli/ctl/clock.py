"""`mockserver ctl clock`."""

from __future__ import annotations

import argparse
from typing import Final

from mockserver.cli.ctl import given as words_of
from mockserver.cli.ctl.shown import clock_line
from mockserver.cli.show import as_json, say
from mockserver.errors import UsageError
from mockserver.remote import Server

# What each action wants to be told, and under which name the server wants it.
_WANTED: Final = {
    "freeze": ("INSTANT", "at"),
    "run": ("", ""),
    "advance": ("DURATION", "by"),
    "set": ("INSTANT", "to"),
    "settle": ("", ""),
    "pace": ("N", "pace"),
    "release": ("", ""),
}


def act(server: Server, given: argparse.Namespace) -> None:
    """Tell the time, or do something to it first."""
    action, rest = words_of.action("clock", given.words, [*_WANTED])
    path = ("clock",) if given.world is None else ("worlds", *words_of.world(given.world), "clock")
    if action == "":
        clock = server.ask("GET", *path)
    elif action == "release":
        words_of.exactly("clock release", rest)
        if given.world is None:
            raise UsageError("ctl clock release: name the world whose clock it is with --world PROVIDER/WORLD")
        clock = server.ask("DELETE", *path)
    else:
        wanted, name = _WANTED[action]
        optional = action == "freeze" and not rest
        values = words_of.exactly(f"clock {action}", rest, *([wanted] if wanted and not optional else []))
        body = (
            {name: words_of.pace(values[0]) if action == "pace" else words_of.number_or_text(values[0])}
            if values
            else None
        )
        clock = server.ask("PUT" if action == "pace" else "POST", *path, action, body=body)
    if given.json:
        as_json(clock)
    else:
        say(clock_line(clock))
