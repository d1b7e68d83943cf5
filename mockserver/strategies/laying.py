"""Lays ready what a client will meet next, and says so in the story of a failing test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mockserver.core.fault import Calls, Effect, Fault, Turns
from mockserver.core.http import Reply
from mockserver.strategies.client import Mock

T = TypeVar("T")
Draw = Callable[[SearchStrategy[T]], T]

# What is said of a reply: one line.
_LONGEST: Final = 160


class Dice:
    """Draws within a rule without a word: what came of it is told in other words."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def __call__(self, strategy: SearchStrategy[T]) -> T:
        return self._draw(strategy)

    def __repr__(self) -> str:
        return "..."


@st.composite
def dice(draw: DrawFn) -> Dice:
    return Dice(draw)


def answer_next(mock: Mock, operation: str, reply: Reply, times: int = 1) -> None:
    """The next calls of an operation are answered with this."""
    for _ in range(times):
        mock.reply_next(operation, reply)
    calls = f"the next {times} calls of {operation} are" if times > 1 else f"the next {operation} is"
    _say(f"# {calls} answered {_told(reply)}")


def strike_next(mock: Mock, operation: str, effect: Effect) -> None:
    """Something goes wrong with the next call of an operation."""
    mock.add_fault(Fault(effect, Calls(operations=(operation,)), Turns(nth=1)))
    said = ", ".join(f"{name}={getattr(effect, name)!r}" for name in effect)
    _say(f"# the next {operation} meets a fault: {said}")


def _say(text: str) -> None:
    if currently_in_test_context():
        note(text)


def _told(reply: Reply) -> str:
    said = [f"{name}: {value}" for name, value in reply.headers if name.lower() in ("retry-after", "link")]
    body = reply.body.decode("utf-8", "replace")
    text = " ".join((str(reply.status), *said, *body.split()))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
