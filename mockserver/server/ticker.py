"""Lets what is due happen by itself: sleeps until the next instant of any world with work, and costs nothing till then.

Steps of a world run by themselves only if somebody is told of them; otherwise the next request sees to them. Each
webhook has a lane: its deliveries go out one after the other, whatever other receivers do.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress
from heapq import heappop, heappush
from typing import Final

from mockserver.core.world import StoreError, WorldGone, WorldId
from mockserver.engine import course
from mockserver.engine.blunder import Blunder
from mockserver.engine.clock import Clock
from mockserver.engine.engine import Engine
from mockserver.engine.outbox import Posted
from mockserver.engine.worlds import Home

MOST_AT_ONCE: Final = 64
# A clock that is to be moved waits so long for attempts under way, and no longer: who moves it may be the very
# receiver they wait for.
LANDING_SECONDS: Final = 1.0
# After the store was out of reach.
RETRY_SECONDS: Final = 1.0
_DAY: Final = 86_400.0

Lane = tuple[WorldId, str]


class _Plan:
    """When worlds of one clock want something to happen. A date that was moved stays in the heap until it comes up."""

    def __init__(self) -> None:
        self._at: dict[WorldId, int] = {}
        self._heap: list[tuple[int, WorldId]] = []

    def set(self, world: WorldId, at: int | None) -> None:
        if at is None:
            self._at.pop(world, None)
        elif self._at.get(world) != at:
            self._at[world] = at
            heappush(self._heap, (at, world))

    def first(self) -> tuple[int, WorldId] | None:
        heap = self._heap
        while heap:
            at, world = heap[0]
            if self._at.get(world) == at:
                return heap[0]
            heappop(heap)
        return None


class Ticker:
    """`start()` it on the server's loop, `await stop()` at the end. `wake`, `landed`, `idle` are the engine's ports."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._asked = False
        self._dirty: set[WorldId] = set()
        self._plans: dict[Clock, _Plan] = {}
        self._clocks: dict[WorldId, Clock] = {}
        self._lanes: dict[Lane, deque[Posted]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._idlers: list[asyncio.Future[None]] = []
        self._landing: list[tuple[frozenset[int], asyncio.Future[None]]] = []

    def start(self) -> None:
        self._task = self._loop.create_task(self._run(), name="ticker")

    def break_off(self) -> None:
        """Let nothing happen any more: what is under way is broken off at once."""
        for task in self._all():
            task.cancel()

    async def stop(self) -> None:
        """Break off, and return when that is done."""
        self.break_off()
        await asyncio.gather(*self._all(), return_exceptions=True)

    def _all(self) -> list[asyncio.Task[None]]:
        return [*self._tasks, *([self._task] if self._task else [])]

    def wake(self, world: WorldId | None) -> None:
        """Something may be due in a world, or a clock was moved (None). From any thread, and cheap when repeated."""
        if world is not None:
            self._dirty.add(world)
        if self._asked:
            return
        self._asked = True
        if threading.get_ident() == self._thread:
            self._loop.call_soon(self._woken.set)
        else:
            with suppress(RuntimeError):  # the server has just stopped
                self._loop.call_soon_threadsafe(self._woken.set)

    async def landed(self) -> None:
        """Returns when the attempts under way now are over, or at least a second later."""
        flying = self._engine.outbox.flying()
        if not flying:
            return
        future = self._loop.create_future()
        self._landing.append((flying, future))
        with suppress(TimeoutError):
            async with asyncio.timeout(LANDING_SECONDS):
                await future

    async def idle(self, seconds: float | None = None) -> bool:
        """Returns when nothing is due any more and nothing under way, and all that was is on record.

        False says that this takes longer than so many seconds.
        """
        future = self._loop.create_future()
        self._idlers.append(future)
        self.wake(None)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        return True

    async def _run(self) -> None:
        while True:
            self._asked = False
            self._woken.clear()
            retry = None
            try:
                await self._turn()
            except StoreError as error:
                # It recovers by itself or not at all: all that may be due is looked at again, and again.
                self._engine.ports.blundered(error)
                self._dirty.update(home.world for home in self._engine.worlds.homes())
                retry = RETRY_SECONDS
            except Exception as error:
                self._engine.ports.blundered(error)
                self._plans.clear()
                self._clocks.clear()
            self._release()
            try:
                async with asyncio.timeout(self._pause() if retry is None else retry):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def _turn(self) -> None:
        """Look at what was woken, then let happen what is due by any clock."""
        dirty, self._dirty = self._dirty, set()
        for world in dirty:
            await self._look(world)
        for clock in list(self._plans):
            await self._catch_up(clock)

    def _release(self) -> None:
        """Let those go on who waited for what is over now."""
        flying = self._engine.outbox.flying()
        landing, self._landing = self._landing, []
        for wanted, future in landing:
            if wanted & flying:
                self._landing.append((wanted, future))
            elif not future.done():
                future.set_result(None)
        if self._asked or flying or self._engine.moving:
            return
        idlers, self._idlers = self._idlers, []
        for future in idlers:
            if not future.done():
                future.set_result(None)

    def _pause(self) -> float | None:
        """Real seconds until something is due; None if nothing is, or all clocks concerned stand or are being moved.

        A running clock's milliseconds are real ones: the pace is in the lengths of things, not in the clock.
        """
        pauses = []
        for clock, plan in self._plans.items():
            first = plan.first()
            if first is not None and not clock.frozen and not self._is_moved(clock):
                pauses.append(min(max(first[0] - clock.now(), 0) / 1000, _DAY))
        return min(pauses, default=None)

    def _is_moved(self, clock: Clock) -> bool:
        return any(clock is moving for moving in self._engine.moving)

    async def _look(self, world: WorldId) -> None:
        """Find out when a world wants something to happen."""
        home = self._engine.worlds.find(world)
        clock = self._clocks.get(world)
        if clock is not None and (home is None or home.clock is not clock):
            self._plans[clock].set(world, None)
            del self._clocks[world]
        if home is not None:
            await self._plan(home)

    async def _plan(self, home: Home) -> None:
        try:
            due = await course.next_due(self._engine, home, unheard=False)
        except WorldGone:  # it was dropped this very moment
            due = None
        if due is not None or home.world in self._clocks:
            self._clocks[home.world] = home.clock
            self._plans.setdefault(home.clock, _Plan()).set(home.world, due)

    async def _catch_up(self, clock: Clock) -> None:
        """Let everything happen that is due by a clock, unless whoever moves it sees to that."""
        plan = self._plans[clock]
        while not self._is_moved(clock):
            first = plan.first()
            now = clock.now()
            if first is None:
                if clock not in self._clocks.values():
                    del self._plans[clock]
                return
            if first[0] > now:
                return
            await self._happen(first[1], plan, now)

    async def _happen(self, world: WorldId, plan: _Plan, now: int) -> None:
        plan.set(world, None)
        home = self._engine.worlds.find(world)
        if home is None or self._plans.get(home.clock) is not plan:
            return
        try:
            await self._engine.catch_up(home, now)
        except Blunder as blunder:
            # Its next request gets to hear of it; trying again by ourselves would go on for ever.
            self._engine.ports.blundered(blunder)
            return
        except WorldGone:
            return
        for posted in self._engine.outbox.due(world, now):
            self._dispatch(posted)
        await self._plan(home)

    def _dispatch(self, posted: Posted) -> None:
        if not self._engine.outbox.start(posted):
            return
        lane = (posted.world, posted.delivery.webhook)
        if lane in self._lanes:
            self._lanes[lane].append(posted)
            return
        self._lanes[lane] = deque([posted])
        task = self._loop.create_task(self._deliver(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, lane: Lane) -> None:
        queue = self._lanes[lane]
        try:
            while queue:
                async with self._room:
                    await course.attempt(self._engine, queue.popleft())
        finally:
            del self._lanes[lane]
            for posted in queue:
                self._engine.outbox.broken_off(posted)
            self.wake(lane[0])
