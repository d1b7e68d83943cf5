"""The JSON report keeps to the schema we tell, and holds no credential."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from mockserver.conformance.finding import Report
from mockserver.conformance.reports import Sources, render, shape
from mockserver.contract.document import effective
from mockserver.core.text import Json
from tests.conformance.reports.samples import CHANGED, CHECKED, KEPT, POINTER, changed, checked


def read(report: Report, sources: Sources) -> Json:
    return json.loads(render(report, "json", sources))


def strict(schema: Json) -> Json:
    """The schema, with nothing allowed that it does not tell of."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema and "required" in schema else {}
    return {**{key: strict(value) for key, value in schema.items()}, **closed}


@pytest.mark.parametrize(
    ("report", "sources"),
    [(CHECKED, checked()), (CHANGED, changed()), (KEPT, checked())],
    ids=("check", "diff", "kept"),
)
def test_it_is_what_the_schema_tells_and_nothing_else(report: Report, sources: Sources) -> None:
    validator = jsonschema_rs.validator_for(strict(shape.SCHEMA))
    found = [f"{each.instance_path}: {each.message}" for each in validator.iter_errors(read(report, sources))]
    assert found == []


def test_a_finding_has_the_file_and_line_of_its_rule() -> None:
    (finding,) = read(CHECKED, checked())["checks"][0]["findings"]
    line = effective("restream").line(POINTER)
    assert finding["document"] == {
        "pointer": POINTER, "file": "specs/restream/openapi.yaml", "line": line, "column": 9
    }  # fmt: skip


def test_no_report_gives_a_credential_away() -> None:
    for form in ("text", "junit", "sarif", "json", "html", "markdown"):
        assert "s3cr3t" not in render(CHECKED, form, checked())


def test_its_summary_counts_checks_and_findings() -> None:
    assert read(CHECKED, checked())["summary"] == {
        "checks": 4, "kept": 2, "broken": 1, "skipped": 1, "errors": 1, "warnings": 1, "notes": 1
    }  # fmt: skip
