"""What changed in where an API is: the URLs of a document, a path or an operation."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conformance.diff.changes import MAYBE, NO, YES
from mockserver.conformance.diff.shift import SAME, Setting, Shift
from mockserver.conformance.diff.wholes import spelled
from mockserver.contract.spot import Spot
from mockserver.core.text import Json


def server_shifts(old: Spot, new: Spot, where: str, operation: str | None = None) -> Iterator[Shift]:
    """Of one list of servers; a document without one is served where it is."""
    before, after = _servers(old), _servers(new)
    if before is None and after is None:
        return
    before, after = before or {"/": {}}, after or {"/": {}}
    setting = Setting("servers", "server", where, "request", operation)
    pointers = (_at(old), _at(new))
    for url in before:
        if url not in after:
            clients = (YES, "who calls it there finds nothing promised")
            yield setting.shift("removed", f"`{url}` is gone", clients, (NO, "they need not be there"), *pointers)
        elif spelled(before[url]) != spelled(after[url]):
            grave = (MAYBE, "another URL may come of it")
            yield setting.shift("variables-changed", f"the variables of `{url}` have changed", grave, grave, *pointers)
    for url in after:
        if url not in before:
            yield setting.shift("added", f"`{url}` is new", SAME, (YES, "they are not there"), *pointers)
    first = next(iter(after))
    if next(iter(before)) != first and before.keys() == after.keys():
        grave = (MAYBE, "many take the first one")
        yield setting.shift("order-changed", f"the first is `{first}` now", grave, SAME, *pointers)


def _servers(spot: Spot) -> dict[str, Json] | None:
    listed = spot.value.get("servers") if isinstance(spot.value, dict) else None
    if not isinstance(listed, list) or not listed:
        return None
    return {
        str(each.get("url", "/")).rstrip("/") or "/": _variables(each.get("variables"))
        for each in listed
        if isinstance(each, dict)
    }


def _variables(variables: Json) -> Json:
    """Without descriptions."""
    if not isinstance(variables, dict):
        return None
    return {
        name: {key: each[key] for key in ("default", "enum") if key in each}
        for name, each in variables.items()
        if isinstance(each, dict)
    } or None


def _at(spot: Spot) -> str:
    return f"{spot.pointer}/servers" if isinstance(spot.value, dict) and "servers" in spot.value else spot.pointer
