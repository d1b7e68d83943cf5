"""A whole: all schemas that hold of a value at once, through `$ref` and `allOf`, read as one.

Works on derived schemas (`contract.dialect`), which have no `nullable`, no readOnly and no annotations any more.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mockserver.contract.spot import Spot, target
from mockserver.core.text import Json

# The types of JSON Schema, but for `number`: it is integers and fractions.
KINDS: Final = frozenset(("null", "boolean", "integer", "fraction", "string", "array", "object"))
NUMBERS: Final = frozenset(("integer", "fraction"))
_TYPES: Final[Mapping[str, frozenset[str]]] = {
    **{kind: frozenset((kind,)) for kind in KINDS - {"fraction"}},
    "number": NUMBERS,
}


@dataclass(frozen=True, slots=True)
class Told:
    """A keyword's value, and the pointer of the keyword."""

    value: Json
    pointer: str


class Whole:
    """Compared by the pointers of its parts, `key`. `never` says where it is forbidden, if it is.

    `mark` tells it from a whole of the same parts that has something more or less.
    """

    def __init__(self, spots: Iterable[Spot], mark: str = "") -> None:
        self.spots = tuple(spots)
        self.parts: list[Spot] = []
        self.forbidden: Spot | None = None
        seen: set[str] = set()
        waiting = list(reversed(self.spots))
        while waiting:
            spot = waiting.pop()
            if spot.pointer in seen:
                continue
            seen.add(spot.pointer)
            if spot.value is False:
                self.forbidden = self.forbidden or spot
            if not isinstance(spot.value, dict):
                continue
            if spot.value:
                self.parts.append(spot)
            waiting += reversed(list(_listed(spot, "allOf")))
            if isinstance(spot.value.get("$ref"), str):
                waiting.append(Spot.of(spot.root, target(spot.value["$ref"], spot.pointer)))
        self.never = self.forbidden.pointer if self.forbidden is not None else None
        self.key = (
            tuple(spot.pointer for spot in self.parts) + ((self.never,) if self.never is not None else ()) + (mark,)
        )

    @property
    def pointer(self) -> str | None:
        """Where it is written, None if nothing is said of it."""
        return self.spots[0].pointer if self.spots else None

    @property
    def body(self) -> str | None:
        """Where it says something itself: a bare reference to it leads there."""
        own = (part.pointer for part in self.parts if part.value.keys() - {"$ref", "allOf"})
        return next(own, self.pointer)

    @property
    def open(self) -> bool:
        """Whether it says nothing at all."""
        return self.never is None and not self.parts

    def told(self, keyword: str) -> list[Told]:
        """Every value of a keyword that all hold together."""
        return [Told(part.value[keyword], f"{part.pointer}/{keyword}") for part in self.parts if keyword in part.value]

    def inner(self, keyword: str) -> Whole:
        """The schemas under a keyword, as one."""
        return Whole(child for part in self.parts if (child := part.child(keyword)) is not None)

    def lists(self, keyword: str) -> list[tuple[Spot, ...]]:
        """The alternatives of each `anyOf` or `oneOf`."""
        return [tuple(_listed(part, keyword)) for part in self.parts if isinstance(part.value.get(keyword), list)]

    @cached_property
    def types(self) -> frozenset[str]:
        """The kinds that `type` lets through."""
        found = KINDS if self.never is None else frozenset()
        for told in self.told("type"):
            names = told.value if isinstance(told.value, list) else [told.value]
            found &= frozenset().union(*(_TYPES.get(name, frozenset()) for name in names if isinstance(name, str)))
        return found

    @cached_property
    def values(self) -> dict[str, Json] | None:
        """What `enum` and `const` let through of these types, by their spelling; None for anything."""
        listed = [told.value for told in self.told("enum") if isinstance(told.value, list)]
        listed += [[told.value] for told in self.told("const")]
        if not listed:
            return None
        keyed = [{spelled(value): value for value in values} for values in listed]
        return {
            key: value
            for key, value in keyed[0].items()
            if kind_of(value) in self.types and all(key in other for other in keyed)
        }

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds that `type`, `enum` and `const` together let through."""
        return self.types if self.values is None else frozenset(map(kind_of, self.values.values()))

    @cached_property
    def names(self) -> list[str]:
        """The properties it names, in order."""
        return list(dict.fromkeys(name for told in self.told("properties") for name in told.value or ()))

    @cached_property
    def required(self) -> dict[str, str]:
        """What has to be there, with the pointer of the list that says so."""
        lists = (told for told in self.told("required") if isinstance(told.value, list))
        return {name: told.pointer for told in reversed(list(lists)) for name in told.value}

    @cached_property
    def patterns(self) -> list[str]:
        """The patterns of property names it has schemas for."""
        return list(dict.fromkeys(name for told in self.told("patternProperties") for name in told.value or ()))

    def property(self, name: str) -> Whole:
        """What holds of a property of this name."""
        found: list[Spot] = []
        evaluated = False
        for part in self.parts:
            own = list(_property(part, name))
            evaluated = evaluated or bool(own)
            found += own or [child for child in (part.child("additionalProperties"),) if child is not None]
            evaluated = evaluated or "additionalProperties" in part.value
        if not evaluated:
            found += self.inner("unevaluatedProperties").spots
        return Whole(found)

    def pattern(self, pattern: str) -> Whole:
        listed = (part.child("patternProperties") for part in self.parts)
        return Whole(child for spot in listed if spot is not None and (child := spot.child(pattern)) is not None)

    def others(self) -> Whole:
        """What holds of a property that no name and no pattern stands for."""
        found = [child for part in self.parts if (child := part.child("additionalProperties")) is not None]
        return Whole(found or self.inner("unevaluatedProperties").spots)

    def item(self, index: int) -> Whole:
        """What holds of the item at an index."""
        found: list[Spot | None] = []
        for part in self.parts:
            first = list(_listed(part, "prefixItems"))
            found.append(first[index] if index < len(first) else part.child("items"))
        return Whole(spot for spot in found if spot is not None)

    @cached_property
    def prefix(self) -> int:
        """How many items have schemas of their own."""
        return max((len(told.value) for told in self.told("prefixItems") if isinstance(told.value, list)), default=0)

    def without(self, keyword: str, alternatives: tuple[Spot, ...]) -> list[Spot]:
        """Its parts with one list of alternatives left out: what holds beside them."""
        place = alternatives[0].pointer.rpartition("/")[0] if alternatives else ""
        # Parts are flat: what forbids everything may have been one of an `allOf`.
        rest = [spot for spot in (self.forbidden,) if spot is not None]
        for part in self.parts:
            hidden = {"allOf", "$ref"} | ({keyword} if f"{part.pointer}/{keyword}" == place else set())
            rest.append(Spot(part.root, part.pointer, {k: v for k, v in part.value.items() if k not in hidden}))
        return rest


def _listed(spot: Spot, keyword: str) -> Iterator[Spot]:
    listed = spot.child(keyword)
    if listed is not None and isinstance(listed.value, list):
        yield from (child for index in range(len(listed.value)) if (child := listed.child(index)) is not None)


def _property(part: Spot, name: str) -> Iterator[Spot]:
    properties = part.child("properties")
    own = properties.child(name) if properties is not None else None
    if own is not None:
        yield own
    patterns = part.child("patternProperties")
    for pattern in patterns.value if patterns is not None and isinstance(patterns.value, dict) else ():
        child = patterns.child(pattern) if patterns is not None else None
        if child is not None and matches(pattern, name):
            yield child


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text; one that Python can't read is taken to be."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True


def kind_of(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) or value.is_integer() else "fraction"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def spelled(value: Json) -> str:
    """The same text for values that JSON Schema holds equal, and only for them."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Json) -> Json:
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else value
