"""An ordered bag of comparable items that mostly come in order: a plain list, until that would be slow.

Most index keys of a world hold one or two entries, and long ones grow at their end. Only a long bag that is changed
far from its end becomes a SortedList: that costs more memory, and ten times as long for each item at the end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Set
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from sortedcontainers import SortedList

T = TypeVar("T", bound=tuple[object, ...])

LONG: Final = 512


class Ordered(Generic[T]):
    """Items in ascending order. Adding, removing and seeking cost O(log n).

    What is added finds its place when somebody looks: mostly more is added than looked at.
    """

    __slots__ = ("_added", "_items")

    def __init__(self, first: T) -> None:
        self._items: list[T] | SortedList[T] = [first]
        self._added: list[T] = []

    @classmethod
    def of(cls, items: list[T]) -> Ordered[T]:
        """A bag of these, one at least."""
        bag = cls(items[0])
        bag._items = sorted(items)
        return bag

    def __len__(self) -> int:
        return len(self._items) + len(self._added)

    def add(self, item: T) -> None:
        self._added.append(item)

    def first(self) -> T | None:
        """The least item, or None."""
        items = self._placed()
        return items[0] if items else None

    def discard(self, item: T) -> None:
        """Take an item out; one that is not there is no matter."""
        items = self._placed()
        if isinstance(items, list):
            place = bisect_left(items, item)
            if place == len(items) or items[place] != item:
                return
            if len(items) - place <= LONG:
                del items[place]
                return
            items = self._items = _sorted(items)
        items.discard(item)

    def change(self, gone: Set[T], added: Iterable[T]) -> None:
        """Take many items out and add many others, which costs what it takes to sort the bag."""
        items = [item for item in self._placed() if item not in gone]
        items += added
        items.sort()
        self._items = items if isinstance(self._items, list) else _sorted(items)

    def _placed(self) -> list[T] | SortedList[T]:
        """The items, with what was added in its place."""
        if self._added:
            added, self._added = self._added, []
            for item in added:
                self._place(item)
        return self._items

    def _place(self, item: T) -> None:
        items = self._items
        if not isinstance(items, list):
            items.add(item)
        elif not items or items[-1] < item:
            items.append(item)
        elif len(items) <= LONG or items[-LONG] < item:
            insort(items, item, max(0, len(items) - LONG))
        else:
            self._items = _sorted(items)
            self._items.add(item)

    def walk(self, *, reverse: bool = False, after: T | None = None) -> Iterator[T]:
        """Items in order, lazily, from just behind `after` (which need not be there)."""
        items = self._placed()
        start, stop = 0, len(items)
        if after is not None:
            if reverse:
                stop = bisect_left(items, after) if isinstance(items, list) else items.bisect_left(after)
            else:
                start = bisect_right(items, after) if isinstance(items, list) else items.bisect_right(after)
        if not isinstance(items, list):
            return items.islice(start, stop, reverse)
        places = range(stop - 1, start - 1, -1) if reverse else range(start, stop)
        return (items[place] for place in places)


def _sorted(items: list[T]) -> SortedList[T]:
    from sortedcontainers import SortedList  # few servers ever need it, and each would wait for it at its start

    return SortedList(items)
