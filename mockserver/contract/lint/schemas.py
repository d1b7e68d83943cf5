"""Schemas by themselves: types, keywords, enumerations, patterns, bounds, and properties required but forbidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Final

import jsonschema_rs

from mockserver.contract.lint.defect import Defect
from mockserver.contract.lint.grammar import KINDS, words
from mockserver.contract.lint.outline import Outline, Site, show
from mockserver.core.text import Json

_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")

# The registry of the OpenAPI Initiative, and JSON Schema 2020-12.
_FORMATS: Final = words(
    """
    base64url binary byte char commonmark date date-time decimal decimal128 double double-int duration email float
    hostname html http-date idn-email idn-hostname int16 int32 int64 int8 ipv4 ipv6 iri iri-reference json-pointer
    media-range password regex relative-json-pointer sf-binary sf-boolean sf-decimal sf-integer sf-string sf-token time
    time-local date-time-local uint16 uint32 uint64 uint8 unixtime uri uri-reference uri-template uuid
    """
)


def _count(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and value == int(value)


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Json) -> bool:
    return isinstance(value, str)


def _flag(value: Json) -> bool:
    return isinstance(value, bool)


def _names(value: Json) -> bool:
    return isinstance(value, list) and all(map(_text, value)) and len(set(value)) == len(value)


_KEYWORDS: Final[dict[str, tuple[Callable[[Json], bool], str]]] = {
    **dict.fromkeys(("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"), (_number, "a number")),
    **dict.fromkeys(
        (
            "maxLength",
            "minLength",
            "maxItems",
            "minItems",
            "maxProperties",
            "minProperties",
            "maxContains",
            "minContains",
        ),
        (_count, "a whole number from 0"),
    ),
    **dict.fromkeys(("readOnly", "writeOnly", "deprecated", "uniqueItems", "nullable"), (_flag, "true or false")),
    **dict.fromkeys(("title", "description", "format", "$id", "$comment", "$anchor"), (_text, "text")),
    "multipleOf": (lambda value: _number(value) and value > 0, "a number above 0"),
    "required": (_names, "a list of different names"),
    "enum": (lambda value: isinstance(value, list), "a list"),
    "pattern": (_text, "text"),
}
_BOUNDS: Final = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minContains", "maxContains"),
)


def schemas(outline: Outline) -> Iterator[Defect]:
    """Every schema, each by itself. Beside a `$ref`, 3.0 ignores everything, so nothing is looked at there."""
    for site in outline.sites:
        if site.kind != "schema" or not isinstance(site.value, dict):
            continue
        if outline.version == "3.0" and "$ref" in site.value:
            continue
        for rule in (_type, _keywords, _enum, _pattern, _bounds, _required, _unknown):
            yield from rule(outline, site)


def _type(outline: Outline, site: Site) -> Iterator[Defect]:
    if "type" not in site.value:
        return
    value, at = site.value["type"], (*site.path, "type")
    old = outline.version == "3.0"
    if isinstance(value, list) and not old:
        if not value or not _names(value):
            yield outline.defect("L203", at, "a list of types must name at least one, each once")
        for index, name in enumerate(value):
            if name not in _TYPES:
                yield outline.defect("L203", (*at, index), f"{show(name)} is no type{_near(name)}")
    elif not isinstance(value, str) or value not in _TYPES or (old and value == "null"):
        yield outline.defect("L203", at, f"{show(value)} is no type{' of 3.0' if old else ''}{_near(value)}")


def _near(name: Json) -> str:
    near = get_close_matches(str(name).lower(), _TYPES, 1) if isinstance(name, str) else []
    return f"; is `{near[0]}` meant?" if near else ""


def _keywords(outline: Outline, site: Site) -> Iterator[Defect]:
    for keyword, (fits, wanted) in _KEYWORDS.items():
        if keyword not in site.value:
            continue
        value = site.value[keyword]
        if outline.version == "3.0" and keyword.startswith("exclusive"):
            fits, wanted = _flag, "true or false in 3.0"
        if not fits(value):
            yield outline.defect("L204", (*site.path, keyword), f"`{keyword}` is {wanted}, not {show(value)}")
    for keyword in ("allOf", "anyOf", "oneOf"):
        if site.value.get(keyword) == []:
            yield outline.defect("L204", (*site.path, keyword), f"`{keyword}` lists at least one schema")


def _enum(outline: Outline, site: Site) -> Iterator[Defect]:
    values = site.value.get("enum")
    if not isinstance(values, list):
        return
    at = (*site.path, "enum")
    if not values:
        yield outline.defect("L205", at, "an empty `enum` allows nothing")
    kinds = site.value.get("type")
    types = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    for index, value in enumerate(values):
        if any(_same(value, other) for other in values[:index]):
            yield outline.defect("L211", (*at, index), f"{show(value)} is listed twice")
        elif (
            types and not any(_of(value, name) for name in types) and not (value is None and site.value.get("nullable"))
        ):
            yield outline.defect("L211", (*at, index), f"{show(value)} is not of type {' or '.join(map(str, types))}")


def _same(one: Json, other: Json) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _of(value: Json, name: Json) -> bool:
    match name:
        case "integer":
            return _number(value) and value == value // 1
        case "number":
            return _number(value)
        case "boolean":
            return _flag(value)
        case "string":
            return _text(value)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "null":
            return value is None
        case _:  # an unknown type is a defect of its own
            return True


def _pattern(outline: Outline, site: Site) -> Iterator[Defect]:
    places = [((*site.path, "pattern"), site.value.get("pattern"))]
    if isinstance(site.value.get("patternProperties"), dict):
        places += [((*site.path, "patternProperties", key), key) for key in site.value["patternProperties"]]
    for at, pattern in places:
        if isinstance(pattern, str):
            try:
                jsonschema_rs.Draft202012Validator({"pattern": pattern})
            except ValueError:
                yield outline.defect("L206", at, f"`{pattern[:60]}` is no regular expression")


def _bounds(outline: Outline, site: Site) -> Iterator[Defect]:
    value = site.value
    for low, high in _BOUNDS:
        if _number(value.get(low)) and _number(value.get(high)) and value[low] > value[high]:
            message = f"`{low}` {show(value[low])} is above `{high}` {show(value[high])}"
            yield outline.defect("L207", (*site.path, low), message.replace(" the number", ""))
    for low, high in (
        ("exclusiveMinimum", "maximum"),
        ("minimum", "exclusiveMaximum"),
        ("exclusiveMinimum", "exclusiveMaximum"),
    ):
        if _number(value.get(low)) and _number(value.get(high)) and value[low] >= value[high]:
            message = f"nothing lies between `{low}` {show(value[low])} and `{high}` {show(value[high])}"
            yield outline.defect("L207", (*site.path, low), message.replace(" the number", ""))


def _required(outline: Outline, site: Site) -> Iterator[Defect]:
    value = site.value
    names, properties = value.get("required"), value.get("properties", {})
    if (
        value.get("additionalProperties") is not False
        or not isinstance(names, list)
        or not isinstance(properties, dict)
    ):
        return
    if isinstance(value.get("patternProperties"), dict) and value["patternProperties"]:
        return
    for index, name in enumerate(names):
        if isinstance(name, str) and name not in properties:
            message = f"`{name}` is required, not declared, and other properties are forbidden"
            yield outline.defect("L208", (*site.path, "required", index), message)


def _unknown(outline: Outline, site: Site) -> Iterator[Defect]:
    kind = KINDS["schema"]
    known = kind.plain | kind.fields.keys()
    for key in site.value:
        if key not in known and not key.startswith("x-"):
            near = get_close_matches(key, known, 1, 0.75)
            hint = f"; is `{near[0]}` meant?" if near else ""
            yield outline.defect("L210", (*site.path, key), f"`{key}` is no keyword{hint}")
    name = site.value.get("format")
    if isinstance(name, str) and name not in _FORMATS:
        yield outline.defect("L209", (*site.path, "format"), f"`{name[:60]}` is no format anyone is bound to know")
