"""Replies that are wrong by themselves are kept, each defect once, with what went before."""

from __future__ import annotations

import pytest

from mockserver.conformance.finding import Step
from mockserver.conformance.witness import Witness
from mockserver.core.http import Reply, Request
from tests.conformance.judging import contract_of

GET = Request("GET", "/v2/user/storage/files")
GOOD = Step(GET, Reply.json(200, {"files": []}))


def kinds(*steps: Step) -> list[tuple[str, int]]:
    witness = Witness(contract_of("restream"))
    for step in steps:
        witness.see(step, ())
    return [(flaw.kind, times) for flaw, times in witness.take()]


def test_a_good_reply_is_nothing_to_remember() -> None:
    assert kinds(GOOD) == []


def test_the_same_defect_is_kept_once_and_counted() -> None:
    bad = Step(GET, Reply.json(200, {"files": 1}))
    assert kinds(bad, bad, bad) == [("violation", 3)]


def test_a_missing_reply_and_a_server_error_are_defects() -> None:
    assert ("no-reply", 1) in kinds(Step(GET, None, trouble="connection reset"))
    assert ("server-error", 1) in kinds(Step(GET, Reply.json(500, {})))


@pytest.mark.parametrize(
    ("said", "good"), [("3", True), ("Wed, 25 Nov 2026 21:00:00 GMT", True), ("soon", False), ("-1", False)]
)
def test_retry_after_is_seconds_or_a_date(said: str, good: bool) -> None:
    error = {"statusCode": 429, "status": 429, "code": 429, "message": "TooManyRequests", "name": "too_many_requests"}
    reply = Reply.json(429, {"error": error}, (("Retry-After", said),))
    assert ("retry-after" in dict(kinds(Step(GET, reply)))) is not good


def test_a_defect_remembers_what_was_called_before_it() -> None:
    witness = Witness(contract_of("restream"))
    witness.see(Step(GET, None, trouble="connection reset"), (GOOD,))
    assert witness.take()[0][0].before == (GOOD,)
