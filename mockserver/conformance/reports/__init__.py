"""A report in every form: for a terminal, for CI (JUnit, SARIF), for programs (JSON), for readers (HTML, Markdown).

Each form is a function of the report and its sources; the one that is asked for is imported then.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from mockserver.conformance.finding import Report
from mockserver.conformance.reports.sources import NO_SOURCES, Sources

__all__ = ["FORMATS", "NO_SOURCES", "Sources", "render"]

_HOME: Final = "mockserver.conformance.reports"

# Name: module, function, what it is for.
FORMATS: Final[Mapping[str, tuple[str, str, str]]] = {
    "text": ("terminal", "text", "what the terminal shows, without colour"),
    "junit": ("junit", "junit", "JUnit XML, each check a test case"),
    "sarif": ("sarif", "sarif", "SARIF 2.1.0 for code scanning, with places in the document"),
    "json": ("shape", "as_json", "all of it for a program"),
    "html": ("page", "page", "one page with evidence and filters"),
    "markdown": ("markdown", "markdown", "for a pull request, at most 65,536 characters"),
}


def render(report: Report, form: str, sources: Sources = NO_SOURCES) -> str:
    """The report in one of `FORMATS`; a lone surrogate, as a twisted reply may hold, is an escape as JSON has it."""
    module, function, _ = FORMATS[form]
    text: str = getattr(import_module(f"{_HOME}.{module}"), function)(report, sources)
    return text.encode("utf-8", "backslashreplace").decode()
