"""`valueclass`: a dataclass that is frozen to its readers and to mypy, for the values that every request makes.

One frozen at run time too sets each field through `object.__setattr__`: it takes five times as long to make, and a
request makes a dozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

__all__ = ["valueclass"]

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as valueclass
else:

    def valueclass(*, frozen: bool, slots: bool) -> type[T]:
        """Used as `@valueclass(frozen=True, slots=True)`, which mypy takes for `dataclass`."""
        assert frozen
        return dataclass(slots=slots, unsafe_hash=True)
