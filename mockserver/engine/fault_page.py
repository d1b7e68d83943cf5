"""Reading a record part by part, noting all that is wrong on the way instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from mockserver.core.text import Json
from mockserver.errors import unknown

T = TypeVar("T")

MOST_TEXT: Final = 1_000
Parts = tuple[str | int, ...]


class Page:
    """Reads parts of a record and notes what is wrong. The last of `at` is the part's name; None if it isn't said."""

    def __init__(self) -> None:
        self.problems: list[tuple[Parts, str]] = []

    def say(self, at: Parts, what: str) -> None:
        self.problems.append((at, what))

    def expected(self, at: Parts, what: str, got: Json) -> None:
        self.say(at, f"expected {what}, got `{got!r:.60}`")

    def record(self, value: Json, at: Parts, known: Iterable[str], what: str) -> Mapping[str, Json]:
        known = tuple(known)
        if not isinstance(value, dict):
            self.expected(at, f"a mapping with {', '.join(known)}", value)
            return {}
        for name in value:
            if name not in known:
                self.say((*at, name), unknown(what, str(name), known))
        return {name: item for name, item in value.items() if name in known}

    def needs(self, record: Mapping[str, Json], at: Parts, *names: str) -> None:
        for name in names:
            if name not in record:
                self.say(at, f"`{name}` is missing; add it")

    def if_said(self, record: Mapping[str, Json], name: str, read: Callable[[Page, Json], T]) -> T | None:
        return read(self, record[name]) if name in record else None

    def mapping(
        self, record: Mapping[str, Json], at: Parts, fits: Callable[[str], bool], what: str
    ) -> Mapping[str, Json]:
        value = record.get(str(at[-1]), {})
        if not isinstance(value, dict):
            self.expected(at, "a mapping", value)
            return {}
        for name in value:
            if not fits(name):
                self.expected((*at, name), what, name)
        return value

    def text(self, record: Mapping[str, Json], at: Parts, *, empty: bool = False) -> str | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        if isinstance(value, str) and (empty or 0 < len(value) <= MOST_TEXT):
            return value
        self.expected(at, "a text" if empty else f"a text of 1 to {MOST_TEXT} characters", value)
        return None

    def matching(self, record: Mapping[str, Json], at: Parts, pattern: str, what: str) -> str | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        self.expected(at, what, value)
        return None

    def choice(self, record: Mapping[str, Json], at: Parts, known: tuple[T, ...]) -> T | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        for each in known:
            if value == each:
                return each
        self.say(at, unknown("option", str(value), map(str, known)))
        return None

    def whole(
        self, record: Mapping[str, Json], at: Parts, low: int, high: int, *, or_record: bool = False
    ) -> int | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if whole and not isinstance(value, bool) and low <= value <= high:
            return int(value)
        self.expected(at, f"a whole number from {low} to {high}" + (", or a mapping" if or_record else ""), value)
        return None

    def number(self, record: Mapping[str, Json], at: Parts, low: float, high: float) -> float | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.expected(at, f"a number from {low} to {high}", value)
        return None
