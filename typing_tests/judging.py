"""Checked by mypy, never run: what judging recorded traffic gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

from mockserver.conformance import verify
from mockserver.conformance.finding import Coverage, Finding, Report

report = verify("restream", "tests/cassettes/clips.yaml", Path("session.har"), whose="client", against=["old.har"])
assert_type(report, Report)
assert_type(report.broken, bool)
assert_type(report.findings, Iterator[Finding])
assert_type(report.coverage, Coverage | None)

verify("restream", "session.har", whose="nobody")  # type: ignore[arg-type]
