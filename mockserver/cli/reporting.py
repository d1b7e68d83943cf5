"""The option `--report FORMAT=FILE` that `check`, `verify` and `diff` share, and what they say on the terminal.

add_report_option(parser)                  # before the words are read
reports = Reports.read(given.report)       # before the run: files that can't be written are refused here
reports.write(report, sources)             # after it
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mockserver.conformance.finding import Report
from mockserver.conformance.reports import FORMATS, Sources, render
from mockserver.errors import StartError, UsageError, unknown

STDOUT: Final = "-"


def add_report_option(parser: argparse.ArgumentParser) -> None:
    forms = "; ".join(f"{name}: {about}" for name, (_, _, about) in FORMATS.items())
    parser.add_argument(
        "--report",
        metavar="FORMAT=FILE",
        action="append",
        default=[],
        help=f"write a report, - is stdout; repeatable. {forms}",
    )


@dataclass(frozen=True, slots=True)
class Reports:
    """What is to be written where. `files` are pairs of a format and a file name, "-" for stdout."""

    files: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, given: Sequence[str], command: str) -> Reports:
        """From the words of the command line. Raises UsageError for what is no format, or a file that can't be."""
        files = tuple(_pair(word, command) for word in given)
        names = [name for _, name in files]
        for name in names:
            if names.count(name) > 1:
                where = "stdout" if name == STDOUT else name
                raise UsageError(f"{command}: two reports can't both go to {where}: name another file for one of them")
            if name != STDOUT:
                _try(Path(name), command)
        return cls(files)

    @property
    def terminal_is_stdout(self) -> bool:
        """Whether stdout is free for people: no report for a program goes there."""
        return all(name != STDOUT for _, name in self.files)

    def write(self, report: Report, sources: Sources) -> None:
        """Write the files, and tell it on the terminal: on stderr if a report goes to stdout."""
        from mockserver.conformance.reports.terminal import show

        show(report, sources, sys.stdout if self.terminal_is_stdout else sys.stderr)
        for form, name in self.files:
            text = render(report, form, sources)
            if name == STDOUT:
                sys.stdout.write(text)
                continue
            try:
                Path(name).write_text(text, "utf-8", newline="\n")
            except OSError as error:
                raise StartError(f"the report {name} can't be written: {error.strerror}") from None


def _pair(word: str, command: str) -> tuple[str, str]:
    form, equals, name = word.partition("=")
    form = form.strip().lower()
    if form not in FORMATS:
        raise UsageError(f"{command}: --report: {unknown('format', form, FORMATS)}")
    if not equals or not name:
        raise UsageError(f"{command}: --report {word}: say where it goes, as in --report {form}=FILE, or {form}=-")
    return form, name


def _try(path: Path, command: str) -> None:
    """Refuse what can't be written now, not after a run of minutes. Folders that are missing are made."""
    new = not path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
        if new:
            path.unlink()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{command}: --report: {path} can't be written: {reason}. Name another file") from None
