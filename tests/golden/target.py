"""Servers to replay against, their time in our hands: one in process, one behind a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlsplit

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.provider import Claim, Moment
from mockserver.core.text import parse
from mockserver.engine.engine import Engine
from mockserver.server.assemble import build_engine
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.golden.replay import Change, Target

# Where the recorded server listened: links in its replies say so.
RECORDED_ORIGIN: Final = "http://127.0.0.1:4700"


@dataclass(slots=True)
class InProcess:
    """An engine asked directly: everything but the wire."""

    engine: Engine
    runner: asyncio.Runner
    origin: str = RECORDED_ORIGIN

    def send(self, request: Request) -> Reply:
        reply = self.runner.run(self.engine.respond(request))
        return replace(reply, body=b"") if request.method == "HEAD" else reply

    def now(self) -> int:
        return self.engine.clock.now()

    def move_to(self, instant: int) -> None:
        if instant > self.now():
            self.runner.run(self.engine.advance(instant - self.now()))

    def play(self, change: Change) -> None:
        self.runner.run(_played(self.engine, change))


@dataclass(slots=True)
class OverTheWire:
    """A server asked through its socket."""

    server: ThreadedServer
    origin: str

    def send(self, request: Request) -> Reply:
        address = urlsplit(self.server.url)
        connection = HTTPConnection(str(address.hostname), address.port, timeout=30)
        try:
            connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", urlsplit(self.origin).netloc)
            for name, value in request.headers:
                connection.putheader(name, value.encode("latin-1"))
            if request.body or request.method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            answer = connection.getresponse()
            body = answer.read()
            headers = Headers.of(answer.getheaders())
        finally:
            connection.close()
        json = body and (headers.first("content-type") or "").startswith("application/json")
        return Reply(answer.status, headers, body, parse(body) if json else None)

    def now(self) -> int:
        return self.server.engine.clock.now()

    def move_to(self, instant: int) -> None:
        if instant > self.now():
            self.server.run(self.server.engine.advance(instant - self.now()))

    def play(self, change: Change) -> None:
        self.server.run(_played(self.server.engine, change))


async def _played(engine: Engine, change: Change) -> None:
    provider = engine.services["livepeer"].provider
    home = await engine.worlds.home(provider, Claim())
    moment = Moment(home.clock.now(), home.chance.child("played"), home.readings, home.pace, engine.worlds.origin)
    await engine.store.transact(home.world, lambda view: change(view, moment), counted=False)


def settings(world: str, at: int) -> Settings:
    """A server whose time stands until it is moved."""
    return Settings(port=0, world=world, at=at, pace=0)


@contextmanager
def in_process(world: str, at: int) -> Iterator[Target]:
    """A fresh server in a world, its clock standing at an instant (Unix ms)."""
    with asyncio.Runner() as runner:
        engine = build_engine(settings(world, at))
        runner.run(engine.open(RECORDED_ORIGIN))
        yield InProcess(engine, runner)


@contextmanager
def over_the_wire(world: str, at: int) -> Iterator[Target]:
    """The same behind a socket, addressed as the recorded server was."""
    with ThreadedServer(settings(world, at)) as server:
        yield OverTheWire(server, RECORDED_ORIGIN)
