"""Servers that ask each other by a real transport, without anything behind them; who is alive is said by the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from mockserver.core.peers import Answering, Peer, Transport
from mockserver.core.text import Json, Record
from mockserver.server.mesh import Mesh
from mockserver.server.peer_sockets import Sockets
from mockserver.stores.redis_peers import RedisPeers

T = TypeVar("T")
MakeTransport = Callable[[Peer], Transport]


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def by_sockets(peer: Peer) -> Transport:
    return Sockets(Path(peer.at))


def by_redis(url: str) -> MakeTransport:
    return lambda peer: RedisPeers(url, peer.name)


async def echo(question: Record) -> Json:
    return question


def telling(name: str) -> Answering:
    async def answer(question: Record) -> Json:
        return name

    return answer


class Company:
    """`async with` it: what was opened in it is closed at its end."""

    def __init__(self, folder: Path, transport: MakeTransport, *, seconds: float = 5.0) -> None:
        self.alive: list[Peer] = []
        self._folder = folder
        self._transport = transport
        self._seconds = seconds
        self._open: list[Mesh] = []
        self.blunders: list[Exception] = []

    async def __aenter__(self) -> Company:
        return self

    async def __aexit__(self, *_: object) -> None:
        for mesh in self._open:
            await mesh.close()

    async def join(self, name: str, answer: Answering = echo, crew: str = "") -> Mesh:
        """A server that answers so, and is known to be alive."""
        peer = Peer(name, crew, len(self.alive), len(self.alive), str(self._folder / f"{name}.sock"))

        async def others() -> list[Peer]:
            return [other for other in self.alive if other.name != name]

        mesh = Mesh(self._transport(peer), others, crew, seconds=self._seconds, blundered=self.blunders.append)
        await mesh.open(answer)
        self._open.append(mesh)
        self.alive.append(peer)
        return mesh
