"""What an entry of a recording spells: headers, statuses, and bodies as the bytes that went over the wire.

Knows no form of recording. What is wrong is named by its kind and never shown: it may be a secret.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Final
from urllib.parse import urlsplit

from mockserver.conformance.traffic.exchange import BadEntry
from mockserver.core.http import Headers, Reply, Request, media_type
from mockserver.core.payload import Problem, inflate, is_json
from mockserver.core.secrecy import without_secrets
from mockserver.core.text import Json, TextError, dump, parse

# More than this is not unpacked: no API's JSON is so long.
MOST_INFLATED: Final = 64 * 1024 * 1024

_GZIP: Final = b"\x1f\x8b"
_CODINGS: Final = ("gzip", "deflate", "x-gzip")


def request_to(method: str, url: str, headers: Headers, body: bytes) -> Request:
    """A request by its whole URL, or by its path alone. Raises BadEntry."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadEntry(f"`{without_secrets(url):.80}` is no URL ({error})") from None
    if parts.scheme not in ("", "http", "https"):
        raise BadEntry(f"`{without_secrets(url):.80}` is no URL of HTTP")
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
                raise BadEntry(f"{what}: expected name and value, got {a_kind(each)}")
    elif said is not None:
        raise BadEntry(f"{what}: expected a mapping or a list, got {a_kind(said)}")
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
    """A body as it stands in a recording: bytes, a text, nothing, or the value it spells. Raises BadEntry."""
    if said is None:
        return b""
    if isinstance(said, bytes):
        return said
    return encoded(said, headers) if isinstance(said, str) else spelled(said)


def spelled(value: Json) -> bytes:
    """A value as JSON text. Raises BadEntry for one that is too deep."""
    try:
        return dump(value)
    except (RecursionError, ValueError, TypeError) as error:
        raise BadEntry(f"`body`: this can't be written as JSON ({error})") from None


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
    raise BadEntry(f"expected a status such as 200, got {said if isinstance(said, int) else a_kind(said)}")


def a_kind(value: Json) -> str:
    """What stands where something else was expected; not the very thing, which may be a secret."""
    if isinstance(value, bool):
        return "true or false"
    kinds = {dict: "an object", list: "a list", str: "a text", bytes: "bytes", type(None): "nothing"}
    return kinds.get(type(value), "a number")


def mapping(value: Json, what: str) -> dict[str, Json]:
    """Raises BadEntry."""
    if isinstance(value, dict):
        return value
    raise BadEntry(f"there is no {what}" if value is None else f"{what}: expected an object, got {a_kind(value)}")


def is_preflight(method: str, headers: Headers) -> bool:
    """Whether a browser asks on its own whether it may ask (CORS)."""
    return method.upper() == "OPTIONS" and headers.first("access-control-request-method") is not None
