"""The words that all reports share: counts, verdicts, calls in a line. Nothing of any format."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, get_args

from mockserver.conformance.finding import Coverage, Finding, Level, Report, Step
from mockserver.contract.words import shorten
from mockserver.core.secrecy import without_secret_pairs, without_secrets

LEVELS: Final[tuple[Level, ...]] = get_args(Level)

_NAMES: Final[Mapping[Level, tuple[str, str]]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "note": ("note", "notes"),
}
# What a change of a document is called: its level is that of the side it is worse for.
_CHANGES: Final[Mapping[Level, tuple[str, str]]] = {
    "error": ("breaking change", "breaking changes"),
    "warning": ("risky change", "risky changes"),
    "note": ("harmless change", "harmless changes"),
}
# What a terminal obeys and a reader can't see, but for ends of lines and tabs.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Not the name of an operation, a path or a header.
_PLAIN_WORD: Final = re.compile(r"[a-z]+(?=[ ,;]|\Z)")
_SENTENCE_END: Final = re.compile(r"[.!?:]\Z")


def title(report: Report) -> str:
    """One line that says what was judged by what."""
    version = f" {report.version}" if report.version else ""
    return f"mockserver {report.command}: {report.subject} against {report.document}{version}"


def level_word(report: Report, level: Level, count: int = 1) -> str:
    """`error`, `warnings`, `breaking change`."""
    return (_CHANGES if report.command == "diff" else _NAMES)[level][count != 1]


def tally(report: Report) -> Counter[Level]:
    """How many findings of each level there are."""
    return Counter(finding.level for finding in report.findings)


def counted(report: Report, least: Level = "note") -> str:
    """`2 errors, 1 note`, without what is none and what is less than `least`; `nothing wrong` for none at all.

    A check that is broken without a finding could not look at everything: then nobody knows.
    """
    found = tally(report)
    shown = LEVELS[: LEVELS.index(least) + 1]
    parts = [f"{found[level]} {level_word(report, level, found[level])}" for level in shown if found[level]]
    if not parts and any(check.state == "broken" and not check.findings for check in report.checks):
        return "not all could be judged"
    return ", ".join(parts) or ("no changes" if report.command == "diff" else "nothing wrong")


def checks(report: Report) -> str:
    """`12 of 14 checks kept, 1 skipped`."""
    states = Counter(check.state for check in report.checks)
    of = len(report.checks)
    skipped = f", {states['skipped']} skipped" if states["skipped"] else ""
    return f"{states['kept']} of {of} check{'s' if of != 1 else ''} kept{skipped}"


def effort(report: Report) -> str:
    """`431 calls in 12.3 s, seed 7`; "" where nothing was called."""
    calls = f"{report.calls:,} call{'s' if report.calls != 1 else ''}" if report.calls else ""
    time = f"{duration(report.milliseconds)}" if report.milliseconds else ""
    seed = f"seed {report.seed}" if report.seed is not None else ""
    return ", ".join(part for part in (" in ".join(part for part in (calls, time) if part), seed) if part)


def duration(milliseconds: float) -> str:
    """`340 ms`, `12.3 s`, `2 min 5 s`."""
    if milliseconds < 1_000:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1_000:.1f} s"
    minutes, seconds = divmod(round(milliseconds / 1_000), 60)
    return f"{minutes} min {seconds} s"


def covered(coverage: Coverage) -> str:
    """`8 of 12 operations, 20 of 41 documented replies`."""
    parts = ((coverage.operations, "operations"), (coverage.statuses, "documented replies"))
    return ", ".join(f"{sum(count > 0 for count in met.values())} of {len(met)} {what}" for met, what in parts)


def sentence(text: str) -> str:
    """With a capital at its beginning, if a plain word stands there, and a full stop at its end, if no mark does."""
    text = text.strip()
    if _PLAIN_WORD.match(text):
        text = text[0].upper() + text[1:]
    return ended(text)


def ended(text: str) -> str:
    """With a full stop at its end, if no mark does."""
    return text if not text or _SENTENCE_END.search(text) else f"{text}."


def call(step: Step) -> str:
    """`POST /clip → 201 (the same again)`; credentials are left out."""
    path, _, query = step.request.target.partition("?")
    target = without_secrets(path) + (f"?{without_secret_pairs(query)}" if query else "")
    answer = str(step.reply.status) if step.reply is not None else (step.trouble or "no reply")
    remarks = [f"{step.after_ms:,} ms later"] if step.after_ms else []
    remarks += ["at the same time"] if step.beside else []
    remarks += [step.note] if step.note else []
    return f"{step.request.method} {shorten(target)} → {answer}" + (f" ({', '.join(remarks)})" if remarks else "")


def calls(finding: Finding) -> Iterator[str]:
    for number, step in enumerate(finding.steps, 1):
        yield f"{number}. {call(step)}"


def seen(finding: Finding) -> str:
    """Where in traffic, and how often: `traffic.har #3, #7; seen 12 times`."""
    by_source: dict[str, list[str]] = {}
    for place in finding.places:
        by_source.setdefault(place.source, []).append(f"#{place.entry}")
    parts = [f"{source} {', '.join(entries)}" for source, entries in by_source.items()]
    parts += [f"seen {finding.count:,} times"] if finding.count > 1 else []
    return "; ".join(parts)


def visible(text: str) -> str:
    """With control characters, and what turns the direction of text, as escapes."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escape(text: str) -> str:
    """For HTML."""
    return html.escape(visible(text))


def cut(text: str, most: int) -> str:
    """No longer than so many characters, with an ellipsis for what is gone."""
    return text if len(text) <= most else text[: max(most - 1, 0)].rstrip() + "…"
