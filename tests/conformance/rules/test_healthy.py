"""The rules are silent on a healthy server, and say of none why they weren't looked at without a reason."""

from __future__ import annotations

import pytest

from mockserver.conformance.rules import rules_for
from mockserver.conformance.session import Limits, conversing
from mockserver.conformance.subject import Subject
from tests.conformance.judging import KEY, checks, contract_of, findings, session_with


def test_a_healthy_livepeer_keeps_every_rule() -> None:
    with session_with("livepeer") as session:
        seen = checks(session)
    assert [check.name for check in seen if check.state != "kept"] == []


def test_a_healthy_restream_keeps_every_rule_that_can_be_looked_at() -> None:
    with session_with("restream") as session:
        seen = checks(session)
    assert {check.name: check.why for check in seen if check.state != "kept"} == {"etag": "no reply has an ETag"}


def test_a_second_run_on_the_same_account_finds_nothing_either() -> None:
    with session_with("restream") as session:
        assert findings(session, "conflict", "race", "read-after-write") == []
        again = checks(session, "conflict", "race", "refused-changes")
    assert [finding for check in again for finding in check.findings] == []


def test_a_read_only_run_writes_nothing_and_says_what_it_left_out() -> None:
    with session_with("livepeer", limits=Limits(read_only=True)) as session:
        seen = checks(session)
        assert {step.request.method for step in session.steps} <= {"GET", "HEAD"}
    skipped = {check.name for check in seen if check.state == "skipped"}
    assert skipped == {rule.name for rule in rules_for(session.subject) if rule.writes}
    assert not [finding for check in seen for finding in check.findings]


def test_a_budget_ends_a_run_with_a_reason() -> None:
    with session_with("restream", limits=Limits(max_requests=25)) as session:
        seen = checks(session)
        assert session.calls == 25
    assert seen[-2].why == "all of the 25 calls that --max-requests allows were made"


def test_any_document_s_server_is_asked_for_what_is_in_the_document() -> None:
    subject = Subject("http://127.0.0.1:1", contract_of("livepeer"), None)
    assert {rule.name for rule in rules_for(subject)} == {
        *("cursor-walk", "list-detail", "isolation"),
        *("head", "etag", "unknown-path", "wrong-method"),
        *("no-key", "unknown-key", "replies"),
    }


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_a_healthy_server_keeps_the_rules_of_any_document(provider: str) -> None:
    with session_with(provider) as known:
        subject = Subject(known.subject.url, known.subject.contract, None, KEY, f"{KEY}+stranger")
        with conversing(subject) as session:
            seen = [rule.check(session) for rule in rules_for(subject)]
    assert [finding.title for check in seen for finding in check.findings] == []
