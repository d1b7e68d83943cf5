"""The small real files behind the URLs in replies: `fixtures/media/<folder>/`, with ETag, Range and 304.

Knows nothing of who may see what: a provider asks for a file once it has decided to show it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Final

from mockserver import resources
from mockserver.core.http import Headers, Reply, Request

TYPES: Final[Mapping[str, str]] = {
    "aac": "audio/aac",
    "jpg": "image/jpeg",
    "json": "application/json",
    "m3u8": "application/vnd.apple.mpegurl",
    "m4s": "video/iso.segment",
    "mp4": "video/mp4",
    "png": "image/png",
    "ts": "video/mp2t",
    "vtt": "text/vtt",
    "webm": "video/webm",
}

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file's bytes, its media type and its strong validator."""

    type: str
    etag: str
    content: bytes


def media_reply(folder: str, name: str, request: Request) -> Reply:
    """The file `fixtures/media/<folder>/<name>` as a reply to `request`.

    200, 206 for one byte range (RFC 9110, 14.2; several at once get the whole file), 304 for a known ETag, 416 beyond
    the end, an empty 404 for a name that is not there. HEAD is answered like GET: the wire leaves the body off.
    """
    file = _library(folder).get(name)
    if file is None:
        return Reply.empty(404)
    if _knows(request.header("if-none-match"), file.etag):
        return Reply.empty(304, _validators(file))
    wanted = request.header("range") if request.method == "GET" else None
    condition = request.header("if-range")
    if wanted is None or (condition is not None and condition != file.etag):
        return _whole(file)
    return _part(file, wanted)


@cache
def _library(folder: str) -> Mapping[str, MediaFile]:
    """Every file of a folder, read once; a name from the outside is only ever looked up here, so it can't escape."""
    root = resources.fixtures() / "media" / folder
    return {
        path.relative_to(root).as_posix(): _read(path.suffix[1:], path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def _read(ending: str, content: bytes) -> MediaFile:
    digest = blake2b(content, digest_size=16).hexdigest()
    return MediaFile(TYPES.get(ending, "application/octet-stream"), f'"{digest}"', content)


def _knows(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    known = [entry.strip().removeprefix("W/") for entry in if_none_match.split(",")]
    return etag in known or "*" in known


def _validators(file: MediaFile) -> tuple[tuple[str, str], ...]:
    return (("ETag", file.etag), ("Accept-Ranges", "bytes"))


def _whole(file: MediaFile) -> Reply:
    return Reply(200, Headers.of((("Content-Type", file.type), *_validators(file))), file.content)


def _part(file: MediaFile, wanted: str) -> Reply:
    match = _RANGE.fullmatch(wanted.replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return _whole(file)
    size = len(file.content)
    first, last = match[1][:18], match[2][:18]  # longer numbers are beyond any end anyway
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if first and last and int(last) < int(first):
        return _whole(file)
    if start >= size:
        return Reply.empty(416, (("Content-Range", f"bytes */{size}"), ("Accept-Ranges", "bytes")))
    headers = (("Content-Type", file.type), *_validators(file), ("Content-Range", f"bytes {start}-{end}/{size}"))
    return Reply(206, Headers.of(headers), file.content[start : end + 1])
