"""`mockserver ctl faults`: what to do to which calls."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from json import dumps
from typing import Final

from mockserver.cli.ctl import given as words_of
from mockserver.cli.ctl.shown import clean, rows
from mockserver.cli.show import as_json, say
from mockserver.core.text import Json
from mockserver.remote import Server

_ACTIONS: Final = ("add", "rm", "clear", "plans", "plan")


def act(server: Server, given: argparse.Namespace) -> None:
    """List the faults that are set, set some, or take some away."""
    action, rest = words_of.action("faults", given.words, _ACTIONS)
    if action == "add":
        (fault,) = words_of.exactly("faults add", rest, "FILE|JSON")
        _set([server.ask("POST", "faults", body=each) for each in words_of.faults(fault)], given.json)
    elif action == "plan":
        (name,) = words_of.exactly("faults plan", rest, "NAME")
        _set(server.ask("POST", "faults", "plans", name)["faults"], given.json)
    elif action == "plans":
        words_of.exactly("faults plans", rest)
        _plans(server.ask("GET", "faults", "plans"), given.json)
    elif action == "rm":
        _remove(server, rest, given.json)
    elif action == "clear":
        words_of.exactly("faults clear", rest)
        server.ask("DELETE", "faults")
        if not given.json:
            say("no fault is set any more")
    else:
        found = server.ask("GET", "faults")
        if given.json:
            as_json(found)
        else:
            rows(("fault", "met", "used", "what"), [_line(standing) for standing in found["faults"]], "no faults")


def _remove(server: Server, ids: Sequence[str], json: bool) -> None:
    words_of.exactly("faults rm", ids[:1], "ID")
    for id in ids:
        server.ask("GET", "faults", id)  # one that is not there is most likely misspelt
        server.ask("DELETE", "faults", id)
        if not json:
            say(clean(f"{id} is not set any more"))


def _set(added: list[Json], json: bool) -> None:
    if json:
        as_json({"faults": added})
        return
    for standing in added:
        say(clean(f"{standing['id']}  {_what(standing['fault'])}  (mockserver ctl faults rm {standing['id']})"))


def _plans(found: Json, json: bool) -> None:
    if json:
        as_json(found)
    else:
        rows(
            ("plan", "faults", "about"),
            [[plan["name"], len(plan["faults"]), plan["about"]] for plan in found["plans"]],
            "no plans",
        )


def _line(standing: Json) -> list[Json]:
    return [standing["id"], standing["met"], standing["used"], _what(standing["fault"])]


def _what(fault: Json) -> str:
    """The fault without its names, as compact JSON."""
    return dumps({name: value for name, value in fault.items() if name not in ("name", "about")}, ensure_ascii=False)
