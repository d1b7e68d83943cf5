"""A running server, spoken to over HTTP: one call of its control API, and what it means when none comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from mockserver.core.text import Json
from mockserver.errors import RefusedError, UnreachableError, UsageError
from mockserver.options import URL_VARIABLE

# A jump of the clock answers when all that falls due has happened.
PATIENCE_SECONDS: Final = 120.0
PREFIX: Final = "/__admin"
# The most that one page of the journal may hold.
PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Target:
    """A URL and the token for it."""

    url: str
    token: str | None


class Server:
    """Makes calls; each on a connection of its own, and through no proxy."""

    def __init__(self, target: Target) -> None:
        parts = urlsplit(target.url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ("http", "https") or not parts.hostname or port == -1:
            raise UsageError(f"{target.url!r} is no URL of a server; it looks like http://127.0.0.1:4080")
        self.url = target.url.rstrip("/")
        self._token = target.token
        self._connection = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host, self._port, self._base = parts.hostname, port, parts.path.rstrip("/")

    def ask(self, method: str, *path: str, body: Json = None, query: Mapping[str, Json] | None = None) -> Json:
        """The answer's value: JSON, or text when it is none. `path` is in segments below `/__admin`.

        Raises RefusedError or UnreachableError.
        """
        return self.call(method, target_of(*path, query=query), body)

    def call(self, method: str, target: str, body: Json = None) -> Json:
        """The same for a target as it goes on the wire."""
        return _value(*self._exchange(method, target, body))

    def fetch(self, method: str, target: str) -> bytes:
        """The same, as bytes."""
        return self._exchange(method, target, None)[0]

    def _exchange(self, method: str, target: str, body: Json) -> tuple[bytes, str]:
        """Body and media type of the answer."""
        headers = {"Accept": "application/json"}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            connection = self._connection(self._host, self._port, timeout=PATIENCE_SECONDS)
            connection.request(method, self._base + target, data, headers)
            response = connection.getresponse()
            status, media, text = response.status, response.getheader("Content-Type") or "", response.read()
            connection.close()
        except (OSError, HTTPException, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise UnreachableError(
                f"no mockserver answers at {self.url} ({why}). Start one with `mockserver serve`, or say where it is "
                f"with --url or {URL_VARIABLE}."
            ) from None
        if status >= 400:
            value = _value(text, media)
            if not (status == 503 and isinstance(value, dict) and "providers" in value):
                raise self._refused(status, media, value)
        return text, media

    def pages(self, name: str, *path: str, query: Mapping[str, Json] | None = None, since: int = 0) -> Iterator[Json]:
        """Every item of a list that comes in pages, oldest first."""
        while True:
            page = self.ask("GET", *path, query={**(query or {}), "since": since, "limit": PAGE})
            yield from page[name]
            if page["next"] == since:
                return
            since = page["next"]

    def _refused(self, status: int, media: str, value: Json) -> RefusedError:
        if not isinstance(value, dict) or "application/problem+json" not in media:
            return RefusedError(
                f"{self.url} answered {status} and not why. Is it a mockserver, and not started with --no-admin?"
            )
        return refused(status, value)


def _value(text: bytes, media: str) -> Json:
    if "json" in media:
        try:
            return json.loads(text)
        except ValueError:
            return text.decode("utf-8", "replace")
    return text.decode("utf-8", "replace") if text else None


def target_of(*path: str, query: Mapping[str, Json] | None = None) -> str:
    """A path below `/__admin`, in segments, and its query, as on the wire; arguments that are None are left out."""
    target = PREFIX + "".join(f"/{quote(segment, safe='+~')}" for segment in path)
    arguments = {name: value for name, value in (query or {}).items() if value is not None}
    return f"{target}?{urlencode(arguments)}" if arguments else target


def refused(status: int, problem: Json) -> RefusedError:
    """The error that says what a problem of the control API does."""
    where = f"\n  at {problem['pointer']}" if problem.get("pointer") else ""
    rule = f"\n  rule {problem['rule']}" if problem.get("rule") else ""
    remedy = f"\n  {problem['remedy']}" if problem.get("remedy") else ""
    return RefusedError(f"{status} {problem['detail']}{where}{rule}{remedy}", problem)
