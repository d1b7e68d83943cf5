"""How long replies took to decide, as a histogram for each provider: what an operator watches, for a few bytes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

# Upper bounds in microseconds: most replies take a tenth of a millisecond, a jump of the clock may take a second.
BOUNDS: Final = (100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000)


class Timings:
    """Counts since the server began; nothing clears them."""

    __slots__ = ("counts", "sums")

    def __init__(self, providers: Iterable[str]) -> None:
        self.counts = {name: [0] * (len(BOUNDS) + 1) for name in providers}
        self.sums = dict.fromkeys(self.counts, 0)

    def add(self, provider: str, microseconds: int) -> None:
        self.counts[provider][bisect_left(BOUNDS, microseconds)] += 1
        self.sums[provider] += microseconds
