"""Whole checks against a fake of this process, healthy or with a seeded defect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Unpack

from mockserver.conformance.conforming import Document, Wishes, judge_of
from mockserver.conformance.finding import Finding, Report
from mockserver.conformance.run import Judge
from mockserver.settings import Settings
from tests.servers.defect import Defect
from tests.servers.defects import DEFECTS
from tests.servers.serving import served

KEY = "test_check"


@contextmanager
def judging(provider: Document, defect: str | Defect | None = None, **wishes: Unpack[Wishes]) -> Iterator[Judge]:
    """A judge of a server that lasts as long as the block; few examples, unless said otherwise."""
    bug = DEFECTS[defect] if isinstance(defect, str) else defect
    with served(bug, Settings(port=0, pace=600, log=False)) as server:
        said: Wishes = {"key": KEY, "examples": 2, **wishes}
        with judge_of(server.url, provider, **said) as judge:
            yield judge


def checked(provider: Document, defect: str | Defect | None = None, **wishes: Unpack[Wishes]) -> Report:
    """The report of such a server."""
    with judging(provider, defect, **wishes) as judge:
        return judge.run()


def rules(report: Report) -> set[tuple[str, str | None]]:
    """What was found: rule and operation."""
    return {(finding.rule, finding.operation) for finding in report.findings}


def only(report: Report) -> Finding:
    """The one finding there is."""
    (finding,) = report.findings
    return finding
