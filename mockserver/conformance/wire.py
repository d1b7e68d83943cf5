"""Calls over HTTP/1.1 as they go: what was sent, and the reply or what came instead. Never raises for a bad server.

Keeps connections open, as clients do. Doesn't follow redirects, doesn't check contracts.
"""

from __future__ import annotations

import select
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from mockserver.conformance.finding import Step
from mockserver.core.http import Headers, Reply, Request, media_type
from mockserver.core.payload import Problem, inflate, is_json
from mockserver.core.text import Json, TextError, parse

_SAFE: Final = frozenset(("GET", "OPTIONS"))
# How long a HEAD's reply is watched for a body that must not come, in seconds.
_HEAD_SECONDS: Final = 0.25
# No reply of such an API is larger; a server that sends more is stopped.
_LARGEST: Final = 64 << 20


class Wire:
    """Connections to one server. Any thread may call; each call has a connection to itself while it lasts."""

    def __init__(self, origin: str, timeout_ms: int) -> None:
        parts = urlsplit(origin)
        self._host, self._port, self._base = parts.hostname or "", parts.port, parts.path
        self._secure = parts.scheme == "https"
        self._timeout = timeout_ms / 1_000
        self._idle: list[HTTPConnection] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def connect(self) -> None:
        """Raises OSError when nobody listens there."""
        connection = self._new()
        connection.connect()
        self._give_back(connection)

    def send(self, request: Request) -> Step:
        """One call, and how it went."""
        head = request.method == "HEAD"
        connection = self._new() if head else self._take()
        used = connection.sock is not None
        try:
            self._write(connection, request, close=head)
            response = connection.getresponse()
            reply = _read(response, head)
        except (OSError, HTTPException, ValueError) as error:
            connection.close()
            # A server may close an idle connection just when it is used again: no fault of anybody's (RFC 9112, 9.3.1).
            if used and request.method in _SAFE and isinstance(error, ConnectionError):
                return self.send(request)
            return Step(request, None, trouble=self._trouble(error))
        if response.will_close or head:
            connection.close()
        else:
            self._give_back(connection)
        return Step(request, reply)

    def race(self, requests: Sequence[Request]) -> list[Step]:
        """The same for several at once: connected beforehand, let go at the same moment. In the order given."""
        out: list[Step | None] = [None] * len(requests)
        gate = threading.Barrier(len(requests))

        def run(index: int, request: Request) -> None:
            connection = self._new()
            try:
                connection.connect()
            except OSError as error:
                gate.abort()
                out[index] = Step(request, None, trouble=self._trouble(error))
                return
            self._give_back(connection)  # the newest is taken first, so each finds one open
            with suppress(threading.BrokenBarrierError):
                gate.wait(self._timeout)
            out[index] = self.send(request)

        threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(requests)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [step for step in out if step is not None]

    def _new(self) -> HTTPConnection:
        if self._secure:
            context = ssl.create_default_context()
            return HTTPSConnection(self._host, self._port, timeout=self._timeout, context=context)
        return HTTPConnection(self._host, self._port, timeout=self._timeout)

    def _take(self) -> HTTPConnection:
        """An idle connection that the server hasn't closed meanwhile, or a new one."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._new()
            if connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()

    def _give_back(self, connection: HTTPConnection) -> None:
        with self._lock:
            self._idle.append(connection)

    def _write(self, connection: HTTPConnection, request: Request, close: bool) -> None:
        connection.putrequest(request.method, self._base + request.target, skip_accept_encoding=True)
        names = {name.lower() for name, _ in request.headers}
        for name, value in request.headers:
            connection.putheader(name, value.encode("utf-8", "surrogateescape"))
        if "content-length" not in names and (request.body or request.method in ("POST", "PUT", "PATCH")):
            connection.putheader("Content-Length", str(len(request.body)))
        if close and "connection" not in names:
            connection.putheader("Connection", "close")
        connection.endheaders(request.body or None)

    def _trouble(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"nothing within {self._timeout:g} s"
        if isinstance(error, ConnectionResetError):
            return "connection reset"
        if isinstance(error, ConnectionRefusedError):
            return "connection refused"
        why = getattr(error, "strerror", None) or str(error)
        return f"{type(error).__name__}: {why}" if why else type(error).__name__


def _read(response: HTTPResponse, head: bool) -> Reply:
    headers = Headers.of((name, value) for name, value in response.getheaders())
    body = _after_head(response) if head else response.read(_LARGEST)
    encoding = (headers.first("content-encoding") or "").lower()
    if encoding in ("gzip", "deflate") and body:
        inflated = inflate(body, encoding, _LARGEST)
        body = body if isinstance(inflated, Problem) else inflated
    value: Json = None
    # JSON that is labelled as something else is a fault of its own: whoever reads on still wants to know what it says.
    if body and (is_json(media_type(headers.first("content-type"))[0]) or body[:1] in (b"{", b"[")):
        try:
            value = parse(body)
        except TextError:
            value = None
    return Reply(response.status, headers, body, value)


def _after_head(response: HTTPResponse) -> bytes:
    """What follows the head of a reply to HEAD, where nothing may."""
    stream = response.fp
    if stream is None:
        return b""
    raw = getattr(getattr(stream, "raw", None), "_sock", None)
    if raw is not None:
        raw.settimeout(_HEAD_SECONDS)
    try:
        return stream.read(_LARGEST)
    except OSError:
        return b""
