"""The elements of a list near the top of a YAML file, one at a time: a long cassette is never in memory whole."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Collection, Iterator
from typing import Final, Protocol

import yaml

from mockserver.core.text import Json

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_WORDS: Final[dict[str, Json]] = {"": None, "~": None, "null": None, "true": True, "false": False}
# A hundred million empty lists in each other would take the stack.
_DEEPEST: Final = 100


class BadYaml(ValueError):
    """`str(error)` says the line and what is wrong there."""


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def items(stream: Readable, names: Collection[str]) -> Iterator[Json]:
    """The elements of the first list of such a name at the top of a document. Raises BadYaml."""
    try:
        yield from _Items(stream).under(names)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise BadYaml(f"line {mark.line + 1}: {problem}" if mark else str(problem)) from None


class _Items:
    """Builds values from events; what an anchor names is kept, for vcrpy refers to what it has written before."""

    def __init__(self, stream: Readable) -> None:
        self._events = iter(yaml.parse(stream, Loader=_Loader))
        self._named: dict[str, Json] = {}

    def under(self, names: Collection[str]) -> Iterator[Json]:
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                break
        for event in self._events:
            if not isinstance(event, yaml.ScalarEvent):
                return
            key = self._value(event, 0)
            inner = next(self._events)
            if key in names and isinstance(inner, yaml.SequenceStartEvent):
                while not isinstance(one := next(self._events), yaml.SequenceEndEvent):
                    yield self._value(one, 0)
            else:
                self._value(inner, 0)

    def _value(self, event: yaml.Event, depth: int) -> Json:
        if depth > _DEEPEST:
            raise BadYaml(f"{_line(event)}: nested deeper than {_DEEPEST} levels")
        if isinstance(event, yaml.AliasEvent):
            return self._named.get(event.anchor or "")
        value: Json
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
            while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
                value.append(self._value(inner, depth + 1))
        else:
            value = {}
            while not isinstance(inner := next(self._events), yaml.MappingEndEvent):
                key = self._value(inner, depth + 1)
                value[key if isinstance(key, str) else str(key)] = self._value(next(self._events), depth + 1)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self._named[anchor] = value
        return value


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}" if event.start_mark else "somewhere"


def _scalar(event: yaml.ScalarEvent) -> Json:
    """Text stays text, bytes become bytes; dates and numbers with a fraction are nothing a cassette counts on."""
    said, tag = event.value, event.tag or ""
    if tag.endswith(("binary", "python/bytes")):
        try:
            return b64decode(said)
        except ValueError:
            raise BadYaml(f"{_line(event)}: this is no base64") from None
    if event.implicit[0] and event.style in (None, ""):
        if said.lower() in _WORDS:
            return _WORDS[said.lower()]
        if _INTEGER.fullmatch(said):
            return int(said)
    return said
