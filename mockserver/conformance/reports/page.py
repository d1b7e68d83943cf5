"""A report as one page of HTML that needs nothing else: verdict, findings with evidence and commands, checks, coverage.

Works without JavaScript; with it, findings can be filtered. Follows the reader's light or dark theme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from mockserver.conformance.finding import Check, Coverage, Finding, Report
from mockserver.conformance.reports import words
from mockserver.conformance.reports.page_finding import finding_block
from mockserver.conformance.reports.sources import Sources
from mockserver.conformance.reports.words import escape

# Findings that are unfolded when the page opens.
_OPEN: Final = 3


def page(report: Report, sources: Sources) -> str:
    found = sorted(
        ((check, finding) for check in report.checks for finding in check.findings),
        key=lambda pair: words.LEVELS.index(pair[1].level),
    )
    body = [*_head(report), *_findings(report, found, sources), *_checks(report)]
    if report.coverage is not None:
        body += _coverage(report.coverage)
    return frame(words.title(report), body, script=bool(found))


def frame(title: str, body: Iterable[str], *, script: bool = False) -> str:
    """A whole page around a body, with the style of all our pages."""
    code = f"<script>\n{_part('page.js')}</script>\n" if script else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_part('page.css')}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + f"\n{code}</body>\n</html>\n"
    )


@cache
def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _head(report: Report) -> Iterator[str]:
    state = "broken" if report.broken else "kept"
    version = f" {escape(report.version)}" if report.version else ""
    yield (
        f"<header>\n<p class=quiet>mockserver {escape(report.command)}</p>\n<h1>{escape(report.subject)}</h1>\n"
        f"<p class=quiet>against <b>{escape(report.document)}</b>{version}</p>\n"
        f'<p class="verdict {state}">{_verdict(report)}</p>\n</header>'
    )
    yield f"<div class=tiles>{''.join(_tiles(report))}</div>"
    yield from (f"<p class=quiet>{escape(words.sentence(note))}</p>" for note in report.notes)


def _verdict(report: Report) -> str:
    if report.command == "diff":
        return "Something breaks." if report.broken else "Nothing breaks."
    return "The contract is broken." if report.broken else "The contract is kept."


def _tiles(report: Report) -> Iterator[str]:
    tally = words.tally(report)
    for level in words.LEVELS:
        colour = level if tally[level] else "quiet"
        yield _tile(f"{tally[level]}", words.level_word(report, level, tally[level]), colour)
    kept = sum(check.state == "kept" for check in report.checks)
    yield _tile(f"{kept} of {len(report.checks)}", "checks kept")
    if report.calls:
        time = f" in {words.duration(report.milliseconds)}" if report.milliseconds else ""
        yield _tile(f"{report.calls:,}", f"call{'s' if report.calls != 1 else ''}{time}")
    if report.seed is not None:
        yield _tile(str(report.seed), "seed")


def _tile(number: str, what: str, colour: str = "") -> str:
    return f"<div class=tile><b class='{colour}'>{escape(number)}</b>{escape(what)}</div>"


def _findings(report: Report, found: list[tuple[Check, Finding]], sources: Sources) -> Iterator[str]:
    what = "Changes" if report.command == "diff" else "Findings"
    if not found:
        yield f"<h2>{what}</h2>\n<p>None.</p>"
        return
    yield f"<h2>{what} (<span id=shown>{len(found)}</span>)</h2>"
    yield _filters(report, found)
    for number, (check, finding) in enumerate(found):
        yield finding_block(check, finding, report, sources, unfolded=number < _OPEN and finding.level == "error")


def _filters(report: Report, found: list[tuple[Check, Finding]]) -> str:
    present = {finding.level for _, finding in found}
    boxes = "".join(
        f'<label class="{level}"><input type=checkbox name=level value={level} checked>'
        f"{words.level_word(report, level, 2)}</label>"
        for level in words.LEVELS
        if level in present
    )
    names = dict.fromkeys(check.name for check, _ in found)
    options = "".join(f'<option value="{escape(name)}">{escape(name)}</option>' for name in names)
    return (
        '<div class=filters hidden><input type=search id=search placeholder="rule, operation, any word" '
        f'aria-label="search findings">{boxes}<select id=check aria-label="check">'
        f"<option value=''>every check</option>{options}</select>"
        "<button type=button id=unfold>unfold, fold</button></div>"
    )


def _checks(report: Report) -> Iterator[str]:
    rows = "\n".join(_row(check) for check in report.checks)
    yield (
        "<h2>Checks</h2>\n<div class=wide><table><tr><th>Check<th>State<th class=number>Findings<th class=number>Calls"
        f"<th class=number>Time</tr>\n{rows}\n</table></div>"
    )


def _row(check: Check) -> str:
    about = check.why if check.state == "skipped" else check.about
    time = words.duration(check.milliseconds) if check.milliseconds else ""
    return (
        f"<tr><td><b>{escape(check.name)}</b><br><span class=quiet>{escape(about)}</span>"
        f"<td class={check.state}>{check.state}<td class=number>{len(check.findings) or ''}"
        f"<td class=number>{check.calls or ''}<td class=number>{time}</tr>"
    )


def _coverage(coverage: Coverage) -> Iterator[str]:
    yield f"<h2>Coverage</h2>\n<p>{escape(words.covered(coverage))} were met.</p>"
    for what, met in (("Operations", coverage.operations), ("Documented replies", coverage.statuses)):
        if not met:
            continue
        share = 100 * sum(count > 0 for count in met.values()) / len(met)
        yield (
            f"<details class=fold><summary>{what}, {share:.0f} %</summary>\n"
            f'<div class=bar><i style="width:{share:.1f}%"></i></div>\n<p>{_marks(met)}</p></details>'
        )
    if coverage.unknown:
        rows = "".join(
            f"<tr><td><code>{escape(call)}</code><td class=number>{count}</tr>"
            for call, count in coverage.unknown.items()
        )
        yield (
            f"<details class=fold><summary>Of no operation, {len(coverage.unknown)}</summary>"
            f"<div class=wide><table><tr><th>Call<th class=number>Count</tr>{rows}</table></div></details>"
        )


def _marks(met: Mapping[str, int]) -> str:
    """Names, filled for what was met and outlined for what never was."""
    return "".join(
        f'<span class={"met" if count else "never"} title="{count} calls">{escape(name)}</span>'
        for name, count in met.items()
    )
