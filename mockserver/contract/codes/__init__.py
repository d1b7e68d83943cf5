"""Every code a violation can carry, in one table: title, meaning, remedy and an example of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.contract.codes import exchange, schemas
from mockserver.contract.codes.entry import Explanation

__all__ = ["CODES", "Explanation", "code_of"]

CODES: Final[Mapping[str, Explanation]] = {
    entry.code: entry for entry in sorted((*exchange.ENTRIES, *schemas.ENTRIES), key=lambda entry: entry.code)
}

# Backwards, so that of two codes for one rule the first stays.
_BY_RULE: Final[Mapping[str, str]] = {rule: code for code in reversed(list(CODES)) for rule in CODES[code].rules}


def code_of(rule: str) -> str:
    """The code of a rule; C299 for a keyword without one. `oneOf` gives C241: that several fit is C242."""
    return _BY_RULE.get(rule, "C299")
