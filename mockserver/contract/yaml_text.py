"""YAML and JSON text to values, with a line for every JSON pointer when somebody asks.

YAML as OpenAPI means it: every mapping key is a string, only `true`, `false` and `null` are words with a meaning, dates
stay text. Knows nothing of what the value says. Built on the parser's events, because PyYAML's own loader recurses in C
and ends the process on text that nests deeply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NoReturn

import yaml

from mockserver.core.text import Json
from mockserver.errors import DocumentError

# Bounds on what a text may unfold to, aliases written out. A published OpenAPI document has some 10^4 nodes.
MOST_NODES: Final = 500_000
DEEPEST: Final = 200

_PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: Final[dict[str, Json]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TAG: Final = "tag:yaml.org,2002:"
_SURROGATES: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


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
    """A value read from a text. `source` is the file's name for messages; `marks` finds the lines, at the first call."""

    value: Json
    source: str
    marks: Callable[[], Mark] = field(repr=False, compare=False)

    def place(self, pointer: str = "") -> Place:
        """Where the value at a JSON pointer stands; for a pointer to nothing, where its nearest parent does."""
        mark = self.marks().walk(pointer)
        return Place(mark.source, mark.line, mark.column)

    def line(self, pointer: str = "") -> int:
        return self.marks().walk(pointer).line


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A mapping key written twice; the later value wins."""

    key: str
    line: int
    column: int
    first_line: int


def load_yaml(text: str | bytes, source: str) -> Document:
    """The value of a YAML or JSON text. Raises DocumentError for bad text and for a key written twice."""
    document, duplicates = read_yaml(text, source)
    if duplicates:
        twice = duplicates[0]
        raise DocumentError(
            f"{source}:{twice.line}:{twice.column}: the key `{twice.key}` stands here a second time (first in line "
            f"{twice.first_line}), so one of the two values is lost. Remove or rename one."
        )
    return document


def read_yaml(text: str | bytes, source: str) -> tuple[Document, tuple[Duplicate, ...]]:
    """Like `load_yaml`, but hands back the keys written twice instead of refusing them."""
    text = _decoded(text, source)
    if text.lstrip()[:1] in ("{", "["):
        read = _read_json(text, source)
        if read is not None:
            return read
    value, _, duplicates = _Builder(text, source, marking=False).build()
    return Document(value, source, _marks(text, source)), duplicates


def _marks(text: str, source: str) -> Callable[[], Mark]:
    @cache
    def marks() -> Mark:
        try:
            return _Builder(text, source, marking=True).build()[1]
        except DocumentError:  # JSON that is not YAML: lines are out of reach, the value is not
            return Mark(source, 1, 1)

    return marks


def _decoded(text: str | bytes, source: str) -> str:
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = text[: error.start].count(b"\n") + 1
            raise DocumentError(
                f"{source}:{line}: byte {error.start} is not UTF-8 ({error.reason}). Save the file as UTF-8."
            ) from None
    return text.removeprefix("\ufeff")


def _read_json(text: str, source: str) -> tuple[Document, tuple[Duplicate, ...]] | None:
    """JSON read as JSON, whose strings may hold what YAML refuses; None if it isn't JSON."""
    repeated = False

    def pairs(items: list[tuple[str, Json]]) -> Json:
        nonlocal repeated
        record = dict(items)
        repeated = repeated or len(record) < len(items)
        return record

    def refuse(name: str) -> NoReturn:
        raise ValueError(name)

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None
    _measure(value, source)
    # To the YAML parser the same text, line for line: raw tabs are blanks in JSON, and surrogate pairs one character.
    as_yaml = _SURROGATES.sub(lambda found: str(json.loads(f'"{found[0]}"')), text.replace("\t", " "))
    duplicates: tuple[Duplicate, ...] = ()
    if repeated:
        duplicates = _Builder(as_yaml, source, marking=False).build()[2]
    return Document(value, source, _marks(as_yaml, source)), duplicates


def _measure(value: Json, source: str) -> None:
    level, depth, nodes = [value], 0, 0
    while level:
        nodes += len(level)
        depth += 1
        if depth > DEEPEST or nodes > MOST_NODES:
            raise DocumentError(
                f"{source}: nested deeper than {DEEPEST} levels, or more than {MOST_NODES:,} values. Split the document."
            )
        level = [
            item
            for one in level
            if isinstance(one, dict | list)
            for item in (one.values() if isinstance(one, dict) else one)
        ]


