"""A request body from bytes to a value: inflate, decode, parse. Says what went wrong, never in whose words."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal
from urllib.parse import parse_qsl

from mockserver.core.http import Request, media_type
from mockserver.core.text import Json, TextError, parse
from mockserver.core.value import valueclass

FORM_MEDIA: Final = "application/x-www-form-urlencoded"


class Absent(Enum):
    """The type of `ABSENT`: there is no value, which is not the value null."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a body could not be read. `detail` is the charset or encoding as sent, or the parser's reason.

    For `syntax`, `position` counts characters from 0 and `found` is the character there (None at the end).
    """

    kind: Literal["charset", "encoding", "too-large", "inflate", "syntax"]
    detail: str
    position: int = 0
    found: str | None = None


@valueclass(frozen=True, slots=True)
class Payload:
    """What a request body says. `media` is the lower-case media type, "" when none was sent.

    `value` is the parsed JSON or form (a dict of strings, the last of a repeated name); ABSENT for an empty body,
    another media type, or a problem. `text` is the inflated body.
    """

    media: str
    value: Json | Absent = ABSENT
    text: bytes = b""
    problem: Problem | None = None


def is_json(media: str) -> bool:
    return media == "application/json" or media.endswith("+json")


def read_payload(request: Request, limit: int) -> Payload:
    """The body as a value; `limit` is in bytes after inflating. Checks run in the order of Express' body-parser.

    The order is charset, encoding, size, inflating, syntax (source: body-parser 1.x, `lib/types/json.js`, `read.js`).
    """
    media, parameters = media_type(request.header("content-type"))
    if not request.body and not request.oversize:
        return Payload(media)
    readable = is_json(media) or media == FORM_MEDIA
    charset = parameters.get("charset", "utf-8").lower()
    if readable and not charset.startswith("utf-"):
        return Payload(media, problem=Problem("charset", charset))
    encoding = (request.header("content-encoding") or "identity").lower()
    if readable and encoding not in ("identity", "gzip", "deflate"):
        return Payload(media, problem=Problem("encoding", encoding))
    if request.oversize or len(request.body) > limit:
        return Payload(media, problem=Problem("too-large", str(limit)))
    text = request.body
    if encoding in ("gzip", "deflate"):
        inflated = inflate(text, encoding, limit)
        if isinstance(inflated, Problem):
            return Payload(media, problem=inflated)
        text = inflated
    if not readable:
        return Payload(media, text=text)
    return _parsed(media, text, charset)


def _parsed(media: str, text: bytes, charset: str) -> Payload:
    if charset not in ("utf-8", "utf-8-sig"):
        try:
            text = text.decode(charset).encode("utf-8", "surrogatepass")
        except LookupError:
            return Payload(media, problem=Problem("charset", charset))
        except UnicodeError:
            text = text.decode(charset, errors="replace").encode()
    if media == FORM_MEDIA:
        return Payload(media, dict(parse_qsl(text.decode(errors="replace"), keep_blank_values=True)), text)
    try:
        return Payload(media, parse(text), text)
    except TextError as error:
        return Payload(media, text=text, problem=Problem("syntax", error.reason, error.position, error.found))


def inflate(data: bytes, encoding: str, limit: int) -> bytes | Problem:
    """What `gzip` or `deflate` packed. At most `limit` bytes out: a gzip bomb costs no more than an honest body."""
    machine = zlib.decompressobj(zlib.MAX_WBITS | 16 if encoding == "gzip" else zlib.MAX_WBITS)
    try:
        out = machine.decompress(data, limit + 1)
    except zlib.error:
        return Problem("inflate", "incorrect header check")
    if len(out) > limit:
        return Problem("too-large", str(limit))
    if not machine.eof:
        return Problem("inflate", "unexpected end of file")
    return out
