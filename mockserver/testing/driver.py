"""How a test reaches a server: in its own process, or over HTTP. All that a mock does goes through this one seam."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import urlsplit

from mockserver.core.http import Headers, Reply, Request, media_type
from mockserver.core.payload import is_json
from mockserver.core.text import Json, TextError, dump, parse
from mockserver.core.violation import Violation
from mockserver.core.world import WorldId
from mockserver.engine.journal import Entry
from mockserver.errors import UnreachableError
from mockserver.remote import PAGE, PATIENCE_SECONDS, Server, Target, refused, target_of
from mockserver.server.thread import ThreadedServer

# What a mock sends itself through a socket carries this, so that it is not taken for the client's.
OWN_CALL = ("Mockserver-Own-Call", "1")


class Driver(Protocol):
    """`origin` is the server's URL without a path. `private`: nobody else uses the server while we do."""

    @property
    def origin(self) -> str: ...
    @property
    def private(self) -> bool: ...

    def ask(self, method: str, *path: str, body: Json = None, query: Mapping[str, Json] | None = None) -> Json:
        """A call of the control API, `path` in segments below `/__admin`; the answer's value. Raises RefusedError."""

    def entries(self, worlds: Iterable[WorldId], after: int) -> list[Entry]:
        """What is on record of these worlds later than a serial, oldest first."""

    def missed(self, after: int) -> int:
        """How many entries later than a serial are gone, of all worlds; 0 where that is not known."""

    def look(self, request: Request) -> Reply:
        """What the API answers, past all faults where that can be, and not taken for a client's call."""

    def next_reply(self, world: WorldId, operation: str, reply: Reply) -> None: ...
    def drop_replies(self, world: WorldId, operation: str | None = None) -> None: ...
    def wait_idle(self) -> None: ...


class InProcess:
    """Drives a server that runs in a thread of this process."""

    private = True

    def __init__(self, server: ThreadedServer) -> None:
        self._server = server
        self._engine = server.engine

    @property
    def origin(self) -> str:
        return self._server.url

    def ask(self, method: str, *path: str, body: Json = None, query: Mapping[str, Json] | None = None) -> Json:
        target, _, arguments = target_of(*path, query=query).partition("?")
        headers = Headers.of([] if body is None else [("Content-Type", "application/json")])
        request = Request(method, target, arguments, headers, b"" if body is None else dump(body), origin=self.origin)
        control = self._server.control
        assert control is not None, "a server for tests has a control API"
        reply = self._server.run(control.respond(request))
        if reply.status >= 400:
            raise refused(reply.status, parse(reply.body))
        return parse(reply.body) if reply.body else None

    def entries(self, worlds: Iterable[WorldId], after: int) -> list[Entry]:
        wanted = set(worlds)

        async def found() -> list[Entry]:
            since = self._engine.journal.since(after)
            return [entry for entry in since if (entry.provider, entry.world) in wanted]

        return self._server.run(found())

    def missed(self, after: int) -> int:
        return self._engine.journal.missed(after)

    @property
    def last(self) -> int:
        """The serial of the newest entry."""
        return self._engine.journal.last

    def look(self, request: Request) -> Reply:
        return self._server.run(self._engine.look(request))

    def next_reply(self, world: WorldId, operation: str, reply: Reply) -> None:
        async def add() -> None:
            self._engine.scripted.add(world, operation, reply)

        self._server.run(add())

    def drop_replies(self, world: WorldId, operation: str | None = None) -> None:
        async def forget() -> None:
            self._engine.scripted.forget(world, operation)

        self._server.run(forget())

    def wait_idle(self) -> None:
        self._server.run(self._engine.idle())


class OverHttp:
    """Drives a server that runs somewhere else, which others may use too."""

    private = False

    def __init__(self, url: str, token: str | None = None) -> None:
        self._server = Server(Target(url, token))
        self.origin = self._server.url

    def ask(self, method: str, *path: str, body: Json = None, query: Mapping[str, Json] | None = None) -> Json:
        return self._server.ask(method, *path, body=body, query=query)

    def entries(self, worlds: Iterable[WorldId], after: int) -> list[Entry]:
        found: list[Entry] = []
        for provider, world in worlds:
            since = after
            while True:
                wanted = {"provider": provider, "world": world, "after": since}
                page = self.ask("POST", "requests", "find", body=wanted, query={"limit": PAGE})["requests"]
                found += [_entry(told) for told in page]
                if len(page) < PAGE:
                    break
                since = page[-1]["serial"]
        return sorted(
            (entry for entry in found if entry.request.header(OWN_CALL[0]) is None), key=lambda entry: entry.serial
        )

    def missed(self, after: int) -> int:
        return 0

    def look(self, request: Request) -> Reply:
        parts = urlsplit(self.origin)
        connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = connect(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(request.method, request.target, request.body, dict([*request.headers, OWN_CALL]))
            response = connection.getresponse()
            return _reply(response.status, Headers.of(response.getheaders()), response.read())
        except (OSError, HTTPException) as error:
            raise UnreachableError(f"no mockserver answers at {self.origin} ({error})") from None
        finally:
            connection.close()

    def next_reply(self, world: WorldId, operation: str, reply: Reply) -> None:
        said: dict[str, Json] = {"operation": operation, "status": reply.status}
        said["headers"] = [[name, value] for name, value in reply.headers]
        if reply.body:
            said["base64"] = b64encode(reply.body).decode()
        self.ask("POST", "worlds", *world, "replies", body=said)

    def drop_replies(self, world: WorldId, operation: str | None = None) -> None:
        self.ask("DELETE", "worlds", *world, "replies", query={"operation": operation})

    def wait_idle(self) -> None:
        self.ask("POST", "idle")


def _reply(status: int, headers: Headers, body: bytes) -> Reply:
    media, _ = media_type(headers.first("content-type"))
    try:
        value = parse(body) if body and is_json(media) else None
    except TextError:
        value = None
    return Reply(status, headers, body, value)


def _entry(told: Json) -> Entry:
    """An exchange from what the control API tells of it. A JSON body is spelled anew."""
    request, reply = told["request"], told["reply"]
    return Entry(
        told["serial"],
        told["at"],
        told["provider"],
        told["world"],
        told["operation"],
        Request(request["method"], request["path"], request["query"] or "", _headers(request), _body(request)),
        _reply(reply["status"], _headers(reply), _body(reply)),
        tuple(Violation(operation=told["operation"], **_bare(violation)) for violation in told["violations"]),
        told["microseconds"],
        told["fault"],
    )


def _bare(violation: Json) -> dict[str, Json]:
    return {name: value for name, value in violation.items() if name != "text"}


def _headers(message: Json) -> Headers:
    return Headers.of((name, value) for name, value in message["headers"])


def _body(message: Json) -> bytes:
    body, encoding = message["body"], message["encoding"]
    if encoding == "json":
        return dump(body)
    if encoding == "base64":
        return b64decode(body)
    return b"" if body is None else str(body).encode("utf-8", "surrogatepass")
