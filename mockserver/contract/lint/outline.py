"""The outline of a document: every thing in it that has a kind, found by the grammar without following references.

Where the document has something else than the grammar wants, the outline says so and goes on beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as Folder
from typing import Final

from mockserver.contract.lint.codes import LINT_CODES
from mockserver.contract.lint.defect import Defect
from mockserver.contract.lint.grammar import KINDS
from mockserver.contract.places import Document
from mockserver.core.text import Json, pointer

Path = tuple[str | int, ...]
Rule = Callable[["Outline"], Iterator[Defect]]

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Site:
    """A thing of a kind and where it stands. A mapping, or for a schema also true or false."""

    kind: str
    path: Path
    value: Json

    @property
    def reference(self) -> bool:
        return KINDS[self.kind].refers and isinstance(self.value, dict) and "$ref" in self.value


@dataclass(frozen=True, slots=True)
class Outline:
    """A document's sites in order, what is no proper thing of its kind, and the version's family (`3.0` or `3.1`).

    `folder` is where relative references are looked up, None if nowhere.
    """

    document: Document
    folder: Folder | None
    version: str
    sites: tuple[Site, ...]
    misfits: tuple[Defect, ...]
    kinds: dict[Path, str] = field(repr=False)

    def of(self, kind: str) -> Iterator[Site]:
        """Sites of a kind that stand for themselves, not references."""
        return (site for site in self.sites if site.kind == kind and not site.reference)

    def defect(self, code: str, path: Path, message: str, remedy: str = "") -> Defect:
        return defect(self.document, code, path, message, remedy)


def outline(document: Document, folder: Folder | None = None) -> Outline:
    """The outline of a document whose value is a mapping, however broken."""
    version = "3.0" if str(document.value.get("openapi", "")).startswith("3.0") else "3.1"
    sites: list[Site] = []
    misfits: list[Defect] = []
    waiting: list[tuple[str, Path, Json]] = [("root", (), document.value)]
    while waiting:
        shape, path, value = waiting.pop()
        below, misfit = _open(document, shape, path, value)
        if misfit is not None:
            misfits.append(misfit)
            continue
        if shape in KINDS:
            sites.append(Site(shape, path, value))
        waiting.extend(reversed(below))
    return Outline(document, folder, version, tuple(sites), tuple(misfits), {site.path: site.kind for site in sites})


def _open(
    document: Document, shape: str, path: Path, value: Json
) -> tuple[list[tuple[str, Path, Json]], Defect | None]:
    """What stands below, or why nothing can."""
    if shape.startswith("{"):
        if not isinstance(value, dict):
            return [], _misfit(document, "a mapping of names", path, value)
        return [(shape[1:-1], (*path, key), item) for key, item in value.items() if not _extension(shape, key)], None
    if shape.startswith("["):
        if not isinstance(value, list):
            return [], _misfit(document, "a list", path, value)
        return [(shape[1:-1], (*path, index), item) for index, item in enumerate(value)], None
    if shape == "scopes":
        return [], None if isinstance(value, list) else _misfit(document, "a list of scopes", path, value)
    if shape == "schema" and isinstance(value, bool):
        return [], None
    if not isinstance(value, dict):
        return [], _no_schema(document, path, value) if shape == "schema" else _misfit(
            document, "a mapping", path, value
        )
    kind = KINDS[shape]
    known = [(kind.fields[key], (*path, key), item) for key, item in value.items() if key in kind.fields]
    if kind.entries is not None:
        known += [(kind.entries, (*path, key), item) for key, item in value.items() if not _extension(shape, key)]
    return known, None


def _extension(shape: str, key: str) -> bool:
    """`x-` begins an extension among paths and responses, and a plain name among schemas and headers."""
    return key.startswith("x-") and shape in ("{path-item}", "{response}", "callback")


def _misfit(document: Document, wanted: str, path: Path, value: Json) -> Defect:
    return defect(document, "L601", path, f"{wanted} must stand here, not {show(value)}")


def _no_schema(document: Document, path: Path, value: Json) -> Defect:
    if path and path[-1] == "$ref" and path[-2:-1] == ("properties",):
        cause = "this is a reference where only names of properties can be"
        if isinstance(value, str) and _UUID.fullmatch(value):
            cause = "a tool put an ID in the place of a reference, and that was misplaced before"
        return defect(document, "L202", path, f"a property called `$ref` with {show(value)} for a schema: {cause}")
    message = f"a schema must stand here, not {show(value)}"
    if isinstance(value, str) and _UUID.fullmatch(value):
        message += "; most likely a tool replaced a `$ref` by this ID"
    return defect(document, "L201", path, message)


def defect(document: Document, code: str, path: Path, message: str, remedy: str = "") -> Defect:
    """A defect at a path, with the line of the value there and the code's own remedy unless another is given."""
    at = pointer(path)
    place = document.place(at)
    known = LINT_CODES[code]
    return Defect(code, known.severity, place.source, place.line, place.column, at, message, remedy or known.remedy)


def show(value: Json) -> str:
    """A value in a message: short, and named by its kind when it is long."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f"the text `{value[:60]}`" + ("..." if len(value) > 60 else "")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"the number {value}" if abs(value) < 10**20 else "a large number"
