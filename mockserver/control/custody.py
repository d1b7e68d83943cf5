"""Care of worlds: make one, remember it, put it back, make it as new, forget it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from mockserver.control.access import PREFIX
from mockserver.control.desk import Call, Desk
from mockserver.control.problems import Problem, Refused, from_pairs
from mockserver.control.times import pace_from, read_time
from mockserver.control.worlds import made, provider_of, seen, shown
from mockserver.core.http import Reply
from mockserver.core.instants import instant_from, iso
from mockserver.core.text import Json, Record
from mockserver.core.world import WorldId
from mockserver.engine import custody
from mockserver.engine.custody import Plan
from mockserver.engine.documents import WorldDocument
from mockserver.engine.snapshots import Snapshot
from mockserver.engine.worlds import Home, private_name
from mockserver.errors import MockserverError, WorldError, WorldExists, WorldMissing, WorldsFull


async def create_world(desk: Desk, call: Call) -> Reply:
    said, engine = call.body, desk.engine
    provider = provider_of(desk, said["provider"], "/provider", status=422)
    plan = _plan(desk, provider.name, said)
    old = engine.worlds.find(WorldId(provider.name, said["name"])) if said.get("replace") else None
    try:
        home = await (_replace(desk, old, plan) if old else custody.create(engine, provider.name, said["name"], plan))
    except WorldError as error:
        raise Refused(_problem(error, _places(provider.name, said))) from error
    where = f"{PREFIX}/worlds/{provider.name}/{quote(home.world.name)}"
    return Reply.json(201, await shown(desk, home), [("Location", where)])


async def delete_world(desk: Desk, call: Call) -> Reply:
    provider, name = provider_of(desk, call.path["provider"]), call.path["world"]
    world = WorldId(provider.name, private_name(name) or name)
    if desk.engine.worlds.is_start(world):
        detail = f"{name} is the world that callers without one of their own live in"
        raise Refused(Problem(409, detail, "world", "start", "Reset it instead."))
    if desk.engine.worlds.find(world) is not None:
        await custody.drop(desk.engine, world)
    return Reply.empty(204)


async def reset_world(desk: Desk, call: Call) -> Reply:
    home = await custody.reset(desk.engine, (await made(desk, call)).world)
    return Reply.json(200, await shown(desk, home))


async def list_snapshots(desk: Desk, call: Call) -> Reply:
    taken = await desk.engine.snapshots.of(seen(desk, call).world)
    return Reply.json(200, {"snapshots": [_shown(snapshot) for snapshot in taken]})


async def take_snapshot(desk: Desk, call: Call) -> Reply:
    world = (await made(desk, call)).world
    try:
        return Reply.json(201, _shown(await custody.snapshot(desk.engine, world, call.body.get("name"))))
    except WorldError as error:
        raise Refused(_problem(error)) from error


async def restore_world(desk: Desk, call: Call) -> Reply:
    world = seen(desk, call).world
    try:
        return Reply.json(200, await shown(desk, await custody.restore(desk.engine, world, call.body["snapshot"])))
    except WorldError as error:
        raise Refused(_problem(error, {"": "/snapshot"})) from error


def _shown(snapshot: Snapshot) -> Json:
    return {"name": snapshot.name, "at": snapshot.at, "atIso": iso(snapshot.at), "bytes": snapshot.size}


def _plan(desk: Desk, provider: str, said: Record) -> Plan:
    """What the body asks for. Raises Refused."""
    return Plan(
        document=_document(desk, said),
        overrides=said.get("overrides", {}),
        readings={_full(provider, name): option for name, option in said.get("readings", {}).items()},
        at=read_time(instant_from, said["at"], "/at") if "at" in said else None,
        frozen=said.get("frozen", False),
        pace=pace_from(said["pace"]) if "pace" in said else None,
    )


def _document(desk: Desk, said: Record) -> WorldDocument | None:
    """The document a world is to start from; None for the server's own."""
    if "document" in said and "from" in said:
        detail = "body: `from` and `document` exclude each other"
        raise Refused(Problem(422, detail, "/from", "not", "Leave one of them out."))
    try:
        if "document" in said:
            return desk.shelf.read(said["document"])
        return desk.shelf.named(said["from"]) if "from" in said else None
    except WorldMissing as error:
        raise Refused(Problem(422, f"body /from: {error}", "/from", "world", "Name one that comes with us.")) from error
    except WorldError as error:
        raise Refused(_problem(error, {"": "/document"})) from error


async def _replace(desk: Desk, old: Home, plan: Plan) -> Home:
    """Make it anew; if that fails, it is as it was."""
    engine = desk.engine
    contents, before = await engine.store.contents(old.world), engine.worlds.own_made(old.world)
    if engine.worlds.is_start(old.world):
        detail = f"body /name: {old.world.name} is a start world"
        raise Refused(Problem(409, detail, "/name", "start", "Reset it, or start the server with another --world."))
    waiting = engine.outbox.of(old.world)
    await engine.worlds.drop(old.world)
    try:
        home = await custody.create(engine, *old.world, plan)
    except MockserverError:
        await engine.worlds.settle_in(old, contents, before)
        engine.outbox.put_back(old.world, waiting)
        raise
    await engine.snapshots.forget(old.world)
    return home


def _full(provider: str, reading: str) -> str:
    return f"{provider}.{reading.removeprefix(f'{provider}.')}"


def _places(provider: str, said: Record) -> Mapping[str, str]:
    """Where in the body stands what the engine knows under another pointer: beginnings, the longest first."""
    section = "/overrides" if "overrides" in said else f"/document/{provider}"
    written = {f"/readings/{_full(provider, name)}": f"/readings/{name}" for name in said.get("readings", {})}
    return {**written, f"/{provider}": section}


def _problem(error: WorldError, places: Mapping[str, str] = {}) -> Problem:
    status = {WorldMissing: 404, WorldExists: 409, WorldsFull: 409}.get(type(error), 422)
    remedy = {404: "GET .../snapshots lists them.", 409: "Choose another name, or send `replace`."}
    rule = {404: "missing", 409: "exists" if isinstance(error, WorldExists) else "limit"}.get(status, "world")
    pairs = [(_moved(pointer, places), reason) for pointer, reason in error.problems] or [
        (_moved("", places), str(error))
    ]
    return from_pairs(pairs, rule, remedy.get(status, "Mend it there."), status)


def _moved(pointer: str, places: Mapping[str, str]) -> str:
    for begins, instead in places.items():
        if pointer == begins or pointer.startswith(f"{begins}/"):
            return instead + pointer[len(begins) :]
    return pointer
