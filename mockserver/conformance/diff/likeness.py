"""Whether two schemas are the same, whatever they are called, and whether nothing can fit both."""

from __future__ import annotations

from typing import Final

from mockserver.conformance.diff.wholes import Whole, spelled
from mockserver.contract.spot import Spot, target
from mockserver.core.text import Json

# Lists whose order says nothing.
_UNORDERED: Final = frozenset(("required", "type", "allOf", "anyOf", "oneOf"))
# Keywords that hold values, no schemas.
_VALUES: Final = frozenset(("enum", "const"))
_DEEPEST: Final = 3


def same(one: Spot, other: Spot) -> bool:
    """Whether they say the same, references followed and names of components aside. Lists may be in another order."""
    return _same(one, other, set(), "")


def same_wholes(one: Whole, other: Whole) -> bool:
    if (one.never is None) != (other.never is None) or len(one.spots) != len(other.spots):
        return False
    return all(same(a, b) for a, b in zip(one.spots, other.spots, strict=True))


def _same(one: Spot, other: Spot, seen: set[tuple[str, str]], keyword: str) -> bool:
    if keyword in _VALUES:
        return _same_values(one.value, other.value)
    one, other = _followed(one), _followed(other)
    pair = (one.pointer, other.pointer)
    if pair in seen:
        return True
    a, b = one.value, other.value
    if isinstance(a, dict) and isinstance(b, dict):
        seen.add(pair)
        return a.keys() == b.keys() and all(
            _same(left, right, seen, key)
            for key in a
            if (left := one.child(key)) is not None and (right := other.child(key)) is not None
        )
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and _same_lists(one, other, seen, keyword)
    return spelled(a) == spelled(b)


def _same_values(one: Json, other: Json) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(spelled, one)) == sorted(map(spelled, other))
    return spelled(one) == spelled(other)


def _same_lists(one: Spot, other: Spot, seen: set[tuple[str, str]], keyword: str) -> bool:
    left = [spot for index in range(len(one.value)) if (spot := one.child(index)) is not None]
    right = [spot for index in range(len(other.value)) if (spot := other.child(index)) is not None]
    if keyword not in _UNORDERED:
        return all(_same(a, b, seen, "") for a, b in zip(left, right, strict=True))
    for spot in left:
        match = next((each for each in right if _same(spot, each, set(seen), "")), None)
        if match is None:
            return False
        right.remove(match)
    return True


def _followed(spot: Spot) -> Spot:
    """A reference with nothing beside it leads on; a circle of them leads nowhere."""
    seen = set[str]()
    while isinstance(spot.value, dict) and list(spot.value) == ["$ref"] and spot.pointer not in seen:
        if not isinstance(spot.value["$ref"], str):  # a property of that name
            break
        seen.add(spot.pointer)
        spot = Spot.of(spot.root, target(spot.value["$ref"], spot.pointer))
    return spot


def disjoint(one: Whole, other: Whole, deep: int = _DEEPEST) -> bool:
    """Whether it is plain that no value fits both: by kind, by listed values, by a property that tells them apart."""
    common = one.kinds & other.kinds
    if not common:
        return True
    if one.values is not None and other.values is not None:
        return not one.values.keys() & other.values.keys()
    if common != {"object"} or deep == 0:
        return False
    both = one.required.keys() & other.required.keys()
    if any(disjoint(one.property(name), other.property(name), deep - 1) for name in sorted(both)):
        return True
    return _forbids(one, other) or _forbids(other, one)


def _forbids(one: Whole, other: Whole) -> bool:
    return any(one.property(name).never is not None for name in other.required)


def shown(value: Json, most: int = 60) -> str:
    """A value for a sentence."""
    text = spelled(value)
    return f"`{text}`" if len(text) <= most else f"`{text[: most - 1]}…`"
