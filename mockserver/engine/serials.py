"""Serials of what each of several servers remembers: unique, and growing in time over all of them.

A hybrid logical clock (Kulkarni, Demirbas and others: Logical Physical Clocks, 2014): real time, but never less than
what was given or heard. Whoever has heard a serial gives none up to that one any more, however far its own clock is
behind. A server that is alone needs none of this: it counts 1, 2, 3.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from mockserver.core.text import Record

# In a millisecond: nobody answers more often for long.
TICKS: Final = 10
# So many servers can be on one store. A serial is a tick and then the slot of its server, in decimal digits: it stays
# below 2**53, which is as far as JavaScript counts, for 28 years.
SLOTS: Final = 1_000
# So many of what is gone are known one by one.
MOST_GONE: Final = 10_000


class Serials:
    """Gives the serials of one server. `real` tells real ms, `founded` is when the store was first shared.

    `slot` is below `SLOTS` and nobody else's who is alive.
    """

    __slots__ = ("_founded", "_last", "_real", "slot")

    def __init__(self, real: Callable[[], int], founded: int, slot: int, last: int = 0) -> None:
        self._real = real
        self._founded = founded
        self._last = last
        self.slot = slot

    @property
    def last(self) -> int:
        """The greatest serial that was given here or heard."""
        return self._last

    def give(self) -> int:
        """The next serial."""
        tick = (self._real() - self._founded) * TICKS
        least = self._last // SLOTS + 1
        self._last = serial = (tick if tick > least else least) * SLOTS + self.slot
        return serial

    def heard(self, serial: int) -> None:
        """Nothing that is given later is less than this, nor the same."""
        if serial > self._last:
            self._last = serial


class Gone:
    """The serials of what is gone: the greatest of them one by one, of all others how many they are."""

    __slots__ = ("_before", "_most", "_serials")

    def __init__(self, most: int = MOST_GONE) -> None:
        self._serials: deque[int] = deque()
        self._before = 0
        self._most = most

    def add(self, serial: int) -> None:
        serials = self._serials
        if not serials or serial > serials[-1]:
            serials.append(serial)
        else:
            insort(serials, serial)
        if len(serials) > self._most:
            serials.popleft()
            self._before += 1

    def after(self, serial: int) -> int:
        """How many are greater than a serial; at most so many, if that is less than all that are known one by one."""
        serials = self._serials
        if self._before and serial < serials[0]:
            return self._before + len(serials)
        return len(serials) - bisect_right(serials, serial)

    def record(self) -> Record:
        """All of it, for another server to `inherit`."""
        return {"before": self._before, "serials": list(self._serials)}

    def inherit(self, said: Record) -> None:
        """What another server has lost counts as lost here."""
        serials: Iterable[int] = said["serials"]
        for serial in serials:
            self.add(serial)
        self._before += said["before"]
