"""Bytes to requests and replies to bytes: what HTTP/1.1 writes down, and nothing of sockets or of what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from mockserver.core.http import REASONS, Headers, Reply

_ASCII: Final = "".join(map(chr, range(128)))
_HOST: Final = re.compile(r"[A-Za-z0-9._~\[\]:-]+")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")

# RFC 9110: these have no body, and no Content-Length either.
_BODILESS: Final = frozenset({204, 304})

# Names that nearly every request has: one text each, not one a request.
_COMMON: Final = (
    *("Host", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Connection"),
    *("Content-Type", "Content-Length", "Cookie", "Origin", "X-Forwarded-For", "Transfer-Encoding", "Sec-Fetch-Mode"),
)
_NAMES: Final = {name.encode(): name for common in _COMMON for name in (common, common.lower())}

_LAST_SECOND: Final = 253_402_300_799  # of the year 9999


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers as they came. Bytes are characters, as a JavaScript server sees them: no value is ever refused."""
    return Headers([(_NAMES.get(name) or name.decode("latin-1"), value.decode("latin-1")) for name, value in raw])


def split_target(target: str) -> tuple[str, str]:
    """A request target as (path, query), neither decoded; `http://host/path` is `/path`, a fragment is dropped.

    Raw bytes beyond ASCII (surrogate escapes of the parser's UTF-8) come out percent-encoded.
    """
    if not target.isascii():
        target = quote(target.encode("utf-8", "surrogateescape"), safe=_ASCII)
    if not target.startswith("/"):
        target = _ABSOLUTE.sub("", target, count=1)
        target = target if target.startswith(("/", "*")) else f"/{target}"
    if "#" in target:
        target = target.partition("#")[0]
    path, _, query = target.partition("?")
    return path, query


@lru_cache(maxsize=64)
def origin_of(host: str | None, fallback: str) -> str:
    """How the client addressed us; the server's own URL if it did not say, or said nonsense."""
    return f"http://{host}" if host is not None and _HOST.fullmatch(host) else fallback


def written(reply: Reply, method: str, date: bytes, *, close: bool) -> bytes:
    """The reply as it goes out. HEAD gets the headers of the whole reply, its length included, and no body."""
    status = reply.status
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Unknown')}"]
    for name, value in reply.headers:
        lines.append(f"{name}: {value}")
    lines.append("Connection: close" if close else "Connection: keep-alive")
    text = "\r\n".join(lines)
    if text.count("\n") >= len(lines):  # a value holds a line break: the client's text must not become our headers
        text = "\r\n".join(line.replace("\r", "").replace("\n", "") for line in lines)
    try:
        head = text.encode("latin-1")
    except UnicodeEncodeError:
        head = text.encode("utf-8", "replace")
    if status in _BODILESS:
        return b"%b\r\nDate: %b\r\n\r\n" % (head, date)
    body = reply.body
    if method == "HEAD":
        return b"%b\r\nDate: %b\r\nContent-Length: %d\r\n\r\n" % (head, date, len(body))
    return b"%b\r\nDate: %b\r\nContent-Length: %d\r\n\r\n%b" % (head, date, len(body), body)


@lru_cache(maxsize=2)
def http_date(second: int) -> bytes:
    """An instant in Unix seconds as the Date header has it; what the calendar can't hold is its first or last day."""
    return formatdate(min(max(second, 0), _LAST_SECOND), usegmt=True).encode()
