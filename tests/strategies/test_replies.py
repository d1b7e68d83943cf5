from __future__ import annotations

import pytest
from hypothesis.errors import InvalidArgument

from mockserver.contract.document import effective
from mockserver.contract.reference import reference_contract
from mockserver.core.http import Reply
from mockserver.core.text import Json, parse
from mockserver.strategies import replies
from mockserver.strategies.book import page_of
from tests.strategies.drawing import OPERATIONS, document, each, least, some


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_contract_allows_every_reply(operation: str) -> None:
    page = page_of(operation)

    def look(reply: Reply) -> None:
        assert page.contract.check_reply(page.operation, reply) == ()

    each(replies(operation), look, 12)


@pytest.mark.parametrize(("provider", "operation"), [("livepeer", "createClip"), ("restream", "listClipProjects")])
def test_a_second_opinion_allows_them_too(provider: str, operation: str) -> None:
    reference = reference_contract(effective(provider).value)
    each(replies(operation), lambda reply: _allowed(reference, operation, reply), 15)


def _allowed(reference: Json, operation: str, reply: Reply) -> None:
    assert reference.check_reply(reference.operations[operation], reply) == ()


def test_a_reply_shrinks_to_what_is_required() -> None:
    reply = least(replies("createClipProject", 409))
    error = reply.value["error"]
    assert reply.status == 409
    assert error == {"statusCode": 409, "status": 409, "code": 409, "message": "", "name": "a"}


def test_every_documented_status_comes() -> None:
    documented = {200, 201, 400, 401, 402, 403, 404, 409, 413, 415, 429}
    assert {reply.status for reply in some(replies("createClipProject"), 400)} == documented


def test_default_stands_for_statuses_nobody_listed() -> None:
    statuses = {reply.status for reply in some(replies("getHealth"), 10) + some(replies("deleteAsset"), 60)}
    assert {200, 204} < statuses
    assert statuses & {422, 429, 502, 503, 504}


def test_the_body_is_the_value() -> None:
    each(replies("getAssets"), lambda reply: _same(reply), 30)


def _same(reply: Reply) -> None:
    assert reply.value == (parse(reply.body) if reply.body else None)


def test_a_response_without_content_has_no_body() -> None:
    assert least(replies("deleteAsset", 204)) == Reply.empty(204)


def test_nobody_is_told_to_wait_for_an_age() -> None:
    said = [reply.header("retry-after") for reply in some(replies("createClipProject", 429), 60)]
    assert {"0", "1", "60", "3600"} >= {text for text in said if text is not None} > {"1"}


def test_headers_come_and_go() -> None:
    seen = {reply.header("retry-after") is not None for reply in some(replies("createClipProject", 429), 30)}
    assert seen == {True, False}


def test_what_only_clients_send_is_in_no_reply() -> None:
    secret = {"type": "object", "properties": {"s": {"type": "string", "writeOnly": True}, "t": {"type": "string"}}}
    assert not any("s" in (reply.value or {}) for reply in some(replies("send", document=document(secret)), 60))


@pytest.mark.parametrize(("status", "said"), [(302, "answers with 200"), ("200", "must be a number such as 200")])
def test_a_status_there_is_not_is_refused(status: Json, said: str) -> None:
    with pytest.raises(InvalidArgument, match=said):
        least(replies("createClipProject", status))
