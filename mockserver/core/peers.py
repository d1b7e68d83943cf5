"""Several servers on one store ask each other for what each has for itself: its journal, its deliveries, its counts.

What a server remembers of the calls it answered stays in its own memory, where it costs a call nothing. Whoever is
asked for it asks the others, and tells all of it as one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from mockserver.core.text import Json, Record

# Answers a question of another server, from what is at hand here. A question is an object whose `ask` names it.
Answering = Callable[[Record], Awaitable[Json]]


class Silent(Exception):
    """A server that is alive did not answer in time: what it has is not known. `str` is a sentence for a person."""


class Peers(Protocol):
    """The other servers on the same store. Values are JSON; nothing that was not sent by a server of ours is taken."""

    async def open(self, answer: Answering) -> None:
        """Answer what others ask from here on; before anybody hears that this server is there. Raises StoreError."""

    async def ask(self, question: Record, *, crew: bool = False) -> list[Json]:
        """What each other server answers; `crew` asks only those that serve the same port.

        One that ends meanwhile is left out: what it had is gone. Raises Silent, and StoreError.
        """

    async def hand_over(self, said: Record) -> bool:
        """Let one other server, of the crew if there is one, take what this one leaves; False if there is none."""

    async def close(self) -> None:
        """Answer no more."""


class Alone:
    """Nobody else is there."""

    async def open(self, answer: Answering) -> None:
        return

    async def ask(self, question: Record, *, crew: bool = False) -> list[Json]:
        return []

    async def hand_over(self, said: Record) -> bool:
        return False

    async def close(self) -> None:
        return


ALONE: Final[Peers] = Alone()
