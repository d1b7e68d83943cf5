"""The course of time: what falls due happens in the order of its instants, jobs and deliveries alike.

A clock that is moved stops at each of these instants, so who is told of one, and asks back, finds the world as it is
then. Nothing here waits but for the one delivery that is being attempted.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final

from mockserver.core.delivery import Answered, Attempt, Delivery, Sending
from mockserver.core.http import Headers, Reply
from mockserver.core.provider import Moment, Webhooks
from mockserver.core.world import Outcome, StoreError, View, WorldGone, WorldId
from mockserver.engine import claims, keeping
from mockserver.engine.blunder import Blunder
from mockserver.engine.clock import Clock
from mockserver.engine.idling import landed_everywhere
from mockserver.engine.kept import change_of, marked, with_deliveries
from mockserver.engine.outbox import Posted
from mockserver.engine.worlds import Home

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine

_STILL: Final = Outcome(Reply(204))


async def advance(engine: Engine, clock: Clock, ms: int) -> int:
    """Jump ahead; the new instant, when all that was due by then has happened and been told.

    A world whose step fails stays behind, the others go on; then its Blunder is raised. Raises ValueError for a step
    back.
    """
    if ms < 0:
        raise ValueError(f"the clock never goes back: advance by 0 ms or more, not by {ms}")
    target = clock.now() + ms
    await _move(engine, clock, target)
    return clock.now()


async def settle(engine: Engine, clock: Clock) -> int:
    """Jump from instant to instant until nothing is due in a world of this clock; the new instant. Raises Blunder."""
    await _move(engine, clock, None)
    return clock.now()


async def _move(engine: Engine, clock: Clock, target: int | None) -> None:
    await landed_everywhere(engine)
    if target is not None and engine.sharing is None:
        await keeping.keep(engine, clock, target)
    engine.moving.append(clock)
    blunders: list[Blunder] = []
    behind: set[WorldId] = set()
    try:
        while await _pass(engine, clock, target, behind, blunders):
            """Worlds made meanwhile, and those that others reached into, have their turn in another pass."""
        if target is not None:
            if engine.sharing is not None:
                await keeping.keep(engine, clock, max(target, clock.now()))
            clock.reach(target)
    finally:
        engine.moving.remove(clock)
        engine.ports.wake(None)
    if blunders:
        raise blunders[0]


async def _pass(
    engine: Engine, clock: Clock, target: int | None, behind: set[WorldId], blunders: list[Blunder]
) -> bool:
    """All that is due by the target in the worlds of this clock; False if that was nothing."""
    agenda: list[tuple[int, int, Home]] = []
    for place, home in enumerate(engine.worlds.homes()):
        if home.clock is clock and home.world not in behind:
            if engine.sharing is not None:
                await claims.claim(engine, home, claims.waits)
            try:
                due = await next_due(engine, home)
            except WorldGone:  # somebody else has let it go
                engine.worlds.lose(home.world)
                continue
            if due is not None and (target is None or due <= target):
                agenda.append((due, place, home))
    heapify(agenda)
    found = bool(agenda)
    while agenda:
        at, place, home = heappop(agenda)
        if engine.worlds.find(home.world) is not home:
            continue
        if (target is None or engine.sharing is not None) and at > clock.now():
            await keeping.keep(engine, clock, at)
        clock.reach(at)
        try:
            due = await _live(engine, home, at, _free_until(at, target, agenda))
        except Blunder as blunder:
            behind.add(home.world)
            blunders.append(blunder)
            continue
        except WorldGone:
            engine.worlds.lose(home.world)
            continue
        if due is not None and (target is None or due <= target):
            heappush(agenda, (due, place, home))
    return found


def _free_until(at: int, target: int | None, agenda: list[tuple[int, int, Home]]) -> int:
    """How far a world may go on by itself: until another one's turn comes, or the clock stands where it was sent."""
    if target is None:
        return at
    return max(at, min(target, agenda[0][0] - 1)) if agenda else target


async def _live(engine: Engine, home: Home, now: int, until: int) -> int | None:
    """A world up to an instant: each step and each attempt due by then; when the next one is due.

    Steps due by `until` are taken along as long as no attempt comes between: nobody can see that they are early.
    """
    while engine.worlds.find(home.world) is home:
        waiting = engine.outbox.next_due(home.world)
        step = await engine.catch_up(home, now, until if waiting is None else min(until, waiting))
        posted = engine.outbox.take(home.world, now)
        if posted is None:
            return earlier(step, engine.outbox.next_due(home.world))
        await attempt(engine, posted)
    return None  # dropped, or under another clock: another pass sees to that


