"""Which alternative of a `oneOf` or `anyOf` a value came nearest to, and what it lacks of that one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.contract.spot import Spot
from mockserver.core.text import Json

if TYPE_CHECKING:
    from mockserver.contract.schema import Breach


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative and everything the value breaks of it; nothing when it fits."""

    index: int
    spot: Spot
    breaches: tuple[Breach, ...]

    @property
    def name(self) -> str:
        """The component's name or the title, else its number."""
        schema = self.spot.value
        if isinstance(schema, dict):
            reference = schema.get("$ref")
            if isinstance(reference, str):
                return f"`{reference.rpartition('/')[2]}`"
            if isinstance(schema.get("title"), str):
                return f"`{schema['title']}`"
        return f"number {self.index + 1}"


@dataclass(frozen=True, slots=True)
class Nearest:
    """`matched` holds the alternatives that fit: none, or several where one was wanted."""

    matched: tuple[int, ...]
    expected: str
    remedy: str
    detail: Mapping[str, Json]


def nearest(branches: Sequence[Branch], depth: int) -> Nearest:
    """The verdict on alternatives for a value that lies `depth` steps deep in the body."""
    fitting = [branch for branch in branches if not branch.breaches]
    if fitting:
        names = " and ".join(branch.name for branch in fitting)
        return Nearest(
            tuple(branch.index for branch in fitting),
            f"exactly one of {len(branches)} alternatives to fit",
            f"These fit: {names}.",
            {"matched": [branch.index for branch in fitting]},
        )
    best = min(branches, key=lambda branch: _distance(branch, depth))
    because = [str(breach) for breach in best.breaches]
    return Nearest(
        (),
        f"one of {len(branches)} alternatives",
        f"Nearest is {best.name}: {' '.join(because[:3])}",
        {"branch": best.index, "document": best.spot.followed().pointer, "because": because},
    )


def _distance(branch: Branch, depth: int) -> tuple[int, int, int, int, int]:
    """How far a value is from an alternative: its type, what tells alternatives apart, then how much and how deep."""
    own = [breach for breach in branch.breaches if len(breach.parts) == depth]
    wrong_type = sum(breach.rule == "type" for breach in own)
    wrong_kind = sum(breach.rule in ("const", "enum") and len(breach.parts) == depth + 1 for breach in branch.breaches)
    deepest = max(len(breach.parts) for breach in branch.breaches)
    return wrong_type, wrong_kind, len(branch.breaches), -deepest, branch.index
