"""What there is to say of one code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `mockserver explain CODE` tells. `rules` are the values of `Violation.rule` that carry the code."""

    code: str
    rules: tuple[str, ...]
    title: str
    meaning: str
    remedy: str
    example: str
