"""Which records of a world are due when: the earliest is always at hand, and moving one costs O(log n)."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Final

from mockserver.core.world import Due

# A heap is rebuilt when more than half of a long one is dates that were moved.
LONG: Final = 64


class Agenda:
    """At most one instant for each (kind, id). A date that was moved stays in the heap until it comes up."""

    __slots__ = ("_at", "_heap")

    def __init__(self) -> None:
        self._at: dict[tuple[str, str], int] = {}
        self._heap: list[tuple[int, str, str]] = []  # plain tuples: the garbage collector forgets those

    def set(self, kind: str, id: str, at: int | None) -> None:
        """This is when the record is due, whatever was said before; None for never."""
        key = (kind, id)
        if self._at.get(key) == at:
            return
        if at is None:
            del self._at[key]
            return
        self._at[key] = at
        heappush(self._heap, (at, kind, id))
        if len(self._heap) > LONG + 2 * len(self._at):
            self._heap = [(at, kind, id) for (kind, id), at in self._at.items()]
            heapify(self._heap)

    def first(self) -> Due | None:
        """The earliest, or None."""
        heap = self._heap
        while heap:
            at, kind, id = heap[0]
            if self._at.get((kind, id)) == at:
                return Due(at, kind, id)
            heappop(heap)
        return None
