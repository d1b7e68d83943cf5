"""A finding as something to run: a shell script of curl, and a pytest file that fails until it is mended."""

from __future__ import annotations

from pathlib import Path

from mockserver.conformance.finding import Finding, Report


def curl(finding: Finding) -> str:
    return ""


def write(report: Report, folder: Path) -> None:
    pass
