"""A document's schemas as plain JSON Schema 2020-12, for one direction of travel.

OpenAPI says more than JSON Schema checks: readOnly and writeOnly, number formats, and 3.0's `nullable`. Those are
spelled out here as ordinary keywords; each stands for a place in the document, and `said` remembers which. Pointers
into the derived schemas are the document's own.

The rule for readOnly and writeOnly: such a property may not travel the wrong way (readOnly in a request, writeOnly in
a reply) and is then not required either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from mockserver.contract.spot import Spot, target
from mockserver.core.text import Json

Direction = Literal["request", "reply"]

SCHEMA: Final = frozenset(
    (
        "additionalProperties",
        "unevaluatedProperties",
        "unevaluatedItems",
        "propertyNames",
        "items",
        "contains",
        "not",
        "if",
        "then",
        "else",
    )
)
SCHEMA_LIST: Final = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
SCHEMA_MAP: Final = frozenset(("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"))
_INLINE: Final = frozenset(("allOf", "anyOf", "oneOf", "then", "else"))
# What is left out says nothing about a value: titles, examples, extensions. `$id` would move the references' root.
_ASSERTIONS: Final = frozenset(
    (
        "$ref",
        "type",
        "enum",
        "const",
        "format",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "minContains",
        "maxContains",
        "maxProperties",
        "minProperties",
        "dependentRequired",
    )
)
_LARGEST_FLOAT: Final = 3.4028234663852886e38
_LARGEST_DOUBLE: Final = 1.7976931348623157e308
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float": (-_LARGEST_FLOAT, _LARGEST_FLOAT),
    "double": (-_LARGEST_DOUBLE, _LARGEST_DOUBLE),
}
# Where in the derived schemas it is written what JSON values there are: all but NaN and the infinities.
FINITE: Final = "x-mockserver-finite"
_ANY_JSON: Final = {"$ref": f"#/{FINITE}"}
_FINITE_SCHEMA: Final = {
    "type": ["null", "boolean", "object", "array", "number", "string"],
    "items": _ANY_JSON,
    "additionalProperties": _ANY_JSON,
}
_COVERING: Final = frozenset(("$ref", "allOf", "anyOf", "oneOf", "enum", "const"))
_MARK: Final[dict[Direction, str]] = {"request": "readOnly", "reply": "writeOnly"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a spelled-out keyword stands for: the rule's name and its pointer in the document."""

    rule: str
    pointer: str


@dataclass(slots=True)
class Derived:
    """Schemas reachable from one, at their own pointers in `resource`. `said` is keyed by pointer.

    `covered` says that no value fits which has a number in it that JSON can't spell.
    """

    resource: dict[str, Json]
    said: dict[str, Said] = field(default_factory=dict)
    covered: bool = True


def derive(schema: Spot, direction: Direction, *, cover: bool = True) -> Derived:
    """The schema and all it refers to. Raises DocumentError for a reference to nothing or out of the document.

    Without `cover` it says nothing of numbers that JSON can't spell.
    """
    try:
        return _Derivation(schema.root, direction, cover=cover).run(schema.pointer)
    except _Unevaluated:
        return _Derivation(schema.root, direction, cover=False).run(schema.pointer)


class _Unevaluated(Exception):
    """The schemas use `unevaluatedProperties` or `unevaluatedItems`, which see every keyword that is added."""


