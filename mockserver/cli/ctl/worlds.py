"""`mockserver ctl worlds`: list, make, remember, put back, and do what no client can."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from json import dumps
from typing import Final

from mockserver.cli.ctl import given as words_of
from mockserver.cli.ctl.shown import clean, clock_line, rows
from mockserver.cli.show import as_json, say
from mockserver.core.text import Json
from mockserver.errors import UsageError
from mockserver.remote import Server

_WORLD: Final = "PROVIDER/WORLD"
_WIDEST: Final = 200
# Options that only the making of a world heeds.
_MAKING: Final = ("from", "document", "overrides", "reading", "at", "frozen", "pace", "replace")


def act(server: Server, given: argparse.Namespace) -> None:
    """List the worlds, or do something to one."""
    action, rest = words_of.action("worlds", given.words, [*_ACTIONS])
    if action != "create":
        odd = [name for name in _MAKING if vars(given)[name] not in (None, False, [])]
        if odd:
            raise UsageError(f"ctl worlds {action}: --{odd[0]} is only for ctl worlds create")
    if action == "":
        _list(server.ask("GET", "worlds"), given.json)
    else:
        _ACTIONS[action](server, rest, given)


def _get(server: Server, rest: Sequence[str], given: argparse.Namespace) -> None:
    (name,) = words_of.exactly("worlds get", rest, _WORLD)
    _tell(server.ask("GET", *_path(name)), given.json)


def _create(server: Server, rest: Sequence[str], given: argparse.Namespace) -> None:
    (name,) = words_of.exactly("worlds create", rest, _WORLD)
    provider, world = words_of.world(name)
    said = {
        "provider": provider,
        "name": world,
        "from": vars(given)["from"],
        "document": words_of.text_or_json(given.document) if given.document is not None else None,
        "overrides": words_of.document(given.overrides) if given.overrides is not None else None,
        "readings": {name: str(option) for name, option in words_of.texts(given.reading).items()} or None,
        "at": words_of.number_or_text(given.at),
        "frozen": given.frozen or None,
        "pace": words_of.pace(given.pace),
        "replace": given.replace or None,
    }
    _tell(
        server.ask("POST", "worlds", body={key: value for key, value in said.items() if value is not None}), given.json
    )


def _reset(server: Server, rest: Sequence[str], given: argparse.Namespace) -> None:
    (name,) = words_of.exactly("worlds reset", rest, _WORLD)
    _tell(server.ask("POST", *_path(name), "reset"), given.json)


def _delete(server: Server, rest: Sequence[str], given: argparse.Namespace) -> None:
    (name,) = words_of.exactly("worlds delete", rest, _WORLD)
    server.ask("DELETE", *_path(name))
    if not given.json:
        say(f"{name} is gone")


def _snapshot(server: Server, rest: Sequence[str], given: argparse.Namespace) -> None:
    name, *called = rest or words_of.exactly("worlds snapshot", rest, _WORLD)
    words_of.exactly("worlds snapshot", called[1:])
    taken = server.ask("POST", *_path(name), "snapshot", body={"name": called[0]} if called else None)
    if given.json:
        as_json(taken)
    else:
        say(f"{taken['name']}  {name} at {taken['atIso']}  (mockserver ctl worlds restore {name} {taken['name']})")


def _snapshots(server: Server, rest: Sequence[str], given: argparse.Namespace) -> None:
    (name,) = words_of.exactly("worlds snapshots", rest, _WORLD)
    found = server.ask("GET", *_path(name), "snapshots")
    if given.json:
        as_json(found)
    else:
        lines = [[each["name"], each["atIso"], each["bytes"]] for each in found["snapshots"]]
        rows(("snapshot", "taken at", "bytes"), lines, "no snapshots")


def _restore(server: Server, rest: Sequence[str], given: argparse.Namespace) -> None:
    name, snapshot = words_of.exactly("worlds restore", rest, _WORLD, "SNAPSHOT")
    _tell(server.ask("POST", *_path(name), "restore", body={"snapshot": snapshot}), given.json)


def _verbs(server: Server, rest: Sequence[str], given: argparse.Namespace) -> None:
    (name,) = words_of.exactly("worlds verbs", rest, _WORLD)
    found = server.ask("GET", *_path(name), "verbs")
    if given.json:
        as_json(found)
    else:
        lines = [[verb["name"], _takes(verb["schema"]), verb["about"]] for verb in found["verbs"]]
        rows(("verb", "takes", "what happens"), lines, "no verbs")


def _do(server: Server, rest: Sequence[str], given: argparse.Namespace) -> None:
    name, verb = words_of.exactly("worlds do", rest[:2], _WORLD, "VERB")
    done = server.ask("POST", *_path(name), "verbs", verb, body=words_of.values(rest[2:]))
    if given.json:
        as_json(done)
    else:
        result = dumps(done["result"], ensure_ascii=False)
        more = " ...  (--json tells all)" if len(result) > _WIDEST else ""
        say(clean(f"{verb}  {result[:_WIDEST]}{more}"))


def _path(name: str) -> tuple[str, ...]:
    return ("worlds", *words_of.world(name))


def _takes(schema: Json) -> str:
    """`stream [session]`: what has to be there, then what may."""
    required = schema.get("required", [])
    return " ".join([*required, *(f"[{name}]" for name in schema.get("properties", {}) if name not in required)])


_Action = Callable[[Server, Sequence[str], argparse.Namespace], None]
_ACTIONS: Final[Mapping[str, _Action]] = {
    "get": _get,
    "create": _create,
    "reset": _reset,
    "delete": _delete,
    "snapshot": _snapshot,
    "snapshots": _snapshots,
    "restore": _restore,
    "verbs": _verbs,
    "do": _do,
}


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
    if "records" in world:
        say(f"  holds     {', '.join(f'{count} {kind}' for kind, count in world['records'].items())}")
    for name, option in world["readings"].items():
        say(f"  reading   {name}={option}")
