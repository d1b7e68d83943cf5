"""Exchanges as JSON: our own journal (`mockserver ctl requests`, its export), and lines that anybody can write.

A line, or an element of a list, is an object:

    {"request": {"method": "POST", "path": "/api/clip", "headers": {"content-type": "application/json"}, "body": "{}"},
     "response": {"status": 422, "headers": {"content-type": "application/json"}, "body": {"errors": ["..."]}}}

`url` may stand for `path`, `reply` for `response`. `headers` map names to a value or a list of them, or are pairs; of a
response without them `content_type` is taken, and where that is missing too nothing is said of its headers. `body` is a
text, the JSON value it spells, or null; with `"encoding": "base64"` beside it, bytes. `at` (Unix ms, or ISO 8601) is
when it was sent. `group` names a run: what one run shows says nothing about the state of another.
"""

from __future__ import annotations

from collections.abc import Iterator

import ijson

from mockserver.conformance.finding import Place
from mockserver.conformance.traffic.exchange import BadEntry, Exchange, Read, Skipped, Unreadable
from mockserver.conformance.traffic.fields import (
    bytes_of,
    encoded,
    from_base64,
    is_preflight,
    mapping,
    pairs,
    reply_of,
    request_to,
    spelled,
    status_of,
    unpacked,
)
from mockserver.conformance.traffic.opening import Opened, json_reason
from mockserver.conformance.traffic.times import when
from mockserver.core.http import Headers
from mockserver.core.text import Json, TextError, parse

_JSON = ("content-type", "application/json")
_SAID = ("content-type", "vary", "link", "etag", "location")


def read_lines(file: Opened) -> Iterator[Read]:
    """Every exchange of lines of JSON, of a list of them, or of a page of our journal."""
    head = file.head.lstrip()
    if head.startswith(b"["):
        yield from _values(file, "item")
    elif _is_one_line(head):
        yield from _lines(file)
    else:
        yield from _values(file, "requests.item" if b'"requests"' in head[:200] else "")


def _is_one_line(head: bytes) -> bool:
    """Whether what stands in the first line is a whole exchange, or wants to be one."""
    first, end, _ = head.partition(b"\n")
    try:
        value = parse(first)
    except TextError:
        # The first line may be the broken one; a value over many lines begins with next to nothing.
        return len(first.strip()) > 2 and not first.rstrip().endswith((b"{", b"[", b",")) and bool(end)
    return not (isinstance(value, dict) and "requests" in value)


def _lines(file: Opened) -> Iterator[Read]:
    for number, line in enumerate(file.lines(), 1):
        if not line.strip():
            continue
        place = Place(file.name, number)
        try:
            value = parse(line)
        except TextError as error:
            yield Unreadable(place, f"line {number} is no JSON ({error.reason}, character {error.position})")
            continue
        yield _read(value, place)


def _values(file: Opened, prefix: str) -> Iterator[Read]:
    number = 0
    try:
        values = ijson.items(file, prefix, use_float=True, multiple_values=True)
        for number, value in enumerate(values, 1):
            yield _read(value, Place(file.name, number))
    except ijson.JSONError as error:
        why = f"this is no JSON from about byte {file.tell():,} on ({json_reason(error)})"
        yield Unreadable(Place(file.name, number + 1), why, rest=True)


def _read(value: Json, place: Place) -> Read:
    try:
        return _exchange(mapping(value, "exchange"), place)
    except BadEntry as error:
        return Unreadable(place, str(error))


def _exchange(value: dict[str, Json], place: Place) -> Read:
    asked = mapping(value.get("request"), "`request`")
    answered = value.get("reply") if "reply" in value else value.get("response")
    method = asked.get("method")
    url = asked.get("url") or asked.get("path")
    if not isinstance(method, str) or not isinstance(url, str):
        raise BadEntry("`request` needs `method`, and `path` or `url`")
    sent = pairs(asked.get("headers"), "`request.headers`")
    if is_preflight(method, sent):
        return Skipped(place, "preflight")
    if answered is None:
        return Skipped(place, "no reply")
    answered = mapping(answered, "`response`")
    status = status_of(answered.get("status"))
    if status == 0:
        return Skipped(place, "no reply")
    query = asked.get("query")
    request_headers, said, told = unpacked(sent, _body(asked, sent))
    headers, headed = _headers(answered)
    headers, body, known = unpacked(headers, _body(answered, headers))
    at = when(value.get("at"))
    serial = value.get("serial")
    return Exchange(
        place,
        request_to(method, f"{url}?{query}" if isinstance(query, str) and query else url, request_headers, said),
        reply_of(status, headers, body),
        at,
        None,
        (told, known),
        headed,
        world=f"{value.get('provider')}/{value['world']}" if isinstance(value.get("world"), str) else None,
        run=str(value.get("group", "")),
        spoilt=bool(value.get("fault")),
        ours=isinstance(serial, int) and "reply" in value,
    )


def _body(message: dict[str, Json], headers: Headers) -> bytes:
    said, how = message.get("body"), message.get("encoding")
    if how == "base64":
        return from_base64(str(said), "`body`")
    # A text under `json` is the value, not how it is spelled.
    return encoded(spelled(said).decode(), headers) if how == "json" else bytes_of(said, headers)


def _headers(answered: dict[str, Json]) -> tuple[Headers, bool]:
    """The headers of a reply, and whether that is all of them."""
    if answered.get("headers") is not None:
        return pairs(answered["headers"], "`response.headers`"), True
    said = [(name, answered.get(name.replace("-", "_"))) for name in _SAID]
    found = [(name, value) for name, value in said if isinstance(value, str)]
    if "content_type" not in answered and answered.get("body") is not None:
        found.insert(0, _JSON if not isinstance(answered["body"], str) else ("content-type", "text/plain"))
    return Headers.of(found), False
