"""The compiled contract and openapi-core agree on made, mutated and corrupted exchanges, or a difference is listed.

`MOCKSERVER_EXAMPLES` asks for more examples than the default, and then for others in every run.
"""

from __future__ import annotations

import os
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.contract.comparison import Comparison, Finding
from mockserver.contract.document import effective
from mockserver.core.http import Reply, Request
from tests.contract.corners import CORNERS
from tests.contract.making import paths, replies, requests

ASKED = int(os.environ.get("MOCKSERVER_EXAMPLES", "0"))
agreeing = settings(
    max_examples=ASKED or 300,
    derandomize=not ASKED,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
DOCUMENTS = ("corners", "livepeer", "restream")


@cache
def comparison(document: str) -> Comparison:
    return Comparison(CORNERS if document == "corners" else effective(document).value)


def unexplained(findings: list[Finding], exchange: Request | Reply) -> list[str]:
    return [f"{one.side} alone of {exchange}: {one.violation}" for one in findings if one.difference is None]


@pytest.mark.parametrize("document", DOCUMENTS)
@agreeing
@given(st.data())
def test_requests_get_the_same_verdict_or_a_listed_difference(document: str, data: st.DataObject) -> None:
    both = comparison(document)
    route = data.draw(st.sampled_from(list(both.routes.values())), label="operation")
    request = data.draw(requests(route, both.root), label="request")
    match = both.compiled.match(request.method, request.path)
    if match is not None:
        assert not unexplained(both.request(match, request), request)


@pytest.mark.parametrize("document", DOCUMENTS)
@agreeing
@given(st.data())
def test_replies_get_the_same_verdict_or_a_listed_difference(document: str, data: st.DataObject) -> None:
    both = comparison(document)
    route = data.draw(st.sampled_from(list(both.routes.values())), label="operation")
    reply = data.draw(replies(route), label="reply")
    assert not unexplained(both.reply(route.operation.id, reply), reply)


@pytest.mark.parametrize("document", DOCUMENTS)
@agreeing
@given(st.data())
def test_paths_find_the_same_operation_or_a_listed_difference(document: str, data: st.DataObject) -> None:
    both = comparison(document)
    method = data.draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"]))
    path = data.draw(paths(list(both.routes.values())), label="path")
    ours, theirs, difference = both.route(method, path)
    assert ours == theirs or difference is not None, (path, ours, theirs)
