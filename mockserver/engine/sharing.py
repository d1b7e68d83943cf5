"""Several servers on one store: what is set on one holds on all.

The store is what they share. Each keeps what is set at hand as one server alone does, and looks before it answers a
call whether the mark in the store has moved (`shared_kept.py`); then it reads what was set meanwhile. Whoever sets
something has it in the store, and the mark moved, before that is answered. So a call that begins after something was
set is answered accordingly, whichever server gets it. Turns of faults are counted in the store itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mockserver.core.http import Reply
from mockserver.core.peers import Peer, Silent
from mockserver.core.provider import Claim
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Outcome, Put, Remove, View, WorldId
from mockserver.engine.claims import beat, hear, leave, take_over
from mockserver.engine.homes import private_name
from mockserver.engine.keeping import ask
from mockserver.engine.kept import CLOCK, ONE, pace_of, pace_record
from mockserver.engine.others import find_all, find_new, look
from mockserver.engine.shared_calls import count
from mockserver.engine.shared_kept import (
    CLOCK_TOPIC,
    FAULTS,
    FAULTS_TOPIC,
    FIRST_MARK,
    MARK,
    MET,
    PLACE,
    SCRIPTED,
    SCRIPTED_TOPIC,
    TOPICS,
    TURN,
    WORLDS_TOPIC,
    has_gone_back,
    is_same,
    label,
    moved_on,
    moved_since,
    reply_of,
)

if TYPE_CHECKING:
    from mockserver.engine.clock import Clock
    from mockserver.engine.engine import Engine

_SAID: Final = Outcome(Reply(204))
# Whoever has seen this knows nothing. Not even a store in which nothing was ever set is the same: calls that come while
# an emptied one is read anew have to read it, too.
_NEVER: Final[Record] = {**FIRST_MARK, **dict.fromkeys(TOPICS, -1), "version": -1}


class Clashed(Exception):
    """Another server has set a fault of that id this very moment. What was set here is taken back: set it again."""


@dataclass(frozen=True, slots=True)
class _News:
    """What was set elsewhere, all as of one moment. None is what has not changed, but for `worlds`: anything may."""

    mark: Record
    clock: Record | None
    faults: list[Json] | None
    met: dict[str, Record]
    scripted: list[Record] | None
    worlds: dict[WorldId, Record | None] | None


class Sharing:
    """What one server knows of what is set on all. `name` is its own, unlike that of any other.

    For `crew`, `place` and `at` see `Peer`.
    """

    def __init__(
        self, engine: Engine, name: str, dead: Iterable[str] = (), *, crew: str = "", place: int = 0, at: str = ""
    ) -> None:
        self.name = name
        self.me: Final = Peer(name, crew, place, engine.clock.real(), at)
        self._dead = frozenset(dead)  # who is known to have ended
        self._engine = engine
        self._seen: Record = FIRST_MARK
        self._stamps = 0
        self._faults: list[Json] = []  # as it was last written down
        engine.sharing = self
        engine.worlds.keeper = name
        engine.faults.ledger = lambda world, work: count(engine, world, work)

    def stamp(self) -> str:
        """What no other mark has."""
        self._stamps += 1
        return f"{self.name}/{self._stamps}"

    async def is_joined(self) -> bool:
        """Whether other servers are there already."""
        alive, _ = await beat(self._engine)
        return bool(alive - self._dead - {self.name})

    async def join(self) -> None:
        """Begin with what is set, and see to what nobody does."""
        await self.catch_up()
        alive, silent = await beat(self._engine)
        await take_over(self._engine, alive - self._dead, {*silent, *self._dead})
        self._dead = frozenset()
        with suppress(Silent):  # then what its lease tells has to do
            for told in await self._engine.peers.ask({"ask": "last"}):
                hear(self._engine, told["last"])

    async def stay(self) -> None:
        """Say that we are alive, and see to what those leave behind who are not any more."""
        alive, silent = await beat(self._engine)
        if silent:
            await take_over(self._engine, alive, silent)

    async def leave(self) -> None:
        """Let others see to what is waiting here."""
        await leave(self._engine)

    # ---- what others have set

    async def catch_up(self, *, whole: bool = False) -> None:
        """Let hold here what was set anywhere before this was called; `whole` also tells what faults have met."""
        found: list[_News | None] = []
        before = self._seen

        def look(view: View) -> Outcome:
            mark = view.get(MARK, ONE) or FIRST_MARK
            same = is_same(mark, self._seen)
            found.append(None if same and not whole else self._news(view, mark, self._seen))
            return _SAID

        await ask(self._engine.store, look)
        news = found[-1]
        if news is None:
            return
        if has_gone_back(news.mark, before):
            await self._begin_anew()
            return
        if news.worlds is None:
            await find_all(self._engine.worlds, self._engine.store)
        if news.mark["version"] >= self._seen["version"]:  # not overtaken by another call that looked later
            self._follow(news)

    async def _begin_anew(self) -> None:
        """The store was emptied, or has lost what it was told last: what it says holds, but no clock goes back."""
        engine = self._engine
        found: list[_News] = []

        def look(view: View) -> Outcome:
            found.append(self._news(view, view.get(MARK, ONE) or FIRST_MARK, _NEVER))
            return _SAID

        await ask(engine.store, look)
        await find_all(engine.worlds, engine.store)
        for service in engine.services.values():  # start worlds are always there
            await engine.worlds.home(service.provider, Claim())
        self._follow(replace(found[-1], clock=None, worlds={}))
        engine.kept = None
        await self.publish()

    def _news(self, view: View, mark: Record, seen: Record) -> _News:
        """What a mark has that one before it had not."""
        moved = moved_since(mark, seen)
        faults: list[Json] | None = None
        if mark[FAULTS_TOPIC] != seen[FAULTS_TOPIC]:
            faults = (view.get(FAULTS, ONE) or {"standing": []})["standing"]
        standing = self._faults if faults is None else faults
        counts = {said["id"]: view.get(MET, said["id"]) for said in standing}
        return _News(
            mark,
            view.get(CLOCK, ONE) if mark[CLOCK_TOPIC] != seen[CLOCK_TOPIC] else None,
            faults,
            {id: met for id, met in counts.items() if met is not None},
            list(view.find(SCRIPTED, "all", "")) if mark[SCRIPTED_TOPIC] != seen[SCRIPTED_TOPIC] else None,
            None if moved is None else {world: view.get(PLACE, label(world)) for world in moved},
        )

    def _follow(self, news: _News) -> None:
        engine = self._engine
        self._seen = news.mark
        if news.clock is not None:
            self._follow_clock(news.clock)
        if news.faults is not None:
            self._faults = news.faults
            engine.faults.put(news.faults)
        for id, met in news.met.items():
            engine.faults.note_met(id, met["met"], met["used"])
        if news.scripted is not None:
            queues = {
                (WorldId(*said["world"].split("/", 1)), said["operation"]): [reply_of(each) for each in said["replies"]]
                for said in news.scripted
            }
            engine.scripted.put(queues)
        for world, place in (news.worlds or {}).items():
            if place is None:
                engine.worlds.lose(world)
            else:
                engine.worlds.follow(world, place["said"])

    def _follow_clock(self, said: Record) -> None:
        engine = self._engine
        engine.kept = said
        pace = pace_of(said["pace"]) if "pace" in said else engine.worlds.usual_pace
        if pace != engine.worlds.terms.pace:
            engine.worlds.set_pace(pace)
        engine.clock.resume(said["clock"])
        engine.clock.moved()

    # ---- what is set here

    async def publish(self, clock: Clock | None = None, at: int | None = None) -> None:
        """Let hold everywhere what was set here; of a clock that is about to jump, where it will be.

        Raises Clashed, and what was set is taken back, if another server was first with a fault of that id.
        """
        engine = self._engine
        faults, engine.faults.told = engine.faults.told, {}  # of this call alone: others that set some are on their way
        await engine.worlds.keep(clock, at)
        worlds, engine.worlds.told = engine.worlds.told, {}
        said: dict[str, Json] = {"clock": dict(engine.clock.state(at if clock is engine.clock else None))}
        if engine.worlds.terms.pace != engine.worlds.usual_pace:
            said["pace"] = pace_record(engine.worlds.terms.pace)
        before = engine.kept
        if said == before and not faults and not worlds:
            return
        written: list[tuple[Record, Record]] = []
        standing: list[Json] = []

        def decide(view: View) -> Outcome:
            mark = view.get(MARK, ONE) or FIRST_MARK
            changes: list[Change] = []
            topics: set[str] = set()
            if said != before:
                topics.add(CLOCK_TOPIC)
                changes.append(Put(CLOCK, ONE, _later(said, view.get(CLOCK, ONE), before)))
            if faults:
                topics.add(FAULTS_TOPIC)
                standing[:] = _with_faults(view, faults)
                changes.append(Put(FAULTS, ONE, {"standing": list(standing)}))
                for id in faults:
                    changes += [Remove(MET, id), *_without(view, TURN, "fault", id)]
            for world, there in worlds.items():
                topics.add(WORLDS_TOPIC)
                if there is not None:
                    changes.append(Put(PLACE, label(world), there))
                    continue
                changes += [Remove(PLACE, label(world)), *_without(view, TURN, "world", label(world))]
                ready = _without(view, SCRIPTED, "world", label(world))
                if ready:
                    topics.add(SCRIPTED_TOPIC)
                    changes += ready
            fresh = moved_on(mark, topics, list(worlds), self.stamp())
            written.append((mark, fresh))
            return Outcome(_SAID.reply, (*changes, Put(MARK, ONE, fresh)))

        try:
            await ask(engine.store, decide)
        except Clashed:
            self._seen = FIRST_MARK  # all is read anew
            await self.catch_up()
            raise
        except BaseException:
            engine.worlds.told = {**worlds, **engine.worlds.told}
            if faults:
                self._seen = FIRST_MARK  # nothing was set
            raise
        engine.kept = said
        if faults:
            self._faults = standing
            if engine.faults.described() != standing:  # what others had set was read meanwhile
                engine.faults.put(standing)
        last, fresh = written[-1]
        if last["version"] == self._seen["version"]:
            self._seen = fresh


async def look_around(engine: Engine, provider: str | None, name: str | None) -> None:
    """Know all that is set anywhere, and the worlds that were made there: the one that is named, or all of them."""
    if engine.sharing is None:
        return
    await engine.sharing.catch_up(whole=True)
    if provider is not None and name is not None:
        await look(engine.worlds, engine.store, WorldId(provider, private_name(name) or name))
    else:
        await find_new(engine.worlds, engine.store)


def _with_faults(view: View, told: Mapping[str, Json]) -> list[Json]:
    """All faults that stand, with those that were set here, without those that were removed. Raises Clashed."""
    known = view.get(FAULTS, ONE)
    standing = [] if known is None else known["standing"]
    if any(told.get(said["id"]) is not None for said in standing):
        raise Clashed
    return [*(said for said in standing if said["id"] not in told), *filter(None, told.values())]


def _without(view: View, kind: str, index: str, key: str) -> list[Change]:
    return [Remove(kind, said["id"]) for said in view.find(kind, index, key)]


def _later(mine: Record, theirs: Record | None, before: Record | None) -> Record:
    """The clock that is further on, if another server has moved it in the same way meanwhile: time never goes back."""
    if theirs is None or theirs == before:
        return mine
    ours, other = mine["clock"], theirs["clock"]
    return {**mine, "clock": {name: max(at, other.get(name, at)) for name, at in ours.items()}}
