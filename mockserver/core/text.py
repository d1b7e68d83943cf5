"""JSON text to values and back, as a JavaScript server would read and write it.

orjson does the work; what it refuses and a JavaScript engine accepts (lone surrogates, numbers
beyond a double) goes to the standard library. NaN and Infinity are never JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

import orjson

# The one alias behind which `Any` may stand: a value as JSON has it.
Json = Any
Record = Mapping[str, Json]

# Deeper than this the value is refused: what walks values recurses, in Python and in Rust, and no API nests so far.
DEEPEST: Final = 200

_QUOTE: Final = 0x22
_BACKSLASH: Final = 0x5C
_OPENING: Final = b"[{"
_CLOSING: Final = b"]}"


class TextError(ValueError):
    """Text that is not JSON. `position` counts characters from 0; `found` is None at the end of the text."""

    def __init__(self, reason: str, position: int, found: str | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.found = found


def parse(text: bytes) -> Json:
    """The value of a JSON text in UTF-8 (a byte order mark is skipped); later duplicates of a key win."""
    if text.count(b"[") + text.count(b"{") > DEEPEST and _depth(text) > DEEPEST:
        raise TextError(f"nested deeper than {DEEPEST} levels", len(text), None)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _parse_slowly(text)


def _parse_slowly(text: bytes) -> Json:
    source = text.decode("utf-8-sig", errors="replace")
    try:
        return json.loads(source, parse_constant=_refuse_constant, parse_int=_integer)
    except json.JSONDecodeError as error:
        found = source[error.pos] if error.pos < len(source) else None
        raise TextError(error.msg, error.pos, found) from None
    except _Constant as error:
        position = max(source.find(str(error)), 0)
        raise TextError(f"{error} is not JSON", position, source[position]) from None


def _integer(digits: str) -> int | float:
    """Python refuses to read integers of more than 4,300 digits; JavaScript reads any, as a double."""
    return int(digits) if len(digits) <= 400 else float(digits)


class _Constant(Exception):
    pass


def _refuse_constant(name: str) -> NoReturn:
    raise _Constant(name)


def _depth(text: bytes) -> int:
    depth = deepest = 0
    quoted = escaped = False
    for byte in text:
        if quoted:
            if escaped:
                escaped = False
            elif byte == _BACKSLASH:
                escaped = True
            elif byte == _QUOTE:
                quoted = False
        elif byte == _QUOTE:
            quoted = True
        elif byte in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif byte in _CLOSING:
            depth -= 1
    return deepest


def dump(value: Json) -> bytes:
    """Compact JSON text in UTF-8; integral floats print without a fraction, as JavaScript prints them."""
    try:
        return orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def as_javascript(value: Json) -> Json:
    """The value as a JavaScript engine holds it: every number a double, integral ones printed as integers."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e21 else value
    if isinstance(value, int) and not isinstance(value, bool):
        if -(2**53) <= value <= 2**53:
            return value
        try:
            double = float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
        return as_javascript(double)
    if isinstance(value, dict):
        return {key: as_javascript(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_javascript(item) for item in value]
    return value


def pointer(parts: Sequence[str | int]) -> str:
    """A JSON Pointer (RFC 6901) from its parts; the whole value is the empty string."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def resolve(document: Json, path: str) -> Json:
    """What a JSON Pointer points at. Raises KeyError (naming the pointer) where nothing is."""
    value = document
    for part in path.lstrip("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, ValueError, TypeError):
            raise KeyError(path) from None
    return value
