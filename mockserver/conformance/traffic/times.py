"""When an exchange took place, as recordings write it."""

from __future__ import annotations

from datetime import UTC, datetime

from mockserver.core.instants import instant_from
from mockserver.core.text import Json


def when(said: Json) -> int | None:
    """Unix ms of a text or number, or None. A time without an offset is one in UTC: VCR writes such."""
    try:
        return instant_from(said)
    except (ValueError, TypeError):
        pass
    if not isinstance(said, str):
        return None
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        return _of_http(said)
    return round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


def _of_http(said: str) -> int | None:
    """`Sun, 22 Nov 2026 11:50:00 GMT`, as the headers `Date` and Ruby's VCR have it."""
    from email.utils import parsedate_to_datetime

    try:
        return round(parsedate_to_datetime(said).timestamp() * 1000)
    except (ValueError, TypeError, OverflowError):
        return None
