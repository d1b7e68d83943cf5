"""HTTP Archives, as browsers, proxies and `mockserver ctl requests export --har` write them, entry by entry.

HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/. Of a file of any size one entry is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import ijson

from mockserver.conformance.finding import Place
from mockserver.conformance.traffic.exchange import BadEntry, Exchange, Read, Skipped, Unreadable
from mockserver.conformance.traffic.fields import (
    encoded,
    from_base64,
    is_preflight,
    mapping,
    pairs,
    reply_of,
    request_to,
    status_of,
    unpacked,
)
from mockserver.conformance.traffic.opening import Opened, json_reason
from mockserver.conformance.traffic.times import when
from mockserver.core.http import Headers
from mockserver.core.text import Json

_SWITCHING: Final = 101


def read_har(file: Opened) -> Iterator[Read]:
    """Every entry of an archive in its order."""
    number = 0
    try:
        for number, entry in enumerate(ijson.items(file, "log.entries.item", use_float=True), 1):
            yield _read(entry, Place(file.name, number))
    except ijson.JSONError as error:
        # The parser can't find its way back into a text that is no JSON.
        why = f"this is no JSON from about byte {file.tell():,} on ({json_reason(error)}). Export the archive again"
        yield Unreadable(Place(file.name, number + 1), why, rest=True)


def _read(entry: Json, place: Place) -> Read:
    try:
        return _entry(mapping(entry, "entry"), place)
    except BadEntry as error:
        return Unreadable(place, str(error))


def _entry(entry: dict[str, Json], place: Place) -> Read:
    asked = mapping(entry.get("request"), "`request`")
    url, method = asked.get("url"), asked.get("method")
    if not isinstance(url, str) or not isinstance(method, str):
        raise BadEntry("`request` has no `url` and `method`")
    if url.startswith(("ws://", "wss://")) or entry.get("_resourceType") == "websocket":
        return Skipped(place, "websocket")
    if not url.startswith(("http://", "https://")):
        return Skipped(place, "not HTTP")
    sent = pairs(asked.get("headers"), "`request.headers`")
    if is_preflight(method, sent):
        return Skipped(place, "preflight")
    answered = mapping(entry.get("response"), "`response`")
    status = status_of(answered.get("status"))
    if status == _SWITCHING:
        return Skipped(place, "websocket")
    if status == 0:  # blocked, aborted, or still under way when the archive was saved
        return Skipped(place, "no reply")
    said, told = _posted(asked, sent)
    sent, said, opened = unpacked(sent, said)
    headers = pairs(answered.get("headers"), "`response.headers`")
    content = answered.get("content")
    body, known = _content(mapping(content, "`response.content`") if content is not None else {}, headers)
    headers, body, readable = unpacked(headers, body)
    own = entry.get("_mockserver")
    own = own if isinstance(own, dict) else {}
    began, took = when(entry.get("startedDateTime")), entry.get("time")
    until = None if began is None or not isinstance(took, int | float) or took < 0 else began + round(took)
    return Exchange(
        place,
        request_to(method, url, sent, said),
        reply_of(status, headers, body),
        began,
        until,
        (told and opened, known and readable),
        # A reply that was taken from the browser's cache before it was seen has no headers.
        headed=bool(headers),
        world=f"{own['provider']}/{own['world']}" if own.get("provider") and own.get("world") else None,
        spoilt=bool(own.get("fault")),
        ours=bool(own),
    )


def _posted(asked: dict[str, Json], headers: Headers) -> tuple[bytes, bool]:
    """The body of a request, and whether the archive has it."""
    posted = asked.get("postData")
    size, length = asked.get("bodySize"), headers.first("content-length") or ""
    # A type of a body says that there was one, unless somebody counted to nothing.
    typed = headers.first("content-type") is not None and length != "0" and size != 0
    some = typed or (isinstance(size, int) and size > 0) or (length.isdecimal() and int(length) > 0)
    if not isinstance(posted, dict):
        return b"", not some
    said = posted.get("text")
    if not isinstance(said, str) or not said:
        # Forms may stand there as parameters alone, whose spelling is lost.
        return b"", not some and not posted.get("params")
    if "base64" in (posted.get("_encoding"), posted.get("encoding")):
        return from_base64(said, "`request.postData`"), True
    return encoded(said, headers), True


def _content(content: dict[str, Json], headers: Headers) -> tuple[bytes, bool]:
    """The body of a reply, and whether the archive has it: browsers leave out what they no longer hold."""
    said, size = content.get("text"), content.get("size")
    if not isinstance(said, str) or not said:
        length = headers.first("content-length") or ""
        counted = length.isdecimal() and int(length) > 0
        # Who says nothing of a size may have left the body out.
        return b"", not counted and (size == 0 or length == "0")
    if content.get("encoding") == "base64":
        return from_base64(said, "`response.content`"), True
    # A text that its archive cut is no reply's fault.
    return encoded(said, headers), "truncated" not in str(content.get("comment", "")).lower()
