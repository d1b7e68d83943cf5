"""Makes the outgoing requests: an HTTP client that goes only where it may, follows nobody, and never waits long.

A name is looked up here, its addresses are checked, and those very addresses are connected to: nobody can answer
differently in between.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from mockserver.core.delivery import Answered, Failure, Sending
from mockserver.core.http import Headers
from mockserver.server.realtime import stopwatch
from mockserver.server.targets import Refused, Targets, numeric

log = logging.getLogger("mockserver")

# The whole of an attempt, by a real clock, whatever the pace.
ATTEMPT_SECONDS: Final = 30.0
MOST_ANSWER: Final = 16 * 1024
MOST_AT_ONCE: Final = 64
# So many refusals are told in the log, each once; the delivery journal has them all.
_MOST_TOLD: Final = 200

LookUp = Callable[[str, int], Awaitable[list[str]]]


async def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as this machine knows them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _Checked(AbstractResolver):
    """Hands the connector only addresses that may be connected to."""

    def __init__(self, targets: Targets, ask: LookUp) -> None:
        self._targets = targets
        self._ask = ask

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self._targets.check_name(host, port)
        refused: Refused | None = None
        good: list[ResolveResult] = []
        for address in await self._ask(host, port):
            try:
                self._targets.check(host, port, address)
            except Refused as error:
                refused = refused or error
            else:
                kind = socket.AF_INET6 if ":" in address else socket.AF_INET
                flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
                good.append(ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=flags))
        if not good:
            raise refused or OSError(f"{host} has no address")
        return good

    async def close(self) -> None:
        """Nothing is held."""


class Courier:
    """`await courier.send(sending)` on the loop it was made on; `await courier.close()` at the end."""

    def __init__(self, targets: Targets, *, seconds: float = ATTEMPT_SECONDS, ask: LookUp = look_up) -> None:
        self._targets = targets
        self._seconds = seconds
        self._resolver = _Checked(targets, ask)
        self._session: ClientSession | None = None
        self._told: set[str] = set()

    async def send(self, sending: Sending) -> Answered:
        """Make the request. Whatever the target does is in what is returned; nothing is raised for it."""
        began = stopwatch()
        try:
            async with asyncio.timeout(self._seconds):
                return await self._sent(sending, began)
        except TimeoutError:
            return _missed("timeout", f"no whole answer came within {self._seconds:g} s", began)
        except (ClientError, OSError, ValueError) as error:
            refused = _refusal(error)
            if refused is not None:
                return self._refuse(sending, str(refused), began)
            return _missed("connection", _why(error), began)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _sent(self, sending: Sending, began: int) -> Answered:
        url = self._target(sending.url)
        if self._session is None:
            self._session = _session(self._resolver)
        async with self._session.request(
            sending.method, url, headers=list(sending.headers), data=sending.body, allow_redirects=False
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > MOST_ANSWER:
                    break
            headers = Headers.of(
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers
            )
            kept, cut = bytes(body[:MOST_ANSWER]), len(body) > MOST_ANSWER
            return Answered(response.status, response.reason or "", headers, kept, cut, microseconds=_since(began))

    def _target(self, text: str) -> URL:
        """Where to go, an address in its usual spelling. Raises Refused, and ValueError for what is no URL."""
        url = URL(text)
        host, port = url.raw_host, url.port
        if url.raw_user is not None or url.raw_password is not None:
            raise Refused(
                f"{host} was not called: a URL with a user name in it is not called. Put the secret into the path."
            )
        if url.scheme not in ("http", "https") or not host or port is None:
            raise Refused(f"{text!r:.200} was not called: it is no http or https URL. Give the webhook one.")
        address = numeric(host)
        if address is not None:
            self._targets.check(host, port, address)
            return url.with_host(address.partition("%")[0])
        return url

    def _refuse(self, sending: Sending, why: str, began: int) -> Answered:
        if why not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(why)
            log.warning("webhook: %s", why)
        return _missed("refused", why, began)


def _session(resolver: AbstractResolver) -> ClientSession:
    """A client without memory: no cookies, no cached names, no kept connections, no proxy of the environment."""
    connector = TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True, limit=MOST_AT_ONCE)
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_connect=None),
        auto_decompress=False,
        skip_auto_headers=("Accept-Encoding",),
        trust_env=False,
    )


def _refusal(error: BaseException) -> Refused | None:
    """The refusal behind an error of the client, if there is one."""
    seen: Any = error
    while seen is not None and not isinstance(seen, Refused):
        seen = getattr(seen, "os_error", None) or seen.__cause__
    return seen


def _missed(failure: Failure, error: str, began: int) -> Answered:
    return Answered(failure=failure, error=error, microseconds=_since(began))


def _why(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text if isinstance(error, OSError | ClientError) else f"this is no URL to send to: {text}"


def _since(began: int) -> int:
    return (stopwatch() - began) // 1000
