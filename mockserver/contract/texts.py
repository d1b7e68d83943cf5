"""From the text of a parameter, header or form field to the value it spells, as its schema's types allow.

Texts carry no types: `5` is an integer, a number or a text by its schema. Where several readings are possible the one
that fits the schema is taken. The spellings are JSON's; what some language's parser would accept too is not one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

from mockserver.contract.dialect import Direction
from mockserver.contract.schema import Shape
from mockserver.contract.spot import Spot, target
from mockserver.contract.words import kind, shorten, types_in_words
from mockserver.core.text import Json

_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
# Longer integers than this are read as doubles; Python refuses to read digits without end.
_DIGITS: Final = 300


class Unreadable(ValueError):
    """A text that spells no value of its schema. `got` is the text, shortened by who shows it."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(f"expected {expected}, got {shorten(got)!r}")
        self.expected = expected
        self.got = got


class Texts:
    """How texts under one schema are read."""

    def __init__(self, schema: Spot | None, direction: Direction) -> None:
        self.schema = schema
        self._direction = direction

    @cached_property
    def shape(self) -> Shape | None:
        return Shape(self.schema, self._direction) if self.schema else None

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types the schema may allow; empty when it does not say."""
        return frozenset(_types(self.schema)) if self.schema else frozenset()

    @cached_property
    def items(self) -> Texts:
        """How the items of an array are read."""
        return Texts(find_keyword(self.schema, "items"), self._direction)

    def property(self, name: str) -> Texts:
        """How a property of an object is read."""
        return self._properties.get(name) or self._further

    @cached_property
    def _further(self) -> Texts:
        return Texts(find_keyword(self.schema, "additionalProperties"), self._direction)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The properties the schema names."""
        return tuple(self._properties)

    @cached_property
    def _properties(self) -> dict[str, Texts]:
        found: dict[str, Texts] = {}
        for part in _parts(self.schema):
            listed = part.child("properties")
            for name in listed.value if listed and isinstance(listed.value, dict) else ():
                found.setdefault(name, Texts(listed.child(name) if listed else None, self._direction))
        return found

    def scalar(self, text: str) -> Json:
        """The value a text spells. Raises Unreadable."""
        found = list(self._readings(text))
        if not found:
            wanted = [name for name in ("boolean", "integer", "number", "array", "object") if name in self.types]
            raise Unreadable(types_in_words(wanted) or "a value", text)
        return self.choose(found)

    def array(self, texts: list[str]) -> Json:
        return [self.items.scalar(text) for text in texts]

    def object(self, pairs: list[tuple[str, str]]) -> Json:
        return {name: self.property(name).scalar(text) for name, text in pairs}

    def choose(self, readings: Sequence[Json]) -> Json:
        """The first reading that fits the schema, or the first of all."""
        if len(readings) > 1 and self.shape is not None:
            for reading in readings:
                if self.shape.holds(reading):
                    return reading
        return readings[0]

    def first_fitting(self, attempts: Iterable[Callable[[], Json]]) -> Json:
        """As `choose`, of the attempts that succeed. Raises the first one's Unreadable when none does."""
        readings, failure = [], None
        for attempt in attempts:
            try:
                readings.append(attempt())
            except Unreadable as error:
                failure = failure or error
        if not readings and failure is not None:
            raise failure
        return self.choose(readings)

    def _readings(self, text: str) -> Iterator[Json]:
        types = self.types
        if "boolean" in types and text in ("true", "false"):
            yield text == "true"
        if "integer" in types or "number" in types:
            number = read_number(text)
            if number is not None:
                yield number
        if not types or "string" in types:
            yield text


def read_number(text: str) -> int | float | None:
    """The finite number a text spells as JSON would, or None."""
    if len(text) <= _DIGITS and _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        if math.isfinite(number):
            return number
    return None


def _parts(schema: Spot | None) -> Iterator[Spot]:
    """A schema and all it is made of, alternatives too, each once."""
    waiting, seen = [schema] if schema else [], set()
    while waiting:
        spot = waiting.pop()
        if spot.pointer in seen or not isinstance(spot.value, dict):
            continue
        seen.add(spot.pointer)
        yield spot
        for key in ("oneOf", "anyOf", "allOf"):
            listed = spot.child(key)
            if listed is not None and isinstance(listed.value, list):
                waiting += [child for index in reversed(range(len(listed.value))) if (child := listed.child(index))]
        if isinstance(spot.value.get("$ref"), str):
            waiting.append(Spot.of(spot.root, target(spot.value["$ref"], spot.pointer)))


def _types(schema: Spot) -> Iterator[str]:
    for part in _parts(schema):
        said = part.value.get("type")
        if isinstance(said, str):
            yield said
        elif isinstance(said, list):
            yield from said
        elif isinstance(part.value.get("enum"), list):
            yield from map(kind, part.value["enum"])
        elif "const" in part.value:
            yield kind(part.value["const"])
        elif "properties" in part.value:
            yield "object"
        elif "items" in part.value:
            yield "array"


def find_keyword(schema: Spot | None, keyword: str) -> Spot | None:
    """The first schema under a keyword, looked for in everything the schema is made of."""
    for part in _parts(schema):
        child = part.child(keyword)
        if child is not None and isinstance(child.value, dict):
            return child
    return None
