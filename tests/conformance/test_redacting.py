from __future__ import annotations

import base64

from mockserver.conformance.finding import Finding, Step
from mockserver.conformance.redacting import Redaction
from mockserver.conformance.reports import render
from mockserver.conformance.subject import Subject
from mockserver.core.http import Headers, Reply, Request
from tests.conformance.checking import KEY, checked
from tests.conformance.judging import contract_of

SECRET = "user:sëcret/42"
SUBJECT = Subject("http://x", contract_of("restream"), "restream", SECRET, "other-key", {"revoked": "old-key"})


def shown(*steps: Step, evidence: str = "") -> Finding:
    found = Finding("rule", "server", "title", evidence, steps=steps)
    return Redaction.of(SUBJECT).finding(found)


def test_a_key_is_a_variable_in_each_of_its_spellings() -> None:
    basic = base64.b64encode(SECRET.encode()).decode()
    assert shown(evidence=f"{SECRET} {basic} user%3As%C3%ABcret%2F42 other-key old-key").evidence == (
        "$MOCKSERVER_CHECK_KEY $MOCKSERVER_CHECK_KEY $MOCKSERVER_CHECK_KEY $MOCKSERVER_CHECK_OTHER_KEY "
        "$MOCKSERVER_CHECK_KEY_REVOKED"
    )


def test_a_secret_of_a_reply_is_the_same_word_in_a_later_call() -> None:
    gives = Step(Request("POST", "/t"), Reply.json(200, {"access_token": "abcdefgh"}))
    takes = Step(Request("GET", "/t", headers=Headers.of([("Authorization", "Bearer abcdefgh")])), None)
    first, second = shown(gives, takes).steps
    assert first.reply is not None
    assert first.reply.value == {"access_token": "[removed 1]"}
    assert second.request.header("authorization") == "Bearer [removed 1]"


def test_no_report_has_the_key() -> None:
    report = checked("restream", "crash-on-unicode", only="valid-*", examples=5)
    assert report.broken
    assert all(KEY not in render(report, form) for form in ("text", "json", "html", "sarif", "junit", "markdown"))
