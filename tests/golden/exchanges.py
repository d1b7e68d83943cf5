"""Recorded exchanges: JSON lines of `n, group, request, response`, read into values. Several files merge by `n`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mockserver.core.http import Headers, Request
from mockserver.core.text import Json

# What a recording says of a reply's headers, and the header each name stands for.
RECORDED_HEADERS: Final = {
    "content_type": "content-type",
    "vary": "vary",
    "acao": "access-control-allow-origin",
    "link": "link",
}
# A recording keeps this many characters of a body.
CUT: Final = 600


@dataclass(frozen=True, slots=True)
class Recorded:
    """A reply as recorded: `body` is parsed JSON, or text. `headers` maps a header's name to its value or None."""

    status: int
    body: Json
    headers: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded exchange. `target` is path and query.

    `by_shape` are pointers (a part may be `*`) compared by JSON type alone. `after` ms pass before the request.
    """

    n: int
    group: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    reply: Recorded
    by_shape: tuple[str, ...] = ()
    after: int = 0

    def __str__(self) -> str:
        return f"n={self.n} {self.method} {self.target}"

    def request(self, origin: str) -> Request:
        """The request as it went over the wire, to a server at `origin`."""
        path, _, query = self.target.partition("?")
        return Request(self.method, path, query, Headers.of(self.headers), self.octets(), origin=origin)

    def octets(self) -> bytes:
        """The body's bytes. A recording keeps text as it is, and bytes that are no UTF-8 as one character each."""
        if self.body is None:
            return b""
        if len(self.body) == CUT and not self.body.endswith("}"):
            return self._whole().encode()
        named = {name.lower(): value.lower() for name, value in self.headers}
        bytewise = "content-encoding" in named or "utf-16" in named.get("content-type", "")
        if bytewise and all(character <= "\xff" for character in self.body):
            return self.body.encode("latin-1")
        return self.body.encode()

    def _whole(self) -> str:
        """A cut body made whole: it ended in one character many times, and was too large or just not so."""
        assert self.body is not None
        length = 110_000 if self.reply.status == 413 else 102_000
        return self.body + self.body[-1] * (length - CUT) + '"}'


def load(paths: Iterable[Path]) -> tuple[Exchange, ...]:
    """The exchanges of all files in order of `n`. Raises ValueError naming the file and line that can't be read."""
    found: dict[int, Exchange] = {}
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                try:
                    exchange = _exchange(json.loads(line))
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(f"{path}:{number}: not a recorded exchange: {error!r}") from error
                found.setdefault(exchange.n, exchange)
    return tuple(found[n] for n in sorted(found))


def by_group(exchanges: Iterable[Exchange]) -> dict[str, list[Exchange]]:
    """Exchanges of each run, which started from a fresh world."""
    groups: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        groups.setdefault(exchange.group, []).append(exchange)
    return groups


def _exchange(line: Json) -> Exchange:
    request, response = line["request"], line["response"]
    body = request.get("body")
    return Exchange(
        n=int(line["n"]),
        group=line["group"],
        method=request["method"],
        target=request["path"],
        headers=tuple(request["headers"].items()),
        body=body if body is None or isinstance(body, str) else json.dumps(body),
        reply=Recorded(
            response["status"],
            response["body"],
            {header: response.get(name) for name, header in RECORDED_HEADERS.items() if name in response},
        ),
        by_shape=tuple(line.get("by_shape", ())),
        after=line.get("after", 0),
    )
