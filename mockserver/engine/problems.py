"""What is wrong with a value, as pairs of a JSON Pointer and a sentence; and what a JSON Schema has to say of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from mockserver.core.text import Json, pointer, resolve
from mockserver.errors import unknown

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

# More than these help nobody.
MOST_SAID: Final = 12


class Problem(NamedTuple):
    """One thing that is wrong. `pointer` is "" for the whole value; `reason` is a sentence without a full stop."""

    pointer: str
    reason: str


def problems(schema: Json, value: Json, at: Sequence[str | int] = ()) -> list[Problem]:
    """All that a schema (2020-12) finds wrong with a value that stands at `at`: `MOST_SAID` at most, and how many more.

    A name the schema does not know comes with the nearest one it does.
    """
    import jsonschema_rs  # a start without a world file never needs it here

    errors = list(jsonschema_rs.validator_for(schema).iter_errors(value))
    found = [problem for error in errors[:MOST_SAID] for problem in _explained(error, schema, at)]
    if len(errors) > MOST_SAID:
        found.append(Problem(pointer(at), f"and {len(errors) - MOST_SAID} more like these"))
    return found


def read_reason(error: ValueError) -> Problem:
    """The problem a provider means by ValueError("/pointer: reason")."""
    where, colon, reason = str(error).partition(": ")
    if not colon or (where and not where.startswith("/")):
        return Problem("", str(error))
    return Problem(where, reason)


def _explained(error: ValidationError, schema: Json, at: Sequence[str | int]) -> Iterator[Problem]:
    """One sentence for each unknown name, one for any other error."""
    place = [*at, *error.instance_path]
    unexpected: list[str] = getattr(error.kind, "unexpected", [])
    if not unexpected:
        yield Problem(pointer(place), error.message)
    for name in unexpected:
        beside = resolve(schema, pointer(error.schema_path[:-1]))
        known = beside.get("properties", {}) if isinstance(beside, dict) else {}
        yield Problem(pointer([*place, name]), unknown("field", name, known))
