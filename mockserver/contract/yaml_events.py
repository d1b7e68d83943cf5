"""From the events of a YAML parser to a value, its marks, and the keys written twice.

Built on events because PyYAML's own loader recurses in C: text that nests deeply ends the process there. What an alias
unfolds to is counted, so that a small text can't become a large value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn

import yaml

from mockserver.contract.places import Mark
from mockserver.core.text import Json
from mockserver.errors import DocumentError

# Bounds on what a text may unfold to, aliases written out. A published OpenAPI document has some 10^4 values.
MOST_VALUES: Final = 500_000
DEEPEST: Final = 200
_TOO_DEEP: Final = f"nested deeper than {DEEPEST} levels"
_SPLIT: Final = "Split the document with `$ref`."

_PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: Final[dict[str, Json]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TAG: Final = "tag:yaml.org,2002:"
_SCALAR: Final = yaml.ScalarEvent
_MAPPING: Final = yaml.MappingStartEvent
_SEQUENCE: Final = yaml.SequenceStartEvent
_ENDS: Final = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A mapping key written twice; the later value wins."""

    key: str
    line: int
    column: int
    first_line: int


@dataclass(frozen=True, slots=True)
class Built:
    value: Json
    mark: Mark | None
    duplicates: tuple[Duplicate, ...]


def build(text: str, source: str, *, marking: bool) -> Built:
    """The value of a YAML text, with marks if wanted. Raises DocumentError with a line."""
    return _Builder(text, source, marking).build()


