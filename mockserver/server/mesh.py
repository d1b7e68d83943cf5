"""Questions to the other servers on the store, and answers to theirs: whom to ask, how long to wait, what is said.

How octets get there is a transport's matter. An answer is `{"said": ...}`, or `{"failed": ...}` with a sentence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from mockserver.core.peers import Answering, Peer, Silent, Transport
from mockserver.core.text import Json, Record
from mockserver.core.world import StoreError
from mockserver.stores.rows import read, written

ANSWER_SECONDS: Final = 5.0
HAND_OVER_SECONDS: Final = 2.0
MOST_BYTES: Final = 64 * 1024 * 1024

Others = Callable[[], Awaitable[list[Peer]]]


class Mesh:
    """`core.peers.Peers` by a transport. `others` gives the other servers that are alive, the oldest first.

    `crew` is our own. Whoever does not answer within `seconds` is `Silent`.
    """

    def __init__(
        self,
        transport: Transport,
        others: Others,
        crew: str = "",
        *,
        seconds: float = ANSWER_SECONDS,
        blundered: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self._transport = transport
        self._others = others
        self._crew = crew
        self._seconds = seconds
        self._blundered = blundered

    async def open(self, answer: Answering) -> None:
        async def answered(text: bytes) -> bytes:
            try:
                said = written({"said": await answer(read(text))})
            except StoreError as error:
                return written({"failed": str(error)})
            except Exception as error:
                self._blundered(error)
                return written(
                    {"failed": f"mockserver failed in it ({type(error).__name__}: {error}); its log has more"}
                )
            return said if len(said) <= MOST_BYTES else written({"failed": f"its answer has {len(said)} bytes"})

        await self._transport.open(answered)

    async def ask(self, question: Record, *, crew: bool = False) -> list[Json]:
        """See `Peers.ask`. If one ends meanwhile, all others are asked again: they may have taken what it left."""
        if crew and not self._crew:
            return []
        text = written(question)
        gone: set[str] = set()
        while True:
            peers = [peer for peer in await self._others() if peer.name not in gone]
            if crew:
                peers = [peer for peer in peers if peer.crew == self._crew]
            asked = await asyncio.gather(*(self._answer(peer, text) for peer in peers), return_exceptions=True)
            answers: list[Json] = []
            for peer, answer in zip(peers, asked, strict=True):
                if isinstance(answer, BaseException):
                    raise answer
                answers += answer
                if not answer:
                    gone.add(peer.name)
            if len(answers) == len(peers):
                return answers

    async def hand_over(self, said: Record) -> bool:
        """See `Peers.hand_over`. The newest is asked first: it will be there longest."""
        text = written(said)
        newest = sorted(await self._others(), key=lambda peer: (peer.crew == self._crew, peer.since), reverse=True)
        try:
            async with asyncio.timeout(self._seconds):
                for peer in newest:
                    try:
                        if await self._answer(peer, text, HAND_OVER_SECONDS):
                            return True
                    except Silent:
                        continue
        except TimeoutError:
            return False
        return False

    async def close(self) -> None:
        await self._transport.close()

    async def _answer(self, peer: Peer, text: bytes, seconds: float | None = None) -> list[Json]:
        """What a server answers; nothing if it has ended. Raises Silent, and StoreError."""

        async def is_alive() -> bool:
            return any(other.name == peer.name for other in await self._others())

        seconds = self._seconds if seconds is None else seconds
        try:
            async with asyncio.timeout(seconds):
                answer = await self._transport.put(peer, text, is_alive)
        except TimeoutError:
            raise Silent(f"{called(peer)} is alive and did not answer within {seconds:g} s") from None
        if answer is None:
            return []
        envelope = read(answer)
        if "failed" in envelope:
            raise Silent(f"{called(peer)} could not answer: {envelope['failed']}")
        return [envelope["said"]]


def called(peer: Peer) -> str:
    """What a person calls a server."""
    return f"worker {peer.place + 1} of {peer.crew} ({peer.name})" if peer.crew else f"the server {peer.name}"
