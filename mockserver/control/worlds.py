"""Worlds: which there are, what holds in each, and how a call finds the one it is about."""

from __future__ import annotations

from mockserver.contract.readings import load_readings
from mockserver.control.desk import Call, Desk
from mockserver.control.problems import Problem, Refused
from mockserver.control.times import world_clock
from mockserver.core.http import Reply
from mockserver.core.instants import iso
from mockserver.core.provider import Claim, Provider
from mockserver.core.text import Json
from mockserver.core.world import Due, Outcome, View, WorldId
from mockserver.engine.worlds import Home, private_name
from mockserver.errors import unknown


async def list_worlds(desk: Desk, call: Call) -> Reply:
    wanted = call.query.get("provider")
    if wanted is not None:
        provider_of(desk, wanted)
    homes = [home for home in desk.engine.worlds.homes() if wanted in (None, home.world.provider)]
    return Reply.json(200, {"worlds": [await shown(desk, home) for home in homes]})


async def get_world(desk: Desk, call: Call) -> Reply:
    """All about one, and how much it holds."""
    home = seen(desk, call)
    contents = await desk.engine.store.contents(home.world)
    kinds = provider_of(desk, home.world.provider).kinds
    counts = {kind: len(records) for kind, records in sorted(contents.records.items()) if kind in kinds}
    return Reply.json(200, {**await shown(desk, home), "records": counts})


def provider_of(desk: Desk, name: str, where: str = "provider", status: int = 404) -> Provider:
    """A provider that is served. Raises Refused with the nearest name; `where` it was written."""
    service = desk.engine.services.get(name)
    if service is None:
        detail = unknown("provider", name, desk.engine.services)
        raise Refused(Problem(status, detail, where, "provider", "Name one that is served."))
    return service.provider


def seen(desk: Desk, call: Call) -> Home:
    """The home of the world a call names. Raises Refused for one that is not there."""
    provider = provider_of(desk, call.path["provider"])
    name = call.path["world"]
    home = desk.engine.worlds.find(WorldId(provider.name, private_name(name) or name))
    if home is None:
        known = [each.world.name for each in desk.engine.worlds.homes() if each.world.provider == provider.name]
        remedy = "The first call with the key makes it."
        raise Refused(Problem(404, unknown(f"world of {provider.name}", name, known), "world", "world", remedy))
    return home


def met(desk: Desk, call: Call) -> Home | None:
    """The same; None for a private world that is not there yet, which `made` would make."""
    provider = provider_of(desk, call.path["provider"])
    name = private_name(call.path["world"])
    return seen(desk, call) if name is None else desk.engine.worlds.find(WorldId(provider.name, name))


async def made(desk: Desk, call: Call) -> Home:
    """The same, but a private world that is not there yet is made, as the first call with its key would."""
    provider = provider_of(desk, call.path["provider"])
    name = private_name(call.path["world"])
    if name is None:
        return seen(desk, call)
    return await desk.engine.worlds.home(provider, Claim(key=name))


async def shown(desk: Desk, home: Home) -> Json:
    """A world as it is told of."""
    engine = desk.engine
    due, calls = await _state(desk, home)
    provider, name = home.world
    specs = engine.services[provider].provider.specs
    defaults = {reading.name: reading.default for reading in load_readings(provider, specs)}
    return {
        "provider": provider,
        "world": name,
        "start": engine.worlds.is_start(home.world),
        "clock": world_clock(engine, home),
        "due": due.at if due else None,
        "dueIso": iso(due.at) if due else None,
        "readings": {
            f"{provider}.{reading}": option
            for reading, option in home.readings.items()
            if defaults.get(reading) != option
        },
        "calls": calls,
    }


async def _state(desk: Desk, home: Home) -> tuple[Due | None, int]:
    """What is due next, and how many calls have changed the world."""
    found: list[tuple[Due | None, int]] = []

    def look(view: View) -> Outcome:
        found.append((view.next_due(), view.serial))
        return Outcome(Reply(204))

    await desk.engine.store.transact(home.world, look, counted=False)
    return found[-1]
