"""Broken schema rules as ajv 8 words them: one JSON object as a string, the first error only.

The contract reports violations in ajv's order, so the first one in the body is the one to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from mockserver.core.text import Json, dump
from mockserver.core.violation import Violation
from mockserver.providers.livepeer.visit import Refused, Visit

_MESSAGES: Final[Mapping[str, str]] = {
    "enum": "must be equal to one of the allowed values",
    "const": "must be equal to constant",
    "oneOf": "must match exactly one schema in oneOf",
    "anyOf": "must match a schema in anyOf",
    "minLength": "must NOT have fewer than {} characters",
    "maxLength": "must NOT have more than {} characters",
    "minItems": "must NOT have fewer than {} items",
    "maxItems": "must NOT have more than {} items",
    "minimum": "must be >= {}",
    "maximum": "must be <= {}",
    "exclusiveMinimum": "must be > {}",
    "exclusiveMaximum": "must be < {}",
    "multipleOf": "must be multiple of {}",
    "pattern": 'must match pattern "{}"',
}
_COMPARISONS: Final = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
# The server's validator is compiled without formats and knows neither read-only nor write-only; and it never sees that
# a body is missing (it becomes `{}`) or was no UTF-8 (Node mends it).
_UNKNOWN_TO_AJV: Final = frozenset({"format", "readOnly", "writeOnly", "body", "number", "syntax"})


def check(visit: Visit, required: str | None, ignore: frozenset[str] = frozenset()) -> None:
    """Refuse a body that breaks its schema. `required` is what an empty one lacks first: no body counts as `{}`."""
    if not visit.call.violations:
        return
    if visit.body == {}:
        error = missing(required) if required is not None else None
    else:
        error = first_error(visit.call.violations, ignore)
    if error is not None:
        raise Refused(422, error)


def first_error(violations: Iterable[Violation], ignore: frozenset[str] = frozenset()) -> str | None:
    """The error text for the first violation in the body; None if there is none but of rules to `ignore`."""
    for violation in violations:
        if violation.place == "body" and violation.rule not in _UNKNOWN_TO_AJV | ignore:
            return worded(violation)
    return None


def missing(name: str) -> str:
    """The error of an empty object that lacks a property."""
    return _text("", "#/required", "required", {"missingProperty": name}, f"must have required property '{name}'")


def worded(violation: Violation) -> str:
    """One violation as the JSON text of ajv's error object."""
    rule, detail = violation.rule, violation.detail
    path = f"{_schema_path(violation.pointer)}/{rule}"
    if rule == "type":
        wanted = ",".join(_type_names(detail.get("type", ())))
        return _text(violation.pointer, path, rule, {"type": wanted}, f"must be {wanted}")
    if rule == "required":
        name = detail.get("missing", "")
        said = f"must have required property '{name}'"
        return _text(violation.pointer, path, rule, {"missingProperty": name}, said)
    if rule == "additionalProperties":
        unexpected = (detail.get("unexpected") or [""])[0]
        said = "must NOT have additional properties"
        return _text(violation.pointer, path, rule, {"additionalProperty": unexpected}, said)
    message = _MESSAGES.get(rule, f'must pass "{rule}" keyword validation')
    return _text(violation.pointer, path, rule, _params(rule, detail), message.format(detail.get("limit")))


def _params(rule: str, detail: Mapping[str, Json]) -> Json:
    limit = detail.get("limit")
    if rule == "enum":
        return {"allowedValues": detail.get("allowed", [])}
    if rule == "const":
        return {"allowedValue": (detail.get("allowed") or [None])[0]}
    if rule in _COMPARISONS:
        return {"comparison": _COMPARISONS[rule], "limit": limit}
    if rule == "oneOf":
        return {"passingSchemas": None}
    if rule in ("pattern", "multipleOf"):
        return {rule: limit}
    return {} if limit is None else {"limit": limit}


def _type_names(types: Json) -> list[str]:
    return [types] if isinstance(types, str) else list(types)


def _schema_path(pointer: str) -> str:
    """Where in the schema a value is described. The server compiles its schemas with every reference filled in."""
    steps = pointer.split("/")[1:]
    return "#" + "".join("/items" if step.isdigit() else f"/properties/{step}" for step in steps)


def _text(instance: str, schema: str, keyword: str, params: Json, message: str) -> str:
    value = {
        "instancePath": instance,
        "schemaPath": schema,
        "keyword": keyword,
        "params": params,
        "message": message,
    }
    return dump(value).decode()
