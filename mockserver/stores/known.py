"""What is known of a world that is kept elsewhere, and the view of it: what is not known yet has to be asked for.

A store of rows keeps this from call to call, as long as nobody else has changed the world: then most of what a call
reads is at hand. Long lists are read a page at a time, so what a call costs does not grow with the world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, NoReturn

from mockserver.core.text import Record
from mockserver.core.world import Due, Order
from mockserver.stores.rows import Kinds, Step

# Most lists are short; who reads on wants many.
FIRST_PAGE: Final = 16
LARGEST_PAGE: Final = 1024
# So many records, pages and counts of a world are kept; beyond that it begins anew.
MOST_KNOWN: Final = 20_000
# And so much of all worlds together, which is looked at now and then.
MOST_IN_ALL: Final = 100_000
WEIGHED_EVERY: Final = 256

Place = tuple[Order, str]


class Get(NamedTuple):
    """The record of an id?"""

    kind: str
    id: str


class Page(NamedTuple):
    """What stands under a key of an index, from just behind a place? At most so much."""

    kind: str
    label: str
    key: str
    reverse: bool
    after: Place | None
    many: int


class Count(NamedTuple):
    """How much stands under a key of an index?"""

    kind: str
    label: str
    key: str


class Next(NamedTuple):
    """What is due first?"""


Question = Get | Page | Count | Next
NEXT: Final = Next()

_Key = tuple[str, str, str]


class Known:
    """Answers that hold at one state of the world. `due` is not known when `knows_due` is False."""

    __slots__ = ("counts", "due", "knows_due", "pages", "records", "serial", "size")

    def __init__(self, serial: int) -> None:
        self.serial = serial
        self.records: dict[tuple[str, str], Record | None] = {}
        self.pages: dict[_Key, dict[Page, list[Place]]] = {}
        self.counts: dict[_Key, int] = {}
        self.due: Due | None = None
        self.knows_due = False
        self.size = 0

    def learn_due(self, due: Due | None) -> None:
        self.due, self.knows_due = due, True

    def learn_page(self, page: Page, places: list[Place]) -> None:
        self.pages.setdefault((page.kind, page.label, page.key), {})[page] = places
        self.size += 1

    def learn_count(self, kind: str, index: str, key: str, count: int) -> None:
        self.counts[kind, index, key] = count
        self.size += 1

    def forget_lists(self) -> None:
        """What stands in the indexes has to be asked anew."""
        self.pages.clear()
        self.counts.clear()

    def weight(self) -> int:
        return len(self.records) + self.size

    def is_full(self) -> bool:
        return self.weight() > MOST_KNOWN

    def apply(self, step: Step) -> None:
        """A record is changed: what is known follows, or is known no more."""
        kind, id = step.kind, step.id
        self.records[kind, id] = step.record
        counts, pages = self.counts, self.pages
        for entries, more in ((step.gone, -1), (step.come, 1)):
            for label, key, _ in entries:
                place = (kind, label, key)
                if place in counts:
                    counts[place] += more
                if pages:
                    pages.pop(place, None)
        due = self.due
        if due is not None and (due.kind, due.id) == (kind, id):
            self.due, self.knows_due = None, False
        elif self.knows_due and step.due is not None:
            fresh = Due(step.due, kind, id)
            if due is None or fresh < due:
                self.due = fresh


def is_much(known: Iterable[Known]) -> bool:
    """Whether it is too much in all."""
    return sum(each.weight() for each in known) > MOST_IN_ALL


class _Over:
    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError("a view was used after its transaction was over: read all you need while deciding")


Ask = Callable[[Question], None]


class KnownView:
    """One world for the length of a decision. `ask` lets the answer be known, or breaks off the decision."""

    __slots__ = ("_ask", "_kinds", "known")

    def __init__(self, known: Known, kinds: Kinds, ask: Ask) -> None:
        self.known = known
        self._kinds = kinds
        self._ask = ask

    @property
    def serial(self) -> int:
        return self.known.serial

    def get(self, kind: str, id: str) -> Record | None:
        records = self.known.records
        key = (kind, id)
        if key not in records:
            self._kinds[kind]
            self._ask(Get(kind, id))
        return records[key]

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: Place | None = None
    ) -> Iterator[Record]:
        self._kinds[kind].indexes[index]
        return self._walk(kind, index, key, reverse, after)

    def _walk(self, kind: str, index: str, key: str, reverse: bool, after: Place | None) -> Iterator[Record]:
        many = FIRST_PAGE
        while True:
            places = self._page(Page(kind, index, key, reverse, after, many))
            for _, id in places:
                record = self.get(kind, id)
                assert record is not None, f"{kind} {id!r} is in the index {index}, and nowhere else"
                yield record
            if len(places) < many:
                return
            after = places[-1]
            many = min(many * 4, LARGEST_PAGE)

    def _page(self, page: Page) -> list[Place]:
        place = (page.kind, page.label, page.key)
        known = self.known.pages.get(place)
        if known is None or page not in known:
            self._ask(page)
            known = self.known.pages[place]
        return known[page]

    def count(self, kind: str, index: str, key: str) -> int:
        counts = self.known.counts
        place = (kind, index, key)
        if place not in counts:
            self._kinds[kind].indexes[index]
            self._ask(Count(kind, index, key))
        return counts[place]

    def next_due(self) -> Due | None:
        if not self.known.knows_due:
            self._ask(NEXT)
        return self.known.due

    def close(self) -> None:
        self.known = _Over()  # type: ignore[assignment]
