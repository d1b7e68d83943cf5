"""When the same file is asked for again: Restream's 409, where it must not be, where it is missing, and its race."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import Final

from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Contents, Decide, Order, Outcome, Put, Store, View, WorldId
from mockserver.engine.engine import Engine
from tests.servers.bending import Seen, fine, operation, refused, with_body
from tests.servers.defect import Ground, put_in, shelf

_CREATE: Final = "createClipProject"
_CONFLICT: Final = "ClipsInputAlreadyProcessed"


def _asked(call: Call, name: str) -> Json:
    body = call.payload.value
    return body.get(name) if isinstance(body, dict) else None


class _Forgetful(Seen):
    """Nobody remembers that a whole video was asked for."""

    def count(self, kind: str, index: str, key: str) -> int:
        return 0 if (kind, index) == ("run", "whole") else super().count(kind, index, key)


@shelf.answer("restream", "decision.py: _processed")
def never_409(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A whole video that was clipped already is clipped again instead of refused."""
    return ground.answer(_Forgetful(view), call, moment)


@shelf.answer("restream", "decision.py: verdict")
def always_409(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Every whole video is "already processed", though it never was."""
    outcome = ground.answer(view, call, moment)
    first = operation(call) == _CREATE and fine(outcome) and not _asked(call, "selectedTimeRange")
    return refused(409, _CONFLICT) if first else outcome


@shelf.answer("restream", "decision.py: _range_verdict")
def conflict_on_range(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A range of a video that has a project is refused with 409, though ranges may always be added."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != _CREATE or not fine(outcome) or not _asked(call, "selectedTimeRange"):
        return outcome
    made = outcome.reply.value["projectId"]
    return refused(409, _CONFLICT) if view.get("project", made) else outcome


@shelf.answer("restream", "decision.py: _whole_verdict")
def conflict_though_forced(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """forceReprocess is not looked at: the second run of a whole video is refused all the same."""
    if operation(call) == _CREATE and _asked(call, "forceReprocess") is True and not call.violations:
        call = with_body(call, {**call.payload.value, "forceReprocess": False})  # type: ignore[dict-item]
    return ground.answer(view, call, moment)


class _Ranges(Seen):
    """A run of a range counts as one of the whole video."""

    def count(self, kind: str, index: str, key: str) -> int:
        found = super().count(kind, index, key)
        if (kind, index) != ("run", "whole") or found:
            return found
        project, _, standing = key.split(" ")
        return self.view.count("run", "project", project) if standing == "done" else 0


@shelf.answer("restream", "records.py: _whole")
def range_counts_as_whole(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """After a range of a video, the whole of it is refused with 409 as if it had been clipped."""
    return ground.answer(_Ranges(view), call, moment)


class _Sourceless(Seen):
    """The project of a source is never found."""

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        if (kind, index) == ("project", "source"):
            return iter(())
        return super().find(kind, index, key, reverse=reverse, after=after)


@shelf.answer("restream", "decision.py: case_of")
def project_for_each_range(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A range of a video that has a project already gets a project of its own."""
    ranged = operation(call) == _CREATE and _asked(call, "selectedTimeRange")
    return ground.answer(_Sourceless(view) if ranged else view, call, moment)


class Racy:
    """A store whose new projects are looked up first and written 100 ms later, without a lock in between."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner

    @property
    def never_waits(self) -> bool:
        return False

    @property
    def lasts(self) -> bool:
        return self.inner.lasts

    @property
    def warning(self) -> str | None:
        return self.inner.warning

    @property
    def address(self) -> str:
        return self.inner.address

    def gather(self) -> None:
        self.inner.gather()

    def settle(self) -> None:
        self.inner.settle()

    async def check(self) -> None:
        await self.inner.check()

    async def close(self) -> None:
        await self.inner.close()

    async def transact(self, world: WorldId, decide: Decide, *, counted: bool = True) -> Outcome:
        decided: list[Outcome] = []
        new: list[Change] = []

        def look(view: View) -> Outcome:
            outcome = decide(view)
            decided.append(outcome)
            new.extend(
                change
                for change in outcome.changes
                if isinstance(change, Put) and change.kind == "project" and view.get("project", change.id) is None
            )
            return replace(outcome, changes=())

        await self.inner.transact(world, look, counted=False)
        if not new:
            return await self.inner.transact(world, decide, counted=counted)
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.1)
        return await self.inner.transact(world, lambda view: decided[-1], counted=counted)

    async def live(self, world: WorldId, decide: Callable[[View], Outcome | None]) -> list[Outcome]:
        return await self.inner.live(world, decide)

    async def create(self, world: WorldId, changes: Iterable[Change]) -> bool:
        return await self.inner.create(world, changes)

    async def contents(self, world: WorldId) -> Contents:
        return await self.inner.contents(world)

    async def replace(self, world: WorldId, contents: Contents) -> None:
        await self.inner.replace(world, contents)

    async def exists(self, world: WorldId) -> bool:
        return await self.inner.exists(world)

    async def drop(self, world: WorldId, *, calls: int | None = None) -> bool:
        return await self.inner.drop(world, calls=calls)

    async def worlds(self, provider: str | None = None) -> list[WorldId]:
        return await self.inner.worlds(provider)

    async def sizes(self) -> list[tuple[WorldId, int, int]]:
        return await self.inner.sizes()

    async def whose(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        return await self.inner.whose(provider, kind, index, key)


def two_projects_in_a_race(engine: Engine) -> None:
    """Two calls for the same video at the same time both find no project, and both make one."""
    engine.store = Racy(engine.store)
    number = count()

    def answer(ground: Ground) -> Callable[[View, Call, Moment], Outcome]:
        # Each racer draws ids of its own, as a database's sequence would give them.
        return lambda view, call, moment: ground.answer(
            view, call, replace(moment, chance=moment.chance.child("racer", next(number)))
        )

    put_in(engine, "restream", "answer", answer)


shelf.add(two_projects_in_a_race, "restream", "stores/: transact, without its lock", two_projects_in_a_race)
