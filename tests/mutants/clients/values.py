"""Reading the JSON of a reply: what is required and not there, or of another type, is a BadReply that names it."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from mockserver.core.text import Json
from tests.mutants.clients.errors import BadReply

T = TypeVar("T")
Number = (int, float)


def need(record: Json, name: str, kind: type[T] | tuple[type[T], ...]) -> T:
    """A property that must be there."""
    found = maybe(record, name, kind)
    if found is None:
        raise BadReply(f"the reply has no {name}")
    return found


def maybe(record: Json, name: str, kind: type[T] | tuple[type[T], ...]) -> T | None:
    """A property that may be missing or null."""
    if not isinstance(record, dict):
        raise BadReply(f"expected an object with {name}, got {_kind(record)}")
    found = record.get(name)
    if found is None:
        return None
    if kind is int and isinstance(found, float) and found.is_integer():
        found = int(found)  # to JSON 84 and 84.0 are the same number
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        raise BadReply(f"{name} is {_kind(found)}")
    return found


def items(record: Json, name: str) -> list[Json]:
    return need(record, name, list)


def instant(record: Json, name: str) -> datetime | None:
    """An RFC 3339 date and time."""
    text = maybe(record, name, str)
    try:
        return None if text is None else datetime.fromisoformat(text.upper())
    except ValueError:
        raise BadReply(f"{name} is no date and time") from None


def segment(identifier: str) -> str:
    """An id as a part of a path."""
    try:
        return quote(identifier, safe="")
    except UnicodeEncodeError:
        raise BadReply("an id that can't be sent") from None


def _kind(value: Json) -> str:
    return {dict: "an object", list: "a list", str: "a text", bool: "a boolean"}.get(type(value), "a number or null")
