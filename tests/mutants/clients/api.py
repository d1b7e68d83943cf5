"""How both clients talk HTTP: timeouts, bounded retries of safe calls, Retry-After, and errors without secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx

from mockserver.core.text import Json
from tests.mutants.clients.errors import (
    BY_STATUS,
    BadReply,
    OutcomeUnknown,
    RateLimited,
    Refused,
    TookTooLong,
    Unreachable,
)

SAFE = frozenset({"GET", "HEAD"})
TEMPORARY = frozenset({429, 500, 502, 503, 504})
# No reply, or one whose encoding is broken: what was asked for may have been done.
UNHEARD = (httpx.TransportError, httpx.DecodingError)


@dataclass(frozen=True, slots=True)
class Connection:
    """One account at one provider. `wait` waits that many seconds, `now` is the Unix time in seconds.

    `url` is where the API begins (`https://livepeer.studio/api`), `timeout` how many seconds a reply may take,
    `transport` a way to send that is not httpx's own.
    """

    url: str
    key: str
    wait: Callable[[float], None]
    now: Callable[[], float]
    timeout: float = 10.0
    headers: Mapping[str, str] = field(default_factory=dict)
    transport: httpx.BaseTransport | None = None


class Api:
    attempts = 4
    longest_pause = 60.0
    page_size = 100

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.url = connection.url.rstrip("/")
        self._key = connection.key
        self._wait = connection.wait
        self._now = connection.now
        self._http = httpx.Client(
            timeout=self._patience(connection.timeout),
            headers=dict(connection.headers),
            transport=connection.transport,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    # ---- one call

    def call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Json = None
    ) -> httpx.Response:
        """The reply, whose status is below 300. Only calls that change nothing are sent again, a few times."""
        attempt = 1
        while True:
            try:
                reply = self._send(method, path, params, body)
            except UNHEARD as error:
                if not self._once_more(method, attempt):
                    raise self._lost(method, path, error) from None
                self._wait(self._backoff(attempt))
            else:
                if reply.status_code < 300:
                    return reply
                if not (self._is_temporary(reply) and self._once_more(method, attempt)):
                    raise self._refusal(method, reply)
                self._wait(self._pause(reply, attempt))
            attempt += 1

    def _send(self, method: str, path: str, params: Mapping[str, str] | None, body: Json) -> httpx.Response:
        url = path if path.startswith("http") else self.url + path
        try:
            return self._http.request(method, url, params=params, json=body, headers=self._credentials(url))
        except (httpx.InvalidURL, UnicodeError):
            raise BadReply("the address to ask is none") from None

    def _credentials(self, url: str) -> dict[str, str]:
        """Ours alone: where a file is stored is no business of the API's key."""
        return {"Authorization": f"Bearer {self._key}"} if url.startswith(f"{self.url}/") else {}

    def _patience(self, timeout: float) -> float | None:
        return timeout

    # ---- again

    def _once_more(self, method: str, attempt: int) -> bool:
        return method in SAFE and attempt < self.attempts

    def _is_temporary(self, reply: httpx.Response) -> bool:
        return reply.status_code in TEMPORARY

    def _backoff(self, attempt: int) -> float:
        return min(0.5 * 2.0**attempt, self.longest_pause)

    def _pause(self, reply: httpx.Response, attempt: int) -> float:
        """What the provider asks for, if it does."""
        asked = self._retry_after(reply)
        return self._backoff(attempt) if asked is None else asked

    def _retry_after(self, reply: httpx.Response) -> float | None:
        """Seconds; the header is a number of them or a date (RFC 9110, 10.2.3)."""
        text = reply.headers.get("Retry-After", "").strip()
        if text.isdecimal():
            return float(text)
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            date = parsedate_to_datetime(text)
            if date.tzinfo is None:
                date = date.replace(tzinfo=UTC)
            return max(0.0, date.timestamp() - self._now())
        return None

    # ---- waiting for what takes a while

    def _ticks(self, deadline: float, what: str) -> Iterator[None]:
        """Ticks further and further apart, the last at the deadline (seconds from now); then TookTooLong."""
        until = self._now() + deadline
        pause = 1.0
        while True:
            yield
            left = until - self._now()
            if self._is_over(left):
                raise TookTooLong(f"{what} was not ready after {deadline:g} s")
            self._wait(min(pause, left) if left > 0 else pause)
            pause = min(pause * 1.5, 15.0)

    def _is_over(self, left: float) -> bool:
        return left <= 0

    # ---- failing

    def _lost(self, method: str, path: str, error: httpx.RequestError) -> Unreachable:
        what = f"{method} {path.partition('?')[0]}: no reply ({type(error).__name__})"
        sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        return OutcomeUnknown(what) if sent and method not in SAFE else Unreachable(what)

    def _refusal(self, method: str, reply: httpx.Response) -> Refused:
        status, reason = reply.status_code, self._without_secrets(self._reason(reply))
        if status == 429:
            return RateLimited(status, reason, self._retry_after(reply))
        return BY_STATUS.get(status, Refused)(status, reason)

    def _reason(self, reply: httpx.Response) -> str:
        """What the provider says went wrong."""
        raise NotImplementedError

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets():
            text = text.replace(secret, "***")
        return text

    def _secrets(self) -> list[str]:
        return [self._key]


def json_of(reply: httpx.Response) -> Json:
    """The reply's JSON. Raises BadReply."""
    try:
        return reply.json()
    except (ValueError, RecursionError):
        raise BadReply(f"{reply.status_code} without JSON") from None


def text_of(reply: httpx.Response) -> str:
    """The beginning of a reply that is not the provider's usual error: a proxy's page, perhaps."""
    return " ".join(reply.text.split())[:200] or "no explanation"
