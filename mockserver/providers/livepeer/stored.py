"""Documents as the provider's PostgreSQL gives them back: shorter keys first, then bytewise (jsonb's order).

Recorded replies show it for everything that was read from the database, but not for what was just created.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from mockserver.core.text import Json, Record

_NESTED: Final = (dict, list, tuple)


def jsonb(value: Json) -> Json:
    """The value with every object's keys in jsonb's order."""
    if isinstance(value, dict):
        order = _order(tuple(value))
        return {key: jsonb(item) if isinstance(item := value[key], _NESTED) else item for key in order}
    if isinstance(value, list | tuple):
        return [jsonb(item) if isinstance(item, _NESTED) else item for item in value]
    return value


def in_order(doc: Mapping[str, Json]) -> dict[str, Json]:
    """A document with its top-level keys in jsonb's order; what is below them is taken as it is."""
    return {key: doc[key] for key in _order(tuple(doc))}


def updated(doc: Record, changes: Record) -> dict[str, Json]:
    """A document after `data || changes`: each top-level field replaced whole, the keys in order."""
    return in_order({**doc, **{key: jsonb(value) for key, value in changes.items()}})


def unstorable(text: str) -> bool:
    """Whether the database refuses a text: jsonb holds no NUL."""
    return "\0" in text


@lru_cache(maxsize=256)
def _order(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Keys as jsonb has them. There are few sets of keys, and most come again and again."""
    return tuple(sorted(keys, key=_rank))


def _rank(key: str) -> tuple[int, bytes]:
    octets = key.encode(errors="surrogatepass")
    return len(octets), octets
