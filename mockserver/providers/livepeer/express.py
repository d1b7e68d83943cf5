"""Replies as Express 4 makes them: its headers, weak ETags, 304, and the page for what is nobody's path.

Sources: express `lib/response.js`, `etag`, `fresh` 0.5, `finalhandler` 1.x; the recorded replies.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping
from hashlib import sha1
from html import escape
from typing import Final
from urllib.parse import quote

from mockserver.core.http import JSON_MEDIA, Headers, Reply, Request
from mockserver.core.text import Json, dump

Pairs = tuple[tuple[str, str], ...]

POWERED: Final = ("X-Powered-By", "Express")
_JSON: Final = ("Content-Type", JSON_MEDIA)
_PAGE: Final = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n'
    "<body>\n<pre>{}</pre>\n</body>\n</html>\n"
)
# What `encodeurl` leaves alone.
_URL_SAFE: Final = "!#$%&'()*+,/:;=?@[]~|^"


def etag(body: bytes) -> str:
    """Express' weak entity tag: length in hexadecimal and the first 27 characters of the SHA-1 in base64."""
    digest = b2a_base64(sha1(body, usedforsecurity=False).digest())
    return f'W/"{len(body):x}-{digest[:27].decode()}"'


def json_reply(status: int, value: Json, before: Pairs, extra: Pairs = ()) -> Reply:
    """`res.status(status).json(value)`; `before` are the headers that middleware set."""
    body = dump(value)
    return Reply(status, Headers((*before, *extra, _JSON, ("ETag", etag(body)))), body, value)


def empty_reply(status: int, before: Pairs, extra: Pairs = ()) -> Reply:
    """`res.status(status).end()`."""
    return Reply(status, Headers((*before, *extra)))


def error_reply(status: int, message: str, before: Pairs) -> Reply:
    return json_reply(status, {"errors": [message]}, before)


def not_modified(request: Request, said: Mapping[str, str], reply: Reply) -> Reply:
    """The reply, or a 304 in its place if the client of a GET or HEAD has it already."""
    known = said.get("if-none-match")
    if known is None or request.method not in ("GET", "HEAD") or not 200 <= reply.status < 300:
        return reply
    if not _fresh(known, said, reply.header("etag") or ""):
        return reply
    kept = (pair for pair in reply.headers if pair[0].lower() not in ("content-type", "content-length"))
    return Reply(304, Headers.of(kept))


def _fresh(known: str, said: Mapping[str, str], tag: str) -> bool:
    # With If-Modified-Since too, a reply without Last-Modified counts as modified.
    if "if-modified-since" in said or "no-cache" in said.get("cache-control", ""):
        return False
    if known == "*":
        return True
    return any(tag in (one, f"W/{one}") or one == f"W/{tag}" for one in map(str.strip, known.split(",")))


def nobody_listens(request: Request, before: Pairs) -> Reply:
    """The page Express' last handler gives for a path outside the API."""
    path = escape(quote(request.path, safe=_URL_SAFE), quote=True).replace("&#x27;", "&#39;")
    page = _PAGE.format(f"Cannot {request.method} {path}")
    headers = (
        *before,
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Type", "text/html; charset=utf-8"),
    )
    return Reply(404, Headers.of(headers), page.encode())
