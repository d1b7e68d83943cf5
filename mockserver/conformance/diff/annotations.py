"""What changed in the words beside a schema's rules that programs read: defaults, deprecations, discriminators."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conformance.diff.changes import MAYBE, NO, Change, Grade
from mockserver.conformance.diff.likeness import shown
from mockserver.conformance.diff.wholes import Told, Whole, spelled
from mockserver.contract.dialect import Direction
from mockserver.core.text import Json, resolve


def word_changes(old: Whole, new: Whole, roots: tuple[Json, Json], direction: Direction) -> Iterator[Change]:
    yield from _default(_told(old, roots[0], "default"), _told(new, roots[1], "default"), old, new, direction)
    yield from _deprecated(_told(old, roots[0], "deprecated"), _told(new, roots[1], "deprecated"), old, new)
    before, after = (_told(whole, root, "discriminator") for whole, root in zip((old, new), roots, strict=True))
    if spelled([told.value for told in before]) != spelled([told.value for told in after]):
        text = "what tells the alternatives apart has changed"
        yield Change("discriminator-changed", text, MAYBE, MAYBE, _at(before, old), _at(after, new))


def _default(before: list[Told], after: list[Told], old: Whole, new: Whole, direction: Direction) -> Iterator[Change]:
    """In a request it is what a server takes for something that was not sent; in a reply it says nothing."""
    values = [{spelled(told.value): told.value for told in each} for each in (before, after)]
    if values[0].keys() == values[1].keys():
        return
    grade: Grade = MAYBE if direction == "request" else NO
    words = [" and ".join(map(shown, each.values())) or "none" for each in values]
    text = f"the default was {words[0]} and is {words[1]}"
    yield Change("default-changed", text, grade, grade, _at(before, old), _at(after, new))


def _deprecated(before: list[Told], after: list[Told], old: Whole, new: Whole) -> Iterator[Change]:
    was, now = (any(told.value is True for told in each) for each in (before, after))
    if was != now:
        rule, text = ("deprecated", "deprecated now") if now else ("not-deprecated", "not deprecated any more")
        yield Change(rule, f"it is {text}", NO, NO, _at(before, old), _at(after, new))


def _told(whole: Whole, root: Json, keyword: str) -> list[Told]:
    """From the document itself: derived schemas have no annotations."""
    found = []
    for pointer in dict.fromkeys(spot.pointer for spot in (*whole.spots, *whole.parts)):
        try:
            value = resolve(root, pointer)
        except KeyError:  # added when it was derived
            continue
        if isinstance(value, dict) and keyword in value:
            found.append(Told(value[keyword], f"{pointer}/{keyword}"))
    return found


def _at(told: list[Told], whole: Whole) -> str | None:
    return told[0].pointer if told else whole.pointer
