"""Readings: the choices the providers' documents leave open, what the server chose, and what holds in a world."""

from __future__ import annotations

from mockserver.contract.readings import load_readings
from mockserver.control.desk import Call, Desk
from mockserver.control.problems import Problem, Refused
from mockserver.control.worlds import made, met, seen
from mockserver.core.http import Reply
from mockserver.core.reading import Reading
from mockserver.core.text import Json, pointer
from mockserver.engine.readings import refuse
from mockserver.engine.worlds import Home


def list_readings(desk: Desk, call: Call) -> Reply:
    terms = desk.engine.worlds.terms
    found = [
        {
            "reading": reading.full_name,
            "provider": reading.provider,
            "question": " ".join(reading.question.split()),
            "options": dict(reading.options),
            "default": reading.default,
            "chosen": terms.readings[name][reading.name],
            "evidence": reading.evidence,
            "because": reading.because,
        }
        for name in desk.engine.services
        for reading in _known(desk, name)
    ]
    return Reply.json(200, {"readings": found})


def get_world_readings(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, {"readings": _shown(seen(desk, call))})


async def change_world_readings(desk: Desk, call: Call) -> Reply:
    there, provider = met(desk, call), call.path["provider"]
    usual, known = desk.engine.worlds.terms.readings[provider], _known(desk, provider)
    changed = dict(there.readings if there is not None else usual)
    for written, option in call.body.items():
        name = written.removeprefix(f"{provider}.")
        full = f"{provider}.{name}"
        refused = refuse({full: usual.get(name, "") if option is None else option}, known)
        if refused is not None:
            raise Refused(_problem(written, refused[1]))
        changed[name] = usual[name] if option is None else option
    home = desk.engine.worlds.change((await made(desk, call)).world, readings=changed)
    return Reply.json(200, {"readings": _shown(home)})


def _known(desk: Desk, provider: str) -> tuple[Reading, ...]:
    return load_readings(provider, desk.engine.services[provider].provider.specs)


def _shown(home: Home) -> Json:
    return {f"{home.world.provider}.{name}": option for name, option in home.readings.items()}


def _problem(written: str, why: str) -> Problem:
    remedy = "`mockserver readings` and GET /__admin/readings tell what there is."
    where = pointer([written])
    return Problem(422, f"body {where}: {why}", where, "reading", remedy)
