"""Checked by mypy, never run: the judge as a library."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_type

import pytest

from mockserver.conformance import Check, Finding, NotConforming, Report, conforms

report = conforms("http://127.0.0.1:4080", "restream", key="test_me", only=["conflict", "valid-*"], read_only=True)
assert_type(report, Report)
assert_type(report.checks, tuple[Check, ...])
for finding in report.findings:
    assert_type(finding, Finding)
    assert_type(finding.must, tuple[str, ...])

try:
    conforms("http://127.0.0.1:4080", {"openapi": "3.1.0"}, max_requests=100, rate=5, timeout=2.5, examples=3)
except NotConforming as error:
    assert_type(error.report, Report)

conforms("http://127.0.0.1:4080", "restream", keey="test_me")  # type: ignore[call-arg]


@pytest.mark.conformance("restream", url="http://127.0.0.1:4080", key="test_me")
def test_keeps_the_contract(conformance: Callable[[], Check]) -> None:
    assert_type(conformance(), Check)
