"""Contract coverage as a test run tells it: lines for the terminal, a file of JSON, a page of HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from mockserver.core.text import Json
from mockserver.testing import coverage
from mockserver.testing.page import page


def summary(met: Json, kinds: Iterable[str], least: str | None) -> Iterator[str]:
    """The lines for the terminal; none when nothing was called, or nobody wants any."""
    kinds = list(kinds)
    told = coverage.called(met)
    if told and not {"term", "term-missing"}.isdisjoint(kinds):
        yield from coverage.lines(told, missing="term-missing" in kinds)
    for kind in kinds:
        name, _, file = kind.partition(":")
        if file:
            yield f"written as {name.upper()} to {file}"
    if too_little(met, least):
        share = coverage.percentage(met)
        yield f"FAIL: {share:.1f} % of the documented replies were met, fewer than --mock-cover-fail-under={least}"


def too_little(met: Json, least: str | None) -> bool:
    """Whether fewer per cent were met than there are to be."""
    if least is None:
        return False
    return coverage.percentage(met) < float(least) if coverage.called(met) else float(least) > 0


def write(kind: str, met: Json, folder: Path) -> None:
    """Write the report of a kind, if it is one that goes into a file."""
    name, _, file = kind.partition(":")
    if name in ("json", "html") and file:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = {"coverage": round(coverage.percentage(met), 2), "providers": met}
        path.write_text(json.dumps(whole, indent=2) + "\n" if name == "json" else page(whole), "utf-8")
