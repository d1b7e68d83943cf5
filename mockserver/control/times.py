"""How clocks and paces are told: an instant as milliseconds and as text, whose clock it is, how fast jobs go."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from mockserver.control.problems import Problem, Refused
from mockserver.core.instants import duration_from, instant_from, iso
from mockserver.core.text import Json
from mockserver.engine.clock import Clock
from mockserver.engine.engine import Engine
from mockserver.engine.worlds import Home


def server_clock(engine: Engine) -> Json:
    """`{"now", "nowIso", "frozen", "pace", "of": "server"}`."""
    return _clock(engine.clock, engine.worlds.terms.pace, "server")


def world_clock(engine: Engine, home: Home) -> Json:
    """The same for a world, which may live by the server's clock."""
    return _clock(home.clock, home.pace, "server" if home.clock is engine.clock else "world")


def pace_from(value: Json) -> float:
    """JSON has no infinity: the word `inf` is it."""
    return math.inf if value == "inf" else float(value)


def read_time(read: Callable[[Json], int], value: Json, pointer: str) -> int:
    """A duration or an instant of a body, in ms. Raises Refused saying what was expected."""
    try:
        return read(value)
    except ValueError as error:
        raise Refused(Problem(422, f"body {pointer}: {error}", pointer, "format", _WRITTEN[read])) from None


_WRITTEN: Final[Mapping[Callable[[Json], int], str]] = {
    duration_from: "Send milliseconds, or words of numbers and units: ms, s, m, h, d.",
    instant_from: "Send Unix milliseconds, or ISO 8601 text with its offset from UTC.",
}


def _clock(clock: Clock, pace: float, whose: str) -> Json:
    now = clock.now()
    return {"now": now, "nowIso": iso(now), "frozen": clock.frozen, "pace": _pace(pace), "of": whose}


def _pace(pace: float) -> Json:
    if math.isinf(pace):
        return "inf"
    return int(pace) if pace == int(pace) else pace
