"""YAML and JSON text to documents: values, with a line for every JSON pointer when somebody asks.

YAML as OpenAPI means it: every mapping key is a string, only `true`, `false` and `null` are words with a meaning, dates
stay text. Knows nothing of what the value says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Final, NoReturn

from mockserver.contract.places import Document, Mark
from mockserver.contract.yaml_events import DEEPEST, MOST_VALUES, Duplicate, build
from mockserver.core.text import Json
from mockserver.errors import DocumentError

__all__ = ["Document", "Duplicate", "load_yaml", "read_yaml"]

_SURROGATES: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


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
    """Like `load_yaml`, but hands back the keys written twice instead of refusing them; the later value wins."""
    decoded = _decoded(text, source)
    if decoded.lstrip()[:1] in ("{", "["):
        read = _read_json(decoded, source)
        if read is not None:
            return read
    built = build(decoded, source, marking=False)
    return Document(built.value, source, _marks(decoded, source)), built.duplicates


def _decoded(text: str | bytes, source: str) -> str:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise DocumentError(
            f"{source}:{line}: byte {error.start} is not UTF-8 ({error.reason}). Save the file as UTF-8."
        ) from None


def _marks(text: str, source: str) -> Callable[[], Mark]:
    @cache
    def marks() -> Mark:
        try:
            return build(text, source, marking=True).mark or Mark(source, 1, 1)
        except DocumentError:  # JSON that is not YAML: lines are out of reach, the value is not
            return Mark(source, 1, 1)

    return marks


def _read_json(text: str, source: str) -> tuple[Document, tuple[Duplicate, ...]] | None:
    """JSON read as JSON, whose strings may hold what YAML refuses; None if it isn't JSON."""
    repeated: list[str] = []

    def record(pairs: list[tuple[str, Json]]) -> Json:
        value = dict(pairs)
        if len(value) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.extend(name for name in value if names.count(name) > 1)
        return value

    def refuse(name: str) -> NoReturn:
        raise ValueError(name)

    try:
        value = json.loads(text, object_pairs_hook=record, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None
    _measure(value, source)
    # To the YAML parser the same text, line for line: raw tabs are blanks in JSON, and surrogate pairs one character.
    as_yaml = _SURROGATES.sub(lambda found: str(json.loads(f'"{found[0]}"')), text.replace("\t", " "))
    return Document(value, source, _marks(as_yaml, source)), _located(repeated, as_yaml, source)


def _located(repeated: list[str], as_yaml: str, source: str) -> tuple[Duplicate, ...]:
    if not repeated:
        return ()
    try:
        return build(as_yaml, source, marking=False).duplicates
    except DocumentError:
        return tuple(Duplicate(name, 1, 1, 1) for name in repeated)


def _measure(value: Json, source: str) -> None:
    """Bounds for JSON as for YAML. Raises DocumentError."""
    level, depth, values = [value], 0, 0
    while level:
        depth += 1
        values += len(level)
        if depth > DEEPEST or values > MOST_VALUES:
            raise DocumentError(
                f"{source}: nested deeper than {DEEPEST} levels, or more than {MOST_VALUES:,} values. "
                "Split the document with `$ref`."
            )
        level = [item for one in level for item in _inside(one)]


def _inside(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
