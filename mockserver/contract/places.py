"""Where things stand: a line for every JSON pointer of a document, from one text or from several laid over another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mockserver.core.text import Json


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which text; `line` and `column` count from 1."""

    source: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.source}:{self.line}"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a node stands (in a mapping: where its key does), and the marks of what is in it."""

    source: str
    line: int
    column: int
    inside: dict[str, Mark] | list[Mark] | None = None

    def child(self, part: str) -> Mark | None:
        if isinstance(self.inside, dict):
            return self.inside.get(part)
        if isinstance(self.inside, list) and part.isdecimal() and int(part) < len(self.inside):
            return self.inside[int(part)]
        return None

    def walk(self, pointer: str) -> Mark:
        """The mark of a JSON pointer, or of its nearest parent that has one."""
        mark = self
        for part in pointer.removeprefix("#").split("/")[1:]:
            child = mark.child(part.replace("~1", "/").replace("~0", "~"))
            if child is None:
                break
            mark = child
        return mark


@dataclass(frozen=True, slots=True)
class Document:
    """A value read from a text. `source` is the file's name for messages. `marks` makes the lines when asked."""

    value: Json
    source: str
    marks: Callable[[], Mark] = field(repr=False, compare=False)

    def place(self, pointer: str = "") -> Place:
        """Where the value at a JSON pointer stands; for a pointer to nothing, where its nearest parent does."""
        mark = self.marks().walk(pointer)
        return Place(mark.source, mark.line, mark.column)

    def line(self, pointer: str = "") -> int:
        """The line of `place`."""
        return self.marks().walk(pointer).line
