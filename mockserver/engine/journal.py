"""The bounded record of exchanges. Secrets are gone before anything is kept. It is on the way of every request."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from operator import attrgetter
from typing import Final, NamedTuple

from mockserver.core.http import Reply, Request, media_type
from mockserver.core.payload import is_json
from mockserver.core.redaction import Redaction
from mockserver.core.text import Record, TextError, parse
from mockserver.core.violation import Violation
from mockserver.engine.serials import Gone, Serials

MOST_ENTRIES: Final = 1_000
MOST_BYTES: Final = 16 * 1024 * 1024

# What an entry costs besides its texts: the values around them. A header and a violation likewise.
_FRAME: Final = 900
_HEADER: Final = 110
_VIOLATION: Final = 1_500
_NAME: Final = 80

_PLAIN: Final = Redaction()
_SERIAL: Final = attrgetter("serial")


class Entry(NamedTuple):
    """One exchange. `serial` counts from 1, or is a time among several servers (`serials.py`); it never repeats.

    `at` is the clock's instant in ms.
    `violations` are the client's, then ours. `microseconds` is how long we took. `operation` is None when nothing
    matched. `fault` names what struck it; `reply` is then as it was meant, its status 0 where none was.
    """

    serial: int
    at: int
    provider: str
    world: str
    operation: str | None
    request: Request
    reply: Reply
    violations: tuple[Violation, ...]
    microseconds: int
    fault: str | None = None


class Journal:
    """The newest exchanges; the oldest go when there are more than `most_entries`, or than `most_bytes` of them."""

    __slots__ = (
        *("_bytes", "_cleared", "_entries", "_gone", "_most_bytes", "_most_entries", "_redactions", "_serial"),
        *("_serials", "_sizes", "dropped"),
    )

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        # A reply is kept without its value: that is read from its body again when somebody asks. What is kept lies
        # in the way of every later request, in caches that are not large.
        self._entries: deque[Entry] = deque()
        self._sizes: deque[int] = deque()
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._bytes = 0
        self._serial = 0
        self._serials: Serials | None = None
        self._gone: Gone | None = None  # of serials that are not dense; of others it can be reckoned
        self._cleared = 0  # up to here nothing comes back
        self._redactions: dict[str, Redaction] = {}
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def first(self) -> int:
        """The serial of the oldest entry that is left; that of the next one when none is."""
        return self._entries[0].serial if self._entries else self._serial + 1

    @property
    def last(self) -> int:
        """The serial of the newest entry there ever was; 0 before the first."""
        return self._serial

    @property
    def bytes(self) -> int:
        """About how much memory the entries take."""
        return self._bytes

    def hide(self, provider: str, redaction: Redaction) -> None:
        """Take secrets out of exchanges with this provider so from now on."""
        self._redactions[provider] = redaction

    def follow(self, serials: Serials) -> None:
        """Take serials from here from now on: there are other servers."""
        self._serials, self._gone = serials, Gone()

    def add(
        self,
        at: int,
        provider: str,
        world: str,
        operation: str | None,
        request: Request,
        reply: Reply,
        violations: tuple[Violation, ...],
        microseconds: int,
        fault: str | None = None,
    ) -> Entry:
        """Keep an exchange, secrets removed."""
        self._serial = serial = self._serial + 1 if self._serials is None else self._serials.give()
        redact = self._redactions.get(provider, _PLAIN)
        request, reply, violations = redact(request, reply, violations)
        kept = reply if reply.value is None else Reply(reply.status, reply.headers, reply.body)
        entry = Entry(serial, at, provider, world, operation, request, kept, violations, microseconds, fault)
        entries, sizes = self._entries, self._sizes
        entries.append(entry)
        size = _size(request, reply)
        if violations:
            size += sum(map(_weight, violations))
        sizes.append(size)
        self._bytes += size
        if self._bytes > self._most_bytes or len(entries) > self._most_entries:
            self._drop()
        return entry

    def _drop(self) -> None:
        entries, sizes, gone = self._entries, self._sizes, self._gone
        while self._bytes > self._most_bytes or len(entries) > self._most_entries:
            dropped = entries.popleft()
            self._bytes -= sizes.popleft()
            self.dropped += 1
            if gone is not None:
                gone.add(dropped.serial)

    def since(self, serial: int, limit: int | None = None) -> Iterator[Entry]:
        """Entries later than a serial (0 for all that are left), oldest first, at most `limit`.

        Whoever reads on from a serial has missed some when `missed(serial)` is not 0.
        """
        skipped = bisect_right(self._entries, serial, key=_SERIAL)
        return map(whole, list(islice(self._entries, skipped, None if limit is None else skipped + limit)))

    def missed(self, serial: int) -> int:
        """How many entries later than a serial are gone: dropped for want of room, or cleared.

        Among several servers it is at most so many, of a serial before the newest 10,000 that are gone.
        """
        if self._gone is not None:
            return self._gone.after(serial)
        return max(self.first - 1 - serial, 0)

    def get(self, serial: int) -> Entry | None:
        """One entry; None if it is gone or never was."""
        place = bisect_left(self._entries, serial, key=_SERIAL)
        found = self._entries[place] if place < len(self._entries) else None
        return None if found is None or found.serial != serial else whole(found)

    def find(self, matches: Callable[[Entry], bool], limit: int | None = None) -> Iterator[Entry]:
        """The entries a query matches, oldest first, at most `limit`."""
        return islice((entry for entry in map(whole, list(self._entries)) if matches(entry)), limit)

    def count(self, matches: Callable[[Entry], bool]) -> int:
        """How many entries a query matches."""
        return sum(1 for _ in self.find(matches))

    def unmatched(self) -> Iterator[Entry]:
        """The calls that no operation of a document is there for, oldest first."""
        return (whole(entry) for entry in list(self._entries) if entry.operation is None)

    def clear(self, until: int | None = None) -> int:
        """Forget every entry, or those up to a serial; how many there were. Serials go on."""
        entries, sizes, count = self._entries, self._sizes, 0
        while entries and (until is None or entries[0].serial <= until):
            cleared = entries.popleft()
            self._bytes -= sizes.popleft()
            count += 1
            if self._gone is not None:
                self._gone.add(cleared.serial)
        self._cleared = max(self._cleared, self._serial if until is None else until)
        self.dropped = 0
        return count

    # ---- to and from another server that ends

    def leave(self) -> tuple[list[Entry], Record]:
        """All entries, replies without their values, and what is known of those that are gone."""
        return list(self._entries), (self._gone or Gone()).record()

    def inherit(self, entries: Iterable[Entry], gone: Record | None = None) -> None:
        """Take in what another server leaves, as far as there is room for it, among what is here by its serials."""
        sized = {entry.serial: (entry, size) for entry, size in zip(self._entries, self._sizes, strict=True)}
        for entry in entries:
            if entry.serial not in sized and entry.serial > self._cleared:
                sized[entry.serial] = entry, _size(entry.request, entry.reply) + sum(map(_weight, entry.violations))
        ordered = [sized[serial] for serial in sorted(sized)]
        self._entries, self._sizes = deque(entry for entry, _ in ordered), deque(size for _, size in ordered)
        self._bytes = sum(self._sizes)
        if gone is not None and self._gone is not None:
            self._gone.inherit(gone)
        self._drop()


def whole(entry: Entry) -> Entry:
    """The entry with the value of its reply, which is kept as bytes alone."""
    reply = entry.reply
    media, _ = media_type(reply.header("content-type"))
    if not reply.body or not is_json(media):
        return entry
    try:
        return entry._replace(reply=replace(reply, value=parse(reply.body)))
    except TextError:  # spoilt on purpose
        return entry


def _size(request: Request, reply: Reply) -> int:
    """About what an exchange takes, in bytes. What a reply's headers hold beyond our own words is the request's."""
    told = len("".join([value for _, value in request.headers])) + len(request.path) + len(request.query)
    return _FRAME + 2 * told + _HEADER * len(request.headers) + len(request.body) + len(reply.body)


def _weight(violation: Violation) -> int:
    """About what a violation takes; it may list every property the client sent."""
    names = sum(_NAME + len(str(name)) for item in violation.detail.values() if isinstance(item, list) for name in item)
    return _VIOLATION + names
