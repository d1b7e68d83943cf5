"""What changed in `anyOf` and `oneOf`: alternatives that came, went, or are other than they were.

A `oneOf` whose alternatives exclude each other is an `anyOf`. Of any other a change can let values fit two alternatives
that fitted one, so no change of it is sure to do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from mockserver.conformance.diff.changes import MAYBE, NO, YES, Change, folded
from mockserver.conformance.diff.likeness import disjoint, same
from mockserver.conformance.diff.wholes import Whole
from mockserver.contract.spot import Spot

Inner = Callable[[Whole, Whole], list[Change]]
KEYWORDS: Final = ("anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Union:
    """One list of alternatives of a whole, and that whole without it."""

    keyword: str
    alternatives: tuple[Spot, ...]
    pointer: str | None
    rest: tuple[Spot, ...]

    def wholes(self) -> list[Whole]:
        """What holds of a value for each alternative."""
        return [Whole((*self.rest, each), f"+{each.pointer}") for each in self.alternatives]


def unions_of(whole: Whole) -> list[Union]:
    found = []
    for keyword in KEYWORDS:
        for told, alternatives in zip(whole.told(keyword), whole.lists(keyword), strict=False):
            rest = tuple(whole.without(keyword, alternatives))
            found.append(Union(keyword, alternatives, told.pointer, rest))
    return found


def changed_unions(old: Whole, new: Whole) -> tuple[list[Union], list[Union]]:
    """The lists of alternatives that the two do not share."""
    before, after = unions_of(old), unions_of(new)
    for union in list(before):
        match = next((each for each in after if _alike(union, each)), None)
        if match is not None:
            before.remove(union)
            after.remove(match)
    return before, after


def _alike(one: Union, other: Union) -> bool:
    left = list(other.alternatives)
    if one.keyword != other.keyword or len(one.alternatives) != len(left):
        return False
    for spot in one.alternatives:
        match = next((each for each in left if same(spot, each)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def union_changes(old: Union | None, new: Union | None, whole: tuple[Whole, Whole], inner: Inner) -> Iterator[Change]:
    """Between two lists of alternatives. Where one side has none, the whole of it stands for one alternative."""
    before = old.wholes() if old is not None else [whole[0]]
    after = new.wholes() if new is not None else [whole[1]]
    pointers = (old.pointer if old else whole[0].pointer, new.pointer if new else whole[1].pointer)
    exclusive = all(_exclusive(union, wholes) for union, wholes in ((old, before), (new, after)))
    found = folded(_alternatives(before, after, pointers, inner))
    if old is not None and new is not None and old.keyword != new.keyword and not exclusive:
        found.append(Change(f"became-{new.keyword}", f"{old.keyword} became {new.keyword}", MAYBE, MAYBE, *pointers))
    elif not exclusive and not found:
        found.append(Change("alternatives-changed", "the alternatives have changed", MAYBE, MAYBE, *pointers))
    yield from found if exclusive else (change.unsure() for change in found)


def _exclusive(union: Union | None, wholes: list[Whole]) -> bool:
    if union is None or union.keyword == "anyOf":
        return True
    return all(disjoint(one, other) for one, other in combinations(wholes, 2))


def _alternatives(
    before: list[Whole], after: list[Whole], pointers: tuple[str | None, str | None], inner: Inner
) -> Iterator[Change]:
    left = list(after)
    for old in before:
        changes = [(new, inner(old, new)) for new in left]
        new, found = min(changes, key=lambda pair: _distance(old, *pair), default=(None, []))
        if new is None or (max(len(before), len(after)) > 1 and not _related(old, new, found)):
            if not any(_within(old, each, inner) for each in after):
                text = f"the alternative {_name(old)} is gone"
                yield Change("alternative-removed", text, YES, NO, _own(old), pointers[1])
            continue
        left.remove(new)
        # What one alternative does not take any more another one may.
        elsewhere = any(_within(old, each, inner) for each in after if each is not new)
        backwards = any(_within(each, new, lambda a, b: _swapped(inner, a, b)) for each in before if each is not old)
        for change in found:
            yield _eased(change, elsewhere, backwards)
    for new in left:
        if not any(not any(change.widens for change in inner(old, new)) for old in before):
            text = f"the alternative {_name(new)} is new"
            yield Change("alternative-added", text, NO, YES, pointers[0], _own(new))


def _swapped(inner: Inner, old: Whole, new: Whole) -> list[Change]:
    """Is all of `new` within `old`: its widening read as narrowing."""
    return [Change(c.rule, c.text, c.widens, c.narrows, c.old, c.new, c.path) for c in inner(old, new)]


def _eased(change: Change, elsewhere: bool, backwards: bool) -> Change:
    if not elsewhere and not backwards:
        return change
    narrows = NO if elsewhere else change.narrows
    widens = NO if backwards else change.widens
    return Change(change.rule, change.text, narrows, widens, change.old, change.new, change.path)


def _within(old: Whole, new: Whole, inner: Inner) -> bool:
    return not any(change.narrows for change in inner(old, new))


def _distance(old: Whole, new: Whole, changes: list[Change]) -> tuple[bool, bool, int, int]:
    named = _name(old) != _name(new)
    return (not old.kinds & new.kinds, named, sum(change.narrows + change.widens for change in changes), len(changes))


def _related(old: Whole, new: Whole, changes: list[Change]) -> bool:
    """Whether one is the other, changed: the same name or most of the same properties, or values of the same kind."""
    if not changes or _name(old) == _name(new):
        return True
    common = old.kinds & new.kinds
    if not common or (old.values is None) != (new.values is None):
        return False
    if "object" in common:
        names, others = set(old.names), set(new.names)
        return 2 * len(names & others) >= max(len(names), len(others))
    return old.kinds == new.kinds


def _own(whole: Whole) -> str | None:
    """The pointer of the alternative itself, which stands last."""
    return whole.spots[-1].pointer if whole.spots else None


def _name(whole: Whole) -> str:
    """What a person calls it: the component's name, or its place."""
    if not whole.spots:
        return "anything"
    spot = whole.spots[-1]
    reference = spot.value.get("$ref") if isinstance(spot.value, dict) else None
    return f"`{str(reference or spot.pointer).rpartition('/')[2]}`"
