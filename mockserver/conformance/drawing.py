"""Draws examples from strategies: so many, the same for the same seed, without a test around them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Final, TypeVar
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning, Unsatisfiable
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

_CHECKS: Final = list(HealthCheck)


def each(strategy: SearchStrategy[T], count: int, start: int, label: str, look: Callable[[T], None]) -> None:
    """Give `look` up to `count` examples, the simplest first. Nothing when none can be drawn."""

    @seed(crc32(f"{start} {label}".encode()))
    @settings(max_examples=count, database=None, phases=[Phase.generate], deadline=None, suppress_health_check=_CHECKS)
    @given(strategy)
    def run(value: T) -> None:
        look(value)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        try:
            run()
        except Unsatisfiable:
            return


def draws(strategy: SearchStrategy[T], count: int, start: int, label: str) -> list[T]:
    """Up to `count` examples, the simplest first."""
    found: list[T] = []
    each(strategy, count, start, label, found.append)
    return found
