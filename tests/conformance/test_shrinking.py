from __future__ import annotations

import pytest

from mockserver.conformance.finding import Finding, Step
from mockserver.conformance.shrinking import holds, shrunk
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import parse
from tests.conformance.checking import judging

FILE = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"


def test_what_is_not_needed_is_left_out() -> None:
    body = {
        "sourceType": "VideoStorageFile",
        "videoStorageFileId": FILE,
        "title": "\U0001f600",
        "singleClipMode": False,
    }
    with judging("restream", "crash-on-unicode") as judge:
        request = judge.subject.request("createClipProject", body=body, headers=(("X-More", "1"),), query="a=1&b=2")
        seen = (judge.session.send(request),)
        found = Finding("server-error", "server", "", "", steps=seen, must=("replies[0].status_code < 500",))
        (step,) = shrunk(judge.session, found).steps
    assert list(parse(step.request.body)) == ["sourceType", "videoStorageFileId", "title"]
    assert (step.request.query, step.request.header("x-more")) == ("", None)
    assert step.request.header("authorization") == "Bearer test_check"


def test_a_request_breaks_the_same_rule_when_it_is_smaller() -> None:
    with judging("restream", "accepts-wrong-type", only="invalid-createClipProject") as judge:
        (finding,) = judge.run().findings
    assert b'"title":' in finding.steps[0].request.body


def test_nothing_is_tried_on_an_account_that_may_be_somebody_s() -> None:
    with judging("restream", key="main") as judge:
        before = judge.session.calls
        request = judge.subject.request("listStorageFiles")
        found = Finding("server-error", "server", "", "", steps=(Step(request, Reply(500)),), must=("False",))
        assert shrunk(judge.session, found) is found
        assert judge.session.calls == before


@pytest.mark.parametrize(
    ("claim", "true"),
    [
        ("replies[0].status_code == 200", True),
        ("replies[0].json()['a'] == 1", True),
        ("replies[0].json()['b'] == 1", False),
        ("replies[0].headers['x-y'] == 'z'", True),
        ("re.search('a', replies[0].json()['a'])", False),
    ],
)
def test_claims_are_read_as_a_test_reads_them(claim: str, true: bool) -> None:
    reply = Reply(200, Headers.of([("X-Y", "z")]), b'{"a":1}', {"a": 1})
    assert holds(claim, [Step(Request("GET", "/"), reply)]) is true
