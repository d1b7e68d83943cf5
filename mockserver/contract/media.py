"""Media types: which entry of a `content` map a body's type means. Parameters (`charset`) do not count."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import translate
from re import Pattern, compile
from typing import Generic, TypeVar

from mockserver.core.http import media_type

T = TypeVar("T")


class MediaTypes(Generic[T]):
    """The entries of a `content` map; an exact type wins over a range, a narrow range (`text/*`) over a wide one."""

    __slots__ = ("_exact", "_ranges", "known")

    def __init__(self, entries: Mapping[str, T]) -> None:
        named = [(media_type(name)[0], entry) for name, entry in entries.items()]
        self._exact = {name: entry for name, entry in reversed(named) if "*" not in name}
        ranges = sorted((item for item in named if "*" in item[0]), key=lambda item: (item[0] == "*/*", -len(item[0])))
        self._ranges: list[tuple[Pattern[str], T]] = [(compile(translate(name)), entry) for name, entry in ranges]
        self.known = tuple(entries)

    def find(self, media: str) -> T | None:
        """The entry for a lower-case media type without parameters, or None."""
        entry = self._exact.get(media)
        if entry is not None:
            return entry
        return next((entry for pattern, entry in self._ranges if media and pattern.match(media)), None)
