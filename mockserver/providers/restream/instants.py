"""Instants as Restream writes them, from and to Unix milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = 253_402_300_799_999  # the end of the year 9999, beyond which ISO 8601 needs another form


def iso(at: int) -> str:
    """`2026-01-28T15:50:30.420Z`."""
    moment = _EPOCH + timedelta(milliseconds=min(at, _LAST))
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def instant(text: str) -> int | None:
    """The instant an ISO 8601 text means (without a zone: UTC), or None."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def month(at: int) -> int:
    """Which calendar month (UTC) an instant is in, counted from the year 0."""
    moment = _EPOCH + timedelta(milliseconds=min(at, _LAST))
    return moment.year * 12 + moment.month - 1
