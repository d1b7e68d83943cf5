"""Where an error stands: its rule, the rule's pointer in the document, and its place in document order.

The order is that of ajv within one value (type, then enum and const, bounds, alternatives, required, further
properties), and an object's own rules come before those of its properties, these in the schema's order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mockserver.contract.dialect import Derived
from mockserver.contract.spot import escape, target
from mockserver.core.text import Json, resolve

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

_RANKS: Final = {
    rule: rank
    for rank, rule in enumerate(
        (
            "false",
            "readOnly",
            "writeOnly",
            "$ref",
            "type",
            "multipleOf",
            "maximum",
            "minimum",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "maxLength",
            "minLength",
            "pattern",
            "format",
            "const",
            "enum",
            "not",
            "anyOf",
            "oneOf",
            "allOf",
            "if",
            "then",
            "else",
            "maxItems",
            "minItems",
            "uniqueItems",
            "contains",
            "minContains",
            "maxContains",
            "maxProperties",
            "minProperties",
            "required",
            "dependentRequired",
            "dependentSchemas",
            "propertyNames",
            "additionalProperties",
            "unevaluatedItems",
            "unevaluatedProperties",
        )
    )
}
_LAST: Final = 1_000

Step = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Trace:
    """`visited` are the pointers of the schemas the error was found through, outermost first."""

    rule: str
    pointer: str
    order: tuple[Step, ...]
    visited: tuple[str, ...]

    @classmethod
    def last(cls, parts: tuple[str | int, ...]) -> Trace:
        """The place of an error no rule of the document names: after all others of the value."""
        return cls("number", "", ((2, len(parts), 0),), ())


def trace(error: ValidationError, parts: tuple[str | int, ...], start: str, derived: Derived, value: Json) -> Trace:
    """Follow an error's evaluation path through the derived schemas, beginning at the schema `start`."""
    steps = error.evaluation_path[3:]
    at, visited, order = start, [start], list[Step]()
    own: list[str] = []
    depth, index = 0, 0
    while index < len(steps):
        step = steps[index]
        if step == "$ref":
            at = target(resolve(derived.resource, at)["$ref"], at)
            visited.append(at)
            index += 1
            continue
        taken = _descends(step, steps, index, depth < len(parts))
        if taken:
            order.append(_child(step, steps, index, parts[depth], resolve(derived.resource, at), value))
            value = value[parts[depth]]
            depth += 1
            own = []
        else:
            own.append(str(step))
        for part in steps[index : index + max(taken, 1)]:
            at = f"{at}/{escape(part)}"
        visited.append(at)
        index += max(taken, 1)
    return _end(error, at, order, own, visited, derived)


def _end(
    error: ValidationError, at: str, order: list[Step], own: list[str], visited: list[str], derived: Derived
) -> Trace:
    said = derived.said.get(at) or derived.said.get(at.rpartition("/")[0])
    if said is not None:
        rule, at, own = said.rule, said.pointer, [said.rule]
    elif error.kind.name in ("falseSchema", "propertyNames"):
        rule = "false" if error.kind.name == "falseSchema" else "propertyNames"
    else:
        rule = at.rpartition("/")[2]
    first = own[0] if own else rule
    order.append((0, _RANKS.get(first, _LAST), 0))
    return Trace(rule, at, tuple(order), tuple(visited))


def _descends(step: str | int, steps: list[str | int], index: int, deeper: bool) -> int:
    """How many steps of the path lead into a child of the value, 0 when they stay with it."""
    if not deeper:
        return 0
    if step in ("properties", "patternProperties", "prefixItems"):
        return 2 if index + 1 < len(steps) else 0
    if step in ("items", "contains", "unevaluatedItems"):
        return 1
    if step in ("additionalProperties", "unevaluatedProperties"):
        return 1 if index + 1 < len(steps) else 0
    return 0


def _child(step: str | int, steps: list[str | int], index: int, part: str | int, schema: Json, value: Json) -> Step:
    if isinstance(part, int):
        return (1, 2, part)
    if step == "properties":
        name = steps[index + 1]  # a number where it consists of digits
        return (1, 0, list(schema["properties"]).index(name if isinstance(name, str) else part))
    return (1, 1, list(value).index(part))