@dataclass(slots=True)
class _Collection:
    """A mapping or sequence being read. `start` is how many values came before it, `at` where its open key stands."""

    value: Json
    mapping: bool
    mark: Mark | None
    anchor: str | None
    start: int
    key: str | None = None
    at: tuple[int, int] = (1, 1)
    merges: list[tuple[Json, Mark | None]] = field(default_factory=list)
    merging: bool = False
    lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """One pass over the events of a text. Keys written twice are told from each other with marks only."""

    def __init__(self, text: str, source: str, marking: bool) -> None:
        self.text = text
        self.source = source
        self.marking = marking
        self.repeats = False
        self.values = 0
        self.open: list[_Collection] = []
        self.anchors: dict[str, tuple[Json, Mark | None, int]] = {}
        self.duplicates: list[Duplicate] = []
        self.root: tuple[Json, Mark | None] | None = None

    def build(self) -> Built:
        for event in self._events():
            kind = type(event)
            if kind is _SCALAR:
                self._scalar(event)
            elif kind is _MAPPING:
                self._start(event, {}, {})
            elif kind is _SEQUENCE:
                self._start(event, [], [])
            elif kind in _ENDS:
                self._end()
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
                self._refuse(event, "a second document starts here", "Keep one document a file.")
        if self.root is None:
            raise DocumentError(f"{self.source}: the file is empty. Write a mapping into it, or name another file.")
        if self.repeats and not self.marking:
            return _Builder(self.text, self.source, marking=True).build()
        return Built(*self.root, tuple(self.duplicates))

    def _events(self) -> Iterator[Json]:
        try:
            parser = _PARSER(self.text)
            while parser.check_event():
                yield parser.get_event()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{self.source}:{mark.line + 1}:{mark.column + 1}" if mark else self.source
            if "nesting depth" in (error.problem or ""):  # libyaml's own bound, met while it reads ahead of us
                raise DocumentError(f"{where}: {_TOO_DEEP}. {_SPLIT}") from None
            context = f" {error.context}" if error.context else ""
            raise DocumentError(f"{where}: this is not YAML: {error.problem}{context}. Correct the line.") from None
        except yaml.YAMLError as error:
            reason = " ".join(str(error).split())
            raise DocumentError(f"{self.source}: this is not YAML: {reason}. Correct the file.") from None

    def _scalar(self, event: Json) -> None:
        value: Json = event.value
        top = self.open[-1] if self.open else None
        if top is not None and top.mapping and top.key is None:
            self._key(top, event, value)
            if event.anchor:
                self.anchors[event.anchor] = (value, self._mark(event), 1)
            return
        tag = event.tag
        if tag is None:
            if event.implicit[0]:
                value = self._plain(event, value)
        elif tag not in ("!", _TAG + "str"):
            value = self._tagged(event, tag.removeprefix(_TAG))
        self._place(value, self._mark(event), event.anchor, 1)

    def _key(self, top: _Collection, event: Json, key: str) -> None:
        if key in top.value:
            self.repeats = True
        top.key = key
        top.merging = key == "<<" and not getattr(event, "style", "quoted")  # in quotes it is a key like any other
        if self.marking:
            line, column = top.at = _at(event)
            if key in top.lines:
                self.duplicates.append(Duplicate(key, line, column, top.lines[key]))
            top.lines[key] = line

    def _plain(self, event: Json, text: str) -> Json:
        """YAML 1.2's core schema; `.inf` and `.nan` are no JSON and stay text, as do yes, no, on, off and dates."""
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

    def _tagged(self, event: Json, tag: str) -> Json:
        value = self._plain(event, event.value) if tag in ("int", "float", "bool", "null") else ""
        if tag == "float" and type(value) is int:
            return float(value)
        if tag != {int: "int", float: "float", bool: "bool", type(None): "null"}.get(type(value)):
            self._refuse(event, f"the tag `!{tag}` on `{event.value[:40]}`", "Only what JSON has can stand here.")
        return value

    def _start(self, event: Json, value: Json, inside: dict[str, Mark] | list[Mark]) -> None:
        if event.tag not in (None, "!", _TAG + "map", _TAG + "seq"):
            self._refuse(event, f"the tag `{event.tag}`", "Only what JSON has can stand here.")
        if self.open and self.open[-1].mapping and self.open[-1].key is None:
            self._refuse(event, "a collection as a mapping key", "Keys are text: write it in quotes.")
        if len(self.open) >= DEEPEST:
            self._refuse(event, _TOO_DEEP, _SPLIT)
        mapping = type(value) is dict
        self.open.append(_Collection(value, mapping, self._mark(event, inside), event.anchor, self.values))

    def _end(self) -> None:
        done = self.open.pop()
        for value, mark in done.merges:
            for key in value.keys() - done.value.keys():
                done.value[key] = value[key]
                _put(done.mark, key, mark and (mark.child(key) or mark))
        self._place(done.value, done.mark, done.anchor, self.values - done.start + 1)

    def _alias(self, event: Json) -> None:
        anchor = event.anchor or ""
        if anchor not in self.anchors:
            self._refuse(event, f"the alias `*{anchor}` stands before or inside its anchor", "Write it out.")
        value, mark, size = self.anchors[anchor]
        top = self.open[-1] if self.open else None
        if top is not None and top.mapping and top.key is None:
            if type(value) is not str:
                self._refuse(event, "an alias that is no text as a mapping key", "Write the key out.")
            self._key(top, event, value)
            return
        self.values += size - 1
        self._place(value, self._mark(event, mark.inside if mark else None), None, size)

    def _place(self, value: Json, mark: Mark | None, anchor: str | None, size: int) -> None:
        self.values += 1
        if self.values > MOST_VALUES:
            raise DocumentError(
                f"{self.source}: the document unfolds to more than {MOST_VALUES:,} values, aliases written out. "
                "Remove the aliases that repeat each other."
            )
        if anchor:
            self.anchors[anchor] = (value, mark, size)
        if not self.open:
            self.root = (value, mark)
            return
        top = self.open[-1]
        if top.key is None:
            top.value.append(value)
            if top.mark is not None and isinstance(top.mark.inside, list) and mark is not None:
                top.mark.inside.append(mark)
            return
        key, top.key = top.key, None
        if top.merging and _merge(top, value, mark):
            return
        top.value[key] = value
        _put(top.mark, key, mark and Mark(self.source, *top.at, mark.inside))

    def _mark(self, event: Json, inside: dict[str, Mark] | list[Mark] | None = None) -> Mark | None:
        return Mark(self.source, *_at(event), inside) if self.marking else None

    def _refuse(self, event: Json, what: str, remedy: str) -> NoReturn:
        line, column = _at(event)
        raise DocumentError(f"{self.source}:{line}:{column}: {what}. {remedy}")


def _at(event: Json) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _put(parent: Mark | None, key: str, mark: Mark | None) -> None:
    if parent is not None and isinstance(parent.inside, dict) and mark is not None:
        parent.inside[key] = mark


def _merge(top: _Collection, value: Json, mark: Mark | None) -> bool:
    """`<<: *base` takes over what the mapping doesn't say itself; with another value it is a key like any other."""
    sources = value if type(value) is list else [value]
    if not sources or not all(type(source) is dict for source in sources):
        return False
    marks = mark.inside if mark is not None and isinstance(mark.inside, list) else [mark] * len(sources)
    top.merges.extend(zip(sources, marks, strict=True))
    return True
