"""A client that says exactly the bytes it is told to."""

from __future__ import annotations

import socket
from http.client import HTTPResponse
from io import BufferedReader
from types import TracebackType
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from mockserver.core.text import Json, parse

# Nothing here takes a second; what takes this long hangs.
PATIENCE = 10.0


class Heard(NamedTuple):
    """A reply as it came: status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def value(self) -> Json:
        return parse(self.body)

    @property
    def closes(self) -> bool:
        return self.headers.get("connection") == "close"


class RawClient:
    """One connection to a URL's host and port."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)

    def __enter__(self) -> RawClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def finish(self) -> None:
        """Say nothing more, and go on listening."""
        self.socket.shutdown(socket.SHUT_WR)

    def hear(self, method: str = "GET") -> Heard:
        """The next reply. Raises ConnectionError if none comes, TimeoutError if it hangs."""
        response = _Unbuffered(self.socket, method=method)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Heard(response.status, headers, response.read())

    def rest(self) -> bytes:
        """Everything until the server closes."""
        received = b""
        try:
            while chunk := self.socket.recv(65_536):
                received += chunk
        except ConnectionResetError:
            pass
        return received


class _Unbuffered(HTTPResponse):
    """Takes no more bytes off the socket than its reply has, so that the next one is still there."""

    def __init__(self, sock: socket.socket, method: str) -> None:
        super().__init__(sock, method=method)
        self.fp = cast(BufferedReader, sock.makefile("rb", buffering=0))


def said(method: str, target: str, body: bytes = b"", *headers: str) -> bytes:
    """A request's bytes; Content-Length is added when there is a body and no header gives its length."""
    lines = [f"{method} {target} HTTP/1.1", "Host: mock", *headers]
    if body and not any(header.lower().startswith(("content-length", "transfer-encoding")) for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def once(url: str, data: bytes, *, finish: bool = False, method: str = "GET") -> Heard:
    """Say this on a connection of its own, and hear the reply."""
    with RawClient(url) as client:
        client.say(data)
        if finish:
            client.finish()
        return client.hear(method)
