"""Request bodies opened and closed again: inflated, decoded, read; changed; written as they came."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Final

from mockserver.core.http import Request, media_type
from mockserver.core.payload import FORM_MEDIA, Absent, Problem, inflate, is_json, read_payload
from mockserver.core.text import Json, TextError, dump, parse

# A body that opens into more than this is not opened.
MOST_OPENED: Final = 8 * 1024 * 1024


def opened(request: Request) -> str | None:
    """What a body says, as text; None for bytes that are no text, or that can't be opened."""
    _, parameters = media_type(request.header("content-type"))
    data = _inflated(request)
    return None if data is None else _decoded(data, parameters.get("charset", "utf-8"))


def value_of(request: Request) -> Json | Absent:
    """A body as a value: JSON, or a form as a mapping; ABSENT when there is none to read."""
    return read_payload(request, MOST_OPENED).value


def rewritten(
    request: Request, value: Callable[[Json], Json], pairs: Callable[[str], str], text: Callable[[str], str | None]
) -> bytes | None:
    """The body with what it says changed: a JSON value, a form, or any other text (for which None means: drop it).

    The very same bytes when nothing changes. None when it can't be read, so that nobody knows what it holds.
    """
    media, parameters = media_type(request.header("content-type"))
    charset = parameters.get("charset", "utf-8")
    data = _inflated(request)
    if data is None:
        return None
    said = _decoded(data, charset)
    if said is None:
        return request.body if _is_binary(media) else _bytes(request, data, text)
    if media == FORM_MEDIA:
        kept: str | None = pairs(said)
    elif is_json(media) or said.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        kept = _json(said, charset, value, text)
    else:
        kept = text(said)
    if kept is None:
        return None
    return request.body if kept == said else _closed(_written(kept, charset), request)


def _written(text: str, charset: str) -> bytes:
    """The text in a charset; what that has not, as JSON escapes it: `\\u00e9` in a body of ASCII came so, too."""
    try:
        return text.encode(charset, "surrogatepass")
    except UnicodeEncodeError:
        plain = "".join(letter if letter.isascii() else json.dumps(letter)[1:-1] for letter in text)
        return plain.encode(charset, "replace")


def _bytes(request: Request, data: bytes, text: Callable[[str], str | None]) -> bytes | None:
    """Bytes that are not what they say: looked at as characters, and without those that only widen others."""
    said = data.decode("latin-1")
    kept = text(said)
    if kept is None or text(said.replace("\0", "")) is None:
        return None
    return request.body if kept == said else _closed(kept.encode("latin-1"), request)


def _json(said: str, charset: str, value: Callable[[Json], Json], text: Callable[[str], str | None]) -> str | None:
    plain = said.encode("utf-8", "surrogatepass")
    try:
        read = parse(plain)
    except TextError:
        return text(said)
    kept = value(read)
    # What a repeated name said first is not in the value; it would stay in the text.
    if kept is read and not _repeats_a_name(said):
        return said
    if charset.lower() not in ("utf-8", "utf8"):  # which may lack characters that the text had as escapes
        return json.dumps(kept, separators=(",", ":"))
    return dump(kept).decode("utf-8", "surrogatepass")


def _repeats_a_name(said: str) -> bool:
    found = False

    def look(pairs: list[tuple[str, Json]]) -> None:
        nonlocal found
        found = found or len(dict(pairs)) < len(pairs)

    try:
        json.loads(said.lstrip("\ufeff"), object_pairs_hook=look)
    except ValueError:
        return True
    return found


def _inflated(request: Request) -> bytes | None:
    encoding = (request.header("content-encoding") or "identity").strip().lower()
    if encoding in ("", "identity"):
        return request.body
    if encoding not in ("gzip", "deflate"):
        return None
    data = inflate(request.body, encoding, MOST_OPENED)
    return None if isinstance(data, Problem) else data


def _decoded(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset, "surrogatepass")
    except (UnicodeError, LookupError):
        return None


def _is_binary(media: str) -> bool:
    """What nobody reads as text, so that no name in it can tell a secret."""
    return media.startswith(("video/", "audio/", "image/")) or media in (
        "application/octet-stream",
        "application/offset+octet-stream",
    )


def _closed(data: bytes, request: Request) -> bytes:
    encoding = (request.header("content-encoding") or "").strip().lower()
    if encoding not in ("gzip", "deflate"):
        return data
    machine = zlib.compressobj(wbits=zlib.MAX_WBITS | 16 if encoding == "gzip" else zlib.MAX_WBITS)
    return machine.compress(data) + machine.flush()
