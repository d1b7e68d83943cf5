"""What may have been renamed: something is gone, and something new beside it is like it. Guesses, no verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from mockserver.conformance.diff.pairs import paired
from mockserver.conformance.diff.shift import Shift
from mockserver.conformance.diff.wholes import spelled
from mockserver.contract.spot import Spot
from mockserver.core.text import Json, resolve

_GONE: Final = "property-removed", "parameter-removed"
_NEW: Final = "property-added", "parameter-added", "parameter-required-added"
# Names are alike from here on; two of the same shape need less.
_ALIKE: Final = 0.5
_WORDS: Final = frozenset(("description", "title", "summary", "example", "examples", "name", "deprecated", "required"))


def guesses(old: Spot, new: Spot, shifts: Sequence[Shift]) -> Iterator[str]:
    """A sentence for each."""
    for one, other in paired(old.at("paths"), new.at("paths")).guesses:
        yield (
            f"Perhaps {one.method.upper()} {one.path} is {other.method.upper()} {other.path} now: "
            "the one is gone, the other is new, and they are much alike."
        )
    left = [shift for shift in shifts if shift.rule.endswith(_NEW)]
    for gone in (shift for shift in shifts if shift.rule.endswith(_GONE)):
        match = max(left, key=lambda each: _likeness(gone, each, old, new), default=None)
        if match is not None and _likeness(gone, match, old, new) >= _ALIKE:
            left.remove(match)
            names = [_name(root.root, pointer) for root, pointer in ((old, gone.old), (new, match.new))]
            yield f"Perhaps `{names[0]}` is `{names[1]}` now ({gone.title.partition(':')[0]}): both hold the same."


def _likeness(gone: Shift, come: Shift, old: Spot, new: Spot) -> float:
    """Of the names, where both stood in the same place and hold the same; else nothing."""
    if gone.area != come.area or gone.operation != come.operation or gone.old is None or come.new is None:
        return 0.0
    if "/properties/" in gone.old and (_holder(gone.old), gone.new) != (come.old, _holder(come.new)):
        return 0.0
    one, other = resolve(old.root, gone.old), resolve(new.root, come.new)
    if _bare(one) != _bare(other):
        return 0.0
    names = (_name(old.root, gone.old).lower(), _name(new.root, come.new).lower())
    return SequenceMatcher(None, *names).ratio()


def _holder(pointer: str) -> str:
    return pointer.rpartition("/properties/")[0]


def _bare(value: Json) -> str:
    """Without what names it or tells of it."""
    return spelled(
        {key: each for key, each in value.items() if key not in _WORDS} if isinstance(value, dict) else value
    )


def _name(root: Json, pointer: str | None) -> str:
    """A parameter's own name, or a property's."""
    value = resolve(root, pointer or "")
    if isinstance(value, dict) and "in" in value and isinstance(value.get("name"), str):
        return str(value["name"])
    return (pointer or "").rpartition("/")[2].replace("~1", "/").replace("~0", "~")
