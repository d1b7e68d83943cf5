"""How hard a server is tried, and from which seed all is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Effort:
    """`examples` valid requests of an operation, as many ways to break each rule as `ways`, and `examples` sequences.

    Everything drawn comes from `seed`: the same seed and server, the same calls.
    """

    seed: int = 0
    examples: int = 10
    ways: int = 2

    def of(self, seed: int, examples: int | None = None) -> Effort:
        """The same from another seed, and with so many examples."""
        if examples is None:
            return replace(self, seed=seed)
        return Effort(seed, examples, self.ways if examples >= self.examples else 1)


QUICK: Final = Effort(examples=3, ways=1)
USUAL: Final = Effort()
THOROUGH: Final = Effort(examples=100, ways=10)
