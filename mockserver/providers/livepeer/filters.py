"""The `filters` and `order` of a list: JSON and a comma-separated text, read as the server turns them into SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import ge, gt, le, lt
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote_to_bytes

from mockserver.core.text import Json, Record, TextError, as_javascript, dump, parse
from mockserver.providers.livepeer import v8
from mockserver.providers.livepeer.visit import Refused

Type = Literal["text", "full-text", "int", "boolean"]
Test = Callable[[Record], bool]

_COMPARISONS: Final[Mapping[str, Callable[[Json, Json], bool]]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


class Field(NamedTuple):
    """Where a field is in a document, and how the database compares it."""

    path: tuple[str, ...]
    type: Type = "text"

    def of(self, doc: Record) -> Json:
        value: Json = doc
        for step in self.path:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value


Fields = Mapping[str, Field]


class _Wrong(Exception):
    """What JavaScript prints for the error: class and message."""


class DatabaseError(Refused):
    """The query reached the database, and that refused it."""

    def __init__(self) -> None:
        super().__init__(500, "Internal server error: error")


def read_filters(fields: Fields, text: str | None, node: str) -> list[Test]:
    """The conditions of a `filters` argument, already percent-decoded once. Raises Refused with 400."""
    if not text:
        return []
    try:
        return [test for item in _items(text, node) for test in _tests(fields, item)]
    except _Wrong as error:
        raise Refused(400, f"error parsing filters: {error}") from None


def _items(text: str, node: str) -> list[Json]:
    try:
        decoded = unquote_to_bytes(text).decode() if "%" in text else text
    except UnicodeDecodeError:
        raise _Wrong("URIError: URI malformed") from None
    try:
        items = parse(decoded.encode(errors="surrogatepass"))
    except TextError:
        said = v8.message(decoded, node) or "Unexpected end of JSON input"
        raise _Wrong(f"SyntaxError: {said}") from None
    if not isinstance(items, list):
        raise _Wrong("Error: must be an array")
    return items


def _tests(fields: Fields, item: Json) -> list[Test]:
    if item is None:
        raise _Wrong("TypeError: Cannot read properties of null (reading 'id')")
    if not isinstance(item, dict | list):
        shown = as_javascript(item) if not isinstance(item, str) else item
        raise _Wrong(f"TypeError: Cannot use 'in' operator to search for 'value' in {_text(shown)}")
    name = item.get("id") if isinstance(item, dict) else None
    if isinstance(item, list) or "value" not in item:
        raise _Wrong(f'Error: missing filter value for id "{_printed(name, item)}"')
    field = fields.get(name) if isinstance(name, str) else None
    if field is None:
        raise _Wrong(f'Error: unknown field: "{_printed(name, item)}"')
    return _conditions(field, str(name), item["value"])


def _conditions(field: Field, name: str, value: Json) -> list[Test]:
    if field.type == "boolean":
        if not isinstance(value, bool):
            said = dump(value).decode()
            raise _Wrong(f'Error: expected boolean value for field "{name}", got: {said}')
        return [lambda doc: bool(field.of(doc)) is value]
    if field.type == "full-text":
        wanted = _text(value).lower()
        return [lambda doc: field.of(doc) is not None and wanted in _text(field.of(doc)).lower()]
    if field.type == "int" and isinstance(value, dict):
        return [_comparison(field, key, bound) for key, bound in value.items()]
    return [_equality(field, value)]


def _comparison(field: Field, name: str, bound: Json) -> Test:
    # `eq` is among the server's comparisons, but falls through to the refusal.
    compare = _COMPARISONS.get(name)
    if compare is None:
        raise _Wrong(f'Error: unknown comparison: "{name}"')
    number = _number(bound)
    return lambda doc: field.of(doc) is not None and compare(field.of(doc), number)


def _equality(field: Field, value: Json) -> Test:
    if value is None:
        return lambda doc: False
    if field.type == "int":
        number = _number(value)
        return lambda doc: field.of(doc) == number
    wanted = _text(value)
    return lambda doc: field.of(doc) is not None and _text(field.of(doc)) == wanted


def _number(value: Json) -> Json:
    """A value compared with a number in JSON: the database takes JSON text and nothing else."""
    if isinstance(value, str):
        try:
            value = parse(value.encode(errors="surrogatepass"))
        except TextError:
            raise DatabaseError from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DatabaseError
    return value


def _text(value: Json) -> str:
    return value if isinstance(value, str) else dump(value).decode()


def _printed(name: Json, item: Json) -> str:
    absent = not isinstance(item, dict) or "id" not in item
    return "undefined" if absent else _text(name)


def read_order(fields: Fields, text: str) -> list[tuple[Field, bool]]:
    """The (field, descending) pairs of an `order` argument; what can't be understood is left out."""
    found = []
    for part in text.split(","):
        name, *rest = part.split("-")
        if len(rest) == 1 and name in fields:
            found.append((fields[name], rest[0] == "true"))
    return found


def sort(docs: Sequence[Record], order: Sequence[tuple[Field, bool]]) -> list[Record]:
    """Documents in an order; numbers and booleans that are not there count as 0, texts come last either way."""
    found = list(docs)
    for field, descending in reversed(order):
        if field.type in ("int", "boolean"):
            found.sort(key=lambda doc: field.of(doc) or 0, reverse=descending)
        else:
            there = [doc for doc in found if field.of(doc) is not None]
            there.sort(key=lambda doc: _text(field.of(doc)), reverse=descending)
            found = there + [doc for doc in found if field.of(doc) is None]
    return found
