"""Which operation of the old document is which of the new one: by method and path, whatever its parameters are called.

What is left over on both sides may have been renamed; that is a guess, and said as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from mockserver.contract.routes import METHODS
from mockserver.contract.spot import Spot

_NAMES: Final = re.compile(r"\{([^{}]*)\}")
# So alike two paths are for one to be taken for the other's new name.
_ALIKE: Final = 0.75


@dataclass(frozen=True, slots=True)
class Place:
    """One operation where it is written. `item` is the Path Item around it."""

    method: str
    path: str
    spot: Spot
    item: Spot

    @property
    def key(self) -> tuple[str, str]:
        return self.method, _NAMES.sub("{}", self.path)

    @property
    def id(self) -> str | None:
        said = self.spot.value.get("operationId")
        return said if isinstance(said, str) else None

    @property
    def name(self) -> str:
        return self.id or f"{self.method.upper()} {self.path}"

    @property
    def names(self) -> list[str]:
        """The names of its path's parameters, in order."""
        return _NAMES.findall(self.path)


@dataclass(frozen=True, slots=True)
class Pairing:
    """`guesses` are pairs of one that is gone and one that is new, perhaps under another name."""

    pairs: list[tuple[Place, Place]] = field(default_factory=list)
    gone: list[Place] = field(default_factory=list)
    new: list[Place] = field(default_factory=list)
    guesses: list[tuple[Place, Place]] = field(default_factory=list)


def places(items: Spot | None) -> Iterator[Place]:
    """Every operation of a map of Path Items."""
    for path, item in items.items() if items is not None else ():
        for method in METHODS:
            spot = item.at(method)
            if spot is not None and isinstance(spot.value, dict):
                yield Place(method, path, spot, item)


def paired(old: Spot | None, new: Spot | None) -> Pairing:
    before = {place.key: place for place in places(old)}
    after = {place.key: place for place in places(new)}
    pairing = Pairing(
        [(place, after[key]) for key, place in before.items() if key in after],
        [place for key, place in before.items() if key not in after],
        [place for key, place in after.items() if key not in before],
    )
    left = list(pairing.new)
    for place in pairing.gone:
        guess = max(left, key=lambda each: _likeness(place, each), default=None)
        if guess is not None and _likeness(place, guess) >= _ALIKE:
            left.remove(guess)
            pairing.guesses.append((place, guess))
    return pairing


def _likeness(one: Place, other: Place) -> float:
    if one.id is not None and one.id == other.id:
        return 1.0
    return SequenceMatcher(None, one.key[1], other.key[1]).ratio() if one.method == other.method else 0.0
