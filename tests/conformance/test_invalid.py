from __future__ import annotations

import pytest

from mockserver.contract.document import effective
from tests.conformance.checking import checked, only, rules

ACCEPTED = (
    ("accepts-missing-required", "createClipProject", "body:required(sourceType)"),
    ("accepts-wrong-type", "createClipProject", "body/title:type"),
    ("accepts-unknown-enum-value", "createClipProject", "body/sourceType:enum"),
    ("accepts-any-pattern", "createClipProject", "body/videoStorageFileId:pattern"),
    ("accepts-out-of-bounds", "createClipProject", "body/selectedTimeRange/startOffsetSeconds:minimum"),
    ("accepts-reversed-range", "createClipProject", "prose:range-reversed"),
    ("accepts-bad-query", "listClipProjects", "query limit:maximum"),
    ("accepts-malformed-json", "createClipProject", "transport:malformed"),
    ("accepts-missing-start-time", "createClip", "body:required(startTime)"),
    ("accepts-number-as-text", "createClip", "body/startTime:type"),
    ("accepts-unknown-property", "createClip", "body:additionalProperties"),
    ("accepts-end-before-start", "createClip", "prose:end-not-after-start"),
    ("accepts-wrong-type-deep-inside", "createStream", "body/profiles/*/fps:type"),
    ("malformed-json-is-empty", "updateAsset", "transport:malformed"),
)


@pytest.mark.parametrize(("defect", "operation", "rule"), ACCEPTED)
def test_a_server_that_misses_a_rule_is_told_which(defect: str, operation: str, rule: str) -> None:
    provider = "livepeer" if operation in ("createClip", "createStream", "updateAsset") else "restream"
    found = rules(checked(provider, defect, only=f"invalid-{operation}"))
    assert (f"accepts-{rule}", operation) in found


@pytest.mark.parametrize(("provider", "some"), [("livepeer", "invalid-*Clip*"), ("restream", "invalid-*")])
def test_a_healthy_server_refuses_all_that_breaks_a_rule(provider: str, some: str) -> None:
    report = checked(provider, only=some, seed=7)
    assert rules(report) == set()
    assert report.calls > 100


def test_the_finding_points_at_the_rule_and_shows_the_call() -> None:
    finding = only(checked("restream", "accepts-wrong-type", only="invalid-createClipProject"))
    assert finding.document == "/components/schemas/CreateClipProject/properties/title/type"
    assert effective("restream").value["components"]["schemas"]["CreateClipProject"]["properties"]["title"]["type"]
    assert [step.request.path for step in finding.steps] == ["/v2/user/clips/projects"]
    assert finding.must == ("400 <= replies[0].status_code < 500",)


def test_the_same_seed_breaks_the_rules_in_the_same_ways() -> None:
    first, second = (only(checked("restream", "accepts-wrong-type", only="invalid-createClipProject")) for _ in "ab")
    assert first.steps[0].request.body == second.steps[0].request.body


def test_rules_that_the_document_says_are_not_enforced_are_left_alone() -> None:
    strict = {name: value for name, value in effective("restream").value.items() if name != "x-mockserver-judging"}
    assert rules(checked("restream", only="invalid-revokeToken")) == set()
    assert ("accepts-body:missing", "revokeToken") in rules(checked(strict, only="invalid-revokeToken"))


def test_without_a_key_what_wants_one_is_skipped() -> None:
    report = checked("restream", key=None, only="invalid-*")
    skipped = {check.name for check in report.checks if check.state == "skipped"}
    assert "invalid-createClipProject" in skipped
    assert "invalid-authorize" not in skipped
