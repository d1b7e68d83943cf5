"""SARIF keeps to the official schema, points into the document, and folds what is one defect.

sarif-2.1.0.json is the schema as the npm package @microsoft/sarif-multitool-linux 5.7.0 (MIT) carries it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

from mockserver.conformance.finding import Check, Report
from mockserver.conformance.reports import NO_SOURCES, Sources, render, sarif
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.text import Json
from tests.conformance.reports.samples import CHANGED, CHECKED, KEPT, MISSING, NEW, changed, checked

OFFICIAL = Path(__file__).with_name("sarif-2.1.0.json")


def results(report: Report, sources: Sources) -> list[Json]:
    found: list[Json] = sarif.log(report, sources)["runs"][0]["results"]
    return found


@pytest.mark.parametrize(
    ("report", "sources"),
    [(CHECKED, checked()), (CHANGED, changed()), (KEPT, checked()), (CHECKED, NO_SOURCES)],
    ids=("check", "diff", "kept", "without sources"),
)
def test_it_keeps_to_the_official_schema(report: Report, sources: Sources) -> None:
    schema = json.loads(OFFICIAL.read_text("utf-8"))
    text = render(report, "sarif", sources)
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    assert [f"{each.instance_path}: {each.message}" for each in validator.iter_errors(json.loads(text))] == []


def test_a_result_points_at_the_line_of_its_rule() -> None:
    first = results(CHECKED, checked())[0]["locations"][0]
    assert first["physicalLocation"]["artifactLocation"]["uri"] == "specs/restream/openapi.yaml"
    region = first["physicalLocation"]["region"]
    lines = (Path(__file__).parents[3] / "specs/restream/openapi.yaml").read_text("utf-8").splitlines()
    assert lines[region["startLine"] - 1][region["startColumn"] - 1 :].startswith("'409':")
    assert first["logicalLocations"][0]["fullyQualifiedName"] == MISSING.document


def test_what_was_removed_points_at_the_old_document() -> None:
    gone, come = results(CHANGED, changed())
    assert gone["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "old.yaml"
    assert come["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "new.yaml"
    assert come["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "old.yaml"
    assert come["message"]["text"].endswith("[Before](1)")


def test_every_result_has_a_place_to_be_shown_at() -> None:
    assert all("physicalLocation" in result["locations"][0] for result in results(CHECKED, checked()))


def test_a_fingerprint_stays_when_lines_move() -> None:
    moved = load_yaml("# a comment\n\nopenapi: 3.1.0\npaths:\n  /b:\n    get: {}\n", "new.yaml")
    one, other = (results(CHANGED, Sources(document))[1] for document in (NEW, moved))
    assert one["locations"] != other["locations"]
    assert one["partialFingerprints"] == other["partialFingerprints"]


def test_no_two_results_share_a_fingerprint() -> None:
    twice = Report("check", "url", "restream", "2.0", (Check("one", "", "broken", (MISSING, MISSING)),))
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results(twice, checked())]
    assert len(set(prints)) == 2 and prints[0].partition(":")[0] == prints[1].partition(":")[0]


def test_rules_are_told_once_and_results_name_them() -> None:
    (run,) = sarif.log(CHECKED, checked())["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        each["ruleId"] for each in run["results"]
    ]
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_a_file_elsewhere_is_named_by_a_uri() -> None:
    document = replace(NEW, marks=load_yaml("a: 1", "/elsewhere/my api.yaml").marks)
    location = results(CHANGED, Sources(document))[1]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "file:///elsewhere/my%20api.yaml"}


def test_more_than_code_scanning_shows_is_left_out_mildest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST", 2)
    (run,) = sarif.log(CHECKED, checked())["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert "1 findings more are left out" in notes[-1]["message"]["text"]
