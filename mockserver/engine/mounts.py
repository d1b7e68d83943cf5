"""Which provider a path belongs to: the one with the longest prefix, the first one for what nobody claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Mounts(Generic[T]):
    """Prefixes such as `/api`, compared segment by segment and without regard to case."""

    __slots__ = ("_by_first", "_fallback")

    def __init__(self, entries: Sequence[tuple[tuple[str, ...], T]]) -> None:
        """`entries` are (prefixes, owner); the first owner gets what no prefix covers."""
        self._fallback = entries[0][1]
        by_first: dict[str, list[tuple[str, T]]] = {}
        for prefixes, owner in entries:
            for prefix in prefixes:
                prefix = prefix.lower().rstrip("/")
                by_first.setdefault(_first(prefix), []).append((prefix, owner))
        for candidates in by_first.values():
            candidates.sort(key=lambda candidate: -len(candidate[0]))
        self._by_first = by_first

    def find(self, path: str) -> T:
        """The owner of a path as on the wire."""
        path = path.lower()
        for prefix, owner in self._by_first.get(_first(path), ()):
            if path == prefix or path.startswith(prefix + "/"):
                return owner
        for prefix, owner in self._by_first.get("", ()):
            if prefix == "":
                return owner
        return self._fallback


def _first(path: str) -> str:
    """The first segment, with its slash: `/api` of `/api/clip`."""
    end = path.find("/", 1)
    return path if end < 0 else path[:end]
