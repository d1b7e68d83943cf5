"""A report as JUnit XML: each check a test case, its errors one failure, milder findings in its output.

One `failure` a test case, since most readers show the first alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mockserver.conformance.finding import Check, Finding, Report
from mockserver.conformance.reports import words
from mockserver.conformance.reports.sources import Sources

# What XML 1.0, 2.2, has no way to say.
_UNSAYABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, sources: Sources) -> str:
    """`testsuites` with one suite; times are in seconds."""
    failed = sum(any(finding.level == "error" for finding in check.findings) for check in report.checks)
    counts = {
        "tests": str(len(report.checks)),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(sum(check.state == "skipped" for check in report.checks)),
        "time": _seconds(report.milliseconds),
    }
    suite_name = _sayable(f"mockserver {report.command} {report.document}")
    root = Element("testsuites", {"name": suite_name, **counts})
    suite = SubElement(root, "testsuite", {"name": suite_name, **counts})
    properties = SubElement(suite, "properties")
    for name, value in _properties(report):
        SubElement(properties, "property", {"name": name, "value": _sayable(value)})
    for check in report.checks:
        _case(suite, report, check, sources)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _properties(report: Report) -> Iterator[tuple[str, str]]:
    yield "subject", report.subject
    yield "document", report.document
    yield "version", report.version
    yield "calls", str(report.calls)
    if report.seed is not None:
        yield "seed", str(report.seed)
    if report.coverage is not None:
        yield "coverage", words.covered(report.coverage)


def _case(suite: Element, report: Report, check: Check, sources: Sources) -> None:
    attributes = {
        "classname": _sayable(f"mockserver.{report.command}.{report.document}"),
        "name": _sayable(check.name),
        "time": _seconds(check.milliseconds),
    }
    case = SubElement(suite, "testcase", attributes)
    errors = [finding for finding in check.findings if finding.level == "error"]
    milder = [finding for finding in check.findings if finding.level != "error"]
    if check.state == "skipped":
        SubElement(case, "skipped", {"message": _sayable(check.why)})
    elif errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        failure = SubElement(
            case, "failure", {"message": _sayable(errors[0].title + more), "type": _sayable(errors[0].rule)}
        )
        failure.text = _sayable("\n\n".join(_told(finding, sources) for finding in errors))
    if milder:
        SubElement(case, "system-out").text = _sayable("\n\n".join(_told(each, sources) for each in milder))


def _told(finding: Finding, sources: Sources) -> str:
    operation = f" {finding.operation}" if finding.operation else ""
    lines = [f"[{finding.level}] {finding.rule}{operation}: {words.sentence(finding.title)}"]
    lines += [f"{effect.severity} for {effect.side}: {words.ended(effect.because)}" for effect in finding.effects]
    lines += [finding.evidence] if finding.evidence else []
    lines += [words.seen(finding)] if words.seen(finding) else []
    lines += words.calls(finding)
    lines += [sources.spot(finding)] if sources.spot(finding) else []
    lines += [words.sentence(finding.about)] if finding.about else []
    commands = sources.commands(finding)
    return "\n".join([*lines, commands] if commands else lines)


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1_000:.3f}"


def _sayable(text: str) -> str:
    return _UNSAYABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
