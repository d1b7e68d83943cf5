"""Worlds in an SQLite file: they survive the process, and several processes of one machine share them.

An exchange is one transaction, on the loop and without a break, as in memory: 12 to 20 us a statement is less than any
way to another thread. What a call that changes nothing reads, nobody has to wait for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from mockserver.core.world import (
    Change,
    Contents,
    Decide,
    Interrupted,
    Kind,
    Outcome,
    View,
    WorldId,
    gathered,
)
from mockserver.stores.rows import Kinds
from mockserver.stores.sqlite_questions import sizes
from mockserver.stores.sqlite_session import Session
from mockserver.stores.sqlite_tables import Tables

PATIENCE_SECONDS: Final = 2.0


class SqliteStore:
    """A `core.world.Store` in a file. `kinds` says, by provider, what its worlds hold; `version` which code this is.

    Indexes are worked out by code: a file whose entries are of another version gets them anew when it is opened.
    """

    def __init__(
        self,
        path: Path,
        kinds: Mapping[str, Mapping[str, Kind]],
        *,
        full: bool = False,
        version: str = "",
        seconds: float = PATIENCE_SECONDS,
        trace: Callable[[str], None] | None = None,
        nap: Callable[[float], None] | None = None,
    ) -> None:
        """`full` flushes each commit to the disk. `seconds` is how long it waits for others who write.

        `trace` is told each statement. `nap` lets so many seconds pass; without it SQLite sleeps as it likes.
        """
        self._session = Session(
            path,
            {provider: Kinds(provider, some) for provider, some in kinds.items()},
            full=full,
            version=version,
            seconds=seconds,
            trace=trace,
            nap=nap,
        )

    @property
    def never_waits(self) -> bool:
        return True

    @property
    def lasts(self) -> bool:
        return True

    @property
    def address(self) -> str:
        return self._session.address

    @property
    def warning(self) -> str | None:
        return None

    async def transact(self, world: WorldId, decide: Decide, *, counted: bool = True) -> Outcome:
        def work(tables: Tables) -> Outcome:
            there = tables.world(world)
            view = tables.view(there)
            try:
                outcome = decide(view)
                if outcome.changes:
                    tables.commit(there, view, outcome.changes)
                    if counted:
                        tables.count_call(there)
            finally:
                view.close()
            return outcome

        return self._session.within(work, together=True)

    async def live(self, world: WorldId, decide: Callable[[View], Outcome | None]) -> list[Outcome]:
        def work(tables: Tables) -> tuple[list[Outcome], Exception | None]:
            done: list[Outcome] = []
            there = tables.world(world)
            with closing(tables.view(there)) as view:
                try:
                    while (outcome := decide(view)) is not None:
                        tables.commit(there, view, outcome.changes)
                        done.append(outcome)
                except sqlite3.Error:
                    raise
                except Exception as error:  # what was done before stays
                    return done, error
            return done, None

        done, failed = self._session.within(work)
        if failed is not None:
            raise Interrupted(done) from failed
        return done

    async def create(self, world: WorldId, changes: Iterable[Change]) -> bool:
        contents = gathered(changes)

        def work(tables: Tables) -> bool:
            if tables.number(world) is not None:
                return False
            tables.fill(world, tables.new(world), contents)
            return True

        return self._session.within(work, writes=True)

    async def contents(self, world: WorldId) -> Contents:
        return self._session.within(lambda tables: tables.contents(world))

    async def replace(self, world: WorldId, contents: Contents) -> None:
        def work(tables: Tables) -> None:
            number = tables.number(world)
            if number is None:
                number = tables.new(world)
            else:
                tables.empty(world, number)
            tables.fill(world, number, contents)

        self._session.within(work, writes=True)

    async def exists(self, world: WorldId) -> bool:
        return self._session.within(lambda tables: tables.number(world) is not None, together=True)

    async def drop(self, world: WorldId, *, calls: int | None = None) -> bool:
        def work(tables: Tables) -> bool:
            number = tables.number(world)
            if number is None or calls not in (None, tables.world(world).known.serial):
                return False
            tables.drop(world, number)
            return True

        return self._session.within(work, writes=True)

    async def worlds(self, provider: str | None = None) -> list[WorldId]:
        found = self._session.within(lambda tables: tables.worlds())
        return [world for world in found if provider in (None, world.provider)]

    async def sizes(self) -> list[tuple[WorldId, int, int]]:
        return self._session.within(lambda tables: sizes(tables.connection))

    async def whose(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        return self._session.within(lambda tables: tables.owner(provider, kind, index, key), together=True)

    async def check(self) -> None:
        said = "INSERT INTO note (name, said) VALUES ('checked', '') ON CONFLICT (name) DO UPDATE SET said = ''"
        self._session.within(lambda tables: tables.connection.execute(said), writes=True)

    async def close(self) -> None:
        self._session.close()

    def gather(self) -> None:
        self._session.gather()

    def settle(self) -> None:
        self._session.settle()
