"""Control calls to an engine, without a wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mockserver.control.access import Access
from mockserver.control.control import Control
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, dump
from mockserver.engine.engine import Engine
from mockserver.engine.kept import kinds_of
from mockserver.engine.ports import Ports
from mockserver.server.assemble import build_control, build_engine
from mockserver.settings import Settings
from mockserver.stores.memory import MemoryStore
from tests.engine import tiny
from tests.engine.asking import opened, run
from tests.engine.posting import PROVIDER
from tests.engine.together import Together

AT: Final = 1_795_348_300_000
LOOPBACK = Access(loopback=True, port=4080)


def control(engine: Engine | None = None) -> Control:
    """The control of a started engine; of tiny notes whose clock stands, if none is given."""
    made = Control(opened(engine or tiny.engine()))
    made.open(LOOPBACK)
    return made


def call(method: str, path: str, body: Json = None, *headers: tuple[str, str], query: str = "") -> Request:
    pairs = [("Host", "127.0.0.1:4080"), *headers]
    if body is not None:
        pairs.append(("Content-Type", "application/json"))
    text = b"" if body is None else dump(body)
    return Request(method, f"/__admin{path}", query, headers=Headers.of(pairs), body=text)


def ask(control: Control, method: str, path: str, body: Json = None, *, query: str = "") -> Reply:
    return run(control.respond(call(method, path, body, query=query)))


def told(control: Control, method: str, path: str, body: Json = None, *, query: str = "") -> Json:
    """The answer's value. The call has to go well."""
    reply = ask(control, method, path, body, query=query)
    assert reply.status < 300, reply.body
    return reply.value


def refused(control: Control, method: str, path: str, body: Json = None, *, query: str = "") -> Json:
    """The problem a call comes to."""
    reply = ask(control, method, path, body, query=query)
    assert reply.status >= 400
    assert reply.header("content-type") == "application/problem+json"
    return reply.value


def served(*providers: str, ports: Ports | None = None, **settings: Any) -> Control:
    """The control of a server of these providers, at pace 1 and on a clock that stands at `AT`."""
    chosen = Settings(providers=providers, at=AT, **settings)
    engine = opened(build_engine(chosen, now=lambda: AT, ports=ports))
    made = build_control(engine, chosen)
    assert made is not None
    made.open(LOOPBACK)
    return made


def team(*names: str, crew: str = "crew", start: Callable[..., Engine] = tiny.engine) -> list[Control]:
    """The controls of several workers of one port, on one store."""
    store, together, made = MemoryStore(kinds_of([PROVIDER])), Together(), []
    for place, name in enumerate(names):
        engine = start(store=store, name=name, crew=crew, place=place)
        made.append(control(together.take(engine, crew)))
    return made
