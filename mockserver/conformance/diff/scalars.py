"""What changed in the keywords that look at a value itself: type, values, bounds, lengths, patterns, formats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from mockserver.conformance.diff.changes import MAYBE, NO, YES, Change
from mockserver.conformance.diff.likeness import shown
from mockserver.conformance.diff.wholes import KINDS, NUMBERS, Told, Whole
from mockserver.core.text import Json

# What the check refuses by its format; others are words for a reader.
ASSERTED: Final = frozenset(
    (
        *("date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
        *("uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer"),
        *("relative-json-pointer", "regex", "byte"),
    )
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound, by whichever keyword is tightest. One not `told` goes without saying."""

    value: float
    strict: bool
    pointer: str | None
    told: bool = True

    def __str__(self) -> str:
        return f"{self.value:.15g}{' (exclusive)' if self.strict else ''}" if math.isfinite(self.value) else "none"


# Keyword, its kinds, whether it is a lower bound, and what it is without it.
_SIZES: Final[Mapping[str, tuple[str, bool, float]]] = {
    "minLength": ("string", True, 0),
    "maxLength": ("string", False, math.inf),
    "minItems": ("array", True, 0),
    "maxItems": ("array", False, math.inf),
    "minProperties": ("object", True, 0),
    "maxProperties": ("object", False, math.inf),
}


def scalars(old: Whole, new: Whole) -> Iterator[Change]:
    """The changes of all keywords but those that have schemas in them."""
    yield from _types(old, new)
    yield from _values(old, new)
    common = old.kinds & new.kinds
    if common & NUMBERS:
        integers = "fraction" not in common
        for lower in (True, False):
            yield from _bound(_number(old, lower, integers), _number(new, lower, integers), lower)
        yield from _multiples(old, new, integers)
    for keyword, (kind, lower, without) in _SIZES.items():
        if kind in common:
            yield from _bound(_size(old, keyword, lower, without), _size(new, keyword, lower, without), lower, keyword)
    if "string" in common:
        yield from _texts(old, new, "pattern", lambda text: True)
        yield from _texts(old, new, "format", lambda text: text in ASSERTED)
    if "array" in common:
        yield from _unique(old, new)


def named(kinds: frozenset[str]) -> str:
    """`string or null`; integers and fractions together are a number."""
    if kinds == KINDS:
        return "anything"
    names = sorted(kinds - NUMBERS)
    if kinds >= NUMBERS:
        names = ["number", *names]
    elif kinds & NUMBERS:
        names = ["integer" if "integer" in kinds else "fraction", *names]
    return " or ".join(names) if names else "nothing"


def _types(old: Whole, new: Whole) -> Iterator[Change]:
    lost, gained = old.kinds - new.types, new.kinds - old.types
    if not lost and not gained:
        return
    pointers = (_at(old, "type"), _at(new, "type"))
    if new.never is not None or old.never is not None:
        rule = "forbidden" if new.never is not None else "allowed"
        text = "no value is allowed here any more" if new.never is not None else "a value is allowed here now"
    elif lost | gained == {"null"}:
        rule = "null-added" if gained else "null-removed"
        text = "null is possible now" if gained else "null is not possible any more"
    else:
        rule = "type-widened" if not lost else "type-narrowed" if not gained else "type-changed"
        text = f"the type was {named(old.kinds)} and is {named(new.kinds)}"
    yield Change(rule, text, YES if lost else NO, YES if gained else NO, *pointers)


def _values(old: Whole, new: Whole) -> Iterator[Change]:
    if old.values is None and new.values is None:
        return
    pointers = (_at(old, "enum", "const"), _at(new, "enum", "const"))
    if old.values is None:
        yield Change("enum-added", f"only {_some(new.values)} is possible now", YES, NO, *pointers)
    elif new.values is None:
        yield Change("enum-removed", f"other values than {_some(old.values)} are possible now", NO, YES, *pointers)
    else:
        gone = {key: value for key, value in old.values.items() if key not in new.values}
        come = {key: value for key, value in new.values.items() if key not in old.values}
        if gone:
            yield Change("enum-value-removed", f"{_some(gone)} is not possible any more", YES, NO, *pointers)
        if come:
            yield Change("enum-value-added", f"{_some(come)} is possible now", NO, YES, *pointers)


def _some(values: Mapping[str, Json] | None) -> str:
    listed = [shown(value) for value in (values or {}).values()]
    more = f" or {len(listed) - 6} more" if len(listed) > 6 else ""
    return " or ".join(listed[:6]) + more if listed else "nothing"


