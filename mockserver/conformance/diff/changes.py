"""A change between two schemas: how far it narrows and how far it widens what fits. Values only.

What that means for clients and servers is decided by the direction in which the values travel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum


class Grade(IntEnum):
    """NO: provably not; MAYBE: it can't be told, or only for what nobody should do; YES: it does."""

    NO = 0
    MAYBE = 1
    YES = 2


NO, MAYBE, YES = Grade.NO, Grade.MAYBE, Grade.YES


@dataclass(frozen=True, slots=True)
class Change:
    """`narrows`: what fitted before may not fit now. `widens`: what fits now may not have fitted before.

    `rule` names it (`enum-value-removed`), `text` is a sentence about it, `path` leads to it from the schema that is
    compared (`/profiles/*/fps`). `old` and `new` are JSON Pointers into the two documents; None where nothing is.
    """

    rule: str
    text: str
    narrows: Grade = NO
    widens: Grade = NO
    old: str | None = None
    new: str | None = None
    path: str = ""

    def under(self, step: str) -> Change:
        """The same, seen from one step further up."""
        return replace(self, path=f"/{step}{self.path}") if step else self

    def turned(self) -> Change:
        """What it is under `not`: what is narrower there is wider outside, and nothing is sure to be neither."""
        return replace(self, narrows=max(self.widens, MAYBE), widens=max(self.narrows, MAYBE))

    def unsure(self) -> Change:
        """What it is where another schema decides, too, whether it counts: under `oneOf`, for one."""
        return replace(self, narrows=max(self.narrows, MAYBE), widens=max(self.widens, MAYBE))


def folded(changes: Iterable[Change]) -> list[Change]:
    """Each change once, at the first path it was found at, as grave as it is anywhere."""
    found: dict[tuple[str, str | None, str | None], Change] = {}
    for change in changes:
        key = (change.rule, change.old, change.new)
        known = found.get(key)
        if known is None:
            found[key] = change
        elif (known.narrows, known.widens) != (change.narrows, change.widens):
            narrows, widens = max(known.narrows, change.narrows), max(known.widens, change.widens)
            found[key] = replace(known, narrows=narrows, widens=widens)
    return list(found.values())
