"""When private worlds were last used, in real ms: in a store that lasts, and on a server that lets old ones go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.world import Outcome, Put, Remove, Store, View, WorldGone, WorldId
from mockserver.engine.clock import Clock
from mockserver.engine.keeping import ask, note
from mockserver.engine.kept import SERVER, USE

# That a world is used is written down at most so often.
TOUCH_MS: Final = 60_000


class Uses:
    """`noted` says whether uses are noted at all. `ttl` is how long a world is kept that nobody uses."""

    def __init__(self, store: Store, clock: Clock, ttl: int | None) -> None:
        self.noted = store.lasts or ttl is not None
        self._store = store
        self._clock = clock
        self._ttl = ttl
        self._every = min(TOUCH_MS, (ttl or TOUCH_MS) // 10)
        self._used: dict[WorldId, int] = {}

    def at(self, world: WorldId) -> int:
        """When a world was used last; 0 for one of which nobody knows."""
        return self._used.get(world, 0)

    async def resume(self, provider: str) -> None:
        """Find out what was written down."""

        def look(view: View) -> Outcome:
            for use in view.find(USE, "provider", provider):
                self._used[WorldId(provider, use["world"])] = use["at"]
            return Outcome(Reply(204))

        with suppress(WorldGone):
            await self._store.transact(SERVER, look, counted=False)

    async def touch(self, world: WorldId) -> None:
        """A world is used now, which is written down now and then."""
        real = self._clock.real()
        if real - self._used.get(world, 0) < self._every:
            return
        self._used[world] = real
        if self._store.lasts:
            said = {"provider": world.provider, "world": world.name, "at": real}
            await note(self._store, Put(USE, _id(world), said))

    async def forget(self, world: WorldId) -> None:
        """A world is gone."""
        if self._used.pop(world, None) is not None and self._store.lasts:
            await note(self._store, Remove(USE, _id(world)))

    async def idle(self, worlds: Mapping[WorldId, object], most: int) -> AsyncIterator[tuple[WorldId, int | None]]:
        """Of these worlds, longest unused first, those to let go, on no server that shares the store in use.

        With each comes how many calls have changed it, if it has to go only as long as that is so.
        """
        before = -1 if self._ttl is None else self._clock.real() - self._ttl
        for world in list(worlds):
            if len(worlds) > most:
                if await self._is_ours_to_let_go(world, self.at(world)):
                    yield world, None
            elif self.at(world) <= before:
                calls = await self._calls(world)
                if await self._is_ours_to_let_go(world, before):
                    yield world, calls

    async def _is_ours_to_let_go(self, world: WorldId, before: int) -> bool:
        """Whether nobody has used it since an instant; of several servers that find out, one gets to hear it."""
        if not self._store.lasts:
            return True
        found: list[int | None] = []

        def take(view: View) -> Outcome:
            use = view.get(USE, _id(world))
            found.append(None if use is None else use["at"])
            gone = use is not None and use["at"] <= before
            return Outcome(Reply(204), (Remove(USE, _id(world)),) if gone else ())

        await ask(self._store, take)
        at = found[-1]
        if at is None:  # another server lets it go, or it was brought here, and has its time before it
            self._used.pop(world, None)
            if await self._store.exists(world):
                await self.touch(world)
            return False
        self._used[world] = at
        return at <= before

    async def _calls(self, world: WorldId) -> int | None:
        found: list[int] = []

        def look(view: View) -> Outcome:
            found.append(view.serial)
            return Outcome(Reply(204))

        with suppress(WorldGone):
            await self._store.transact(world, look, counted=False)
        return found[-1] if found else None


def _id(world: WorldId) -> str:
    return f"{world.provider}/{world.name}"
