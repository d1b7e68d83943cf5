"""One recorded exchange, and what else an entry of a recording can be.

Values, and how a body that was written down becomes the bytes that went over the wire. Knows no form of recording.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from mockserver.conformance.finding import Place
from mockserver.core.http import Headers, Reply, Request, media_type
from mockserver.core.payload import Problem, inflate, is_json
from mockserver.core.text import Json, TextError, dump, parse

# More than this is not unpacked: no API's JSON is so long.
MOST_INFLATED: Final = 64 * 1024 * 1024

# What recorders write in place of a secret: ours, VCR's `filter_*`, and what people choose for them.
_BRACKETED: Final = r"(?:\[|%5B)(?i:removed|redacted|filtered|hidden|masked|scrubbed|secret)(?:\]|%5D)"
_STOOD_IN: Final = re.compile(
    _BRACKETED + r"|REMOVED|REDACTED|FILTERED|HIDDEN|MASKED|SCRUBBED|SECRET|DUMMY[\w-]*"
    r"|\*{3,}|[xX]{6,}|<[\w .:-]{1,60}>|\{\{[\w .:-]{1,60}\}\}"
)
# The same inside a longer text, such as a URL.
_STANDS_IN: Final = re.compile(_BRACKETED + r"|REMOVED|REDACTED|FILTERED|SCRUBBED|\*{4,}|\{\{[\w .:-]{1,60}\}\}")
_GZIP: Final = b"\x1f\x8b"
_CODINGS: Final = ("gzip", "deflate", "x-gzip")


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


def request_to(method: str, url: str, headers: Headers, body: bytes) -> Request:
    """A request by its whole URL, or by its path alone. Raises BadEntry."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadEntry(f"the URL {url:.80} is none ({error})") from None
    if parts.scheme not in ("", "http", "https"):
        raise BadEntry(f"the URL {url:.80} is not of HTTP")
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    return Request(method.upper(), parts.path or "/", parts.query, headers, body, origin=origin)


def pairs(said: Json, what: str) -> Headers:
    """Headers as a recording has them: a mapping of values or lists of them, or a list of pairs or of objects.

    Pseudo headers of HTTP/2 (`:path`) are none. Raises BadEntry.
    """
    found: list[tuple[str, str]] = []
    if isinstance(said, dict):
        for name, value in said.items():
            values = value if isinstance(value, list) else [value]
            found += [(str(name), text(each)) for each in values if each is not None]
    elif isinstance(said, list):
        for each in said:
            if isinstance(each, dict) and "name" in each:
                found.append((str(each["name"]), text(each.get("value", ""))))
            elif isinstance(each, list | tuple) and len(each) == 2:
                found.append((str(each[0]), text(each[1])))
            else:
                raise BadEntry(f"{what}: expected name and value, got {each!r:.60}")
    elif said is not None:
        raise BadEntry(f"{what}: expected a mapping or a list, got {said!r:.60}")
    return Headers.of((name, value) for name, value in found if not name.startswith(":"))


def text(value: Json) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def from_base64(said: str, what: str) -> bytes:
    """Raises BadEntry."""
    try:
        return b64decode(said.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadEntry(f"{what}: this is no base64 ({error})") from None


def encoded(said: str, headers: Headers) -> bytes:
    """A text as its bytes on the wire, in the charset its `Content-Type` names."""
    charset = media_type(headers.first("content-type"))[1].get("charset", "utf-8")
    try:
        return said.encode(charset, "surrogatepass")
    except (LookupError, UnicodeError):
        return said.encode("utf-8", "surrogatepass")


def bytes_of(said: Json, headers: Headers) -> bytes:
    """A body as it stands in a recording: bytes, a text, nothing, or the value it spells."""
    if said is None:
        return b""
    if isinstance(said, bytes):
        return said
    return encoded(said, headers) if isinstance(said, str) else dump(said)


def unpacked(headers: Headers, body: bytes) -> tuple[Headers, bytes, bool]:
    """Headers and body without their content encoding, and whether the body is known then.

    Most recorders unpack and keep the header: what does not look packed is not.
    """
    coding = (headers.first("content-encoding") or "identity").strip().lower()
    if not body or coding in ("", "identity"):
        return headers, body, True
    looks_packed = body.startswith(_GZIP) if "gzip" in coding else not _is_text(body)
    if looks_packed:
        if coding not in _CODINGS:
            return headers, b"", False
        opened = inflate(body, "gzip" if "gzip" in coding else coding, MOST_INFLATED)
        if isinstance(opened, Problem):
            return headers, body, True
        body = opened
    return without(headers, "content-encoding"), body, True


def without(headers: Headers, name: str) -> Headers:
    return Headers.of(pair for pair in headers if pair[0].lower() != name)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return not any(byte < 9 for byte in body[:200])


def reply_of(status: int, headers: Headers, body: bytes) -> Reply:
    """A reply, its value read if it is JSON."""
    value: Json = None
    if body and is_json(media_type(headers.first("content-type"))[0]):
        try:
            value = parse(body)
        except TextError:
            value = None
    return Reply(status, headers, body, value)


def status_of(said: Json) -> int:
    """Raises BadEntry."""
    if isinstance(said, str) and said.isascii() and said.isdigit():
        said = int(said)
    if isinstance(said, int) and not isinstance(said, bool) and (said == 0 or 100 <= said <= 999):
        return said
    raise BadEntry(f"expected a status such as 200, got {said!r:.40}")


def mapping(value: Json, what: str) -> dict[str, Json]:
    """Raises BadEntry."""
    if isinstance(value, dict):
        return value
    raise BadEntry(f"there is no {what}" if value is None else f"{what}: expected an object, got {value!r:.40}")


def is_stood_in(said: str) -> bool:
    """Whether a text is a recorder's word for a secret, or has one in it."""
    return _STOOD_IN.fullmatch(said) is not None or _STANDS_IN.search(said) is not None


def is_preflight(method: str, headers: Headers) -> bool:
    """Whether a browser asks on its own whether it may ask (CORS)."""
    return method.upper() == "OPTIONS" and headers.first("access-control-request-method") is not None


def every(reads: Iterable[Read]) -> list[Exchange]:
    """The exchanges alone."""
    return [each for each in reads if isinstance(each, Exchange)]
