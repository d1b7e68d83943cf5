"""What changed in one operation: what its body may be, what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from mockserver.conformance.diff.changes import MAYBE, NO, YES, Grade
from mockserver.conformance.diff.pairs import Place
from mockserver.conformance.diff.parameters import parameter_shifts
from mockserver.conformance.diff.parts import deprecation, requirement, schema_of
from mockserver.conformance.diff.schemas import schema_changes
from mockserver.conformance.diff.shift import SAME, Setting, Shift
from mockserver.conformance.diff.wholes import spelled
from mockserver.contract.dialect import Direction
from mockserver.contract.spot import Spot
from mockserver.core.http import media_type
from mockserver.core.text import Json

_TURNED: Final[Mapping[Direction, Direction]] = {"request": "reply", "reply": "request"}


def message_shifts(old: Place, new: Place, *, webhook: bool = False) -> Iterator[Shift]:
    """Of a webhook the server sends the request: everything travels the other way."""
    asks: Direction = "reply" if webhook else "request"
    area = "webhooks" if webhook else None
    yield from parameter_shifts(old, new, asks, area)
    setting = Setting(area or "requests", "request", f"{old.name} request", asks, old.name)
    yield from _body(old.spot.at("requestBody"), new.spot.at("requestBody"), setting)
    answers = Setting(area or "replies", "reply", old.name, _TURNED[asks], old.name)
    yield from _replies(old.spot.at("responses"), new.spot.at("responses"), answers)


def _body(old: Spot | None, new: Spot | None, setting: Setting) -> Iterator[Shift]:
    if old is None and new is None:
        return
    if old is None or new is None:
        yield _body_presence(old, new, setting)
        return
    pointers = (old.pointer, new.pointer)
    required = old.value.get("required") is True, new.value.get("required") is True
    if required[0] != required[1]:
        body = replace(setting, prefix="request-body", where=f"{setting.where} body")
        yield requirement(required[1], body, *pointers)
    yield from _contents(old, new, setting)


def _body_presence(old: Spot | None, new: Spot | None, setting: Setting) -> Shift:
    body = replace(setting, prefix="request-body", where=f"{setting.where} body")
    if new is not None:
        required = new.value.get("required") is True
        clients: tuple[Grade, str] = (YES, "they send none") if required else (NO, "they need not send it")
        rule = "required-added" if required else "added"
        return body.shift(rule, "it is new", clients, (MAYBE, "they pay no heed to it"), None, new.pointer)
    assert old is not None
    return body.shift("removed", "it is gone", (MAYBE, "no heed is paid to what they send"), SAME, old.pointer, None)


def _contents(old: Spot, new: Spot, setting: Setting) -> Iterator[Shift]:
    """The media types of a body, and the schema of each that both have."""
    before, after = _media(old), _media(new)
    asked = setting.travel == "request"
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        here = replace(setting, where=f"{setting.where} {name}")
        if one is None and other is not None:
            clients: tuple[Grade, str] = SAME if asked else (MAYBE, "they may be answered in it without asking for it")
            servers: tuple[Grade, str] = (YES, "they do not read it") if asked else SAME
            yield here.shift("media-type-added", "this media type is new", clients, servers, old.pointer, other.pointer)
        elif other is None and one is not None:
            clients = (YES, "they may send it" if asked else "they may ask for it and count on it")
            servers = SAME if asked else (YES, "they may answer in it")
            yield here.shift(
                "media-type-removed", "this media type is gone", clients, servers, one.pointer, new.pointer
            )
        elif one is not None and other is not None:
            direction: Direction = setting.travel
            yield from here.shifts(schema_changes(one.child("schema"), other.child("schema"), direction))
            if spelled(one.value.get("encoding")) != spelled(other.value.get("encoding")):
                text = "how its parts are written has changed"
                grave = (MAYBE, "its parts may be written in another way")
                yield here.shift("encoding-changed", text, grave, grave, one.pointer, other.pointer)


def _media(holder: Spot) -> dict[str, Spot]:
    content = holder.at("content")
    return {media_type(name)[0]: entry for name, entry in content.items()} if content is not None else {}


def _replies(old: Spot | None, new: Spot | None, setting: Setting) -> Iterator[Shift]:
    before, after = (dict(spot.items()) if spot is not None else {} for spot in (old, new))
    for status in dict.fromkeys((*before, *after)):
        one, other = before.get(status) or _covering(before, status), after.get(status) or _covering(after, status)
        here = replace(setting, where=f"{setting.where} {status}")
        if one is None and other is not None:
            yield _came(status, here, old, other)
        elif other is None and one is not None:
            yield _went(status, here, one, new)
        elif one is not None and other is not None:
            yield from _reply(one, other, here)


def _covering(replies: dict[str, Spot], status: str) -> Spot | None:
    """The range or the default that stands for a status without an entry of its own."""
    return (
        (replies.get(f"{status[0]}XX") or replies.get(f"{status[0]}xx") or replies.get("default")) if status else None
    )


def _good(status: str) -> bool:
    return status[:1] in ("2", "3")


def _came(status: str, setting: Setting, old: Spot | None, other: Spot) -> Shift:
    if _good(status):
        clients: tuple[Grade, str] = (YES, "they do not know this success")
        return setting.shift("success-status-added", "this status is new", clients, SAME, _at(old), other.pointer)
    clients = (MAYBE, "they may be told this error, which they do not know")
    return setting.shift("error-status-added", "this status is new", clients, SAME, _at(old), other.pointer)


def _went(status: str, setting: Setting, one: Spot, new: Spot | None) -> Shift:
    servers = (YES, "they may answer it")
    if _good(status):
        clients: tuple[Grade, str] = (YES, "what they wait for never comes")
        return setting.shift("success-status-removed", "this status is gone", clients, servers, one.pointer, _at(new))
    clients = (NO, "they are not told this error any more")
    return setting.shift("error-status-removed", "this status is gone", clients, servers, one.pointer, _at(new))


def _reply(one: Spot, other: Spot, setting: Setting) -> Iterator[Shift]:
    before, after = bool(_media(one)), bool(_media(other))
    if before != after:
        grave = (YES, "they count on a body") if before else (MAYBE, "a body comes where none was")
        rule, text = ("body-removed", "its body is gone") if before else ("body-added", "it has a body now")
        servers: tuple[Grade, str] = (MAYBE if before else YES, "they send one" if before else "they send none")
        yield setting.shift(rule, text, grave, servers, one.pointer, other.pointer)
    else:
        yield from _contents(one, other, setting)
    yield from _headers(one, other, setting)


def _headers(one: Spot, other: Spot, setting: Setting) -> Iterator[Shift]:
    before, after = (_by_name(each.at("headers")) for each in (one, other))
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        area = setting.area if setting.area == "webhooks" else "headers"
        here = replace(setting, area=area, prefix="header", where=f"{setting.where} header `{name}`")
        required = [each is not None and each.value.get("required") is True for each in (old, new)]
        if old is None and new is not None:
            servers: tuple[Grade, str] = (YES, "they don't send it") if required[1] else (NO, "they need not send it")
            rule = "required-added" if required[1] else "added"
            yield here.shift(rule, "it is new", SAME, servers, one.pointer, new.pointer)
        elif new is None and old is not None:
            clients: tuple[Grade, str] = (YES, "they count on it") if required[0] else (MAYBE, "they may look for it")
            yield here.shift("removed", "it is gone", clients, SAME, old.pointer, other.pointer)
        elif old is not None and new is not None:
            if required[0] != required[1]:
                yield requirement(required[1], here, old.pointer, new.pointer)
            yield from deprecation(old, new, here)
            yield from here.shifts(schema_changes(schema_of(old), schema_of(new), setting.travel))


def _by_name(headers: Spot | None) -> dict[str, Spot]:
    return {name.lower(): spot for name, spot in headers.items()} if headers is not None else {}


def _at(spot: Json) -> str | None:
    return spot.pointer if spot is not None else None
