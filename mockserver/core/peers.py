"""Several servers on one store ask each other for what each has for itself: its journal, its deliveries, its counts.

What a server remembers of the calls it answered stays in its own memory, where it costs a call nothing. Whoever is
asked for it asks the others, and tells all of it as one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, Protocol

from mockserver.core.text import Json, Record

# Answers a question of another server, from what is at hand here. A question is an object whose `ask` names it.
Answering = Callable[[Record], Awaitable[Json]]


class Peer(NamedTuple):
    """A server on the store, as it says of itself.

    `crew` is the supervisor that started it ("" if none did), `place` its place among that one's workers, from 0.
    `since` is when it began (Unix ms), `at` where it is reached, if its name does not say that.
    """

    name: str
    crew: str = ""
    place: int = 0
    since: int = 0
    at: str = ""


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
        """Let one other server, of the crew if there is one, take what this one leaves; False if none has taken it.

        `said` is a question, which that one has to answer. Raises StoreError.
        """

    async def close(self) -> None:
        """Answer what has been asked by now, and no more."""


class Transport(Protocol):
    """How questions get from one server to another, and answers back: octets, up to some 64 MiB, many at once."""

    async def open(self, answer: Callable[[bytes], Awaitable[bytes]]) -> None:
        """Take questions from here on; `answer` never raises. Raises StoreError."""

    async def put(self, peer: Peer, question: bytes, is_alive: Callable[[], Awaitable[bool]]) -> bytes | None:
        """The answer of a server, however long that takes, or None if it has ended, for which `is_alive` may be asked.

        Raises StoreError if it can't be asked now.
        """

    async def close(self) -> None:
        """Finish what is being answered, take no more, and let go of what is held open."""


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
