from __future__ import annotations

import pytest

from mockserver.conformance.finding import Step
from mockserver.conformance.ids import Ids
from mockserver.conformance.run import Called, Event
from mockserver.conformance.tidying import Tidying
from mockserver.core.http import Reply, Request
from tests.conformance.checking import judging
from tests.conformance.judging import contract_of

CONTRACT = contract_of("livepeer")
CLIP = Step(
    Request("POST", "/api/clip", body=b'{"playbackId":"p"}'),
    Reply.json(
        200, {"task": {"id": "t-1"}, "asset": {"id": "a-1", "playbackId": "pa-1", "source": {"sessionId": "s-1"}}}
    ),
)


@pytest.mark.parametrize(
    ("method", "path", "may"),
    [
        ("GET", "/api/asset/a", True),
        ("POST", "/api/clip", True),
        ("DELETE", "/api/asset/a", False),
        ("PATCH", "/api/asset/a", False),
        ("POST", "/api/stream/x/stream", False),
    ],
)
def test_what_was_there_before_is_read_and_not_changed(method: str, path: str, may: bool) -> None:
    assert Tidying(CONTRACT).may(Request(method, path), free=False) is may
    assert Tidying(CONTRACT).may(Request(method, path), free=True)


def test_ids_are_learned_through_the_document_s_links() -> None:
    ids = Ids(CONTRACT)
    made = {(operation.id, id.values) for operation, id in ids.learn(CLIP)}
    assert ("getAsset", ("a-1",)) in made
    assert [id.values for id in ids.some(CONTRACT.operations["deleteAsset"], made=True)] == [("a-1",)]
    assert [id.values for id in ids.some(CONTRACT.operations["retryTask"])] == [("t-1",)]


def test_what_a_client_names_itself_it_has_not_made() -> None:
    ids = Ids(CONTRACT)
    ids.learn(CLIP)
    assert ids.some(CONTRACT.operations["getClips"], made=True) == []


def test_what_this_run_made_may_be_changed_and_is_removed() -> None:
    with judging("livepeer", only="valid-createWebhook", key="main") as judge:
        report = judge.run()
        listed = judge.session.send(judge.subject.request("getWebhooks")).reply
    assert listed is not None
    assert report.coverage is not None
    assert report.coverage.statuses["createWebhook 201"] > len(listed.value)


@pytest.mark.parametrize(("key", "may"), [("main", False), ("test_check", True)])
def test_a_library_s_own_choice_changes_nothing_of_an_account_that_is_somebody_s(key: str, may: bool) -> None:
    called: list[Step] = []

    def tell(event: Event) -> None:
        if isinstance(event, Called):
            called.append(event.step)

    with judging("restream", only="schemathesis-examples", key=key) as judge:
        judge.run(tell)
    posted = {step.request.path for step in called if step.request.method == "POST"}
    assert "/v2/user/clips/projects" in posted
    assert any(path.endswith("/download-url") for path in posted) is may
