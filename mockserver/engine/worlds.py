"""Which world a request lives in, and how worlds come to be.

Each provider has a start world, named after its document. A key of the form `test_<name>` owns a private world, made
from the same document when it is first seen; `test_<name>+<role>` is another credential of that very world.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from mockserver.core.chance import Chance
from mockserver.core.provider import Claim, Moment, Provider
from mockserver.core.world import Store, WorldId
from mockserver.engine.clock import Clock
from mockserver.engine.documents import Seed

# Keys come from anyone who can reach the port: their form and number have bounds.
_KEY: Final = re.compile(r"(test_[A-Za-z0-9._~-]{1,128})(?:\+[A-Za-z0-9._~-]{1,64})?", re.ASCII)
MOST_PRIVATE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Home:
    """Where a request lives: its world, and what holds there: chance, readings (names without prefix), time.

    `clock` is the server's, unless the world was given one of its own. `pace` is how much faster than life jobs go.
    """

    world: WorldId
    chance: Chance
    readings: Mapping[str, str]
    clock: Clock
    pace: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every world of a server: its seed, the pace of jobs, the options chosen by provider."""

    seed: int
    pace: float
    readings: Mapping[str, Mapping[str, str]]


def private_name(key: str) -> str | None:
    """The private world a key owns, None for any other credential."""
    found = _KEY.fullmatch(key)
    return found[1] if found else None


class Worlds:
    """The worlds of a server. Of private ones at most `most_private` are kept: the one longest unused goes first."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        seeds: Mapping[str, Seed],
        terms: Terms,
        *,
        most_private: int = MOST_PRIVATE,
    ) -> None:
        self.origin = "http://127.0.0.1"
        self._store = store
        self._clock = clock
        self._seeds = seeds
        self._terms = terms
        self._most_private = most_private
        self._start: dict[str, Home] = {}
        self._private: OrderedDict[WorldId, Home] = OrderedDict()

    @property
    def terms(self) -> Terms:
        """What holds for worlds to come, and for those where nothing else was asked for."""
        return self._terms

    async def open(self, origin: str) -> None:
        """Make the start worlds. `origin` is the server's own URL. Raises WorldError."""
        self.origin = origin
        for name, seed in self._seeds.items():
            world = WorldId(name, seed.origin.name)
            self._start[name] = await self._make(world)

    async def home(self, provider: Provider, claim: Claim) -> Home:
        """Where a request with this claim lives; a private world is made on first sight."""
        for kind, index, owned in claim.owned:
            owner = await self._store.whose(provider.name, kind, index, owned)
            if owner is not None:
                return self._known(owner)
        key = claim.key
        if key is None or not key.startswith("test_"):
            return self._start[provider.name]
        world = WorldId(provider.name, key.partition("+")[0])
        home = self._private.get(world)
        if home is not None:
            self._private.move_to_end(world)
            return home
        if private_name(key) is None:
            return self._start[provider.name]
        return await self._make_private(world)

    def homes(self) -> list[Home]:
        """Every world's home: the start worlds, then the private ones, longest unused first."""
        return [*self._start.values(), *self._private.values()]

    def find(self, world: WorldId) -> Home | None:
        """A world's home without a request; None for one that is not there (any more)."""
        start = self._start.get(world.provider)
        return start if start is not None and start.world == world else self._private.get(world)

    def change(
        self,
        world: WorldId,
        *,
        clock: Clock | None = None,
        pace: float | None = None,
        readings: Mapping[str, str] | None = None,
    ) -> Home:
        """Let other time or readings hold in a world from now on. Raises KeyError for one that is not there."""
        home = self.find(world)
        if home is None:
            raise KeyError(world)
        home = replace(
            home,
            clock=home.clock if clock is None else clock,
            pace=home.pace if pace is None else pace,
            readings=home.readings if readings is None else readings,
        )
        if world in self._private:
            self._private[world] = home
        else:
            self._start[world.provider] = home
        return home

    def set_pace(self, pace: float) -> None:
        """Let jobs go so fast from now on, in every world that has no pace of its own, and in those to come."""
        usual, self._terms = self._terms.pace, replace(self._terms, pace=pace)
        for home in self.homes():
            if home.pace == usual:
                self.change(home.world, pace=pace)

    async def _make_private(self, world: WorldId) -> Home:
        home = self._private[world] = await self._make(world)
        while len(self._private) > self._most_private:
            idle, _ = self._private.popitem(last=False)
            await self._store.drop(idle)
        return home

    async def _make(self, world: WorldId) -> Home:
        """One world comes of it, however many call at once: the store refuses the second."""
        home = self._home(world)
        if not await self._store.exists(world):
            moment = Moment(home.clock.now(), home.chance.child("seed"), home.readings, home.pace, self.origin)
            await self._store.create(world, self._seeds[world.provider].changes(world.name, moment))
        return home

    def _known(self, world: WorldId) -> Home:
        home = self._private.get(world)
        if home is not None:
            self._private.move_to_end(world)
            return home
        start = self._start[world.provider]
        return start if start.world == world else self._home(world)

    def _home(self, world: WorldId) -> Home:
        chance = Chance.of(self._terms.seed, world.provider, world.name)
        return Home(world, chance, self._terms.readings[world.provider], self._clock, self._terms.pace)
