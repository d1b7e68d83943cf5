"""Why mutants survive a suite, where that is known: of (a), every one that ever did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# By the suite's name and the mutant's.
BECAUSE: Final[Mapping[tuple[str, str], str]] = {}
