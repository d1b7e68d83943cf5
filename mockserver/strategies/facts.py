"""What has to hold of one value: the schemas that hold together, read as one record, and a record for each alternative.

Knows JSON Schema 2020-12 as `contract.dialect` derives it. What no record says (`not`, `if`, that only one alternative
may fit, ...) is left to the contract's own check.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product
from typing import Final, TypeVar

from mockserver.contract.dialect import FINITE, Derived, Direction, Said, derive
from mockserver.contract.spot import Spot, escape, target
from mockserver.contract.words import kind
from mockserver.core.text import Json, resolve
from mockserver.strategies.source import ecma

# Pointers of schemas that all hold for the value; empty: anything goes.
Key = tuple[str, ...]

ANY: Final = f"/{FINITE}"
KINDS: Final = ("null", "boolean", "integer", "fraction", "string", "array", "object")
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    **{name: frozenset((name,)) for name in KINDS},
    "number": frozenset(("integer", "fraction")),
}
# Keywords that only say something of one kind: a schema without `type` that uses them means that kind.
_IMPLIED: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("properties", "required", "minProperties", "maxProperties", "propertyNames"), _KINDS["object"]),
    **dict.fromkeys(("additionalProperties", "patternProperties", "dependentRequired"), _KINDS["object"]),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"), _KINDS["array"]),
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), _KINDS["string"]),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _KINDS["number"]),
}
# More combinations of alternatives than this are not looked at one by one.
_MOST: Final = 48


@dataclass(slots=True)
class Facts:
    """Everything that has to hold at once. `kinds` are JSON types, numbers told apart into integers and fractions."""

    parts: Key
    kinds: frozenset[str] = frozenset(KINDS)
    enum: tuple[Json, ...] | None = None
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    steps: tuple[float, ...] = ()
    shortest: int = 0
    longest: int | None = None
    patterns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    fewest: int = 0
    most: int | None = None
    unique: bool = False
    prefix: tuple[Key, ...] = ()
    items: Key = ()
    properties: dict[str, Key] = field(default_factory=dict)
    patterned: tuple[tuple[str, str], ...] = ()
    required: dict[str, None] = field(default_factory=dict)
    further: Key | None = ()
    fewest_properties: int = 0
    most_properties: int | None = None
    depends: tuple[tuple[str, tuple[str, ...]], ...] = ()
    never: bool = False

    @property
    def optional(self) -> list[str]:
        return [name for name in self.properties if name not in self.required]

    def child(self, name: str) -> Key | None:
        """The schemas of a property; None when there may not be one."""
        if name in self.properties:
            return self.properties[name]
        found = tuple(pointer for pattern, pointer in self.patterned if re.search(ecma(pattern), name))
        return found or self.further


class Grammar:
    """One schema of a document and all it refers to, for one direction. Raises DocumentError for a bad reference."""

    def __init__(self, schema: Spot, direction: Direction) -> None:
        self.schema = schema
        self._derived: Derived = derive(schema, direction)
        self._facts: dict[Key, tuple[Facts, ...]] = {}
        self._sure: dict[Key, Facts] = {}
        self.start: Key = (schema.pointer,)

    def at(self, pointer: str) -> Json:
        """The derived schema under a pointer of the document."""
        return resolve(self._derived.resource, pointer)

    @cached_property
    def said(self) -> Mapping[str, Said]:
        """What spelled-out keywords stand for, by pointer."""
        return self._derived.said

    def facts(self, key: Key) -> tuple[Facts, ...]:
        """A record for each alternative the schemas leave, in document order, impossible ones left out."""
        found = self._facts.get(key)
        if found is None:
            grown = islice(self._grow(key, ()), _MOST)
            found = self._facts[key] = tuple(
                facts for parts in grown if not (facts := self._read(parts)).never and facts.kinds
            )
        return found

    def sure(self, key: Key) -> Facts:
        """What holds whichever alternative is taken."""
        if key not in self._sure:
            self._sure[key] = self._read(next(self._grow(key, (), alternatives=False)))
        return self._sure[key]

    def without(self, key: Key, pointer: str) -> Facts:
        """What holds when one of the schemas is left out of account."""
        parts = next(self._grow(key, ()))
        return self._read(tuple(part for part in parts if part != pointer))

    def _grow(self, waiting: Key, done: Key, alternatives: bool = True) -> Iterator[Key]:
        """The schemas that hold together, through `$ref` and `allOf`; once for each choice of alternatives."""
        if not waiting:
            yield done
            return
        pointer, rest = waiting[0], waiting[1:]
        if pointer in done or pointer == ANY:
            yield from self._grow(rest, done, alternatives)
            return
        schema = self.at(pointer)
        more: Key = ()
        choices: list[list[Key]] = []
        if isinstance(schema, dict):
            more += (target(schema["$ref"], pointer),) if "$ref" in schema else ()
            more += tuple(f"{pointer}/allOf/{index}" for index in range(len(schema.get("allOf", ()))))
            if alternatives:
                choices = list(_choices(schema, pointer))
        for chosen in product(*choices):
            yield from self._grow(
                (*more, *(one for key in chosen for one in key), *rest), (*done, pointer), alternatives
            )

    def _read(self, parts: Key) -> Facts:
        facts = Facts(parts)
        schemas = [(pointer, self.at(pointer)) for pointer in parts]
        stated = implied = False
        hint: frozenset[str] = frozenset()
        for pointer, schema in schemas:
            if schema is False:
                facts.never = True
            if not isinstance(schema, dict):
                continue
            stated |= "type" in schema
            for keyword in schema.keys() & _IMPLIED.keys():
                implied, hint = True, hint | _IMPLIED[keyword]
            _add_scalar(facts, schema)
            _add_array(facts, schema, pointer)
            _add_object(facts, schema, pointer)
        for pointer, schema in schemas:
            if isinstance(schema, dict):
                _narrow(facts, schema, pointer)
        if facts.enum is not None:
            facts.enum = tuple(value for value in facts.enum if kinds_of(value) & facts.kinds)
            facts.never |= not facts.enum
        elif not stated and implied:
            facts.kinds &= hint
        if _holds_no_integer(facts):
            facts.kinds -= _KINDS["integer"]
        return facts


def kinds_of(value: Json) -> frozenset[str]:
    """The kind of a value; 1.0 is an integer, as JSON Schema counts."""
    name = kind(value)
    if name == "number":
        return _KINDS["integer" if value == value // 1 else "fraction"]
    return _KINDS[name]


def _holds_no_integer(facts: Facts) -> bool:
    """Whether no integer lies within the bounds."""
    lows = [math.ceil(facts.low)] if facts.low is not None else []
    lows += [math.floor(facts.above) + 1] if facts.above is not None else []
    highs = [math.floor(facts.high)] if facts.high is not None else []
    highs += [math.ceil(facts.below) - 1] if facts.below is not None else []
    return bool(lows and highs) and max(lows) > min(highs)


def _choices(schema: dict[str, Json], pointer: str) -> Iterator[list[Key]]:
    for keyword in ("oneOf", "anyOf"):
        if isinstance(schema.get(keyword), list):
            yield [(f"{pointer}/{keyword}/{index}",) for index in range(len(schema[keyword]))]
    if "if" in schema and ("then" in schema or "else" in schema):
        met = (f"{pointer}/if", *((f"{pointer}/then",) if "then" in schema else ()))
        yield [met, (f"{pointer}/else",) if "else" in schema else ()]


def _add_scalar(facts: Facts, schema: dict[str, Json]) -> None:
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        facts.kinds &= frozenset().union(*(_KINDS.get(name, frozenset()) for name in names))
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        known = facts.enum
        facts.enum = tuple(values if known is None else (value for value in known if value in values))
    facts.low = _largest(facts.low, schema.get("minimum"))
    facts.above = _largest(facts.above, schema.get("exclusiveMinimum"))
    facts.high = _smallest(facts.high, schema.get("maximum"))
    facts.below = _smallest(facts.below, schema.get("exclusiveMaximum"))
    facts.steps += (schema["multipleOf"],) if "multipleOf" in schema else ()
    facts.shortest = max(facts.shortest, schema.get("minLength", 0))
    facts.longest = _smallest(facts.longest, schema.get("maxLength"))
    facts.patterns += (schema["pattern"],) if "pattern" in schema else ()
    facts.formats += (schema["format"],) if "format" in schema else ()


def _add_array(facts: Facts, schema: dict[str, Json], pointer: str) -> None:
    facts.fewest = max(
        facts.fewest, schema.get("minItems", 0), schema.get("minContains", 1) if "contains" in schema else 0
    )
    facts.most = _smallest(facts.most, schema.get("maxItems"))
    facts.unique |= schema.get("uniqueItems") is True
    prefix = [(f"{pointer}/prefixItems/{index}",) for index in range(len(schema.get("prefixItems", ())))]
    facts.prefix = tuple(prefix) or facts.prefix
    if "contains" in schema:
        facts.items += (f"{pointer}/contains",)
    if "items" in schema:
        if schema["items"] is False:
            facts.most = _smallest(facts.most, len(prefix))
        facts.items += (f"{pointer}/items",)


def _add_object(facts: Facts, schema: dict[str, Json], pointer: str) -> None:
    for name in schema.get("properties", ()):
        facts.properties.setdefault(name, ())
    facts.required.update(dict.fromkeys(schema.get("required", ())))
    facts.patterned += tuple(
        (pattern, f"{pointer}/patternProperties/{escape(pattern)}") for pattern in schema.get("patternProperties", ())
    )
    facts.fewest_properties = max(facts.fewest_properties, schema.get("minProperties", 0))
    facts.most_properties = _smallest(facts.most_properties, schema.get("maxProperties"))
    needs = schema.get("dependentRequired", {})
    facts.depends += tuple((name, tuple(others)) for name, others in needs.items())


def _narrow(facts: Facts, schema: dict[str, Json], pointer: str) -> None:
    """The schemas each property has to fit, once all names are known."""
    own, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    more = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    for name in {**facts.properties, **facts.required}:
        pointers: Key = (f"{pointer}/properties/{escape(name)}",) if name in own else ()
        pointers += tuple(
            f"{pointer}/patternProperties/{escape(pattern)}" for pattern in patterns if re.search(ecma(pattern), name)
        )
        if not pointers and "additionalProperties" in schema:
            pointers = (f"{pointer}/additionalProperties",)
        facts.properties[name] = facts.properties.get(name, ()) + pointers
    if more is False:
        facts.further = None
    elif facts.further is not None and isinstance(more, dict) and "additionalProperties" in schema:
        facts.further += (f"{pointer}/additionalProperties",)


def _largest(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else max(one, other)


N = TypeVar("N", int, float)


def _smallest(one: N | None, other: N | None) -> N | None:
    return other if one is None else one if other is None else min(one, other)
