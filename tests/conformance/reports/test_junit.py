"""JUnit XML loads in a reader of somebody else's, and says what the report says."""

from __future__ import annotations

import io

from junitparser import JUnitXml, Skipped, TestCase

from mockserver.conformance.finding import Report
from mockserver.conformance.reports import Sources, render
from tests.conformance.reports.samples import CHANGED, CHECKED, KEPT, changed, checked


def load(report: Report, sources: Sources) -> JUnitXml:
    return JUnitXml.fromfile(io.StringIO(render(report, "junit", sources)))


def cases() -> dict[str, TestCase]:
    return {case.name: case for suite in load(CHECKED, checked()) for case in suite}


def test_each_check_is_a_test_case() -> None:
    assert list(cases()) == [check.name for check in CHECKED.checks]


def test_a_broken_check_is_a_failure_with_all_its_errors() -> None:
    (failure,) = cases()["conflict"].result
    assert failure.message == "The same whole video was clipped twice"
    assert "expected 409" in failure.text and "curl http://127.0.0.1:4080/conflict-missing" in failure.text


def test_milder_findings_fail_nothing() -> None:
    case = cases()["bodies"]
    assert case.is_passed and "[warning] reply-extra" in case.system_out


def test_a_skipped_check_is_skipped_and_says_why() -> None:
    (skipped,) = cases()["webhooks"].result
    assert isinstance(skipped, Skipped) and skipped.message == "restream has no webhooks"


def test_counts_are_those_of_the_checks() -> None:
    suite = next(iter(load(CHECKED, checked())))
    assert (suite.tests, suite.failures, suite.skipped, suite.errors) == (4, 1, 1, 0)
    assert suite.time == 62.34


def test_every_report_is_xml() -> None:
    for report, sources in ((KEPT, checked()), (CHANGED, changed())):
        assert [case.name for suite in load(report, sources) for case in suite] == [each.name for each in report.checks]
