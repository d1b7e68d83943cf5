"""A webhook receiver on loopback: keeps what it gets, and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from mockserver.core.text import Json, parse


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    port: int = 0  # of the sender

    @property
    def value(self) -> Json:
        return parse(self.body)

    @property
    def event(self) -> str:
        event: str = self.value["event"]
        return event


class Said(NamedTuple):
    """An answer: status, headers, body."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"ok"


Answer = Callable[[Got], Said]


class Receiver:
    """`got` are the requests so far, in the order they came."""

    def __init__(self, answer: Answer) -> None:
        self.got: list[Got] = []
        self.answer = answer
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def events(self) -> list[str]:
        return [got.event for got in self.got]


def fine(got: Got) -> Said:
    return Said()


@contextmanager
def receiving(answer: Answer = fine) -> Iterator[Receiver]:
    receiver = Receiver(answer)

    class Handle(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            got = Got(self.path, headers, body, self.client_address[1])
            receiver.got.append(got)
            said = receiver.answer(got)
            self.send_response(said.status)
            for name, value in (*said.headers, ("Content-Length", str(len(said.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handle) as server:
        receiver.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
