"""When private worlds were last used, in real ms: in a store that lasts, and on a server that lets old ones go."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.world import Outcome, Put, Remove, Store, View, WorldGone, WorldId
from mockserver.engine.clock import Clock
from mockserver.engine.keeping import note, noted
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

    async def expired(self, worlds: Iterable[WorldId]) -> list[WorldId]:
        """Those that nobody has used for too long, on no server that shares the store."""
        if self._ttl is None:
            return []
        before = self._clock.real() - self._ttl
        found = []
        for world in [each for each in worlds if self.at(each) <= before]:
            elsewhere = await noted(self._store, USE, _id(world)) if self._store.lasts else None
            if elsewhere is not None and elsewhere["at"] > before:
                self._used[world] = elsewhere["at"]
            else:
                found.append(world)
        return found


def _id(world: WorldId) -> str:
    return f"{world.provider}/{world.name}"
