"""Overrides: one JSON value laid over another, "the same, but with this".

A JSON Merge Patch (RFC 7396), with one rule more: a list whose items have names is merged by them. RFC 7396 replaces
any list whole, so that a quota for one account would throw away all the others.
"""

from __future__ import annotations

from typing import Final

from mockserver.core.text import Json

# What the items of a list are known by: the first of these that all of them have.
NAMES: Final = ("id", "key", "clientId", "code", "projectId", "playbackId", "name")
EVERY: Final = "*"


def merged(value: Json, patch: Json) -> Json:
    """`value` under `patch`; neither is changed.

    - A mapping is merged member by member; a member that is null is taken away.
    - A list over a list, all items of both with one of `NAMES`: items of the same name are merged, new ones go to the
      end. `{"accounts": [{"id": "main", "quota": 1}]}`
    - A mapping over such a list means its items by name; one that is null is taken away, a new one goes to the end.
      The name `*` means all there are, before the others. `{"accounts": {"main": {"quota": 1}, "stranger": null}}`,
      `{"keys": {"*": null, "mine": {}}}`
    - Anything else takes the place of what was there.
    """
    if isinstance(value, list) and isinstance(patch, list):
        name = _name(value, patch)
        if name is not None:
            return _by_name(value, [(item[name], item) for item in patch], name)
    if isinstance(value, list) and isinstance(patch, dict):
        name = _name(value, [])
        if name is not None:
            return _by_name(value, list(patch.items()), name)
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, item in patch.items():
        if item is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), item)
    return result


def _name(items: list[Json], patches: list[Json]) -> str | None:
    """What the items of both lists are known by; None where there are none, or two of one name, or other things."""
    both = [*items, *patches]
    if not items or not all(isinstance(item, dict) for item in both):
        return None
    for name in NAMES:
        if all(isinstance(item.get(name), str) for item in both):
            return name if len({item[name] for item in items}) == len(items) else None
    return None


def _by_name(items: list[Json], patches: list[tuple[str, Json]], name: str) -> list[Json]:
    found = {item[name]: item for item in items}
    every = [patch for key, patch in patches if key == EVERY]
    for key, patch in [(key, patch) for patch in every for key in found] + patches:
        if key == EVERY:
            continue
        if patch is None:
            found.pop(key, None)
        elif isinstance(patch, dict):
            found[key] = merged(found.get(key, {name: key}), patch)
        else:
            found[key] = patch
    return list(found.values())
