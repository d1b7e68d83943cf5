"""Numbers within bounds: the bounds themselves and their neighbours, zero, the limits of machines, and the rest."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mockserver.strategies.source import Source

Number = int | float
_INTEGERS: Final = (0, 1, -1, 2, 10, 1_000, 2**31 - 1, 2**31, -(2**31), 2**53 - 1, 2**53, 1_700_000_000_000)
_FRACTIONS: Final = (0.5, 1.5, -0.5, 0.1, 1e-9, 59.999, 1e15 + 0.5, -1e-7)


def integer(source: Source, low: Number | None, high: Number | None, step: Number | None = None) -> int:
    """An integer from `low` to `high`, a multiple of `step` where one is given."""
    return source.either(*_integers(low, high, step))


def fraction(source: Source, low: Number | None, high: Number | None, step: Number | None = None) -> Number:
    """A number from `low` to `high`, mostly not an integer."""
    return source.either(*_fractions(low, high, step))


@cache
def _integers(
    low: Number | None, high: Number | None, step: Number | None
) -> tuple[tuple[int, ...], SearchStrategy[int]]:
    least = None if low is None else math.ceil(low)
    most = None if high is None else math.floor(high)
    by = int(step) if step and float(step).is_integer() else 1
    bounds = [one for one in (least, least and least + 1, most, most and most - 1) if one is not None]
    simple = sorted({*_INTEGERS, *bounds}, key=lambda one: (abs(one), one < 0))
    edges = [one // by * by for one in simple]
    fitting = [one for one in edges if (least is None or least <= one) and (most is None or one <= most)]
    between = st.integers(
        None if least is None else math.ceil(least / by), None if most is None else math.floor(most / by)
    ).map(lambda one: one * by)
    return tuple(dict.fromkeys(fitting)) or (bounds[0] if bounds else 0,), between


@cache
def _fractions(
    low: Number | None, high: Number | None, step: Number | None
) -> tuple[tuple[Number, ...], SearchStrategy[Number]]:
    if step is not None:
        whole = st.integers(
            None if low is None else math.ceil(low / step), None if high is None else math.floor(high / step)
        )
        return (0 if low is None or low <= 0 else math.ceil(low / step) * step,), whole.map(lambda one: one * step)
    near = [low + 0.5] if low is not None else []
    near += [high - 0.5] if high is not None else []
    fitting = [one for one in (*_FRACTIONS, *near) if (low is None or low <= one) and (high is None or one <= high)]
    least = None if low is None else float(low)
    most = None if high is None else float(high)
    beside: SearchStrategy[Number] = st.floats(least, most, allow_nan=False, allow_infinity=False)
    return tuple(dict.fromkeys(fitting)) or (low if low is not None else high if high is not None else 0.5,), beside
