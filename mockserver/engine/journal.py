"""The bounded record of exchanges. Nobody gets to see a secret in it. It is on the way of every request.

Taking secrets out costs as much as all else here, and most entries are gone before anybody looks: it is done when
somebody does.
"""

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
    matched.
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


class Journal:
    """The newest exchanges; the oldest go when there are too many, or too many bytes of them."""

    __slots__ = ("_bytes", "_entries", "_most_bytes", "_most_entries", "_serial", "_shown")

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        self._entries: deque[Entry] = deque()
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._bytes = 0
        self._serial = 0
        self._shown = 0  # entries up to this serial have no secrets any more

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
    ) -> int:
        """Keep an exchange; its serial."""
        self._serial = serial = self._serial + 1
        if reply.value is not None:
            # Read from the body again for who asks: what is kept here lies in the way of every later request, in
            # caches that are not large.
            reply = Reply(reply.status, reply.headers, reply.body)
        entries = self._entries
        entries.append(Entry(serial, at, provider, world, operation, request, reply, violations, microseconds))
        self._bytes += _FRAME + len(request.path) + len(request.query) + len(request.body) + len(reply.body)
        while self._bytes > self._most_bytes or len(entries) > self._most_entries:
            self._bytes -= _size(entries.popleft())
        return serial

    def since(self, serial: int) -> Iterator[Entry]:
        """Entries later than a serial (0 for all that are left), oldest first."""
        return (entry for entry in self._fit_to_show() if entry.serial > serial)

    def get(self, serial: int) -> Entry | None:
        """One entry; None if it is gone or never was."""
        first = self._entries[0].serial if self._entries else 0
        place = serial - first
        if not 0 <= place < len(self._entries):
            return None
        if serial > self._shown:
            self._replace(place, _fit(self._entries[place]))
        return self._entries[place]

    def _fit_to_show(self) -> list[Entry]:
        for place, entry in enumerate(self._entries):
            if entry.serial > self._shown:
                self._replace(place, _fit(entry))
        self._shown = self._serial
        return list(self._entries)

    def _replace(self, place: int, entry: Entry) -> None:
        self._bytes += _size(entry) - _size(self._entries[place])
        self._entries[place] = entry


def _fit(entry: Entry) -> Entry:
    """Whole again, and without secrets; once more does no harm."""
    reply = entry.reply
    media, _ = media_type(reply.header("content-type"))
    if reply.body and reply.value is None and is_json(media):
        reply = replace(reply, value=parse(reply.body))
    request, reply = without_secrets(entry.request, reply)
    return entry._replace(request=request, reply=reply)


def _size(entry: Entry) -> int:
    request = entry.request
    return _FRAME + len(request.path) + len(request.query) + len(request.body) + len(entry.reply.body)
