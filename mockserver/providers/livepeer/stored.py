"""Documents as the provider's PostgreSQL gives them back: shorter keys first, then bytewise (jsonb's order).

Recorded replies show it for everything that was read from the database, but not for what was just created.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.core.text import Json, Record


def jsonb(value: Json) -> Json:
    """The value with every object's keys in jsonb's order."""
    if isinstance(value, Mapping):
        return {key: jsonb(value[key]) for key in sorted(value, key=_rank)}
    if isinstance(value, list | tuple):
        return [jsonb(item) for item in value]
    return value


def updated(doc: Record, changes: Record) -> dict[str, Json]:
    """A document after `data || changes`: each top-level field replaced whole, the keys in order."""
    return {key: jsonb(value) for key, value in sorted({**doc, **changes}.items(), key=lambda item: _rank(item[0]))}


def unstorable(text: str) -> bool:
    """Whether the database refuses a text: jsonb holds no NUL."""
    return "\0" in text


def _rank(key: str) -> tuple[int, bytes]:
    octets = key.encode(errors="surrogatepass")
    return len(octets), octets
