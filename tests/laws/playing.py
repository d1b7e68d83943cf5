"""A server without a wire, both providers on it, its clock on a lever; what laws and verbs are tried on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, dump
from mockserver.core.world import Notice, Outcome, WorldId
from mockserver.engine.engine import Engine
from mockserver.engine.ports import Ports, send_nothing
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]

NOW: Final = 1_795_348_300_000  # 2026-11-22
ORIGIN: Final = "http://mock.test"


def run(work: Coroutine[Any, Any, T]) -> T:
    """The memory store never waits for anything."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("the store waited")


class Play:
    """A server whose clock stands until it is moved; `told` are all notices in the order they came.

    With a store that waits, `run` has a loop for it. `send` takes its webhooks.
    """

    def __init__(self, key: str = "test_me", *, run: Run = run, send: Any = send_nothing, **settings: Any) -> None:
        self.key = key
        self.run = run
        self.told: list[tuple[WorldId, Notice]] = []
        self.engine: Engine = build_engine(
            Settings(**{"at": NOW, "pace": 0.0, **settings}), now=lambda: NOW, ports=Ports(notify=self._hear, send=send)
        )
        run(self.engine.open(ORIGIN))

    def _hear(self, world: WorldId, notices: tuple[Notice, ...]) -> None:
        self.told += [(world, notice) for notice in notices]

    def call(
        self, method: str, path: str, body: Json = None, *, key: str | None = "", auth: str = "", form: str = ""
    ) -> Reply:
        """One call; `key` is a role of the private world (`+stranger`), another key, or None for no credential."""
        headers = []
        if key is not None or auth:
            said = key if key and not key.startswith("+") else f"{self.key}{key}"
            headers.append(("Authorization", auth or f"Bearer {said}"))
        text = form.encode() if form else b"" if body is None else dump(body)
        if text:
            media = "application/x-www-form-urlencoded" if form else "application/json"
            headers.append(("Content-Type", media))
        path, _, query = path.partition("?")
        asked = Request(method, path, query, Headers.of(headers), text, origin=ORIGIN)
        reply: Reply = self.run(self.engine.respond(asked))
        return reply

    def value(self, path: str, *, key: str | None = "") -> Json:
        reply = self.call("GET", path, key=key)
        assert reply.status == 200, reply.body
        return reply.value

    def do(self, provider: str, verb: str, body: Json = None, *, world: str = "") -> Outcome:
        """A verb on the private world, or another."""
        self.call("GET", "/api/stream?limit=1" if provider == "livepeer" else "/v2/user/storage/files")
        outcome: Outcome = self.run(self.engine.do(WorldId(provider, world or self.key), verb, body))
        return outcome

    def wait(self, ms: int) -> None:
        self.run(self.engine.advance(ms))


def error(reply: Reply) -> str:
    """The text of a provider's error."""
    value = reply.value
    text: str = value["errors"][0] if "errors" in value else value["error"]["message"]
    return text
