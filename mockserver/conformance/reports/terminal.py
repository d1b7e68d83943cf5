"""A report for somebody at a terminal: each failure in a few lines, then a summary that fits a screen.

In a pipe it is the same text without colour, and no line is broken. rich keeps to NO_COLOR and the terminal's width.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final, TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text as Line

from mockserver.conformance.finding import Check, Finding, Level, Report
from mockserver.conformance.reports import words
from mockserver.conformance.reports.sources import Sources

_STYLES: Final = {"error": "bold red", "warning": "yellow", "note": "cyan"}
_STATES: Final = {"kept": ("✓", "green"), "broken": ("✗", "bold red"), "skipped": ("-", "dim")}
_SEVERITIES: Final = {"breaking": "bold red", "risky": "yellow", "harmless": "green"}
# Evidence is for the eye here; the files have all of it.
_MOST_LINES: Final = 8
_LONGEST_LINE: Final = 160
_MOST_FINDINGS: Final = 20
# A script of more lines is for a file.
_MOST_COMMANDS: Final = 3
_MOST_NOTES: Final = 12
# Rows of the summary's table at most; a screen has 24.
_MOST_ROWS: Final = 14
# Wider than any line: in a pipe nothing is wrapped.
_UNBROKEN: Final = 100_000


def show(report: Report, sources: Sources, file: TextIO) -> None:
    """Write it to a terminal, a pipe or a file."""
    console = console_for(file)
    if console.is_terminal:
        for part in _parts(report, sources):
            console.print(part)
        return
    with console.capture() as captured:  # without the blanks that make a terminal's lines equally long
        for part in _parts(report, sources):
            console.print(part)
    file.writelines(f"{line.rstrip()}\n" for line in captured.get().rstrip("\n").split("\n"))


def text(report: Report, sources: Sources) -> str:
    """The same without colour, as a text."""
    file = io.StringIO()
    show(report, sources, file)
    return file.getvalue()


def console_for(file: TextIO) -> Console:
    """rich's console on a stream: with a terminal's width and colours if it is one."""
    console = Console(file=file, highlight=False, soft_wrap=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _UNBROKEN
    return console


def _line(text: str = "", style: str = "") -> Line:
    """With what steers a terminal made visible: some of it comes from the server that is judged."""
    return Line(words.visible(text), style)


def _parts(report: Report, sources: Sources) -> Iterator[RenderableType]:
    yield _line(words.title(report), "bold")
    findings = [finding for check in report.checks for finding in check.findings]
    told = [finding for finding in findings if finding.level != "note"]
    for number, finding in enumerate(told[:_MOST_FINDINGS], 1):
        yield _line()
        yield _finding(number, finding, sources)
    if len(told) > _MOST_FINDINGS:
        yield _line(f"\n… and {len(told) - _MOST_FINDINGS} more: --report html=FILE has them all", "dim")
    notes = [finding for finding in findings if finding.level == "note"]
    if notes:
        yield _line()
        yield from (_note(finding, sources) for finding in notes[:_MOST_NOTES])
        if len(notes) > _MOST_NOTES:
            more, word = len(notes) - _MOST_NOTES, words.level_word(report, "note", 2)
            yield _line(f"… and {more} {word} more: --report html=FILE has them all", "dim")
    yield _line()
    yield from _summary(report, sources)


def _finding(number: int, finding: Finding, sources: Sources) -> RenderableType:
    head = _line()
    head.append(f"{number}. {finding.level} ", _STYLES[finding.level])
    head.append(finding.rule, "bold")
    if finding.operation:
        head.append_text(_line(f"  {finding.operation}", "cyan"))
    body = [_line(words.sentence(finding.title))]
    for effect in finding.effects:
        line = _line(f"{effect.severity}", _SEVERITIES[effect.severity])
        body.append(line.append_text(_line(f" for {effect.side}: {words.ended(effect.because)}", "default")))
    body += [_line(line, "dim") for line in _first(finding.evidence)]
    body += [_line(line) for line in words.calls(finding)]
    if words.seen(finding):
        body.append(_line(words.seen(finding), "dim"))
    if sources.spot(finding):
        body.append(_line(sources.spot(finding), "blue"))
    commands = sources.commands(finding).strip()
    if commands and not _is_long(commands):
        body.append(_commands(commands))
    return Group(head, Padding(Group(*body), (0, 0, 0, 3)))


def _is_long(commands: str) -> bool:
    return commands.strip().count("\n") >= _MOST_COMMANDS


def _commands(commands: str) -> Line:
    """To be copied: lines are broken by the terminal, not by us."""
    line = _line(commands, "dim")
    line.no_wrap, line.overflow = True, "ignore"
    return line


def _first(evidence: str) -> list[str]:
    lines = [words.cut(line, _LONGEST_LINE) for line in evidence.splitlines()]
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], f"… {len(lines) - _MOST_LINES + 1} more"]


def _note(finding: Finding, sources: Sources) -> Line:
    line = _line("note ", _STYLES["note"])
    line.append(finding.rule, "bold").append_text(_line(f"  {words.sentence(finding.title)}", "default"))
    return line


def _summary(report: Report, sources: Sources) -> Iterator[Line]:
    yield from _rows(report)
    yield _line()
    kept = _line(words.counted(report), _worst(report))
    effort = words.effort(report)
    yield kept.append(f"; {words.checks(report)}" + (f"; {effort}" if effort else ""), "default")
    if report.coverage is not None:
        yield _line(f"met: {words.covered(report.coverage)}", "dim")
        unknown = report.coverage.unknown
        if unknown:
            calls = ", ".join(f"{call} ({count})" for call, count in list(unknown.items())[:3])
            more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
            yield _line(words.cut(f"of no operation: {calls}{more}", _LONGEST_LINE), "yellow")
    if any(_is_long(sources.commands(finding)) for finding in report.findings):
        scripts = "--reproductions FOLDER writes scripts, " if report.command == "check" else ""
        yield _line(f"how to see each again: {scripts}--report html=FILE has the commands", "dim")
    for note in report.notes[:3]:
        yield _line(words.cut(note, 240), "dim")


def _worst(report: Report) -> str:
    tally = words.tally(report)
    found: list[Level] = [level for level in words.LEVELS if tally[level]]
    return _STYLES[found[0]] if found and found[0] != "note" else "bold green"


def _rows(report: Report) -> Iterator[Line]:
    """Every check while they fit, else those that are not kept; what is left out is counted."""
    shown = list(report.checks)
    if len(shown) > _MOST_ROWS:
        shown = [check for check in report.checks if check.state != "kept"]
        shown = sorted(shown, key=lambda check: check.state != "broken")[: _MOST_ROWS - 1]
    width = max((len(check.name) for check in shown), default=0)
    for check in shown:
        sign, style = _STATES[check.state]
        line = _line(f"{sign} ", style)
        line.no_wrap, line.overflow = True, "ellipsis"
        yield line.append_text(_line(f"{check.name:{width}}  ", "default")).append_text(
            _line(_said(check, report), "dim")
        )
    kept = sum(check.state == "kept" for check in report.checks if check not in shown)
    rest = len(report.checks) - len(shown) - kept
    if rest:
        yield _line(f"  … and {rest} more that are not kept", "dim")
    if kept:
        yield _line(f"✓ {kept} more, kept", "dim")


def _said(check: Check, report: Report) -> str:
    if check.state == "skipped":
        return check.why
    levels = [finding.level for finding in check.findings]
    counts = [
        f"{levels.count(level)} {words.level_word(report, level, levels.count(level))}"
        for level in words.LEVELS
        if level in levels
    ]
    return ", ".join(counts) or check.about
