"""Instants and durations as people write them, to and from integer milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from mockserver.core.text import Json

# The end of the year 9999, beyond which ISO 8601 needs another form.
LAST: Final = 253_402_300_799_999
# Below this, Unix time is in seconds and somebody forgot a factor: in milliseconds it would be early 1973.
_SMALLEST: Final = 10**11
_LONGEST: Final = 40

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")


def iso(at: int) -> str:
    """`2026-01-28T15:50:30.420Z`; what the calendar can't hold is its first or last instant."""
    moment = _EPOCH + timedelta(milliseconds=min(max(at, 0), LAST))
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def instant_from(value: Json) -> int:
    """Unix milliseconds, from those (13 digits today) or from ISO 8601 text with an offset. Raises ValueError."""
    number = int(value) if isinstance(value, str) and value.isascii() and value.strip().isdecimal() else value
    if type(number) is int:
        if not _SMALLEST <= number <= LAST:
            raise ValueError(f"expected Unix time in milliseconds (13 digits today), got {number}")
        return number
    try:
        moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is not None:
            return (moment - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"expected an instant such as 2026-11-22T11:50:00Z, or Unix milliseconds, got {value!s:.60}")


def duration_from(value: Json) -> int:
    """Milliseconds, from those or from words: `5m`, `90s`, `1h30m`, `1.5h`. Raises ValueError."""
    if type(value) is int and value >= 0:
        return value
    if isinstance(value, str) and value.isascii() and len(value) <= _LONGEST:
        words = value.strip().replace(" ", "").lower()
        if words.isdecimal():
            return int(words)
        if words and _PART.sub("", words) == "":
            return round(sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(words)))
    raise ValueError(f"expected a duration such as 5m, 90s or 1h30m, or milliseconds, got {value!s:.60}")


def spoken(ms: int) -> str:
    """A duration in words: `1h30m`, `5m`, `250ms`."""
    words = ""
    for unit, size in reversed(_UNITS.items()):
        count, ms = divmod(ms, size)
        words += f"{count}{unit}" if count else ""
    return words or "0s"
