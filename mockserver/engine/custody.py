"""Care of worlds: make one, take a snapshot of it, put that back, make it as new, let it go.

Every one of these is all or nothing. A world's time does not go back: restored, it gets the other timeline, with a
clock of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from mockserver.core.provider import HELD
from mockserver.core.text import Json, pointer
from mockserver.core.world import Contents, WorldId, gathered
from mockserver.engine.credentials import credentials, leads_elsewhere
from mockserver.engine.documents import Seed, WorldDocument
from mockserver.engine.kept import Made, deliveries_in, made_record, with_keeper
from mockserver.engine.problems import Problem
from mockserver.engine.readings import refuse, settle
from mockserver.engine.snapshots import Snapshot, size_of
from mockserver.engine.worlds import Home, private_name
from mockserver.errors import WorldError, WorldExists, WorldMissing, WorldsFull, unknown

if TYPE_CHECKING:
    from mockserver.engine.clock import Clock
    from mockserver.engine.engine import Engine

MOST_NAMED: Final = 1_000

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_PRIVATE: Final = "test_"
# The fields in which documents give what leads to a world.
_GIVING: Final = ("key", "token", "refreshToken", "clientId", "code")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new world is to be; what is left out is as in the server's own worlds.

    `document` is where it starts from, `overrides` what is to be different in the provider's section (`overrides.py`).
    `readings` are options by full name. `at` (Unix ms), `frozen` or a pace of 0 give it a clock of its own. `pace` is
    how much faster than life its jobs go.
    """

    document: WorldDocument | None = None
    overrides: Json = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    at: int | None = None
    frozen: bool = False
    pace: float | None = None


async def create(engine: Engine, provider: str, name: str, plan: Plan = Plan()) -> Home:
    """Make a world. `test_<name>` is the private world of that key; in any other world its own keys lead there.

    Raises WorldError (what can't be, with pointers into the plan), WorldExists (the name, or a key, is taken) or
    WorldsFull.
    """
    world = WorldId(provider, name)
    _check_name(engine, world)
    made = _made(engine, provider, plan)
    home = replace(engine.worlds.home_of(world, made), clock=_clock(engine, plan))
    contents = gathered(engine.worlds.fresh(home, made))
    await _check_keys(engine, world, contents, made.seed)
    await engine.worlds.settle_in(home, contents, made)
    return home


async def snapshot(engine: Engine, world: WorldId, name: str | None = None) -> Snapshot:
    """Keep a world as it is now, under a name or the next free one; one of that name goes.

    Raises WorldMissing, WorldsFull, WorldError for a name that can't be, or Blunder from a step that was due.
    """
    home = _home(engine, world)
    if name is not None and not _NAME.fullmatch(name):
        raise _wrong("/name", f"`{name}` is no name for a snapshot: up to 64 letters, digits, `.`, `_` and `-`")
    now = home.clock.now()
    await engine.catch_up(home, now)
    contents, made = await engine.store.contents(world), engine.worlds.own_made(world)
    taken = Snapshot(
        name=name or await engine.snapshots.next_name(world),
        world=world,
        at=now,
        frozen=home.clock.frozen,
        own_clock=home.clock is not engine.clock,
        pace=home.pace,
        readings=home.readings,
        made=None if made is None else made_record(made),
        size=size_of(contents),
    )
    await engine.snapshots.add(taken, contents)
    return taken


async def restore(engine: Engine, world: WorldId, name: str) -> Home:
    """Put a snapshot back: from here the same calls give the same bytes as they did after it was taken.

    The world goes on at the snapshot's instant, on a clock of its own that stands if the other stood. Only where the
    server's clock stands at that very instant, and the world lived by it, it goes on living by it. Raises WorldMissing,
    or WorldExists when another world has one of its keys by now.
    """
    taken, contents = await engine.snapshots.get(world, name)
    server, worlds = engine.clock, engine.worlds
    lives_on = not taken.own_clock and taken.frozen and server.frozen and server.now() == taken.at
    own = None if taken.made is None else worlds.made_of(world.provider, taken.made)
    made = own or worlds.usual(world.provider)
    home = Home(
        world=world,
        chance=worlds.home_of(world, made).chance,
        readings=taken.readings,
        clock=server if lives_on else server.fork(taken.at, frozen=taken.frozen),
        pace=taken.pace,
        keeper=worlds.keeper,
    )
    contents = with_keeper(contents, worlds.keeper)
    await _check_keys(engine, world, contents, made.seed)
    await worlds.settle_in(home, contents, own)
    engine.outbox.put_back(world, deliveries_in(contents))
    return home


