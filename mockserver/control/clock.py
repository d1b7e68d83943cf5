"""The clock, the server's or a world's: what time it is, stop, go on, jump, and how fast jobs go.

A world gets a clock of its own with the first call that moves or stops it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mockserver.control.desk import Answer, Call, Desk
from mockserver.control.problems import Problem, Refused
from mockserver.control.times import pace_from, read_time, server_clock, world_clock
from mockserver.control.worlds import made, met, seen
from mockserver.core.http import Reply
from mockserver.core.instants import LAST, duration_from, instant_from, iso, spoken
from mockserver.core.text import Record
from mockserver.engine.clock import Clock
from mockserver.engine.engine import Engine
from mockserver.engine.worlds import Home


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a clock. `target` reads the instant to jump to, or refuses, before anything is done."""

    target: Callable[[Record, int], int | None]
    do: Callable[[Engine, Clock, int | None], Awaitable[object]]


def on_server(act: Act) -> Answer:
    """The act, done to the server's clock."""

    async def answer(desk: Desk, call: Call) -> Reply:
        engine = desk.engine
        await act.do(engine, engine.clock, act.target(call.body, engine.clock.now()))
        return get_clock(desk, call)

    return answer


def on_world(act: Act) -> Answer:
    """The act, done to the clock of one world."""

    async def answer(desk: Desk, call: Call) -> Reply:
        engine, there = desk.engine, met(desk, call)
        target = act.target(call.body, (there.clock if there is not None else engine.clock).now())
        home = _own(engine, await made(desk, call))
        await act.do(engine, home.clock, target)
        return Reply.json(200, world_clock(engine, home))

    return answer


def get_clock(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, server_clock(desk.engine))


def get_world_clock(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, world_clock(desk.engine, seen(desk, call)))


async def delete_world_clock(desk: Desk, call: Call) -> Reply:
    engine, home = desk.engine, seen(desk, call)
    ahead = home.clock.now() - engine.clock.now()
    if home.clock is not engine.clock and ahead > 0:
        detail = f"the world is {spoken(ahead)} ahead of the server, and time never goes back"
        remedy = f"Advance the server's clock by {spoken(ahead)} first, or reset the world."
        raise Refused(Problem(409, detail, rule="clock", remedy=remedy))
    home = engine.worlds.change(home.world, clock=engine.clock, pace=engine.worlds.terms.pace)
    await engine.advance(0)
    return Reply.json(200, world_clock(engine, home))


def set_pace(desk: Desk, call: Call) -> Reply:
    engine, pace = desk.engine, pace_from(call.body["pace"])
    engine.worlds.set_pace(pace)
    if pace == 0:
        engine.clock.freeze()
    return get_clock(desk, call)


async def set_world_pace(desk: Desk, call: Call) -> Reply:
    engine, home = desk.engine, await made(desk, call)
    pace = pace_from(call.body["pace"])
    home = engine.worlds.change(home.world, pace=pace)
    if pace == 0:
        home = _own(engine, home)
        home.clock.freeze()
    return Reply.json(200, world_clock(engine, home))


def _own(engine: Engine, home: Home) -> Home:
    """The home, with a clock of its own."""
    return home if home.clock is not engine.clock else engine.worlds.change(home.world, clock=engine.clock.fork())


async def _jump(engine: Engine, clock: Clock, target: int | None) -> None:
    if target is not None:
        await engine.advance(max(0, target - clock.now()), clock)


async def _freeze(engine: Engine, clock: Clock, target: int | None) -> None:
    clock.freeze()
    await _jump(engine, clock, target)


async def _run(engine: Engine, clock: Clock, target: int | None) -> None:
    clock.run()


async def _settle(engine: Engine, clock: Clock, target: int | None) -> None:
    await engine.settle(clock)


def _nowhere(body: Record, now: int) -> int | None:
    return None


def _after(body: Record, now: int) -> int | None:
    """The instant that lies `by` ahead."""
    ms = read_time(duration_from, body["by"], "/by")
    if now + ms > LAST:
        detail = f"body /by: {spoken(ms)} from now lies beyond the year 9999"
        raise Refused(Problem(422, detail, "/by", "maximum", "Name less."))
    return now + ms


def _at(name: str) -> Callable[[Record, int], int | None]:
    def target(body: Record, now: int) -> int | None:
        if name not in body:
            return None
        instant = read_time(instant_from, body[name], f"/{name}")
        if instant < now:
            detail = (
                f"body /{name}: the clock never goes back: {iso(instant)} is {spoken(now - instant)} before its now, "
                f"{iso(now)}"
            )
            remedy = "Name a later instant, or start a server with --at."
            raise Refused(Problem(409, detail, f"/{name}", "clock", remedy))
        return instant

    return target


FREEZE = Act(_at("at"), _freeze)
RUN = Act(_nowhere, _run)
ADVANCE = Act(_after, _jump)
SET = Act(_at("to"), _jump)
SETTLE = Act(_nowhere, _settle)
