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

    method: str
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
    """What came so far, and a way to wait for more. `answer` gives the status for each request."""

    def __init__(self, answer: Callable[[Received], int]) -> None:
        self._answer = answer
        self._got: list[Received] = []
        self._more = threading.Condition()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def got(self) -> list[Received]:
        """In the order they came."""
        with self._more:
            return list(self._got)

    def take(self, request: Received) -> int:
        """Keep a request; the status to answer with."""
        status = self._answer(request)
        with self._more:
            self._got.append(request)
            self._more.notify_all()
        return status

    def wait(self, done: Callable[[list[Received]], bool], patience_ms: int) -> bool:
        """Whether what came is enough, before patience ends."""
        with self._more:
            return self._more.wait_for(lambda: done(list(self._got)), patience_ms / 1_000)


@contextmanager
def receiving(answer: Callable[[Received], int] = lambda request: 200, port: int = 0) -> Iterator[Receiver]:
    """Listens on loopback until the block ends."""
    receiver = Receiver(answer)

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), _LARGEST)
            headers = Headers.of((name, value) for name, value in self.headers.items())
            status = receiver.take(Received("POST", self.path, headers, self.rfile.read(length)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Door) as server:
        server.daemon_threads = True
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
