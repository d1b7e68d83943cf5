"""Servers of one process that ask each other directly: `core.peers.Peers` without a wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from mockserver.core.peers import Answering
from mockserver.core.text import Json, Record
from mockserver.core.world import StoreError
from mockserver.engine.asking import answer
from mockserver.engine.engine import Engine
from mockserver.stores.rows import read, written


async def at_once() -> None:
    """Questions need no time."""


class Together:
    """Who is there. `on_the_way` is awaited before a question arrives; who has ended until then is left out."""

    def __init__(self, on_the_way: Callable[[], Awaitable[None]] = at_once) -> None:
        self.seats: list[Seat] = []
        self.on_the_way = on_the_way

    def take(self, engine: Engine, crew: str = "") -> Engine:
        """Let an engine be one of them from here on."""
        engine.peers = seat = Seat(self, engine, crew)
        self.seats.append(seat)
        return engine


class Seat:
    def __init__(self, together: Together, engine: Engine, crew: str) -> None:
        self._together = together
        self._engine = engine
        self._crew = crew

    async def open(self, answer: Answering) -> None:
        """They are there from the first."""

    async def ask(self, question: Record, *, crew: bool = False) -> list[Json]:
        told: list[Json] = []
        for seat in self._others():
            if not crew or seat._crew == self._crew:
                told += await self._asked(seat, question)
        return told

    async def hand_over(self, said: Record) -> bool:
        for seat in self._others():
            with suppress(StoreError):
                if await self._asked(seat, said):
                    return True
        return False

    async def close(self) -> None:
        if self in self._together.seats:
            self._together.seats.remove(self)

    def _others(self) -> list[Seat]:
        """Those that have said that they are alive."""
        return [seat for seat in self._together.seats if seat is not self and seat._engine.serials is not None]

    async def _asked(self, seat: Seat, question: Record) -> list[Json]:
        await self._together.on_the_way()
        if seat not in self._together.seats:
            return []
        said = await answer(seat._engine, read(written(question)))
        return [read(written({"said": said}))["said"]]
