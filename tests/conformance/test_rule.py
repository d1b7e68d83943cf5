"""What a rule says of a server: kept, broken, or skipped with a reason; one defect once."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Broken, Rule, Skip, fold
from mockserver.conformance.session import Session
from tests.conformance.judging import session_with


def finding(rule: str, operation: str) -> Finding:
    return Finding(rule, "server", f"{rule} of {operation}", "seen", operation)


def nothing(session: Session) -> Iterator[Finding]:
    yield from ()


def test_a_rule_without_findings_is_kept() -> None:
    with session_with("livepeer") as session:
        check = Rule("quiet", "Nothing.", nothing).check(session)
    assert (check.state, check.why, check.calls) == ("kept", "", 0)


def test_a_rule_for_what_the_document_hasn_t_is_skipped_and_says_so() -> None:
    with session_with("livepeer") as session:
        check = Rule("other", "Nothing.", nothing, ("createClipProject",)).check(session)
    assert (check.state, check.why) == ("skipped", "the document has no operation createClipProject")


def test_findings_before_a_skip_count() -> None:
    def run(session: Session) -> Iterator[Finding]:
        yield finding("first", "getAsset")
        raise Skip("there is no second key")

    with session_with("livepeer") as session:
        check = Rule("half", "Nothing.", run).check(session)
    assert (check.state, check.why, len(check.findings)) == ("broken", "there is no second key", 1)


def test_a_rule_can_end_with_a_finding() -> None:
    def run(session: Session) -> Iterator[Finding]:
        yield finding("first", "getAsset")
        raise Broken(finding("last", "getAsset"))

    with session_with("livepeer") as session:
        check = Rule("ends", "Nothing.", run).check(session)
    assert [one.rule for one in check.findings] == ["first", "last"]


def test_one_defect_seen_twice_is_told_once() -> None:
    (one,) = fold([finding("a", "getAsset"), finding("a", "getAsset")])
    assert one.count == 2


def test_one_defect_at_many_operations_is_told_once() -> None:
    (one,) = fold([finding("a", f"get{letter}") for letter in "ABCDE"])
    assert (one.title, one.count) == ("a of getA, and so at 4 other operations", 5)
    assert one.evidence.endswith("the same at getB, getC, getD, getE")


def test_a_few_operations_stay_apart() -> None:
    assert len(fold([finding("a", f"get{letter}") for letter in "ABC"])) == 3
