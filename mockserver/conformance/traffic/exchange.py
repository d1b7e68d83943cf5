"""One recorded exchange, and what else an entry of a recording can be. Values: knows no form of recording."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from mockserver.conformance.finding import Place
from mockserver.core.http import Reply, Request

_LOOPBACK: Final = re.compile(r"(?:localhost|[\w.-]+\.localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[?::1\]?)(?::\d+)?")
# What recorders write in place of a secret: ours, VCR's `filter_*`, and what people choose for them.
_BRACKETED: Final = r"(?:\[|%5B)(?i:removed|redacted|filtered|hidden|masked|scrubbed|secret)(?:\]|%5D)"
_STOOD_IN: Final = re.compile(
    _BRACKETED + r"|REMOVED|REDACTED|FILTERED|HIDDEN|MASKED|SCRUBBED|SECRET|DUMMY[\w-]*"
    r"|\*{3,}|[xX]{6,}|<[\w .:-]{1,60}>|\{\{[\w .:-]{1,60}\}\}"
)
# The same inside a longer text, such as a URL.
_STANDS_IN: Final = re.compile(_BRACKETED + r"|REMOVED|REDACTED|FILTERED|SCRUBBED|\*{4,}|\{\{[\w .:-]{1,60}\}\}")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its reply.

    `at` is when the request was sent and `until` when its reply had come, in Unix ms; None if nobody wrote it down.
    `whole` says of request and reply whether their bodies are known, `headed` whether the reply's headers are.
    `world` names the account if the recording does. `spoilt` says that a fault was put into the reply on purpose.
    """

    place: Place
    request: Request
    reply: Reply
    at: int | None = None
    until: int | None = None
    whole: tuple[bool, bool] = (True, True)
    headed: bool = True
    world: str | None = None
    run: str = ""
    spoilt: bool = False
    ours: bool = False

    @property
    def host(self) -> str | None:
        """The host it went to, in lower case and with its port if that is not the scheme's own; None if unknown."""
        return host_of(self.request.origin) if self.request.origin else None


Why = Literal["websocket", "preflight", "no reply", "not HTTP"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that is no exchange to judge."""

    place: Place
    why: Why


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry, or the rest of a file, that can't be read. `why` says what is wrong and what to do."""

    place: Place
    why: str
    rest: bool = False

    def __str__(self) -> str:
        where = f"{self.place.source}: entry {self.place.entry}"
        return f"{where}{' and all after it' if self.rest else ''}: {self.why}"


Read = Exchange | Skipped | Unreadable


class BadEntry(ValueError):
    """What one entry lacks; its reader says where it stands."""


def host_of(url: str) -> str:
    """`api.example.com` of `https://API.example.com:443/x`; a port other than the scheme's own stays."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    try:
        port = parts.port
    except ValueError:
        port = None
    usual = {"https": 443, "http": 80, "wss": 443, "ws": 80}.get(parts.scheme)
    return host if port in (None, usual) else f"{host}:{port}"


def is_stood_in(said: str) -> bool:
    """Whether a text is a recorder's word for a secret, or has one in it."""
    return _STOOD_IN.fullmatch(said) is not None or _STANDS_IN.search(said) is not None


def is_loopback(host: str) -> bool:
    """Whether a host, with its port or without, is this machine."""
    return _LOOPBACK.fullmatch(host) is not None
