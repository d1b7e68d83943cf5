from __future__ import annotations

import pytest

from mockserver.core.provider import Call, Moment
from mockserver.core.world import Outcome, View
from tests.conformance.checking import checked, only, rules
from tests.conformance.judging import bent
from tests.servers.defect import Ground

BROKEN = (
    ("crash-on-unicode", "createClip", "server-error"),
    ("crash-on-unknown-id", "getTask", "server-error"),
    ("crash-on-long-text", "createStream", "server-error"),
    ("required-field-dropped", "getClipProject", "reply-required"),
    ("undocumented-property", "getAsset", "reply-additionalProperties"),
    ("wrong-content-type", "listClipProjects", "reply-content"),
)


@pytest.mark.parametrize(("defect", "operation", "rule"), BROKEN)
def test_a_reply_that_breaks_the_contract_is_found(defect: str, operation: str, rule: str) -> None:
    provider = "restream" if "Project" in operation else "livepeer"
    found = rules(checked(provider, defect, only=f"valid-{operation}", examples=10))
    assert (rule, operation) in found


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_a_healthy_server_answers_all_that_is_allowed(provider: str) -> None:
    assert rules(checked(provider, only="valid-*", seed=11)) == set()


def refuses_emoji(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Refuses what it can't write."""
    title = call.payload.value.get("title", "") if isinstance(call.payload.value, dict) else ""
    if isinstance(title, str) and not title.isascii():
        return Outcome(ground.healthy.say(400, {"error": {"message": "ascii only", "name": "x"}}))
    return ground.answer(view, call, moment)


def test_a_server_that_refuses_what_its_schema_allows_is_found() -> None:
    report = checked("restream", bent("restream", refuses_emoji), only="valid-createClipProject", examples=20)
    assert ("refuses-valid", "createClipProject") in rules(report)


def test_what_is_odd_reaches_the_core_beside_values_that_work() -> None:
    finding = only(checked("livepeer", "crash-on-unicode", only="valid-createClip", examples=10))
    assert b"eaw4nk06ts2d0mzb" in finding.steps[0].request.body
    assert finding.must == ("replies[0].status_code < 500",)
