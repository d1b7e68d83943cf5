"""A report as Markdown for a pull request: the verdict, a table of checks, findings to unfold. Never too long to post.

Details go first when room is short, then findings; what was left out is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Check, Finding, Report
from mockserver.conformance.reports import words
from mockserver.conformance.reports.sources import Sources

# What a comment on GitHub may have, in characters; what its job summaries may have is more.
MOST: Final = 65_536
_SIGNS: Final = {"kept": "✅", "broken": "❌", "skipped": "⏭️"}
_LEVEL_SIGNS: Final = {"error": "❌", "warning": "⚠️", "note": "💡"}
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~@!])")
_ROOM: Final = 400
_LONGEST_EVIDENCE: Final = 3_000
_MOST_ROWS: Final = 60


def markdown(report: Report, sources: Sources, most: int = MOST) -> str:
    """At most `most` characters, from 2,000 on."""
    text = "\n".join(_head(report)) + "\n"
    found = sorted(report.findings, key=lambda finding: words.LEVELS.index(finding.level))
    left = len(found)
    for finding in found:
        short = _short(finding, sources)
        for block in (_whole(finding, short, sources), short + "\n"):
            if len(text) + len(block) + _ROOM <= most:
                text += block
                left -= 1
                break
        else:
            break
    if left:
        text += f"\n{left:,} of {len(found):,} findings are left out here; `--report html=FILE` has them all.\n"
    return text


def _head(report: Report) -> Iterator[str]:
    sign = "❌" if report.broken else "✅"
    yield f"### {sign} {_plain(words.title(report))}"
    yield ""
    effort = words.effort(report)
    yield f"**{words.counted(report)}**; {words.checks(report)}" + (f"; {effort}" if effort else "") + "."
    if report.coverage is not None:
        yield f"\nMet: {words.covered(report.coverage)}."
    for note in report.notes[:10]:
        yield f"\n> {_plain(words.cut(note, 300))}"
    shown = [check for check in report.checks if check.state != "kept" or check.findings][:_MOST_ROWS]
    if shown:
        yield "\n| | Check | |\n| --- | --- | --- |"
        yield from (_row(check, report) for check in shown)
    yield ""


def _row(check: Check, report: Report) -> str:
    levels = [finding.level for finding in check.findings]
    counts = [
        f"{levels.count(level)} {words.level_word(report, level, levels.count(level))}"
        for level in words.LEVELS
        if level in levels
    ]
    said = check.why if check.state == "skipped" else ", ".join(counts)
    return f"| {_SIGNS[check.state]} | {_plain(check.name)} | {_plain(words.cut(said, 200))} |"


def _short(finding: Finding, sources: Sources) -> str:
    place = sources.place(finding)
    at = f" {_code(sources.at(place))}" if place is not None else ""
    operation = f" {_code(finding.operation)}" if finding.operation else ""
    sign, title = _LEVEL_SIGNS[finding.level], _plain(words.sentence(words.cut(finding.title, 500)))
    return f"- {sign} {_code(finding.rule)}{operation} {title}{at}"


def _whole(finding: Finding, short: str, sources: Sources) -> str:
    parts = list(_details(finding, sources))
    if not parts:
        return short + "\n"
    inside = "\n\n".join(parts).replace("\n", "\n  ")
    return f"{short}\n  <details><summary>evidence</summary>\n\n  {inside}\n\n  </details>\n"


def _details(finding: Finding, sources: Sources) -> Iterator[str]:
    if finding.effects:
        yield "\n".join(
            f"- **{effect.severity}** for {effect.side}: {_plain(words.ended(effect.because))}"
            for effect in finding.effects
        )
    if finding.evidence:
        yield _fenced(words.cut(finding.evidence, _LONGEST_EVIDENCE), "text")
    if words.seen(finding):
        yield _plain(words.seen(finding)) + "."
    if finding.steps:
        yield "\n".join(f"{number}. {_code(words.call(step))}" for number, step in enumerate(finding.steps, 1))
    commands = sources.commands(finding)
    if commands:
        yield _fenced(words.cut(commands, _LONGEST_EVIDENCE), "sh")
    if finding.about:
        yield f"{_plain(words.sentence(finding.about))}"
    pointers = [("document", finding.document), ("before", finding.before)]
    told = [f"{name} {_code('#' + pointer)}" for name, pointer in pointers if pointer is not None]
    if told:
        yield ", ".join(told)


def _plain(text: str) -> str:
    """As it is, whatever Markdown would make of it; an at sign or a number sign calls nobody."""
    return (
        _SPECIAL.sub(r"\\\1", words.visible(" ".join(text.split()))).replace("\\@", "@\u200b").replace("\\#", "#\u200b")
    )


def _code(text: str) -> str:
    """In as many backticks as it needs."""
    text = words.visible(" ".join(text.split()))
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _fenced(text: str, language: str) -> str:
    text = words.visible(text)
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