class _Derivation:
    def __init__(self, root: Json, direction: Direction, cover: bool) -> None:
        self._root = root
        self._mark = _MARK[direction]
        self._old = str(root.get("openapi", "")).startswith("3.0")
        self._wanted: list[str] = []
        self._cover = cover
        self._out = Derived({FINITE: _FINITE_SCHEMA}, covered=cover)

    def run(self, pointer: str) -> Derived:
        self._wanted.append(pointer)
        done: set[str] = set()
        while self._wanted:
            wanted = self._wanted.pop()
            if wanted not in done:
                done.add(wanted)
                _place(self._out.resource, wanted, self._schema(Spot.of(self._root, wanted), frozenset()))
        return self._out

    def _schema(self, spot: Spot, hidden: frozenset[str]) -> Json:
        schema = spot.value
        if not isinstance(schema, dict):
            return _ANY_JSON if schema is True and self._cover else schema
        if "$ref" in schema:
            self._wanted.append(target(schema["$ref"], spot.pointer))
            if self._old:
                return {"$ref": schema["$ref"]}
        hidden |= frozenset(hidden_names(spot, self._mark))
        out: dict[str, Json] = {}
        for key, value in schema.items():
            if key in SCHEMA:
                out[key] = self._child(spot, key, hidden if key in _INLINE else frozenset())
            elif key in SCHEMA_LIST and isinstance(value, list):
                out[key] = [
                    self._nested(spot, key, index, hidden if key in _INLINE else frozenset())
                    for index in range(len(value))
                ]
            elif key in SCHEMA_MAP and isinstance(value, dict):
                out[key] = {name: self._member(spot, key, name) for name in value}
            elif key == "required" and isinstance(value, list):
                out[key] = [name for name in value if name not in hidden]
            elif key in _ASSERTIONS:
                out[key] = value
        if self._old:
            _modernise(out, schema)
        self._add_range(spot, out)
        if self._cover:
            _cover(out)
        return out

    def _child(self, spot: Spot, key: str, hidden: frozenset[str]) -> Json:
        child = spot.child(key)
        return self._schema(child, hidden) if child else None

    def _nested(self, spot: Spot, key: str, index: int, hidden: frozenset[str]) -> Json:
        listed = spot.child(key)
        child = listed.child(index) if listed else None
        return self._schema(child, hidden) if child else None

    def _member(self, spot: Spot, key: str, name: str) -> Json:
        listed = spot.child(key)
        child = listed.child(name) if listed else None
        if child is None:
            return None
        out = self._schema(child, frozenset())
        marked = marked_at(child, self._mark) if key == "properties" else None
        if marked is not None and isinstance(out, dict):
            self._append(child.pointer, out, False, Said(self._mark, marked))
        return out

    def _add_range(self, spot: Spot, out: dict[str, Json]) -> None:
        limits = _RANGES.get(str(out.get("format")))
        if limits is not None:
            del out["format"]
            rule = {"minimum": limits[0], "maximum": limits[1]}
            self._append(spot.pointer, out, rule, Said("format", f"{spot.pointer}/format"))

    def _append(self, pointer: str, out: dict[str, Json], rule: Json, said: Said) -> None:
        out["allOf"] = [*out.get("allOf", ()), rule]
        self._out.said[f"{pointer}/allOf/{len(out['allOf']) - 1}"] = said


def parts_of(schema: Spot) -> Iterator[Spot]:
    """A schema and the schemas that hold together with it: through `$ref` and `allOf`, each once."""
    waiting, seen = [schema], set()
    while waiting:
        spot = waiting.pop()
        if spot.pointer in seen or not isinstance(spot.value, dict):
            continue
        seen.add(spot.pointer)
        yield spot
        listed = spot.child("allOf")
        if listed is not None and isinstance(listed.value, list):
            waiting += [child for index in reversed(range(len(listed.value))) if (child := listed.child(index))]
        if isinstance(spot.value.get("$ref"), str):
            waiting.append(Spot.of(spot.root, target(spot.value["$ref"], spot.pointer)))


def marked_at(schema: Spot, mark: str) -> str | None:
    """Where a schema is marked readOnly or writeOnly, or None."""
    for part in parts_of(schema):
        if part.value.get(mark) is True:
            return f"{part.pointer}/{mark}"
    return None


def hidden_names(schema: Spot, mark: str) -> Iterator[str]:
    """The properties of a schema that carry the mark."""
    for part in parts_of(schema):
        properties = part.child("properties")
        if properties is not None and isinstance(properties.value, dict):
            for name in properties.value:
                child = properties.child(name)
                if child is not None and marked_at(child, mark):
                    yield name


def _cover(out: dict[str, Json]) -> None:
    """Let no NaN or infinity through where the schema leaves a value open; elsewhere the validator refuses them."""
    if out.keys() & {"unevaluatedProperties", "unevaluatedItems"}:
        raise _Unevaluated
    types = out.get("type")
    if types is None:
        if not out.keys() & _COVERING:
            out.update(_ANY_JSON)
        return
    if types == "object" or "object" in types:
        out.setdefault("additionalProperties", _ANY_JSON)
    if types == "array" or "array" in types:
        out.setdefault("items", _ANY_JSON)


def _modernise(out: dict[str, Json], schema: dict[str, Json]) -> None:
    """OpenAPI 3.0 keywords as 2020-12 has them."""
    if schema.get("nullable") is True and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
        if isinstance(out.get("enum"), list) and None not in out["enum"]:
            out["enum"] = [*out["enum"], None]
    for exclusive, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        strict = out.get(exclusive)
        if isinstance(strict, bool):
            del out[exclusive]
            if strict and limit in out:
                out[exclusive] = out.pop(limit)


def _place(resource: dict[str, Json], pointer: str, schema: Json) -> None:
    """Put a schema at its pointer; what is there already as a part of a larger schema stays."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    node: Json = resource
    for part in parts[:-1]:
        if isinstance(node, list):
            node = node[int(part)]
            continue
        node = node.setdefault(part, {})
    if not parts:
        resource.update(schema)
    elif isinstance(node, dict):
        node[parts[-1]] = schema
