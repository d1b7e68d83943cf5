"""A value that fits a schema, drawn from a chance: the same schema and chance give the same value.

Small on purpose: what it draws is held against the schema by whoever asks, and drawn again if it doesn't fit. Optional
properties come and go; what nests deep keeps to what is required, so that schemas that refer to themselves end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mockserver.contract.invent_text import matches, text_like
from mockserver.contract.spot import Spot, escape
from mockserver.core.chance import Chance
from mockserver.core.text import Json

_DEEP: Final = 6
_FIRST_DAY: Final = 1_577_836_800  # 2020-01-01, in Unix seconds
_YEARS: Final = 10 * 31_557_600
_WORDS: Final = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "haven",
    "inlet",
    "jade",
    "knoll",
    "lark",
)


def invent(schema: Spot, chance: Chance, depth: int = 0) -> Json:
    """A value for a schema. Raises DocumentError for a reference to nothing."""
    said = _flat(schema, chance)
    if said is None:
        return chance.choice(_WORDS)
    if "const" in said:
        return said["const"]
    if "enum" in said:
        return chance.choice(said["enum"])
    kind = _type(said, chance)
    return _KINDS[kind](said, schema.root, chance, depth)


def _flat(schema: Spot, chance: Chance) -> dict[str, Json] | None:
    """The schema with what it refers to and is composed of as one; of alternatives one is chosen. None for `true`.

    Each property is a list of places: all schemas that speak of it.
    """
    if not isinstance(schema.value, dict):
        return None
    said: dict[str, Json] = {}
    for part in _parts(schema, chance, 0):
        for name, value in part.value.items():
            if name == "properties" and isinstance(value, dict):
                for key in value:
                    said.setdefault("properties", {}).setdefault(key, []).append(
                        f"{part.pointer}/properties/{escape(key)}"
                    )
            elif name == "items":
                said.setdefault("items", f"{part.pointer}/items")
            elif name == "required" and isinstance(value, list):
                said["required"] = [*said.get("required", []), *value]
            elif name == "type" and "type" in said:
                both = [each for each in _listed(said["type"]) if each in _listed(value)]
                said["type"] = both or value
            elif name in _TIGHTER and name in said:
                said[name] = _TIGHTER[name](said[name], value)
            else:
                said.setdefault(name, value)
    return said


_TIGHTER: Final[Mapping[str, Callable[[Json, Json], Json]]] = {
    **dict.fromkeys(("minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"), max),
    **dict.fromkeys(("maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"), min),
    "enum": lambda one, other: [value for value in one if value in other] or one,
}


def _parts(schema: Spot, chance: Chance, depth: int) -> Iterator[Spot]:
    """The schema, what it refers to, every part of `allOf`, and one of each `oneOf` and `anyOf`."""
    if not isinstance(schema.value, dict) or depth > _DEEP * 4:
        return
    yield schema
    if "$ref" in schema.value:
        yield from _parts(schema.followed(), chance, depth + 1)
    listed = schema.value.get("allOf")
    for index in range(len(listed)) if isinstance(listed, list) else ():
        part = schema.at("allOf", index)
        if part is not None:
            yield from _parts(part, chance, depth + 1)
    for name in ("oneOf", "anyOf"):
        branches = schema.value.get(name)
        if isinstance(branches, list) and branches:
            part = schema.at(name, chance.below(len(branches)))
            if part is not None:
                yield from _parts(part, chance, depth + 1)


def _type(said: Mapping[str, Json], chance: Chance) -> str:
    known = [each for each in _listed(said.get("type")) if each in _KINDS]
    if not known:
        return next((kind for key, kind in _TELLING.items() if key in said), "string")
    solid = [each for each in known if each != "null"]
    if solid and not (len(solid) < len(known) and chance.below(6) == 0):
        kind: str = chance.choice(solid)
        return kind
    return "null"


_TELLING: Final = {"properties": "object", "required": "object", "items": "array", "minimum": "number"}


def _object(said: Mapping[str, Json], root: Json, chance: Chance, depth: int) -> Json:
    required = said.get("required", [])
    found: dict[str, Json] = {}
    for name, places in said.get("properties", {}).items():
        spots = [Spot.of(root, place) for place in places]
        if any(isinstance(spot.followed().value, dict) and spot.followed().value.get("writeOnly") for spot in spots):
            continue
        own = chance.child(name)
        if name in required or (depth < _DEEP and own.below(4)):
            found[name] = _together(spots, root, own, depth)
    for name in required:
        if name not in found and name not in said.get("properties", {}):
            found[name] = chance.child(name).choice(_WORDS)
    return found


def _together(spots: list[Spot], root: Json, chance: Chance, depth: int) -> Json:
    """A value for a property that several schemas speak of."""
    if len(spots) == 1:
        return invent(spots[0], chance, depth + 1)
    joined = {**root, _JOINED: {"allOf": [{"$ref": f"#{spot.pointer}"} for spot in spots]}}
    return invent(Spot.of(joined, f"/{_JOINED}"), chance, depth + 1)


_JOINED: Final = "x-mockserver-joined"


def _array(said: Mapping[str, Json], root: Json, chance: Chance, depth: int) -> Json:
    least = said.get("minItems", 0)
    most = min(said.get("maxItems", least + 3), least + 3)
    count = least if depth > _DEEP else chance.between(max(least, min(1, most)), max(most, least))
    place = said.get("items")
    found: list[Json] = []
    for index in range(count):
        own = chance.child(index)
        item = own.choice(_WORDS) if place is None else invent(Spot.of(root, place), own, depth + 1)
        if not (said.get("uniqueItems") and item in found):
            found.append(item)
    return found


def _integer(said: Mapping[str, Json], root: Json, chance: Chance, depth: int) -> Json:
    low, high = _bounds(said)
    low, high = math.ceil(low), math.floor(high)
    low += said.get("exclusiveMinimum") == low
    high -= said.get("exclusiveMaximum") == high
    step = said.get("multipleOf")
    if isinstance(step, int) and step > 0:
        return -(-low // step) * step + step * chance.between(0, max(high // step - -(-low // step), 0))
    return chance.between(low, max(low, high))


def _number(said: Mapping[str, Json], root: Json, chance: Chance, depth: int) -> Json:
    low, high = _bounds(said)
    # Two decimals are enough for anybody; the middle keeps clear of bounds that are excluded.
    drawn = round(low + (high - low) * (0.02 + 0.96 * chance.unit()), 2)
    step = said.get("multipleOf")
    return round(drawn / step) * step if isinstance(step, (int, float)) and step > 0 else drawn


def _bounds(said: Mapping[str, Json]) -> tuple[float, float]:
    lows = [said[name] for name in ("minimum", "exclusiveMinimum") if _is_number(said.get(name))]
    highs = [said[name] for name in ("maximum", "exclusiveMaximum") if _is_number(said.get(name))]
    low = max(lows) if lows else min(0, min(highs, default=0) - 1_000 if highs and min(highs) < 0 else 0)
    return low, min(highs) if highs else low + 1_000


def _string(said: Mapping[str, Json], root: Json, chance: Chance, depth: int) -> Json:
    least, most = said.get("minLength", 0), said.get("maxLength")
    pattern = said.get("pattern")
    if said.get("format") in _FORMATS:
        text = _FORMATS[said["format"]](chance)
        if pattern is None or matches(pattern, text):
            return text
    if pattern is not None:
        return text_like(pattern, chance)
    text = chance.choice(_WORDS)
    while len(text) < least:
        text += f" {chance.choice(_WORDS)}"
    return text if most is None or len(text) <= most else chance.base36(most)


def _date_time(chance: Chance) -> str:
    from datetime import UTC, datetime  # only ever needed for a document that has dates

    at = datetime.fromtimestamp(_FIRST_DAY + chance.below(_YEARS), UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{chance.below(1000):03d}Z"


_FORMATS: Final[Mapping[str, Callable[[Chance], str]]] = {
    "date-time": _date_time,
    "date": lambda chance: _date_time(chance)[:10],
    "time": lambda chance: _date_time(chance)[11:],
    "uuid": lambda chance: chance.uuid(),
    "uri": lambda chance: f"https://example.com/{chance.choice(_WORDS)}/{chance.base36(8)}",
    "url": lambda chance: f"https://example.com/{chance.choice(_WORDS)}/{chance.base36(8)}",
    "uri-reference": lambda chance: f"/{chance.choice(_WORDS)}/{chance.base36(8)}",
    "email": lambda chance: f"{chance.choice(_WORDS)}.{chance.base36(4)}@example.com",
    "hostname": lambda chance: f"{chance.choice(_WORDS)}.example.com",
    "ipv4": lambda chance: f"192.0.2.{chance.between(1, 254)}",
    "ipv6": lambda chance: f"2001:db8::{chance.hex(4)}",
    "byte": lambda chance: "bW9jaw==",
}

_KINDS: Final[Mapping[str, Callable[[Mapping[str, Json], Json, Chance, int], Json]]] = {
    "object": _object,
    "array": _array,
    "integer": _integer,
    "number": _number,
    "string": _string,
    "boolean": lambda said, root, chance, depth: chance.below(2) == 1,
    "null": lambda said, root, chance, depth: None,
}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
