"""Chance: every id, token and jitter of a server comes from its seed, through here.

A chance is a place in a tree of labels, so what one world draws can never shift what another draws, and the
same seed and calls give the same bytes in every process and Python version.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

T = TypeVar("T")

_BASE36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_PAIRS: Final = [low + high for high in _BASE36 for low in _BASE36]  # two digits at once
# Of a UUID's bits: those that are drawn, and those that say version 4 and RFC 4122 (section 4.4).
_DRAWN: Final = ~(0xF << 76 | 0x3 << 62)
_VERSION_4: Final = 4 << 76 | 2 << 62


class Chance:
    """A stream of draws under a label. Not thread-safe; make a child for each use."""

    __slots__ = ("_bits", "_block", "_key", "_left", "_place")

    def __init__(self, key: bytes, place: tuple[Chance, tuple[str | int, ...]] | None = None) -> None:
        self._key = key
        self._place = place
        self._block = 0
        self._bits = 0
        self._left = 0

    @classmethod
    def of(cls, seed: int, *labels: str | int) -> Chance:
        """The chance of a whole server (a seed), or of a place in it."""
        return cls(blake2b(repr((seed, labels)).encode(), digest_size=32).digest())

    @property
    def key(self) -> bytes:
        """What makes this chance what it is: `Chance(key)` draws the same from the beginning."""
        return self._key or self._derived()

    def child(self, *labels: str | int) -> Chance:
        """An independent chance under more labels; draws from it do not move this one."""
        return Chance(b"", (self, labels))

    def _derived(self) -> bytes:
        """The key, worked out when something is drawn: most chances are handed on and never used."""
        if self._place is not None and not self._key:
            parent, labels = self._place
            self._key = blake2b(repr(labels).encode(), key=parent._derived(), digest_size=32).digest()
        return self._key

    def bits(self, count: int) -> int:
        """A whole number of `count` random bits."""
        left = self._left
        while left < count:
            fresh = blake2b(self._block.to_bytes(8, "big"), key=self._key or self._derived()).digest()
            self._block += 1
            self._bits = (self._bits << 512) | int.from_bytes(fresh, "big")
            left += 512
        self._left = left = left - count
        drawn = self._bits >> left
        self._bits ^= drawn << left
        return drawn

    def below(self, bound: int) -> int:
        """A whole number from 0 up to, not including, `bound`."""
        if bound < 1:
            raise ValueError(f"bound must be at least 1, not {bound}")
        return self.bits(bound.bit_length() + 64) % bound

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def unit(self) -> float:
        """A number from 0 up to, not including, 1."""
        return self.bits(53) / 2**53

    def normal(self) -> float:
        """A number of the standard normal distribution (Box and Muller's way: two draws for one)."""
        return math.sqrt(-2.0 * math.log(1.0 - self.unit())) * math.cos(math.tau * self.unit())

    def choice(self, items: Sequence[T]) -> T:
        many = len(items)
        return items[self.bits(many.bit_length() + 64) % many]

    def one_of_each(self, *choices: Sequence[T]) -> list[T]:
        """One item of each sequence, all from a single draw: several times as fast as drawing each."""
        many = math.prod(map(len, choices))
        drawn = self.bits(many.bit_length() + 64)
        found: list[T] = []
        for items in choices:
            drawn, place = divmod(drawn, len(items))
            found.append(items[place])
        return found

    def hex(self, digits: int) -> str:
        """Lower-case hexadecimal digits."""
        return f"{self.bits(digits * 4):0{digits}x}"

    def base36(self, length: int) -> str:
        """Characters of `0-9a-z`."""
        value = self.below(36**length)
        pairs = []
        for _ in range(length // 2):
            pairs.append(_PAIRS[value % 1296])
            value //= 1296
        return "".join(pairs) + _BASE36[value] if length % 2 else "".join(pairs)

    def uuid(self) -> str:
        """A UUID of version 4, RFC 4122 variant, lower case."""
        text = f"{self.bits(128) & _DRAWN | _VERSION_4:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
