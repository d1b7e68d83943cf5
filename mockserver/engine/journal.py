"""The bounded record of exchanges. Secrets are gone before anything is kept. It is on the way of every request."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from mockserver.core.http import Reply, Request, media_type
from mockserver.core.payload import is_json
from mockserver.core.text import parse
from mockserver.core.violation import Violation
from mockserver.engine.redaction import without_secrets

MOST_ENTRIES: Final = 1_000
MOST_BYTES: Final = 16 * 1024 * 1024

# What an entry costs besides its texts: the values around them.
_FRAME: Final = 1_000


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
    """The newest exchanges; the oldest go when there are too many, or too many bytes of them."""

    __slots__ = ("_bytes", "_entries", "_most_bytes", "_most_entries", "_serial")

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        # A reply is kept without its value: that is read from its body again when somebody asks. What is kept lies
        # in the way of every later request, in caches that are not large.
        self._entries: deque[Entry] = deque()
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._bytes = 0
        self._serial = 0

    def __len__(self) -> int:
        return len(self._entries)

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
        request, reply = without_secrets(request, reply)
        kept = reply if reply.value is None else Reply(reply.status, reply.headers, reply.body)
        entry = Entry(serial, at, provider, world, operation, request, kept, violations, microseconds, fault)
        entries = self._entries
        entries.append(entry)
        self._bytes += _size(entry)
        while self._bytes > self._most_bytes or len(entries) > self._most_entries:
            self._bytes -= _size(entries.popleft())
        return entry

    def since(self, serial: int) -> Iterator[Entry]:
        """Entries later than a serial (0 for all that are left), oldest first."""
        return (_whole(entry) for entry in list(self._entries) if entry.serial > serial)

    def get(self, serial: int) -> Entry | None:
        """One entry; None if it is gone or never was."""
        first = self._entries[0].serial if self._entries else 0
        place = serial - first
        return _whole(self._entries[place]) if 0 <= place < len(self._entries) else None


def _whole(entry: Entry) -> Entry:
    reply = entry.reply
    media, _ = media_type(reply.header("content-type"))
    return entry._replace(reply=replace(reply, value=parse(reply.body))) if reply.body and is_json(media) else entry


def _size(entry: Entry) -> int:
    request = entry.request
    return _FRAME + len(request.path) + len(request.query) + len(request.body) + len(entry.reply.body)
