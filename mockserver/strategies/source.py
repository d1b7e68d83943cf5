"""Where choices come from: Hypothesis, or always the simplest one.

Makers of values ask a source and nothing else, so that the same code draws examples and gives the one least value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Final, Protocol, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mockserver.core.text import Json

T = TypeVar("T")

# Python's own reading of patterns, which type checkers have never heard of.
code: Final[Json] = import_module("re._constants")
parser: Final[Json] = import_module("re._parser")

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
    """The simplest text that matches a pattern: first branches, fewest repeats."""
    return text_like(pattern, 0)


def text_like(pattern: str, seed: int) -> str:
    """A text that matches a pattern, as far as can be read off it; another for each seed, the simplest for 0.

    `from_regex` draws each letter by itself, which takes fifty times as long for an id of some length.
    """
    state = seed

    def pick(count: int) -> int:
        nonlocal state
        # A step of a linear congruential generator (Knuth's MMIX); from 0 it stays 0.
        state = state and (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % count

    try:
        return _text(_parsed(pattern), pick)
    except (re.error, RecursionError):
        return ""


@cache
def _parsed(pattern: str) -> Json:
    return parser.parse(ecma(pattern))


_Pick = Callable[[int], int]
_MORE: Final = 8
_PLAIN: Final = "a0bcxyz19-_. AZ~"


def _text(parts: Json, pick: _Pick) -> str:
    return "".join(_one(op, arguments, pick) for op, arguments in parts)


def _one(op: Json, arguments: Json, pick: _Pick) -> str:
    if op is code.LITERAL:
        return chr(arguments)
    if op is code.IN:
        return _of_class(arguments, pick)
    if op is code.ANY or op is code.NOT_LITERAL:
        allowed = [letter for letter in _PLAIN if op is code.ANY or ord(letter) != arguments]
        return allowed[pick(len(allowed))]
    if op is code.SUBPATTERN:
        return _text(arguments[3], pick)
    if op is code.BRANCH:
        return _text(arguments[1][pick(len(arguments[1]))], pick)
    if op in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
        low, high, inner = arguments
        count = int(low) + pick(min(int(high) - int(low), _MORE) + 1)
        return "".join(_text(inner, pick) for _ in range(count))
    return ""


def _of_class(members: Json, pick: _Pick) -> str:
    if members[0][0] is code.NEGATE:
        refused = {letter for letter in _PLAIN for member in members[1:] if _is_in(letter, member)}
        allowed = [letter for letter in _PLAIN if letter not in refused] or ["\u00e9"]
        return allowed[pick(len(allowed))]
    kind, argument = members[pick(len(members))]
    if kind is code.RANGE:
        return chr(argument[0] + pick(argument[1] - argument[0] + 1))
    if kind is code.CATEGORY:
        known = {code.CATEGORY_DIGIT: "0123456789", code.CATEGORY_SPACE: " "}.get(argument, "a0_z")
        return known[pick(len(known))]
    return chr(argument)


def _is_in(letter: str, member: Json) -> bool:
    kind, argument = member
    if kind is code.RANGE:
        return bool(argument[0] <= ord(letter) <= argument[1])
    if kind is code.CATEGORY:
        digits, spaces = letter.isdecimal(), letter.isspace()
        return {code.CATEGORY_DIGIT: digits, code.CATEGORY_SPACE: spaces}.get(argument, letter.isalnum())
    return bool(argument == ord(letter))


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
