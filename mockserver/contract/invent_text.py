"""A text that matches a pattern, drawn from a chance.

Walks Python's own reading of the pattern. What it can't draw (look-around, back-references) it leaves out: whoever asks
holds the text against the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Final

from mockserver.core.chance import Chance
from mockserver.core.text import Json

_MOST_REPEATS: Final = 6
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_CATEGORIES: Final = {"CATEGORY_DIGIT": "0123456789", "CATEGORY_SPACE": " ", "CATEGORY_WORD": f"{_LETTERS}0123456789_"}


def text_like(pattern: str, chance: Chance) -> str:
    """A text for a pattern; "" for one that Python can't read. Without an end (`$`) nothing is added."""
    try:
        return _drawn(_parse(pattern), chance)
    except re.error:
        return ""


def matches(pattern: str, text: str) -> bool:
    """Whether a text is one for the pattern, as far as Python can read it."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def _parse(pattern: str) -> Json:
    # The standard library's own syntax tree, the same since Python 3.11.
    tree: Json = import_module("re._parser").parse(pattern)
    return tree


def _drawn(tree: Iterable[Json], chance: Chance) -> str:
    return "".join(_DRAWERS[str(op)](argument, chance) for op, argument in tree if str(op) in _DRAWERS)


def _any_of(items: Json, chance: Chance) -> str:
    negated = bool(items) and str(items[0][0]) == "NEGATE"
    known = "".join(_characters(op, argument) for op, argument in items)
    if negated:
        known = "".join(each for each in f"{_LETTERS}0123456789" if each not in known)
    return chance.choice(known) if known else ""


def _characters(op: Json, argument: Json) -> str:
    match str(op):
        case "LITERAL":
            return chr(argument)
        case "RANGE":
            return "".join(map(chr, range(argument[0], min(argument[1], argument[0] + 255) + 1)))
        case "CATEGORY":
            return _CATEGORIES.get(str(argument), _LETTERS)
    return ""


def _repeated(argument: Json, chance: Chance) -> str:
    least, most, tree = argument
    count = chance.between(least, min(int(most), least + _MOST_REPEATS))
    return "".join(_drawn(tree, chance) for _ in range(count))


_DRAWERS: Final[Mapping[str, Callable[[Json, Chance], str]]] = {
    "LITERAL": lambda argument, chance: chr(argument),
    "NOT_LITERAL": lambda argument, chance: "a" if argument != ord("a") else "b",
    "ANY": lambda argument, chance: chance.choice(_LETTERS),
    "IN": _any_of,
    "MAX_REPEAT": _repeated,
    "MIN_REPEAT": _repeated,
    "SUBPATTERN": lambda argument, chance: _drawn(argument[-1], chance),
    "BRANCH": lambda argument, chance: _drawn(chance.choice(argument[1]), chance),
}
