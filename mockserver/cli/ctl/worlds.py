"""`mockserver ctl worlds` and `readings`."""

from __future__ import annotations

import argparse

from mockserver.cli.ctl import given as words_of
from mockserver.cli.ctl.server import Server
from mockserver.cli.ctl.shown import clock_line, rows
from mockserver.cli.show import as_json, say
from mockserver.core.text import Json
from mockserver.errors import UsageError


def act(server: Server, given: argparse.Namespace) -> None:
    """List the worlds, or look at one."""
    action, rest = words_of.action("worlds", given.words, ("get",))
    if action == "":
        _list(server.ask("GET", "worlds"), given.json)
        return
    (name,) = words_of.exactly("worlds get", rest, "PROVIDER/WORLD")
    _tell(server.ask("GET", "worlds", *words_of.world(name)), given.json)


def readings(server: Server, given: argparse.Namespace) -> None:
    """List the readings, of the server or of a world, or switch some in a world."""
    if given.world is None:
        if given.words:
            raise UsageError("ctl readings: a running server reads otherwise only in a world; name it with --world")
        found = server.ask("GET", "readings")
        lines = [[each["reading"], each["chosen"], ", ".join(each["options"])] for each in found["readings"]]
    else:
        path = ("worlds", *words_of.world(given.world), "readings")
        wanted = dict(_choice(word) for word in given.words)
        found = server.ask("PATCH", *path, body=wanted) if wanted else server.ask("GET", *path)
        lines = [[name, option] for name, option in found["readings"].items()]
    if given.json:
        as_json(found)
    else:
        rows(("reading", "chosen", "options")[: len(lines[0]) if lines else 2], lines, "no readings")


def _choice(word: str) -> tuple[str, str | None]:
    name, equals, option = word.partition("=")
    if not equals or not name:
        raise UsageError(f'ctl readings: "{word}" is no NAME=OPTION such as usage-limit=402')
    return name, option or None


def _list(found: Json, json: bool) -> None:
    if json:
        as_json(found)
        return
    lines = [
        [
            f"{world['provider']}/{world['world']}",
            world["clock"]["nowIso"],
            world["dueIso"] or "-",
            world["calls"],
            ", ".join(f"{name}={option}" for name, option in world["readings"].items()),
        ]
        for world in found["worlds"]
    ]
    rows(("world", "now", "next due", "changes", "readings"), lines, "no worlds")


def _tell(world: Json, json: bool) -> None:
    if json:
        as_json(world)
        return
    say(f"{world['provider']}/{world['world']}" + ("  (start world)" if world["start"] else ""))
    say(f"  clock     {clock_line(world['clock'])}")
    say(f"  next due  {world['dueIso'] or '-'}")
    say(f"  changes   {world['calls']}")
    for name, option in world["readings"].items():
        say(f"  reading   {name}={option}")