@dataclass(slots=True)
class _Open:
    """A collection being read. `start` is the event count at its beginning: what it unfolds to is counted from there."""

    value: Json
    mark: Mark | None
    anchor: str | None
    start: int
    key: str | None = None
    at: tuple[int, int] = (0, 0)
    merges: list[tuple[Json, Mark | None]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """One pass over the events of a text; iterative, so that depth costs no stack."""

    def __init__(self, text: str, source: str, marking: bool) -> None:
        self.text = text
        self.source = source
        self.marking = marking
        self.nodes = 0
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Json, Mark | None, int]] = {}
        self.duplicates: list[Duplicate] = []
        self.root: tuple[Json, Mark | None] | None = None

    def build(self) -> tuple[Json, Mark, tuple[Duplicate, ...]]:
        for event in self._events():
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._start(event, {} if kind is yaml.MappingStartEvent else [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._end()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent and self.root is not None:
                self._refuse(event, "a second document starts here", "Keep one document a file.")
        if self.root is None:
            raise DocumentError(f"{self.source}: the file is empty. Write a mapping into it, or name another file.")
        value, mark = self.root
        return value, mark or Mark(self.source, 1, 1), tuple(self.duplicates)

    def _events(self) -> Iterator[yaml.Event]:
        try:
            parser = _PARSER(self.text)
            while parser.check_event():
                yield parser.get_event()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{self.source}:{mark.line + 1}:{mark.column + 1}" if mark else self.source
            context = f" {error.context}" if error.context else ""
            raise DocumentError(f"{where}: this is not YAML: {error.problem}{context}. Correct the line.") from None
        except yaml.YAMLError as error:
            reason = " ".join(str(error).split())
            raise DocumentError(f"{self.source}: this is not YAML: {reason}. Correct the file.") from None

    def _refuse(self, event: yaml.Event, what: str, remedy: str) -> NoReturn:
        mark = event.start_mark
        raise DocumentError(f"{self.source}:{mark.line + 1}:{mark.column + 1}: {what}. {remedy}")

    def _mark(self, event: yaml.Event, inside: dict[str, Mark] | list[Mark] | None = None) -> Mark | None:
        if not self.marking:
            return None
        return Mark(self.source, event.start_mark.line + 1, event.start_mark.column + 1, inside)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        top = self.open[-1] if self.open else None
        if top is not None and type(top.value) is dict and top.key is None:
            self._key(top, event, event.value)
            return
        value = event.value
        if event.implicit[0]:
            value = self._plain(event, value)
        elif event.tag is not None and event.tag not in ("!", _TAG + "str"):
            value = self._tagged(event, value)
        self._place(event, value, self._mark(event), event.anchor, 1)

    def _key(self, top: _Open, event: yaml.ScalarEvent, key: str) -> None:
        mark = event.start_mark
        line = mark.line + 1
        if key in top.lines:
            self.duplicates.append(Duplicate(key, line, mark.column + 1, top.lines[key]))
        top.lines[key] = line
        top.key = key
        top.at = (line, mark.column + 1)
        if event.anchor:
            self.anchors[event.anchor] = (key, self._mark(event), 1)

    def _plain(self, event: yaml.ScalarEvent, text: str) -> Json:
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in "+-.0123456789":
            return text
        try:
            if _INTEGER.fullmatch(text):
                return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
            return float(text) if _NUMBER.fullmatch(text) else text
        except ValueError:  # more digits than Python reads at once
            self._refuse(event, f"a number of {len(text)} digits", "Write it in quotes if it is text.")

    def _tagged(self, event: yaml.ScalarEvent, text: str) -> Json:
        tag = event.tag.removeprefix(_TAG)
        value = self._plain(event, text) if tag in ("int", "float", "bool", "null") else None
        if tag == "float" and type(value) is int:
            return float(value)
        if tag != {int: "int", float: "float", bool: "bool", type(None): "null"}.get(type(value)):
            self._refuse(event, f"the tag `{event.tag}` on `{text[:40]}`", "Only what JSON has can stand here.")
        return value

    def _start(self, event: yaml.CollectionStartEvent, value: Json) -> None:
        if event.tag not in (None, "!", _TAG + "map", _TAG + "seq"):
            self._refuse(event, f"the tag `{event.tag}`", "Only what JSON has can stand here.")
        if self.open and type(self.open[-1].value) is dict and self.open[-1].key is None:
            self._refuse(event, "a collection as a mapping key", "Keys are text: write it in quotes.")
        if len(self.open) >= DEEPEST:
            self._refuse(event, f"nested deeper than {DEEPEST} levels", "Split the document with `$ref`.")
        mark = self._mark(event, {} if type(value) is dict else [])
        self.open.append(_Open(value, mark, event.anchor, self.nodes))

    def _end(self) -> None:
        done = self.open.pop()
        for value, mark in done.merges:
            for key in value:
                if key not in done.value:
                    done.value[key] = value[key]
                    if done.mark is not None and mark is not None:
                        assert isinstance(done.mark.inside, dict)
                        done.mark.inside[key] = mark.child(key) or mark
        self._place(None, done.value, done.mark, done.anchor, self.nodes - done.start + 1)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self.anchors:
            self._refuse(event, f"the alias `*{event.anchor}` stands before or inside its anchor", "Write it out.")
        value, mark, size = self.anchors[event.anchor]
        top = self.open[-1] if self.open else None
        if top is not None and type(top.value) is dict and top.key is None:
            if type(value) is not str:
                self._refuse(event, "an alias that is no text as a mapping key", "Write the key out.")
            self._key(top, event, value)
            return
        own = self._mark(event, mark.inside if mark else None)
        self.nodes += size - 1
        self._place(event, value, own, None, size)

    def _place(self, event: yaml.Event | None, value: Json, mark: Mark | None, anchor: str | None, size: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise DocumentError(
                f"{self.source}: the document unfolds to more than {MOST_NODES:,} values, aliases written out. "
                "Remove the aliases that repeat each other."
            )
        if anchor:
            self.anchors[anchor] = (value, mark, size)
        if not self.open:
            self.root = (value, mark)
            return
        top = self.open[-1]
        if type(top.value) is list:
            top.value.append(value)
            if top.mark is not None and mark is not None:
                assert isinstance(top.mark.inside, list)
                top.mark.inside.append(mark)
            return
        key, top.key = top.key, None
        assert key is not None
        if key == "<<" and self._merge(top, value, mark):
            return
        top.value[key] = value
        if top.mark is not None and mark is not None:
            assert isinstance(top.mark.inside, dict)
            top.mark.inside[key] = Mark(self.source, *top.at, mark.inside)

    @staticmethod
    def _merge(top: _Open, value: Json, mark: Mark | None) -> bool:
        """`<<: *base` takes over what the mapping doesn't say itself; anything else is a key like any other."""
        sources = value if type(value) is list else [value]
        if not sources or not all(type(source) is dict for source in sources):
            return False
        marks = mark.inside if mark is not None and isinstance(mark.inside, list) else [mark] * len(sources)
        top.merges.extend(zip(sources, marks, strict=True))
        return True
