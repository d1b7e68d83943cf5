"""Where choices come from: Hypothesis, or always the simplest one.

Makers of values ask a source and nothing else, so that the same code draws examples and gives the one least value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Final, Protocol, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mockserver.core.text import Json

T = TypeVar("T")

# One draw in so many is beside the edges: they are few, and each is worth meeting again.
_BESIDE: Final = 4


class Source(Protocol):
    """What makers ask. The first answer is the simplest: that is where examples shrink to."""

    def index(self, count: int) -> int:
        """A number from 0 to `count - 1`."""

    def either(self, edges: Sequence[T], beside: SearchStrategy[T] | None) -> T:
        """One of the edges, or something drawn from `beside`."""


@cache
def below(count: int) -> SearchStrategy[int]:
    """Numbers from 0 to `count - 1`; made once, since making a strategy costs more than drawing from it."""
    return st.integers(0, count - 1)


class Drawn:
    """Choices of Hypothesis, through the function a composite strategy gets."""

    __slots__ = ("_draw",)

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def index(self, count: int) -> int:
        return self._draw(below(count)) if count > 1 else 0

    def either(self, edges: Sequence[T], beside: SearchStrategy[T] | None) -> T:
        # Both take two choices, what is beside first: then an example shrinks to the least there is, not to an edge.
        if beside is not None and self._draw(below(_BESIDE)) == 0:
            return self._draw(beside)
        return edges[self._draw(below(len(edges)))]


class Least:
    """Always the simplest choice."""

    __slots__ = ()

    def index(self, count: int) -> int:
        return 0

    def either(self, edges: Sequence[T], beside: SearchStrategy[T] | None) -> T:
        return edges[0]


class Fullest:
    """Always the last choice: every optional property, the longest list."""

    __slots__ = ()

    def index(self, count: int) -> int:
        return count - 1

    def either(self, edges: Sequence[T], beside: SearchStrategy[T] | None) -> T:
        return edges[0]


LEAST: Final = Least()
FULLEST: Final = Fullest()


@cache
def least_text(pattern: str) -> str:
    """The simplest text that matches a pattern, as far as it can be read off it: first branches, fewest repeats."""
    try:
        return _least(parser.parse(ecma(pattern)))
    except (re.error, RecursionError):
        return ""


def _least(parts: Json) -> str:
    return "".join(_one(op, arguments) for op, arguments in parts)


def _one(op: Json, arguments: Json) -> str:
    if op is code.LITERAL:
        return chr(arguments)
    if op is code.IN:
        return _of_class(arguments)
    if op is code.ANY or op is code.NOT_LITERAL:
        return "b" if arguments == ord("a") else "a"
    if op is code.SUBPATTERN:
        return _least(arguments[3])
    if op is code.BRANCH:
        return _least(arguments[1][0])
    if op in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
        return _least(arguments[2]) * int(arguments[0])
    return ""


def _of_class(members: Json) -> str:
    first, argument = members[0]
    if first is code.NEGATE:
        allowed = re.compile("[^" + "".join(re.escape(_of_class([member])) for member in members[1:]) + "]")
        return next((letter for letter in "a0 -_.~!" if allowed.match(letter)), "~")
    if first is code.RANGE:
        return chr(argument[0])
    if first is code.CATEGORY:
        return {code.CATEGORY_DIGIT: "0", code.CATEGORY_SPACE: " "}.get(argument, "a")
    return chr(argument)


@cache
def ecma(pattern: str) -> str:
    """A pattern of ECMA-262, as JSON Schema has them, for Python: `$` is the end and not before a last line feed."""
    out, inside, escaped = "", False, False
    for letter in pattern:
        if letter == "$" and not escaped and not inside:
            letter = r"\Z"
        elif not escaped and letter in "[]":
            inside = letter == "["
        escaped = letter == "\\" and not escaped
        out += letter
    return out
