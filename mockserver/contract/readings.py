"""The readings of a provider, from its `readings.yaml`: every choice its documents leave open."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, NoReturn, get_args

from mockserver import resources
from mockserver.contract.document import Document, read_document
from mockserver.core.reading import Evidence, Reading
from mockserver.core.text import Json, pointer
from mockserver.errors import DocumentError

_FIELDS: Final = ("question", "options", "default", "evidence", "because")


@cache
def load_readings(provider: str, folder: Path | None = None) -> tuple[Reading, ...]:
    """Every reading in file order; none without a file. Raises DocumentError naming file, line and remedy."""
    path = (folder or resources.specs(provider)) / "readings.yaml"
    return parse_readings(provider, read_document(path)) if path.exists() else ()


def parse_readings(provider: str, document: Document) -> tuple[Reading, ...]:
    """The readings a document holds: `readings: {name: {question, options: {option: meaning}, default, ...}}`."""
    entries = document.value.get("readings")
    if not isinstance(entries, dict):
        _refuse(document, ("readings",), "`readings` must map names to readings", "Add it.")
    return tuple(_reading(provider, name, entry, document) for name, entry in entries.items())


def _reading(provider: str, name: str, entry: Json, document: Document) -> Reading:
    at = ("readings", name)
    if not isinstance(entry, dict):
        _refuse(document, at, f"the reading `{name}` must be a mapping", f"Give it {', '.join(_FIELDS)}.")
    for key in entry:
        if key not in _FIELDS:
            _refuse(document, (*at, key), f"unknown key `{key}` in `{name}`", f"Known are {', '.join(_FIELDS)}.")
    for key in _FIELDS:
        if key not in entry:
            _refuse(document, at, f"the reading `{name}` has no `{key}`", "Add it.")
    options = entry["options"]
    if not isinstance(options, dict) or len(options) < 2:
        _refuse(document, (*at, "options"), f"`{name}` needs at least two options", "Map each to its meaning.")
    for option, meaning in options.items():
        _text(document, (*at, "options", option), meaning)
    for key in ("question", "default", "evidence", "because"):
        _text(document, (*at, key), entry[key])
    if entry["default"] not in options:
        known = ", ".join(options)
        _refuse(document, (*at, "default"), f"`{entry['default']}` is no option of `{name}`", f"Options are {known}.")
    if entry["evidence"] not in get_args(Evidence):
        known = ", ".join(get_args(Evidence))
        _refuse(document, (*at, "evidence"), f"`{entry['evidence']}` is no sort of evidence", f"Take one of {known}.")
    return Reading(
        provider=provider,
        name=name,
        question=entry["question"].strip(),
        options={option: meaning.strip() for option, meaning in options.items()},
        default=entry["default"],
        evidence=entry["evidence"],
        because=entry["because"].strip(),
    )


def _text(document: Document, at: tuple[str, ...], value: Json) -> None:
    if not isinstance(value, str) or not value.strip():
        _refuse(document, at, f"`{at[-1]}` must be text, not `{value!r:.40}`", "Write it in quotes.")


def _refuse(document: Document, at: tuple[str, ...], what: str, remedy: str) -> NoReturn:
    raise DocumentError(f"{document.place(pointer(at))}: {what}. {remedy}")
