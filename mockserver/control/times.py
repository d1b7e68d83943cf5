"""How clocks and paces are told: an instant as milliseconds and as text, whose clock it is, how fast jobs go."""

from __future__ import annotations

import math

from mockserver.core.instants import iso
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


def _clock(clock: Clock, pace: float, whose: str) -> Json:
    now = clock.now()
    return {"now": now, "nowIso": iso(now), "frozen": clock.frozen, "pace": _pace(pace), "of": whose}


def _pace(pace: float) -> Json:
    if math.isinf(pace):
        return "inf"
    return int(pace) if pace.is_integer() else pace
