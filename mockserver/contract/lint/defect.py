"""One defect of a document, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.contract.lint.codes import Severity


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect of a document. `pointer` is a JSON Pointer, `line` and `column` count from 1 in the file `source`."""

    code: str
    severity: Severity
    source: str
    line: int
    column: int
    pointer: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.source}:{self.line}:{self.column}"
        return f"{where}: {self.severity} {self.code} at #{self.pointer}: {self.message}. {self.remedy}"
