"""Our judge at a server: when it finds something, and what."""

from __future__ import annotations

from typing import Final

from mockserver.conformance.effort import Effort
from mockserver.conformance.finding import Check, Finding
from mockserver.conformance.opening import open_document
from mockserver.conformance.realtime import REALTIME
from mockserver.conformance.run import Ended, Event, Judge
from mockserver.conformance.subject import Subject
from tests.servers.verdicts import Verdict

KEY: Final = "test_conform"


class _Enough(Exception):
    """The defect is found."""


def judged(provider: str, url: str, *, seed: int, stop: bool) -> Verdict:
    """The judge's verdict on a server; `stop` at the first check that is broken."""
    began = REALTIME.now()
    checks: list[Check] = []
    first: list[float] = []

    def tell(event: Event) -> None:
        if isinstance(event, Ended):
            checks.append(event.check)
            if any(finding.level == "error" for finding in event.check.findings):
                first.append((REALTIME.now() - began) / 1000)
                if stop:
                    raise _Enough

    opened = open_document(provider)
    subject = Subject(url, opened.contract, provider, KEY)
    with Judge(opened, subject, effort=Effort(seed=seed)) as judge:
        try:
            report = judge.run(tell)
            findings = [finding for finding in report.findings if finding.level == "error"]
        except _Enough:
            findings = [one for check in checks for one in check.findings if one.level == "error"]
        calls = judge.session.calls
    seconds = (REALTIME.now() - began) / 1000
    return _verdict(findings, first[0] if first else None, seconds, calls)


def _verdict(findings: list[Finding], first: float | None, seconds: float, calls: int) -> Verdict:
    steps = sorted(len(finding.steps) for finding in findings)
    return Verdict(
        tuple(f"{one.rule} at {one.operation or 'no operation'}: {one.title}" for one in findings),
        tuple(dict.fromkeys(one.rule for one in findings)),
        first,
        seconds,
        calls,
        steps[0] if steps else 0,
        steps[-1] if steps else 0,
    )
