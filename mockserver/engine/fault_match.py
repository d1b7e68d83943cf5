"""Which calls a fault is meant for, and which statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.payload import ABSENT, Absent
from mockserver.core.provider import Call
from mockserver.core.text import Json, resolve
from mockserver.core.world import WorldId

if TYPE_CHECKING:
    from mockserver.core.fault import Calls


def is_meant(calls: Calls, world: WorldId, call: Call) -> bool:
    """Whether a call is one of these, whatever it is answered."""
    request, operation = call.request, call.operation
    return (
        calls.provider in (None, world.provider)
        and calls.world in (None, world.name)
        and (not calls.operations or (operation is not None and operation.id in calls.operations))
        and calls.method in (None, request.method)
        and (calls.path is None or _leads(calls.path, request.path, operation.path if operation else None))
        and all(value in request.headers.every(name) for name, value in calls.headers)
        and all(_says(call.payload.value, where, value) for where, value in calls.body)
    )


def _leads(wanted: str, path: str, template: str | None) -> bool:
    """Whether a path is of this template, or matches it with `*` for anything. Takes time in proportion to the path."""
    if wanted in (template, path):
        return True
    first, *others = wanted.split("*")
    if not others or not path.startswith(first):
        return False
    at = len(first)
    *middle, last = others
    for part in middle:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return path.endswith(last) and len(path) - len(last) >= at


def _says(body: Json | Absent, where: str, value: Json) -> bool:
    if body is ABSENT:
        return False
    try:
        found = resolve(body, where)
    except KeyError:
        return False
    # True is no 1 in JSON, though it equals 1 in Python.
    return bool(found == value) and isinstance(found, bool) == isinstance(value, bool)


def is_of(status: int, wanted: str | None) -> bool:
    """Whether a status is the one that is wanted (`503`), or of its hundred (`5XX`)."""
    return wanted in (str(status), f"{status // 100}XX")