async def reset(engine: Engine, world: WorldId) -> Home:
    """Make a world as new, at the now of its clock, which goes on; readings and pace are those it was made with.

    Nothing is delivered any more of what was waiting. Its snapshots stay. Raises WorldMissing.
    """
    home = _home(engine, world)
    made = engine.worlds.made(world)
    home = replace(home, readings=made.readings, pace=made.pace)
    await engine.worlds.settle_in(home, gathered(engine.worlds.fresh(home, made)))
    engine.outbox.forget(world)
    return home


async def drop(engine: Engine, world: WorldId) -> None:
    """Forget a world and its snapshots; a private one is made anew when its key comes again.

    Raises WorldMissing, or WorldError for a start world.
    """
    _home(engine, world)
    if engine.worlds.is_start(world):
        raise WorldError(f"{world.name} is the world that callers without one of their own live in; reset it instead")
    await engine.worlds.drop(world)
    await engine.snapshots.forget(world)


def _home(engine: Engine, world: WorldId) -> Home:
    home = engine.worlds.find(world)
    if home is None:
        known = [home.world.name for home in engine.worlds.homes() if home.world.provider == world.provider]
        raise WorldMissing(unknown(f"{world.provider} world", world.name, known))
    return home


def _wrong(where: str, reason: str) -> WorldError:
    return WorldError(f"{where}: {reason}", [Problem(where, reason)])


def _check_name(engine: Engine, world: WorldId) -> None:
    name = world.name
    if world.provider not in engine.services:
        raise _wrong("/provider", unknown("provider", world.provider, engine.services))
    private = name.startswith(_PRIVATE)
    if private_name(name) != name if private else not _NAME.fullmatch(name):
        raise _wrong(
            "/name",
            f"`{name}` is no name for a world: up to 64 letters, digits, `.`, `_` and `-`, or `test_` and up to 128 of "
            "them for the private world of that key",
        )
    if engine.worlds.find(world) is not None:
        raise WorldExists(
            f"there is a {world.provider} world {name} already; reset it, or delete it first",
            [Problem("/name", f"`{name}` is there already")],
        )
    if not private and engine.worlds.named >= MOST_NAMED:
        raise WorldsFull(f"there are {MOST_NAMED:,} named worlds, which is the most a server keeps; delete some first")


def _made(engine: Engine, provider: str, plan: Plan) -> Made:
    worlds = engine.worlds
    terms = worlds.terms
    seed = worlds.own_seed(provider)
    if plan.document is not None:
        section = plan.document.section(provider)
        if section is None:
            raise WorldError(
                f"{plan.document.document.source} says nothing of {provider}",
                [Problem("/document", f"the world document has no part `{provider}`")],
            )
        seed = Seed(engine.services[provider].provider, plan.document, section)
    if plan.overrides != {}:
        seed = seed.overridden(plan.overrides)
    known = [reading for reading in terms.known if reading.provider == provider]
    refused = refuse(plan.readings, known)
    if refused is not None:
        raise _wrong(pointer(["readings", refused[0]]), refused[1])
    pace = terms.pace if plan.pace is None else plan.pace
    if not pace >= 0:
        raise _wrong("/pace", f"a pace is 0 (jobs wait for the clock) or more, not {pace}")
    return Made(seed, settle(provider, known, seed.origin.readings, terms.chosen, plan.readings), pace)


def _clock(engine: Engine, plan: Plan) -> Clock:
    frozen = plan.frozen or plan.pace == HELD
    if plan.at is None and not frozen:
        return engine.clock
    return engine.clock.fork(plan.at, frozen=frozen or engine.clock.frozen)


async def _check_keys(engine: Engine, world: WorldId, contents: Contents, seed: Seed) -> None:
    """No world may have a key that leads to another one. Raises WorldExists with every such key."""
    found = []
    kinds = engine.services[world.provider].provider.kinds
    records = ((kind, record) for kind, some in contents.records.items() for record in some.values())
    for kind, index, key in credentials(kinds, records):
        owner = await engine.store.whose(world.provider, kind, index, key)
        elsewhere = leads_elsewhere(world, key, owner)
        if elsewhere is not None:
            found.append(Problem(_place(seed, key), f"{elsewhere}; give {world.name} keys of its own"))
    if found:
        wrong = dict.fromkeys(found)
        raise WorldExists("\n".join(f"{problem.pointer or '/'}: {problem.reason}" for problem in wrong), wrong)


def _place(seed: Seed, key: str) -> str:
    """Where a document gives this key, as far as the names of its fields tell; "" if they don't."""
    for part, items in seed.section.items():
        for index, item in enumerate(items if isinstance(items, list) else ()):
            for name in _GIVING if isinstance(item, dict) else ():
                if item.get(name) == key:
                    return pointer([seed.provider.name, part, index, name])
    return ""
