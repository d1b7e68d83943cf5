"""The bounded record of exchanges. Secrets are gone before anything is kept. It is on the way of every request."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from mockserver.core.http import Reply, Request, media_type
from mockserver.core.payload import is_json
from mockserver.core.redaction import Redaction
from mockserver.core.text import TextError, parse
from mockserver.core.violation import Violation

MOST_ENTRIES: Final = 1_000
MOST_BYTES: Final = 16 * 1024 * 1024

# What an entry costs besides its texts: the values around them. A header and a violation likewise.
_FRAME: Final = 900
_HEADER: Final = 110
_VIOLATION: Final = 1_500
_NAME: Final = 80

_PLAIN: Final = Redaction()


class Entry(NamedTuple):
    """One exchange. `serial` counts from 1 and never repeats; `at` is the clock's instant in ms.

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

    __slots__ = ("_bytes", "_entries", "_most_bytes", "_most_entries", "_redactions", "_serial", "_sizes", "dropped")

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        # A reply is kept without its value: that is read from its body again when somebody asks. What is kept lies
        # in the way of every later request, in caches that are not large.
        self._entries: deque[Entry] = deque()
        self._sizes: deque[int] = deque()
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._bytes = 0
        self._serial = 0
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
        self._serial = serial = self._serial + 1
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
        while self._bytes > self._most_bytes or len(entries) > self._most_entries:
            entries.popleft()
            self._bytes -= sizes.popleft()
            self.dropped += 1
        return entry

    def since(self, serial: int, limit: int | None = None) -> Iterator[Entry]:
        """Entries later than a serial (0 for all that are left), oldest first, at most `limit`.

        Whoever reads on from a serial has missed some when `missed(serial)` is not 0.
        """
        skipped = max(serial + 1 - self.first, 0)
        return map(_whole, list(islice(self._entries, skipped, None if limit is None else skipped + limit)))

    def missed(self, serial: int) -> int:
        """How many entries later than a serial are gone: dropped for want of room, or cleared."""
        return max(self.first - 1 - serial, 0)

    def get(self, serial: int) -> Entry | None:
        """One entry; None if it is gone or never was."""
        place = serial - self.first
        return _whole(self._entries[place]) if 0 <= place < len(self._entries) else None

    def find(self, matches: Callable[[Entry], bool], limit: int | None = None) -> Iterator[Entry]:
        """The entries a query matches, oldest first, at most `limit`."""
        return islice((entry for entry in map(_whole, list(self._entries)) if matches(entry)), limit)

    def count(self, matches: Callable[[Entry], bool]) -> int:
        """How many entries a query matches."""
        return sum(1 for _ in self.find(matches))

    def unmatched(self) -> Iterator[Entry]:
        """The calls that no operation of a document is there for, oldest first."""
        return (_whole(entry) for entry in list(self._entries) if entry.operation is None)

    def clear(self) -> int:
        """Forget every entry; how many there were. Serials go on."""
        count = len(self._entries)
        self._entries.clear()
        self._sizes.clear()
        self._bytes = self.dropped = 0
        return count


def _whole(entry: Entry) -> Entry:
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
