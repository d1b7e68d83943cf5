"""What has to hold of a reply once a violation is mended, as Python over `replies`, a list of httpx responses.

Knows violations and values. What it writes is for a test that other people keep: plain, without a library of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from mockserver.conformance.finding import Step
from mockserver.core.text import Json, resolve
from mockserver.core.violation import Violation

_TYPES: Final = {
    "string": "isinstance({0}, str)",
    "number": "isinstance({0}, (int, float)) and not isinstance({0}, bool)",
    "integer": "isinstance({0}, (int, float)) and not isinstance({0}, bool) and {0} % 1 == 0",
    "boolean": "isinstance({0}, bool)",
    "object": "isinstance({0}, dict)",
    "array": "isinstance({0}, list)",
    "null": "{0} is None",
}
_BOUNDS: Final = {
    "minimum": "{0} >= {1!r}",
    "maximum": "{0} <= {1!r}",
    "exclusiveMinimum": "{0} > {1!r}",
    "exclusiveMaximum": "{0} < {1!r}",
    "minLength": "len({0}) >= {1!r}",
    "maxLength": "len({0}) <= {1!r}",
    "minItems": "len({0}) >= {1!r}",
    "maxItems": "len({0}) <= {1!r}",
    "minProperties": "len({0}) >= {1!r}",
    "maxProperties": "len({0}) <= {1!r}",
    "pattern": "re.search({1!r}, {0})",
}


def must(violation: Violation, step: Step, number: int) -> tuple[str, ...]:
    """Assertions over `replies[number]`, the reply to the step; they fail on what was seen there."""
    reply = f"replies[{number}]"
    if violation.place == "status":
        return (_status(violation.expected, reply),)
    if violation.place == "media-type":
        allowed = tuple(re.findall(r"`([^`]+)`", violation.expected))
        return (f"{reply}.headers.get('content-type', '').split(';')[0] in {allowed!r}",)
    if violation.place == "header":
        return _header(violation, reply, step)
    if violation.rule == "body":
        return (f"{reply}.content",)
    if violation.rule == "syntax" or step.reply is None:
        return (f"{reply}.json() is not Ellipsis",)
    where = f"{reply}.json()" + "".join(f"[{part!r}]" for part in _parts(violation.pointer, step.reply.value))
    try:
        got = resolve(step.reply.value, violation.pointer)
    except KeyError:
        return (f"{where} is not Ellipsis",)
    return (_value(violation, where, got),)


def _status(expected: str, reply: str) -> str:
    names = [name.strip() for name in expected.split(",")]
    exact = tuple(int(name) for name in names if name.isdecimal())
    classes = tuple(int(name[0]) for name in names if name.upper().endswith("XX"))
    if not classes:
        return f"{reply}.status_code in {exact!r}"
    return f"{reply}.status_code in {exact!r} or {reply}.status_code // 100 in {classes!r}"


def _header(violation: Violation, reply: str, step: Step) -> tuple[str, ...]:
    name = violation.pointer.lower()
    if violation.rule == "header" or step.reply is None:
        return (f"{name!r} in {reply}.headers",)
    return (f"{reply}.headers[{name!r}] != {step.reply.header(name)!r}",)


def _value(violation: Violation, where: str, got: Json) -> str:
    detail: Mapping[str, Json] = violation.detail
    make = _MAKERS.get(violation.rule)
    if make is not None and (said := make(detail, where)) is not None:
        return said
    if violation.rule in _BOUNDS and "limit" in detail:
        return _BOUNDS[violation.rule].format(where, detail["limit"])
    return f"{where} != {got!r}"


def _required(detail: Mapping[str, Json], where: str) -> str | None:
    return f"{detail['missing']!r} in {where}" if "missing" in detail else None


def _strangers(detail: Mapping[str, Json], where: str) -> str | None:
    return f"not {set(detail['unexpected'])!r} & set({where})" if detail.get("unexpected") else None


def _allowed(detail: Mapping[str, Json], where: str) -> str | None:
    return f"{where} in {detail['allowed']!r}" if "allowed" in detail else None


def _type(detail: Mapping[str, Json], where: str) -> str | None:
    kinds = [_TYPES[name].format(where) for name in detail.get("type", ()) if name in _TYPES]
    return " or ".join(kinds) if kinds else None


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, Json], str], str | None]]] = {
    "required": _required,
    "additionalProperties": _strangers,
    "unevaluatedProperties": _strangers,
    "enum": _allowed,
    "const": _allowed,
    "type": _type,
}


def _parts(pointer: str, value: Json) -> list[str | int]:
    parts: list[str | int] = []
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        is_list = isinstance(value, list) and name.isdecimal()
        step: str | int = int(name) if is_list else name
        parts.append(step)
        try:
            value = value[step]
        except (LookupError, TypeError):
            value = None
    return parts
