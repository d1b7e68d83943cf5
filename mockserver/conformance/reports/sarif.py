"""A report as SARIF 2.1.0, whose results point into the document: what code scanning folds and shows beside the line.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and of it what GitHub reads:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from mockserver import __version__
from mockserver.conformance.finding import Check, Finding, Report
from mockserver.conformance.reports import words
from mockserver.conformance.reports.sources import Sources
from mockserver.contract.places import Place
from mockserver.core.text import Json

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
# GitHub shows so many results of a run, those that matter most first, and refuses files with more than 25,000.
MOST: Final = 5_000
_BASE: Final = "%SRCROOT%"
_BRACKETS: Final = re.compile(r"([\[\]\\])")


def sarif(report: Report, sources: Sources) -> str:
    return json.dumps(log(report, sources), indent=2, ensure_ascii=False) + "\n"


def log(report: Report, sources: Sources) -> Json:
    """The SARIF log as a value."""
    found = sorted(
        ((check, finding) for check in report.checks for finding in check.findings),
        key=lambda pair: words.LEVELS.index(pair[1].level),
    )
    kept = found[:MOST]
    rules: dict[str, int] = {}
    for _, finding in kept:
        rules.setdefault(finding.rule, len(rules))
    folded: Counter[str] = Counter()
    results = []
    for check, finding in kept:
        print_ = _fingerprint(report, finding)
        folded[print_] += 1
        results.append(_result(check, finding, sources, rules[finding.rule], f"{print_}:{folded[print_]}"))
    left_out = len(found) - len(kept)
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, kept, rules, results, left_out)]}


def _run(
    report: Report, kept: list[tuple[Check, Finding]], rules: dict[str, int], results: list[Json], left_out: int
) -> Json:
    run: Json = {
        "tool": {
            "driver": {
                "name": "mockserver",
                "fullName": f"mockserver {report.command}",
                "semanticVersion": __version__,
                "rules": [_rule(name, kept) for name in rules],
            }
        },
        # Analyses of this category replace each other: one a command and document.
        "automationDetails": {"id": f"mockserver/{report.command}/{report.document}/"},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_skipped(report, left_out))}],
        "originalUriBaseIds": {_BASE: {"description": {"text": "The folder the command ran in."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "subject": report.subject,
            "document": report.document,
            "documentVersion": report.version,
            "calls": report.calls,
        },
    }
    if report.seed is not None:
        run["properties"]["seed"] = report.seed
    return run


def _skipped(report: Report, left_out: int) -> Iterator[Json]:
    for check in report.checks:
        if check.state == "skipped":
            yield {"level": "note", "message": {"text": words.sentence(f"{check.name} was skipped: {check.why}")}}
    if left_out:
        text = f"{left_out:,} findings more are left out: code scanning shows {MOST:,} of a run."
        yield {"level": "warning", "message": {"text": text}}


def _rule(name: str, kept: list[tuple[Check, Finding]]) -> Json:
    """Told by the check that has it, not by what was found: a rule's text is the same in each analysis."""
    check, finding = next(pair for pair in kept if pair[1].rule == name)
    short = words.sentence(f"{name.replace('-', ' ').capitalize()} ({check.name})")
    about = words.sentence(check.about) or short
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in re.split(r"[^0-9A-Za-z]+", name)),
        "shortDescription": {"text": short},
        "fullDescription": {"text": about},
        "help": {"text": about, "markdown": about},
        "defaultConfiguration": {"level": finding.level},
        "properties": {"tags": ["api", "contract", check.name], "problem.severity": _severity(finding)},
    }


def _severity(finding: Finding) -> str:
    return "recommendation" if finding.level == "note" else finding.level


def _result(check: Check, finding: Finding, sources: Sources, rule: int, print_: str) -> Json:
    related = list(_related(finding, sources))
    result = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.level,
        "kind": "fail",
        "message": {"text": _message(finding, bool(related))},
        "locations": [_location(finding, sources)],
        # GitHub folds by this one, and makes it of the line's text if it isn't there.
        "partialFingerprints": {"primaryLocationLineHash": print_},
        "occurrenceCount": finding.count,
        "properties": {
            "check": check.name,
            "party": finding.party,
            "calls": list(words.calls(finding)),
            "reproduction": sources.commands(finding),
            **{str(each.side): each.severity for each in finding.effects},
        },
    }
    if related:
        result["relatedLocations"] = related
    return result


def _message(finding: Finding, linked: bool) -> str:
    lines = [words.sentence(finding.title)]
    lines += [f"{effect.severity} for {effect.side}: {words.ended(effect.because)}" for effect in finding.effects]
    lines += [text for text in (finding.evidence, words.sentence(finding.about), words.seen(finding)) if text]
    lines += words.calls(finding)
    text = _BRACKETS.sub(r"\\\1", "\n".join(lines))  # brackets make links
    return text + "\n[Before](1)" if linked else text


def _location(finding: Finding, sources: Sources) -> Json:
    pointer = finding.document if finding.document is not None else finding.before
    location: Json = {"logicalLocations": [_logical(finding, pointer or "")]}
    place = sources.anchor(finding)
    if place is not None:
        location["physicalLocation"] = _physical(place, sources)
    return location


def _related(finding: Finding, sources: Sources) -> Iterator[Json]:
    before = sources.place_before(finding)
    if before is not None and finding.document is not None:
        yield {"id": 1, "physicalLocation": _physical(before, sources), "message": {"text": "Before"}}


def _logical(finding: Finding, pointer: str) -> Json:
    name = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    logical = {"fullyQualifiedName": pointer or "/", "kind": "object"}
    return {**logical, "name": name or finding.operation or "document"}


def _physical(place: Place, sources: Sources) -> Json:
    return {
        "artifactLocation": _artifact(sources.name(place)),
        "region": {"startLine": place.line, "startColumn": place.column},
    }


def _artifact(name: str) -> Json:
    path = Path(name)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(name), "uriBaseId": _BASE}


def _fingerprint(report: Report, finding: Finding) -> str:
    """The same for the same defect, wherever the document's lines have moved to."""
    parts = (report.command, report.document, *(part or "" for part in (*finding.fold, finding.before)))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
