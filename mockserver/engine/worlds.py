"""Which world a request lives in, and how worlds come to be.

Each provider has a start world, named after its document. A key of the form `test_<name>` owns a private world, made
from the same document when it is first seen; `test_<name>+<role>` is another credential of that very world.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from mockserver.core.chance import Chance
from mockserver.core.provider import Claim, Moment, Provider
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Contents, Store, WorldGone, WorldId
from mockserver.engine.clock import Clock
from mockserver.engine.documents import Seed
from mockserver.engine.homes import Home, Terms, private_name, resumed, said_of
from mockserver.engine.keeping import home_record, note_home
from mockserver.engine.kept import Made, made_of, with_home
from mockserver.engine.others import look
from mockserver.engine.uses import Uses

__all__ = ["MOST_PRIVATE", "Home", "Terms", "Worlds", "private_name"]

MOST_PRIVATE: Final = 5_000


def _nobody(world: WorldId) -> None:
    """Nobody needs to know."""


class Worlds:
    """The worlds of a server: the start worlds, private ones, and named ones that were made on demand.

    Of private ones at most `most_private` are kept: the one longest unused goes first; and those that nobody has used
    for as long as the terms say go when another is made. `changed` is called with a world that was made or dropped on
    demand, and with any that got other records, time or readings.
    """

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
        self.changed: Callable[[WorldId], None] = _nobody
        self._store = store
        self._clock = clock
        self._seeds = seeds
        self.terms = terms
        self._most_private = most_private
        self._start: dict[str, Home] = {}
        self._private: OrderedDict[WorldId, Home] = OrderedDict()
        self._named: dict[WorldId, Home] = {}
        self._made: dict[WorldId, Made] = {}
        self._uses = Uses(store, clock, terms.ttl)
        self._unkept: set[WorldId] = set()
        self._kept: dict[WorldId, Record] = {}
        self.keeper = ""  # which of several servers this is
        self.told: dict[WorldId, Record | None] = {}  # what others need to be told of worlds; None: it was dropped
        self.usual_pace = terms.pace

    async def open(self, origin: str) -> None:
        """Find the worlds there are, and make the start worlds. `origin` is the server's own URL. Raises WorldError."""
        self.origin = origin
        for name in self._seeds:
            if self._store.lasts:
                await self._find_all(name)
            if name not in self._start:
                await self._begun(name)
        await self._let_idle_go()

    async def _find_all(self, provider: str) -> None:
        """The worlds the store has from before; private ones are longest unused first."""
        await self._uses.resume(provider)
        for world in sorted(await self._store.worlds(provider), key=self._uses.at):
            with suppress(WorldGone):  # another server lets it go this very moment
                self._place(self._resumed(world, await home_record(self._store, world)))

    def _place(self, home: Home) -> None:
        world = home.world
        if world.name == self._seeds[world.provider].origin.name:
            self._start[world.provider] = home
        elif private_name(world.name) is None:
            self._named[world] = home
        else:
            self._private[world] = home

    async def home(self, provider: Provider, claim: Claim) -> Home:
        """Where a request with this claim lives; a private world is made on first sight."""
        for kind, index, owned in claim.owned:
            owner = await self._store.whose(provider.name, kind, index, owned)
            if owner is not None:
                return await self._known(owner)
        key = claim.key
        if key is None or not key.startswith("test_"):
            return self._start.get(provider.name) or await self._begun(provider.name)
        world = WorldId(provider.name, key.partition("+")[0])
        home = self._private.get(world)
        if home is not None:
            self._private.move_to_end(world)
            if self._uses.noted:
                await self._uses.touch(world)
            return home
        if private_name(key) is None:
            return self._start.get(provider.name) or await self._begun(provider.name)
        return await self._make_private(world)

    async def _begun(self, provider: str) -> Home:
        """The start world, which is made if it is not there."""
        home = self._start[provider] = await self._make(WorldId(provider, self._seeds[provider].origin.name))
        return home

    def homes(self) -> list[Home]:
        """Every world's home: the start worlds, then named ones, then the private ones, longest unused first."""
        return [*self._start.values(), *self._named.values(), *self._private.values()]

    def find(self, world: WorldId) -> Home | None:
        """A world's home without a request; None for one that is not there (any more)."""
        start = self._start.get(world.provider)
        if start is not None and start.world == world:
            return start
        return self._private.get(world) or self._named.get(world)

    @property
    def named(self) -> int:
        """How many worlds there are that were made on demand and are nobody's private one."""
        return len(self._named)

    def is_start(self, world: WorldId) -> bool:
        """Whether it is the world that callers without a world of their own live in."""
        start = self._start.get(world.provider)
        return start is not None and start.world == world

    def made(self, world: WorldId) -> Made:
        """What a world is made of: by default the server's own document."""
        return self._made.get(world) or self.usual(world.provider)

    def usual(self, provider: str) -> Made:
        """What the server's own worlds are made of."""
        return Made(self._seeds[provider], self.terms.readings[provider], self.terms.pace)

    def own_seed(self, provider: str) -> Seed:
        """What the server's own worlds of a provider start from."""
        return self._seeds[provider]

    async def settle_in(self, home: Home, contents: Contents, made: Made | None = None) -> None:
        """Let a world hold this, in place of what it held; one that is not there is made.

        `made` is what it is made of, if not of the server's own document.
        """
        world = home.world
        if made is not None:
            self._made[world] = made
        said = self._said(home)
        await self._store.replace(world, with_home(contents, said))
        self._note_kept(world, said)
        self._tell(world, {"said": said})
        self._place(home)
        if world in self._private:
            self._private.move_to_end(world)
            await self._let_idle_go()
        self.changed(world)

    async def drop(self, world: WorldId, calls: int | None = None) -> bool:
        """Forget a world, whatever sort it is; False if there was none, or if not so many calls have changed it."""
        if calls is not None and not await self._store.drop(world, calls=calls):
            return False
        self.forget(world)
        await self._uses.forget(world)
        dropped = calls is not None or await self._store.drop(world)
        self._tell(world, None)
        self.changed(world)
        return dropped

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
        self._place(home)
        self._unkept.add(world)
        self.changed(world)
        return home

    async def keep(self, clock: Clock | None = None, at: int | None = None) -> None:
        """Write down what was set in worlds; of a clock that is about to jump, where it will be."""
        unkept, self._unkept = self._unkept, set()
        own = (world for world, said in self._kept.items() if "clock" in said)
        for world in {**dict.fromkeys(own), **dict.fromkeys(unkept)}:
            home = self.find(world)
            if home is None:
                continue
            said = self._said(home, at if home.clock is clock else None)
            if said != self._kept.get(world):
                await note_home(self._store, world, said)
                self._note_kept(world, said)
                self._tell(world, {"said": said})

    # ---- what other servers do

    def _tell(self, world: WorldId, there: Record | None) -> None:
        if self.keeper:
            self.told[world] = there

    def follow(self, world: WorldId, said: Record | None) -> None:
        """Let hold in a world what another server has written down of it."""
        before = self.find(world)
        for known in (self._made, self._kept):
            known.pop(world, None)
        home = self._resumed(world, said)
        if before is not None and before.clock is not self._clock and home.clock is not self._clock:
            before.clock.resume(home.clock.state())
            home = replace(home, clock=before.clock)
        if home != before or home.clock is not self._clock:
            self._place(home)
            self.changed(world)

    def lose(self, world: WorldId) -> None:
        """Another server has dropped it."""
        self.forget(world)
        self.changed(world)

    def _note_kept(self, world: WorldId, said: Record | None) -> None:
        if said is None:
            self._kept.pop(world, None)
        else:
            self._kept[world] = said

    def _said(self, home: Home, at: int | None = None) -> Record | None:
        if not self._store.lasts:
            return None
        return said_of(home, self._made.get(home.world), self.terms, self._clock, at)

    def _resumed(self, world: WorldId, said: Record | None) -> Home:
        """The home of a world of which this was written down."""
        if said is None:
            return self.home_of(world)
        if "made" in said:
            self._made[world] = self.made_of(world.provider, said["made"])
        self._kept[world] = said
        return resumed(self.home_of(world), said, self.terms)

    def own_made(self, world: WorldId) -> Made | None:
        """What a world is made of, if not of the server's own document."""
        return self._made.get(world)

    def made_of(self, provider: str, record: Json) -> Made:
        return made_of(record, self._seeds[provider].provider)

    def fresh(self, home: Home, made: Made | None = None) -> list[Change]:
        """What a world begins with that is made now. Raises WorldError."""
        name, chance = home.world.name, home.chance.child("seed")
        moment = Moment(home.clock.now(), chance, home.readings, home.pace, self.origin, name)
        return (made or self.made(home.world)).seed.changes(name, moment)

    def set_pace(self, pace: float) -> None:
        """Let jobs go so fast from now on, in every world that has no pace of its own, and in those to come."""
        usual, self.terms = self.terms.pace, replace(self.terms, pace=pace)
        for home in self.homes():
            if home.pace == usual:
                self.change(home.world, pace=pace)

    async def _make_private(self, world: WorldId) -> Home:
        if self._uses.noted:
            await self._uses.touch(world)  # first: one that is there and was never used would go at once
        home = self._private[world] = await self._make(world)
        self.changed(world)
        await self._let_idle_go()
        return home

    async def _let_idle_go(self) -> None:
        async for world, calls in self._uses.idle(self._private, self._most_private):
            await self.drop(world, calls)

    async def _make(self, world: WorldId) -> Home:
        """One world comes of it, however many call at once, on however many servers: the store refuses the second."""
        home = self.home_of(world)
        made = not await self._store.exists(world) and await self._store.create(world, self.fresh(home))
        if made or not self._store.lasts:
            return home
        return self._resumed(world, await home_record(self._store, world))

    def forget(self, world: WorldId) -> None:
        """Others have let a world go: it is made anew when it is asked for."""
        for known in (self._private, self._named, self._made, self._kept):
            known.pop(world, None)
        if self.is_start(world):
            del self._start[world.provider]

    async def _known(self, world: WorldId) -> Home:
        if world in self._private:
            self._private.move_to_end(world)
        return self.find(world) or await look(self, self._store, world) or self.home_of(world)

    def home_of(self, world: WorldId, made: Made | None = None) -> Home:
        """The home a world begins with, on the server's clock."""
        made = made or self.made(world)
        return Home(world, Chance.of(self.terms.seed, *world), made.readings, self._clock, made.pace, self.keeper)
