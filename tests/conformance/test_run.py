from __future__ import annotations

import pytest

from mockserver.conformance.finding import Check, Finding
from mockserver.conformance.folding import folded
from mockserver.conformance.run import Began, Called, Ended, Event, left_behind
from mockserver.errors import UsageError
from tests.conformance.checking import checked, judging


def finding(rule: str, operation: str = "op", document: str = "/a") -> Finding:
    return Finding(rule, "server", rule, "", operation, document=document)


def check(name: str, *findings: Finding) -> Check:
    return Check(name, name, "broken" if findings else "kept", findings)


def test_checks_are_chosen_by_name_and_pattern() -> None:
    with judging("restream", only=("head", "valid-get*"), skip="valid-getStorage*") as judge:
        assert [rule.name for rule in judge.rules] == ["head", "valid-getClipProject", "valid-getClipDownloadUrl"]


def test_a_name_of_no_check_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r'no check "heed".*"head"'), judging("restream", only="heed"):
        pass


def test_state_rules_come_first_and_what_all_replies_were_like_last() -> None:
    with judging("restream") as judge:
        names = [rule.name for rule in judge.rules]
    assert names.index("conflict") < names.index("invalid-createToken") < names.index("valid-createToken")
    assert names[-5:-1] == [f"schemathesis-{phase}" for phase in ("examples", "coverage", "fuzzing", "stateful")]
    assert names[-1] == "replies"


def test_a_run_tells_how_far_it_is() -> None:
    heard: list[Event] = []
    with judging("restream", only="valid-listStorageFiles") as judge:
        report = judge.run(heard.append)
    assert isinstance(heard[0], Began)
    assert isinstance(heard[-1], Ended)
    # All but the one by which the judge saw that its key is taken.
    assert sum(isinstance(event, Called) for event in heard) == report.calls - 1 > 0


def test_a_key_that_the_server_does_not_take_is_told_before_anything_is_judged() -> None:
    with pytest.raises(UsageError, match=r"does not take the key.*is answered 401"):
        checked("restream", key="nobody")


def test_nothing_is_begun_when_the_time_is_over() -> None:
    report = checked("restream", only="valid-*", max_time=1e-6)
    assert report.calls <= 1
    assert {check.state for check in report.checks} == {"skipped"}


def test_what_another_check_found_is_told_once() -> None:
    first = check("a", finding("server-error"))
    second = check("b", finding("server-error", document="/b"), finding("reply-type"))
    third = check("c", finding("schemathesis-not-a-server-error"))
    kept = folded([first, second, third])
    assert [[one.rule for one in each.findings] for each in kept] == [["server-error"], ["reply-type"], []]
    assert (kept[2].state, kept[2].why) == ("skipped", "all it found is told under a")


def test_what_stays_is_told_by_kind_and_each_thing_once() -> None:
    told = list(left_behind(["stream a", "stream b", "live stream a", "project c"]))
    assert told == [
        "left behind, since no call removes it: stream a, b",
        "left behind, since no call removes it: project c",
    ]


def test_what_was_made_is_removed() -> None:
    """With the key of an account that is not thrown away."""
    with judging("livepeer", only="valid-createWebhook", key="main") as judge:
        hooks = judge.subject.request("getWebhooks")
        before = judge.session.send(hooks).reply
        report = judge.run()
        after = judge.session.send(hooks).reply
    assert report.coverage is not None
    assert report.coverage.statuses["createWebhook 201"] > 2
    assert before is not None
    assert after is not None
    assert after.value == before.value
    assert any(note.startswith("left behind, since no call removes it: stream") for note in report.notes)
