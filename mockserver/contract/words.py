"""A broken schema rule in words: what was expected, what came, what to do. Never shows a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from mockserver.core.secrecy import without_secrets
from mockserver.core.text import Json

LONGEST: Final = 80
_SECRET_NAME: Final = re.compile(r"secret|password|passwd|token|api[-_]?key|authorization|credential", re.IGNORECASE)

TYPE_WORDS: Final[Mapping[str, str]] = {
    "string": "text",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Words:
    """`detail` is the rule's own particulars, as `Violation.detail` has them."""

    expected: str
    got: str
    remedy: str = ""
    detail: Mapping[str, Json] = field(default_factory=dict)


def is_secret(schema: Json, name: str | int | None) -> bool:
    """Whether a value may not be shown: by its schema, or by the name it goes under."""
    if isinstance(schema, dict) and (schema.get("writeOnly") is True or schema.get("format") == "password"):
        return True
    return isinstance(name, str) and _SECRET_NAME.search(name) is not None


def show(value: Json, secret: bool = False) -> str:
    """A value in at most some 80 characters. Objects and arrays are told by what they hold, never shown whole."""
    if isinstance(value, dict):
        names = ", ".join(f"`{shorten(name, 20)}`" for name in list(value)[:6])
        more = ", ..." if len(value) > 6 else ""
        return f"an object with {names}{more}" if value else "an empty object"
    if isinstance(value, list):
        return f"an array of {len(value)}" if value else "an empty array"
    if secret:
        return f"a secret text of {len(value)} characters" if isinstance(value, str) else f"a secret {kind(value)}"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        return f"an integer of some {int(value.bit_length() * 0.30103) + 1} digits"
    value = without_secrets(value) if isinstance(value, str) else value
    return shorten(json.dumps(value, ensure_ascii=False), LONGEST)


def shorten(text: str, length: int = LONGEST) -> str:
    """The text, cut to a length and safe to print: surrogates that stand alone are spelled out."""
    cut = text if len(text) <= length else text[: length - 3] + "..."
    return cut.encode("utf-8", "backslashreplace").decode()


def kind(value: Json) -> str:
    """The JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (int, float)):
        return "number"
    return "object" if isinstance(value, dict) else "array"


def types_in_words(types: Sequence[str]) -> str:
    return " or ".join(TYPE_WORDS.get(name, name) for name in types)


def listed(values: list[Json]) -> str:
    """Values for a sentence, at most eight."""
    shown = ", ".join(show(value) for value in values[:8])
    return shown + (f", ... ({len(values)} in all)" if len(values) > 8 else "")


def describe(rule: str, limit: Json, value: Json, known: list[str], unexpected: list[str], secret: bool) -> Words:
    """The words for a keyword.

    `limit` is the keyword's value in the document; `known` the properties the schema knows; `unexpected` the
    properties the rule complains of (for `required` and `dependentRequired` the one that is missing).
    """
    got = show(value, secret)
    if rule == "type":
        types = limit if isinstance(limit, list) else [str(limit)]
        return Words(types_in_words(types), got, detail={"type": types})
    if rule in ("required", "dependentRequired"):
        name = unexpected[0] if unexpected else ""
        return Words(f"the property `{name}`", got, f"Add `{name}`.", {"missing": name})
    if rule in ("additionalProperties", "unevaluatedProperties"):
        return _unexpected(known, unexpected)
    if rule == "enum":
        values = limit if isinstance(limit, list) else [limit]
        return Words(f"one of {listed(values)}", got, _did_you_mean(value, values), {"allowed": values})
    if rule == "const":
        return Words(show(limit), got, detail={"allowed": [limit]})
    if rule in _BOUNDS:
        return _bounded(rule, limit, value, got)
    if rule in _FIXED:
        expected, remedy = _FIXED[rule]
        detail = {rule: limit, "limit": limit} if rule in _NAMED else {}
        return Words(expected.format(shorten(str(limit))), got, remedy, detail)
    return Words(f"what `{rule}` asks for", got)


_BOUNDS: Final[Mapping[str, str]] = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of",
    "minLength": "at least",
    "maxLength": "at most",
    "minItems": "at least",
    "maxItems": "at most",
    "minProperties": "at least",
    "maxProperties": "at most",
    "minContains": "at least",
    "maxContains": "at most",
}
_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "Length": ("character", "characters"),
    "Items": ("item", "items"),
    "Properties": ("property", "properties"),
    "Contains": ("item of the kind `contains` describes", "items of the kind `contains` describes"),
}
_NAMED: Final = frozenset(("format", "pattern"))
_FIXED: Final[Mapping[str, tuple[str, str]]] = {
    "format": ("the format {}", ""),
    "pattern": ("text that matches {}", ""),
    "uniqueItems": ("items that are all different", "Remove the repeated items."),
    "contains": ("an item of the kind `contains` describes", ""),
    "unevaluatedItems": ("no further items", "Remove the items the schema does not know."),
    "propertyNames": ("property names the schema allows", "Rename the property."),
    "not": ("a value outside the excluded schema", ""),
    "false": ("nothing here", "Remove the value."),
    "readOnly": ("no such property in a request: the server makes it", "Leave the property out."),
    "writeOnly": ("no such property in a reply: only clients send it", "Leave the property out."),
    "number": ("a number JSON can spell", "NaN, infinities and numbers beyond a double are not JSON."),
}


def _bounded(rule: str, limit: Json, value: Json, got: str) -> Words:
    """A bound, with its unit where it counts something."""
    one, many = _UNITS.get(rule[3:], ("", "")) if rule[:3] in ("min", "max") else ("", "")
    expected = f"{_BOUNDS[rule]} {show(limit)} {one if limit == 1 else many}".rstrip()
    if one and rule[3:] != "Contains" and isinstance(value, (str, list, dict)):
        got = f"{len(value)} {one if len(value) == 1 else many}"
    return Words(expected, got, detail={"limit": limit})


def _unexpected(known: list[str], unexpected: list[str]) -> Words:
    names = ", ".join(f"`{shorten(name, 40)}`" for name in unexpected[:8])
    more = f", ... ({len(unexpected)} in all)" if len(unexpected) > 8 else ""
    likely = [name for name in unexpected[:8] if len(name) <= LONGEST]
    hints = [near[0] for name in likely if (near := get_close_matches(name, known, 1, 0.75))]
    remedy = "Remove it." if len(unexpected) == 1 else "Remove them."
    if hints:
        remedy = f"Did you mean {', '.join(f'`{near}`' for near in hints)}?"
    allowed = ", ".join(f"`{name}`" for name in known[:12]) + (", ..." if len(known) > 12 else "")
    expected = f"only {allowed}" if known else "no properties"
    return Words(expected, f"also {names}{more}", remedy, {"unexpected": unexpected})


def _did_you_mean(value: Json, allowed: list[Json]) -> str:
    words = [word for word in allowed if isinstance(word, str)]
    near = get_close_matches(value, words, 1, 0.6) if isinstance(value, str) and len(value) <= LONGEST else []
    return f"Did you mean `{near[0]}`?" if near else ""