def _number(whole: Whole, lower: bool, integers: bool) -> Limit:
    side = "inimum" if lower else "aximum"
    limits = [Limit(told.value, False, told.pointer) for told in whole.told(f"m{side}") if _is_number(told)]
    limits += [Limit(told.value, True, told.pointer) for told in whole.told(f"exclusiveM{side}") if _is_number(told)]
    if integers:
        limits = [_whole_numbered(limit, lower) for limit in limits]
    none = Limit(-math.inf if lower else math.inf, False, whole.body, told=False)
    return _tightest([*limits, none], lower)


def _whole_numbered(limit: Limit, lower: bool) -> Limit:
    """Of integers alone, `> 0` is `>= 1`, and `>= 0.5` too."""
    step = (1 if lower else -1) if limit.strict and limit.value == int(limit.value) else 0
    value = (math.ceil if lower else math.floor)(limit.value) + step
    return Limit(value, False, limit.pointer)


def _size(whole: Whole, keyword: str, lower: bool, without: float) -> Limit:
    limits = [Limit(told.value, False, told.pointer) for told in whole.told(keyword) if _is_number(told)]
    return _tightest([*limits, Limit(without, False, whole.body, told=False)], lower)


def _is_number(told: Told) -> bool:
    return isinstance(told.value, (int, float)) and not isinstance(told.value, bool)


def _tightest(limits: list[Limit], lower: bool) -> Limit:
    return max(limits, key=lambda each: (each.value if lower else -each.value, each.strict))


def _bound(old: Limit, new: Limit, lower: bool, keyword: str = "") -> Iterator[Change]:
    if (old.value, old.strict) == (new.value, new.strict):
        return
    keyword = keyword or ("minimum" if lower else "maximum")
    tighter = _tightest([old, new], lower) is new
    words = {True: "raised", False: "lowered"}[new.value > old.value or (new.value == old.value and tighter == lower)]
    verb = words if old.told and new.told else "added" if new.told else "removed"
    text = f"{keyword} was {old} and is {new}"
    yield Change(f"{keyword}-{verb}", text, YES if tighter else NO, NO if tighter else YES, old.pointer, new.pointer)


def _multiples(old: Whole, new: Whole, integers: bool) -> Iterator[Change]:
    before, after = (
        {Fraction(str(told.value)) for told in whole.told("multipleOf") if _is_number(told)} for whole in (old, new)
    )
    one = {Fraction(1)} if integers else set()
    tighter = [number for number in after if not any(each % number == 0 for each in before | one)]
    looser = [number for number in before if not any(each % number == 0 for each in after | one)]
    if tighter or looser:
        spell = [", ".join(str(float(number)) for number in sorted(numbers)) or "none" for numbers in (before, after)]
        yield Change(
            "multiple-of-changed", f"multipleOf was {spell[0]} and is {spell[1]}", YES if tighter else NO,
            YES if looser else NO, _at(old, "multipleOf"), _at(new, "multipleOf"),
        )  # fmt: skip


def _texts(old: Whole, new: Whole, keyword: str, asserted: Callable[[str], bool]) -> Iterator[Change]:
    """Of patterns and formats: all of them hold. What two different ones have in common nobody can tell."""
    before, after = ({str(told.value) for told in whole.told(keyword)} for whole in (old, new))
    gone, come = sorted(before - after), sorted(after - before)
    pointers = (_at(old, keyword), _at(new, keyword))
    sure = [YES if any(map(asserted, texts)) else MAYBE for texts in (come, gone)]
    if gone and come:
        text = f"the {keyword} was {shown(gone[0])} and is {shown(come[0])}"
        yield Change(f"{keyword}-changed", text, MAYBE, MAYBE, *pointers)
    elif come:
        yield Change(f"{keyword}-added", f"the {keyword} {shown(come[0])} has to fit now", sure[0], NO, *pointers)
    elif gone:
        text = f"the {keyword} {shown(gone[0])} need not fit any more"
        yield Change(f"{keyword}-removed", text, NO, sure[1], *pointers)


def _unique(old: Whole, new: Whole) -> Iterator[Change]:
    before, after = (any(told.value is True for told in whole.told("uniqueItems")) for whole in (old, new))
    if before != after:
        text = "items have to differ now" if after else "items may be equal now"
        rule = "unique-items-added" if after else "unique-items-removed"
        grades = (YES, NO) if after else (NO, YES)
        yield Change(rule, text, *grades, _at(old, "uniqueItems"), _at(new, "uniqueItems"))


def _at(whole: Whole, *keywords: str) -> str | None:
    """Where one of the keywords is written, or else the schema."""
    for keyword in keywords:
        told = whole.told(keyword)
        if told:
            return told[0].pointer
    return whole.never or whole.body
