"""A receiver of webhooks on this machine: keeps every request as it came, byte for byte, and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from mockserver.core.http import Headers
from mockserver.core.text import Json, TextError, parse

_LARGEST: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Received:
    """One request. `value` is None when its body is no JSON."""

    path: str
    headers: Headers
    body: bytes

    @property
    def value(self) -> Json:
        try:
            return parse(self.body)
        except TextError:
            return None


class Receiver:
    """What came so far, and a way to wait for more. `answer` gives the status for each request.

    It listens on loopback from `open` to `close`.
    """

    def __init__(self, answer: Callable[[Received], int]) -> None:
        self._answer = answer
        self._got: list[Received] = []
        self._more = threading.Condition()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it listens. Raises RuntimeError when it is not open."""
        if self._server is None:
            raise RuntimeError("a receiver of webhooks has no URL before it is open")
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def got(self) -> list[Received]:
        """In the order they came."""
        with self._more:
            return list(self._got)

    def forget(self) -> None:
        """Begin with nothing again."""
        with self._more:
            self._got.clear()

    def take(self, request: Received) -> int:
        """Keep a request; the status to answer with. Requests are taken one after another."""
        with self._more:
            self._got.append(request)
            status = self._answer(request)
            self._more.notify_all()
        return status

    def wait(self, done: Callable[[list[Received]], bool], patience_ms: int) -> bool:
        """Whether what came is enough, before patience ends."""
        with self._more:
            return self._more.wait_for(lambda: done(list(self._got)), patience_ms / 1_000)

    def open(self, port: int = 0) -> None:
        """Listen, if it does not yet."""
        if self._server is None:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _door(self))
            self._server.daemon_threads = True
            serve = self._server.serve_forever
            threading.Thread(target=serve, args=(0.01,), name="mockserver-webhooks", daemon=True).start()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@contextmanager
def receiving(answer: Callable[[Received], int] = lambda request: 200, port: int = 0) -> Iterator[Receiver]:
    """Listens on loopback until the block ends."""
    receiver = Receiver(answer)
    receiver.open(port)
    try:
        yield receiver
    finally:
        receiver.close()


def _door(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), _LARGEST)
            headers = Headers.of((name, value) for name, value in self.headers.items())
            status = receiver.take(Received(self.path, headers, self.rfile.read(length)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Door