async def next_due(engine: Engine, home: Home, *, unheard: bool = True) -> int | None:
    """When the next step or attempt is due in a world, None if there is none.

    Steps of which nobody will be told are left out unless `unheard`.
    """
    webhooks = engine.services[home.world.provider].provider.webhooks
    found: list[int] = []

    def look(view: View) -> Outcome:
        due = view.next_due()
        if due is not None and (unheard or (webhooks is not None and webhooks.listens(view))):
            found.append(due.at)
        return _STILL

    await engine.store.transact(home.world, look, counted=False)
    return earlier(found[0] if found else None, engine.outbox.next_due(home.world))


def earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two instants, either of which may not be."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


async def attempt(engine: Engine, posted: Posted) -> None:
    """Make the attempt that is due, keep what came of it, and let the world note it. `posted` is under way already.

    Whatever goes wrong in here is reported and ends the delivery; an attempt that is broken off is due as before.
    """
    world, delivery = posted.world, posted.delivery
    home = engine.worlds.find(world)
    webhooks = engine.services[world.provider].provider.webhooks
    if home is None or webhooks is None or not engine.outbox.stands(posted):
        # Its world was dropped or put back while it waited for its turn. Whoever waits for an end has to hear of it.
        engine.outbox.broken_off(posted)
        if home is None or webhooks is None:
            engine.outbox.forget(world)
        engine.ports.wake(world)
        return
    if not await _begun(engine, posted):
        return
    try:
        delivery = await _attempted(engine, home, webhooks, delivery)
    except Exception as error:
        engine.ports.blundered(error)
        why = f"mockserver failed to send this: {type(error).__name__}: {error}"
        made = Attempt(delivery.due, _NOTHING, Answered(failure="connection", error=why))
        delivery = replace(delivery, attempts=(*delivery.attempts, made), state="failed")
    except BaseException:
        engine.outbox.broken_off(posted)
        raise
    if engine.outbox.attempted(posted, delivery):
        await _note(engine, home, webhooks, delivery)
    engine.ports.wake(world)


_NOTHING: Final = Sending("", "", Headers(), b"")


async def _begun(engine: Engine, posted: Posted) -> bool:
    """Let a store that outlives us know that an attempt is under way; False if it can't be told, and thus is none."""
    if engine.store.lasts:
        try:
            if engine.sharing is None:
                await keeping.rewrite(engine, posted.world, [posted.delivery], begun=True)
            elif not await claims.begin(engine, posted):
                engine.outbox.pass_on(posted)
                engine.ports.wake(posted.world)
                return False
        except StoreError as error:
            engine.ports.blundered(error)
            engine.outbox.broken_off(posted)
            engine.ports.wake(posted.world)
            return False
    return True


async def _attempted(engine: Engine, home: Home, webhooks: Webhooks, delivery: Delivery) -> Delivery:
    """The delivery after its next attempt.

    That is dated with the instant it was due, however late it is made: so the same calls have the same deliveries on
    a clock that runs and on one that jumps.
    """
    at = delivery.due
    sending = marked(delivery, webhooks.write(delivery, at))
    answered = await engine.ports.send(sending)
    attempts = (*delivery.attempts, Attempt(at, sending, answered))
    if answered.failure == "refused":
        return replace(delivery, attempts=attempts, state="refused")
    state, pause = webhooks.judge(delivery, answered)
    due = at + _moment(engine, home, at).lasting(pause) if state == "pending" else at
    return replace(delivery, attempts=attempts, state=state, due=due)


async def _note(engine: Engine, home: Home, webhooks: Webhooks, delivery: Delivery) -> None:
    made = delivery.attempts[-1]

    def note(view: View) -> Outcome:
        if not claims.is_ours(view, engine, delivery.id):
            return _STILL
        moment = _moment(engine, home, made.at, "attempt", delivery.id, len(delivery.attempts))
        noted = with_deliveries(view, webhooks.note(view, delivery, moment), home.keeper)
        changes = (*noted.changes, change_of(view, delivery, home.keeper))
        return Outcome(noted.reply, changes, noted.notices, noted.deliveries, noted.heard)

    try:
        noted = await engine.store.transact(home.world, note, counted=False)
    except Exception as error:
        if engine.worlds.find(home.world) is not None:  # not dropped this very moment
            engine.ports.blundered(error)
            if not isinstance(error, StoreError):
                with suppress(StoreError):  # then it is made again: at least once
                    await keeping.rewrite(engine, home.world, [delivery])
    else:
        await engine.tell(home, noted)


def _moment(engine: Engine, home: Home, at: int, *labels: str | int) -> Moment:
    chance = home.chance.child(*labels) if labels else home.chance
    return Moment(at, chance, home.readings, home.pace, engine.worlds.origin, home.world.name)
