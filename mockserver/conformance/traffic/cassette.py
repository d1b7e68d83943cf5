"""VCR cassettes, as vcrpy and Ruby's VCR write them: YAML or JSON, interaction by interaction.

vcrpy writes `interactions` (its `vcr/serialize.py`, format 1), Ruby's VCR `http_interactions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

import ijson

from mockserver.conformance.finding import Place
from mockserver.conformance.traffic.exchange import BadEntry, Exchange, Read, Skipped, Unreadable
from mockserver.conformance.traffic.fields import (
    bytes_of,
    encoded,
    from_base64,
    mapping,
    pairs,
    reply_of,
    request_to,
    status_of,
    text,
    unpacked,
)
from mockserver.conformance.traffic.opening import Opened, json_reason
from mockserver.conformance.traffic.times import when
from mockserver.conformance.traffic.yaml_items import BadYaml, items
from mockserver.core.http import Headers
from mockserver.core.text import Json

_LISTS: Final = ("interactions", "http_interactions")


def read_cassette(file: Opened) -> Iterator[Read]:
    """Every interaction of a cassette in its order."""
    is_json = file.head.lstrip().startswith(b"{")
    number = 0
    try:
        for number, value in enumerate(_json(file) if is_json else items(file, _LISTS), 1):
            yield _read(value, Place(file.name, number))
    except (ijson.JSONError, BadYaml) as error:
        said = str(error) if isinstance(error, BadYaml) else json_reason(error)
        where = f"from about byte {file.tell():,} on " if is_json else ""
        why = f"this is no {'JSON' if is_json else 'YAML'} {where}({said:.200}). Record the cassette again"
        yield Unreadable(Place(file.name, number + 1), why, rest=True)


def _json(file: Opened) -> Iterator[Json]:
    """The elements of either list; what else a cassette holds is passed over."""
    events = ijson.parse(file, use_float=True)
    for at, event, _ in events:
        if event == "start_array" and at in _LISTS:
            inner = f"{at}.item"
            for place, kind, value in events:
                if place == at and kind == "end_array":
                    break
                if place == inner and kind in ("start_map", "start_array"):
                    yield _built(chain([(place, kind, value)], events), inner)
                elif place == inner:
                    yield value


def _built(events: Iterator[tuple[str, str, Json]], prefix: str) -> Json:
    builder = ijson.ObjectBuilder()
    for at, kind, value in events:
        builder.event(kind, value)
        if at == prefix and kind in ("end_map", "end_array"):
            break
    return builder.value


def _read(value: Json, place: Place) -> Read:
    try:
        return _interaction(mapping(value, "interaction"), place)
    except BadEntry as error:
        return Unreadable(place, str(error))


def _interaction(value: dict[str, Json], place: Place) -> Read:
    asked = mapping(value.get("request"), "`request`")
    if "response" in value and value["response"] is None:  # schemathesis: nothing came
        return Skipped(place, "no reply")
    answered = mapping(value.get("response"), "`response`")
    method, url = asked.get("method"), asked.get("uri") or asked.get("url")
    if not isinstance(method, str) or not isinstance(url, str):
        raise BadEntry("`request` has no `method` and `uri`")
    status = answered.get("status", answered.get("status_code"))
    # go-vcr has `status: 200 OK` and the number beside it.
    code = status_of(status.get("code") if isinstance(status, dict) else answered.get("code", status))
    sent, said, told = unpacked(*_message(asked, "`request`"))
    headers, body, known = unpacked(*_message(answered, "`response`"))
    at = when(value.get("recorded_at"))
    return Exchange(
        place,
        request_to(method, url, sent, said),
        reply_of(code, headers, body),
        at,
        at,
        (told, known),
    )


def _message(message: dict[str, Json], what: str) -> tuple[Headers, bytes]:
    headers = pairs(message.get("headers"), f"{what[:-1]}.headers`")
    # vcrpy's `before_record_response` hooks of httpx recordings put it there (vcrpy below 6).
    body = message.get("body", message.get("content"))
    return headers, _body(body, headers, what)


def _body(body: Json, headers: Headers, what: str) -> bytes:
    """vcrpy: a text, bytes, or `{"string": ...}` with either, or `base64_string`. Ruby: `{"encoding", "string"}`."""
    if isinstance(body, dict):
        for name in ("base64_string", "base64"):
            if isinstance(body.get(name), str | bytes):
                return from_base64(text(body[name]), f"{what[:-1]}.body`")
        if not {"string", "encoding"}.isdisjoint(body):
            said = body.get("string")
            # Ruby names how it holds the text: ASCII-8BIT is bytes, which YAML has as !binary.
            return encoded(said, headers) if isinstance(said, str) else bytes_of(said, headers)
    return bytes_of(body, headers)
