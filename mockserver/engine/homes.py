"""Where a request lives, and what holds there: values, how they are written down, and which keys own a world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from mockserver.core.chance import Chance
from mockserver.core.reading import Reading
from mockserver.core.text import Json, Record
from mockserver.core.world import WorldId
from mockserver.engine.clock import Clock
from mockserver.engine.kept import Made, made_record, pace_of, pace_record

# Keys come from anyone who can reach the port: their form and number have bounds.
_KEY: Final = re.compile(r"(test_[A-Za-z0-9._~-]{1,128})(?:\+[A-Za-z0-9._~-]{1,64})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a request lives: its world, and what holds there: chance, readings (names without prefix), time.

    `clock` is the server's, unless the world was given one of its own. `pace` is how much faster than life jobs go.
    `keeper` is which of several servers this is.
    """

    world: WorldId
    chance: Chance
    readings: Mapping[str, str]
    clock: Clock
    pace: float
    keeper: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every world of a server: its seed, the pace of jobs, the options chosen by provider.

    `known` are the readings there are, `chosen` those the server was started with, by full name. `at` is the instant
    (Unix ms) it was told to start at, `ttl` how long a private world is kept that nobody uses (real ms).
    """

    seed: int
    pace: float
    readings: Mapping[str, Mapping[str, str]]
    known: tuple[Reading, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    at: int | None = None
    ttl: int | None = None


def private_name(key: str) -> str | None:
    """The private world a key owns, None for any other credential."""
    found = _KEY.fullmatch(key)
    return found[1] if found else None


def said_of(home: Home, made: Made | None, terms: Terms, server: Clock, at: int | None = None) -> Record | None:
    """What holds in a world and not in the server's own ones, as a record; None if nothing does.

    `made` is what it is made of, if not of the server's own document. `at` is where its clock is about to jump.
    """
    said: dict[str, Json] = {}
    if home.clock is not server:
        said["clock"] = dict(home.clock.state(at))
    if home.pace != terms.pace:
        said["pace"] = pace_record(home.pace)
    if home.readings != terms.readings[home.world.provider]:
        said["readings"] = dict(home.readings)
    if made is not None:
        said["made"] = made_record(made)
    return said or None


def resumed(home: Home, said: Record, terms: Terms) -> Home:
    """A home on the server's clock as it was written down. A reading that was not there yet is the server's."""
    clock = home.clock
    if "clock" in said:
        clock = clock.fork()
        clock.resume(said["clock"])
    readings = {**terms.readings[home.world.provider], **said.get("readings", {})}
    return replace(home, clock=clock, pace=pace_of(said.get("pace", terms.pace)), readings=readings)
