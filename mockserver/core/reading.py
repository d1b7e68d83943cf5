"""A reading: one way to read a sentence the provider left unclear. Every such choice has a name and a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Evidence = Literal["measured", "seen", "read", "inferred", "assumed"]


@dataclass(frozen=True, slots=True)
class Reading:
    """An open question and its options (option to meaning, the default among them)."""

    provider: str
    name: str
    question: str
    options: Mapping[str, str]
    default: str
    evidence: Evidence
    because: str

    @property
    def full_name(self) -> str:
        """As users write it: `restream.usage-limit`."""
        return f"{self.provider}.{self.name}"
