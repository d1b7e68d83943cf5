"""What a report needs besides its findings: where in which file a rule stands, and the commands that show a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mockserver.conformance.finding import Finding
from mockserver.contract.places import Document, Place


def no_commands(finding: Finding) -> str:
    """Nothing to paste."""
    return ""


@dataclass(frozen=True, slots=True)
class Sources:
    """`document` is the one that was judged by, `old` the one it is compared with.

    `commands` gives what to paste into a shell to see a finding again, "" if there is no such thing. `folder` is where
    file names are seen from.
    """

    document: Document | None = None
    old: Document | None = None
    commands: Callable[[Finding], str] = no_commands
    folder: Path | None = None

    def place(self, finding: Finding) -> Place | None:
        """Where its rule stands; for what the document lost, where that stood in the old one."""
        if finding.document is None:
            return self.place_before(finding)
        return self.document.place(finding.document) if self.document is not None else None

    def anchor(self, finding: Finding) -> Place | None:
        """`place`, or the top of the document for a finding that rests on no rule of it."""
        return self.place(finding) or (self.document.place() if self.document is not None else None)

    def place_before(self, finding: Finding) -> Place | None:
        """Where what was changed stood in the old document."""
        if self.old is None or finding.before is None:
            return None
        return self.old.place(finding.before)

    def spot(self, finding: Finding) -> str:
        """File, line, column and JSON Pointer in a line; "" for a finding that rests on no rule."""
        pointer = finding.document if finding.document is not None else finding.before
        place = self.place(finding)
        if pointer is None or place is None:
            return "" if pointer is None else f"#{pointer}"
        return f"{self.at(place)}  #{pointer}"

    def at(self, place: Place) -> str:
        """`openapi.yaml:12:3`"""
        return f"{self.name(place)}:{place.line}:{place.column}"

    def name(self, place: Place) -> str:
        """The file of a place as seen from `folder`, where it is in there."""
        if self.folder is not None:
            try:
                return Path(place.source).relative_to(self.folder).as_posix()
            except ValueError:
                pass
        return Path(place.source).as_posix()


NO_SOURCES = Sources()
