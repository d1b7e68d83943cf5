"""What keeps a client under test from going on for ever, or out into the world."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

START = 1_800_000_000.0


class Endless(BaseException):
    """A client that would not stop. No `except Exception` of a client catches it."""


class Clock:
    """Time that goes on when somebody waits, and only then. `jump` moves a server's time along (seconds)."""

    def __init__(self, jump: Callable[[float], object] = lambda seconds: None, most: int = 250) -> None:
        self._jump = jump
        self._most = most
        self.start = START
        self.waited: list[float] = []

    def now(self) -> float:
        """Unix time in seconds."""
        return self.start + sum(self.waited)

    def wait(self, seconds: float) -> None:
        if len(self.waited) >= self._most:
            raise Endless(f"waited {len(self.waited)} times, {sum(self.waited):,.0f} s in all, and would again")
        self.waited.append(seconds)
        self._jump(seconds)


class Fence(httpx.BaseTransport):
    """Sends to one host only, and only so many times. `sent` are the requests; others fail as if nobody were there."""

    def __init__(self, url: str, most: int = 250) -> None:
        self._host = urlsplit(url).netloc
        self._most = most
        self._inner = httpx.HTTPTransport(verify=False)  # there is no TLS here, and loading certificates takes 20 ms
        self.sent: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.netloc.decode() != self._host:
            raise httpx.ConnectError(f"{request.url.host} is outside the fence", request=request)
        if len(self.sent) >= self._most:
            raise Endless(f"sent {len(self.sent)} requests and would send another")
        self.sent.append(request)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()
