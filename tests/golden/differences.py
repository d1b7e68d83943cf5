"""Where our replies are not the recorded ones, and why that is right. Empty is best; a stale entry fails a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Known:
    """A difference that stays. `what` is status, body, order or a header's name; `pointer` is into the body."""

    n: int
    what: str
    pointer: str
    because: str


KNOWN: Final[tuple[Known, ...]] = ()
