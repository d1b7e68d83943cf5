"""All that changed between two schemas, in one direction of travel, with how far it narrows and widens what fits.

A schema is the conjunction of its keywords. So what fitted the old one fits the new one if each keyword of the new one
lets it through, and it is enough to look at keywords one by one; where that is not so (`oneOf`, `not`, `if`, what is
unevaluated), a change is never called sure to do no harm. Schemas that refer to themselves are compared once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from mockserver.conformance.diff.annotations import word_changes
from mockserver.conformance.diff.changes import MAYBE, NO, YES, Change, folded
from mockserver.conformance.diff.likeness import same, same_wholes
from mockserver.conformance.diff.objects import arrays, objects
from mockserver.conformance.diff.scalars import scalars
from mockserver.conformance.diff.unions import changed_unions, union_changes
from mockserver.conformance.diff.wholes import Whole
from mockserver.contract.dialect import Derived, Direction, derive
from mockserver.contract.spot import Spot
from mockserver.core.text import Json

_UNEVALUATED: Final = frozenset(("unevaluatedProperties", "unevaluatedItems"))
_BRANCHING: Final = frozenset(("anyOf", "oneOf", "if", "dependentSchemas", "not"))

Key = tuple[tuple[str, ...], tuple[str, ...]]


def schema_changes(old: Spot | None, new: Spot | None, direction: Direction) -> list[Change]:
    """Between two schemas of two documents; None is a schema that says nothing. Raises DocumentError."""
    before, after = (derive(each, direction, cover=False) if each is not None else Derived({}) for each in (old, new))
    wholes = [
        Whole([Spot.of(derived.resource, spot.pointer)] if spot is not None else ())
        for derived, spot in ((before, old), (after, new))
    ]
    comparison = _Comparison(direction, old.root if old else {}, new.root if new else {})
    changes = comparison.changes(wholes[0], wholes[1])
    return [_as_written(change, before, after) for change in changes]


class _Comparison:
    """Remembers what it has compared: two wholes give the same changes wherever they stand."""

    def __init__(self, direction: Direction, old: Json, new: Json) -> None:
        self._direction = direction
        self._roots = (old, new)
        self._known: dict[Key, list[Change]] = {}

    def changes(self, old: Whole, new: Whole) -> list[Change]:
        if old.open and new.open:
            return []
        key = (old.key, new.key)
        known = self._known.get(key)
        if known is None:
            self._known[key] = []  # what is under way adds nothing to itself
            known = self._known[key] = folded(self._compared(old, new))
        return known

    def _compared(self, old: Whole, new: Whole) -> Iterator[Change]:
        before, after = changed_unions(old, new)
        if (before or after) and len(before) <= 1 and len(after) <= 1:
            found = union_changes(before[0] if before else None, after[0] if after else None, (old, new), self.changes)
            yield from self._guarded(old, new, found)
            return
        yield from self._guarded(old, new, self._keywords(old, new))
        for one, other in zip(before, after, strict=False):
            yield from union_changes(replace(one, rest=()), replace(other, rest=()), (old, new), self.changes)
        for extra in before[len(after) :]:
            text = f"{extra.keyword} need not hold any more"
            yield Change("alternatives-removed", text, NO, YES, extra.pointer, new.pointer)
        for extra in after[len(before) :]:
            yield Change("alternatives-added", f"{extra.keyword} has to hold now", YES, NO, old.pointer, extra.pointer)

    def _keywords(self, old: Whole, new: Whole) -> Iterator[Change]:
        yield from scalars(old, new)
        yield from word_changes(old, new, self._roots, self._direction)
        common = old.kinds & new.kinds
        if "object" in common:
            yield from objects(old, new, self._direction, self.changes)
        if "array" in common:
            yield from arrays(old, new, self.changes)
        yield from self._negated(old, new)
        yield from self._conditions(old, new)

    def _negated(self, old: Whole, new: Whole) -> Iterator[Change]:
        before, after = _children(old, "not"), _children(new, "not")
        for spot in list(before):
            match = next((each for each in after if same(spot, each)), None)
            if match is not None:
                before.remove(spot)
                after.remove(match)
        for one, other in zip(before, after, strict=False):
            found = [change.turned().under("not") for change in self.changes(Whole([one]), Whole([other]))]
            text = "what may not fit has changed"
            yield from found or [Change("not-changed", text, MAYBE, MAYBE, one.pointer, other.pointer)]
        for one in before[len(after) :]:
            yield Change("not-removed", "what may not fit may fit now", NO, YES, one.pointer, new.pointer)
        for other in after[len(before) :]:
            yield Change("not-added", "something may not fit now", YES, NO, old.pointer, other.pointer)

    def _conditions(self, old: Whole, new: Whole) -> Iterator[Change]:
        before, after = ([Whole([part]) for part in whole.parts if "if" in part.value] for whole in (old, new))
        if not before and not after:
            return
        alone = len(before) == len(after) == 1 and same_wholes(before[0].inner("if"), after[0].inner("if"))
        if alone:  # the same question, other consequences
            for key in ("then", "else"):
                yield from self.changes(before[0].inner(key), after[0].inner(key))
            return
        text = "what holds under a condition has changed"
        if len(before) != len(after) or not all(map(_same_conditions, before, after)):
            yield Change("condition-changed", text, MAYBE, MAYBE, old.pointer, new.pointer)

    def _guarded(self, old: Whole, new: Whole, found: Iterable[Change]) -> Iterator[Change]:
        """What is unevaluated depends on every keyword beside it: no change there is sure to do no harm."""
        unsure = _depends(old) or _depends(new)
        yield from (change.unsure() if unsure else change for change in found)


def _depends(whole: Whole) -> bool:
    holders = [i for i, part in enumerate(whole.parts) if part.value.keys() & _UNEVALUATED]
    return bool(holders) and (holders != [0] or any(part.value.keys() & _BRANCHING for part in whole.parts))


def _children(whole: Whole, keyword: str) -> list[Spot]:
    return [child for part in whole.parts if (child := part.child(keyword)) is not None]


def _same_conditions(one: Whole, other: Whole) -> bool:
    return all(same_wholes(one.inner(key), other.inner(key)) for key in ("if", "then", "else"))


def _as_written(change: Change, old: Derived, new: Derived) -> Change:
    """With the pointers of the keywords that derived ones stand for: of `nullable`, `readOnly`, `format: int32`."""
    return replace(change, old=_pointer(change.old, old), new=_pointer(change.new, new))


def _pointer(pointer: str | None, derived: Derived) -> str | None:
    """A rule that was added in the derived schema is one of the keyword it stands for."""
    place = pointer
    while place:
        if place in derived.said:
            return derived.said[place].pointer
        place = place.rpartition("/")[0]
    return pointer
