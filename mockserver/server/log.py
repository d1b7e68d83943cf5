"""A line a request, and never a wait for whoever reads them: lines gather and go out together.

To a terminal each goes out at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal, TextIO

from mockserver.core.text import dump
from mockserver.engine.journal import Entry

GATHER_SECONDS: Final = 0.1

_CONTROL: Final = {code: f"\\x{code:02x}" for code in (*range(32), 127)}


def as_text(entry: Entry) -> str:
    """`200 POST /api/clip livepeer/test_me 143us`, the fault if there was one, and below it the first violation."""
    request = entry.request
    world = f"{entry.provider}/{entry.world}" if entry.world else entry.provider
    line = _printable(f"{entry.reply.status} {request.method} {request.target} {world} {entry.microseconds}us")
    line = line if entry.fault is None else f"{line} fault {_printable(entry.fault)}"
    return f"{line}\n    {_printable(str(entry.violations[0]))}" if entry.violations else line


def _printable(text: str) -> str:
    """What a client sent must not move a cursor or forge a line."""
    return text if text.isprintable() else text.translate(_CONTROL)


def as_json(entry: Entry) -> str:
    """One object: `entry`, `at`, `status`, `method`, `path`, `provider`, `world`, `operation`, `microseconds`, `fault`,
    `violation`. `entry` is the serial in the journal.
    """
    violation = entry.violations[0] if entry.violations else None
    fields = {
        "entry": entry.serial,
        "at": entry.at,
        "status": entry.reply.status,
        "method": entry.request.method,
        "path": entry.request.target,
        "provider": entry.provider,
        "world": entry.world,
        "operation": entry.operation,
        "microseconds": entry.microseconds,
        "fault": entry.fault,
        "violation": None
        if violation is None
        else {
            "code": violation.code,
            "party": violation.party,
            "place": violation.place,
            "pointer": violation.pointer,
            "text": str(violation),
        },
    }
    return dump(fields).decode()


class JsonLines(logging.Formatter):
    """What went wrong in the server itself, an object a line: `event`, `level`, `at` (real Unix ms), `message`, and the
    traceback as `exception` if there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "event": "log",
            "level": record.levelname.lower(),
            "at": int(record.created * 1000),
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            fields["exception"] = self.formatException(record.exc_info)
        return dump(fields).decode()


@contextmanager
def errors_as_json(stream: TextIO) -> Iterator[None]:
    """Let the server's own log go there as JSON while the block lasts."""
    lines = logging.StreamHandler(stream)
    lines.setFormatter(JsonLines())
    log = logging.getLogger("mockserver")
    log.addHandler(lines)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(lines)
        log.propagate = True


class RequestLog:
    """Writes entries to a stream from the loop it is used on."""

    def __init__(self, stream: TextIO, form: Literal["text", "json"]) -> None:
        self._stream = stream
        self._line = as_json if form == "json" else as_text
        self._at_once = stream.isatty()
        self._entries: list[Entry] = []
        self._timer: asyncio.TimerHandle | None = None

    def write(self, entry: Entry) -> None:
        self._entries.append(entry)
        if self._at_once:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what has gathered. A reader who left is no reason to stop serving."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        entries, self._entries = self._entries, []
        if not entries:
            return
        text = "\n".join(map(self._line, entries)) + "\n"
        encoding = self._stream.encoding or "utf-8"
        try:
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self._stream.flush()
        except (OSError, ValueError):
            self._at_once = False
