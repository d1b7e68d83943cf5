"""A linter for OpenAPI 3.0 and 3.1 documents, made to be run before any other tool and on any document, however broken.

It names every defect in one pass, with line, pointer, a stable code and a remedy, and never gives up half-way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from mockserver.contract.document import display, read_text
from mockserver.contract.lint.codes import LINT_CODES, LintCode, Severity
from mockserver.contract.lint.defect import Defect
from mockserver.contract.lint.examples import examples
from mockserver.contract.lint.frame import fields, frame, security
from mockserver.contract.lint.operations import operations, parts, paths
from mockserver.contract.lint.outline import Outline, Rule, outline
from mockserver.contract.lint.outline import Path as Steps
from mockserver.contract.lint.references import find, references
from mockserver.contract.lint.schemas import schemas
from mockserver.contract.places import Document
from mockserver.contract.yaml_text import read_yaml
from mockserver.errors import DocumentError

__all__ = ["LINT_CODES", "Defect", "LintCode", "Severity", "lint", "lint_file"]

_RULES: Final[tuple[Rule, ...]] = (frame, fields, security, references, schemas, paths, operations, parts)
# Schemas with these can't be used to judge an example.
_UNUSABLE: Final = frozenset({"L101", "L102", "L103", "L104", "L105", "L106", "L201", "L202", "L203", "L204", "L206"})


def lint(document: Document | str | bytes, source: str = "document", folder: Path | None = None) -> tuple[Defect, ...]:
    """Every defect of a document or of its text, in the order of the lines. `source` is the text's name.

    Files that references name are looked for in `folder`, and not at all without one.
    """
    doubles: list[Defect] = []
    if not isinstance(document, Document):
        try:
            document, twice = read_yaml(document, source)
        except DocumentError as error:
            return (_unreadable(error, source),)
        remedy = LINT_CODES["L002"].remedy
        doubles = [
            Defect(
                "L002",
                "error",
                source,
                one.line,
                one.column,
                "",
                f"the key `{one.key}` stands here a second time, first in line {one.first_line}",
                remedy,
            )
            for one in twice
        ]
    if not isinstance(document.value, dict):
        known = LINT_CODES["L003"]
        place = document.place()
        message = "the document is no mapping"
        return (Defect("L003", known.severity, place.source, place.line, place.column, "", message, known.remedy),)
    drawn = outline(document, folder)
    found = [*doubles, *drawn.misfits, *(defect for rule in _RULES for defect in rule(drawn))]
    found += examples(drawn, _unusable(drawn, found))
    return tuple(
        sorted(dict.fromkeys(found), key=lambda one: (one.source, one.line, one.column, one.code, one.pointer))
    )


def lint_file(path: Path) -> tuple[Defect, ...]:
    """Every defect of a file. Raises DocumentError if it can't be opened."""
    return lint(read_text(path), display(path), path.parent)


def _unusable(drawn: Outline, defects: Iterable[Defect]) -> set[Steps]:
    """The schemas that have such a defect, or the places where no schema stands."""
    broken = set()
    for defect in defects:
        if defect.code not in _UNUSABLE:
            continue
        names = tuple(part.replace("~1", "/").replace("~0", "~") for part in defect.pointer.split("/")[1:])
        found = find(drawn.document.value, names)
        path = found[0] if found else ()
        while path and defect.code not in ("L201", "L202") and drawn.kinds.get(path) != "schema":
            path = path[:-1]
        if path:
            broken.add(path)
    return broken


def _unreadable(error: DocumentError, source: str) -> Defect:
    where = re.match(r":(\d+)(?::(\d+))?: ", str(error).removeprefix(source))
    line, column = (int(where[1]), int(where[2] or 1)) if where else (1, 1)
    message = str(error).removeprefix(source)[where.end() if where else 2 :].rstrip(".")
    return Defect("L001", "error", source, line, column, "", message, LINT_CODES["L001"].remedy)
