"""Results as a table and the survivors by name, or as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from textwrap import fill

from mockserver.core.text import Json
from tests.mutants.runner import Result, Suite
from tests.mutants.survivors import BECAUSE

HEAD = ("suite", "killed", "survived", "false alarms", "seconds", "lines of test")


def text(results: Sequence[Result]) -> str:
    return "\n".join((*_table([HEAD, *map(_row, results)]), *(line for result in results for line in _told(result))))


def _row(result: Result) -> tuple[str, ...]:
    killed, of = len(result.killed), len(result.verdicts)
    return (
        f"({result.suite.name}) {result.suite.about}",
        f"{killed} of {of} ({_percent(killed, of)})",
        str(len(result.survived)),
        f"{len(result.false_alarms)} of {result.tests} tests",
        f"{result.seconds:.1f}",
        _lines(result.suite),
    )


def _lines(suite: Suite) -> str:
    adapters = suite.adapter_lines()
    return f"{suite.lines()} ({adapters} of them adapters)" if adapters else str(suite.lines())


def _percent(part: int, whole: int) -> str:
    """Rounded down, so that 100 % are all."""
    return f"{100 * part // whole if whole else 0}%"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in (rows[0], tuple("-" * width for width in widths), *rows[1:]):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _told(result: Result) -> Iterator[str]:
    if result.false_alarms:
        yield f"\n({result.suite.name}) false alarms: tests the honest clients fail, which count for nothing"
        yield from (f"  {name}\n      {_short(why)}" for name, why in result.false_alarms.items())
    if result.survived:
        yield f"\n({result.suite.name}) survivors"
    for verdict in result.survived:
        yield f"  {verdict.mutant}"
        about = f"{verdict.mutant.about} {verdict.mutant.why}"
        yield fill(about, 110, initial_indent=" " * 6, subsequent_indent=" " * 6)
        because = BECAUSE.get((result.suite.name, str(verdict.mutant)))
        if because is not None:
            yield fill(f"Survives because {because}", 110, initial_indent=" " * 6, subsequent_indent=" " * 6)


def _short(complaint: str) -> str:
    return complaint if len(complaint) <= 110 else f"{complaint[:107]}..."


def value(results: Sequence[Result]) -> Json:
    """The same and more: by which test each mutant was killed, and what that test said."""
    return [
        {
            "suite": result.suite.name,
            "about": result.suite.about,
            "ok": result.ok,
            "killed": len(result.killed),
            "survived": len(result.survived),
            "tests": result.tests,
            "falseAlarms": result.false_alarms,
            "seconds": round(result.seconds, 2),
            "linesOfTest": result.suite.lines(),
            "linesOfAdapters": result.suite.adapter_lines(),
            "mutants": [
                {
                    "name": str(verdict.mutant),
                    "about": verdict.mutant.about,
                    "why": verdict.mutant.why,
                    "killedBy": verdict.by or None,
                    "complaint": verdict.how or None,
                    "survivesBecause": BECAUSE.get((result.suite.name, str(verdict.mutant)))
                    if not verdict.by
                    else None,
                }
                for verdict in result.verdicts
            ],
        }
        for result in results
    ]


def as_json(results: Sequence[Result]) -> str:
    return json.dumps(value(results), indent=2, ensure_ascii=False)
