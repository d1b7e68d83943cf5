from __future__ import annotations

import pytest

from mockserver.core.text import Json
from mockserver.strategies import broken_replies, reply_violations
from mockserver.strategies.book import page_of
from tests.strategies.drawing import OPERATIONS, each, least, some

# Of each provider what clips are made of; all operations take a minute, and differ in nothing but size.
NESTED = ("createClip", "getAsset", "getSessions", "createClipProject", "getClipProject", "createToken", "authorize")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_reply_breaks_the_rule_it_names_and_nothing_else(operation: str) -> None:
    page = page_of(operation)

    def look(broken: Json) -> None:
        (violation,) = page.contract.check_reply(page.operation, broken.reply)
        assert violation.document == broken.rule.document

    each(broken_replies(operation), look, 8)


@pytest.mark.parametrize("operation", NESTED)
def test_every_rule_of_an_operation_s_replies_is_reached(operation: str) -> None:
    page = page_of(operation)
    for rule in reply_violations(operation):
        (broken, *_) = some(broken_replies(operation, rule), 1)
        (violation,) = page.contract.check_reply(page.operation, broken.reply)
        assert violation.document == rule.document, rule.id


def test_rules_deep_in_a_reply_are_among_them() -> None:
    ids = {rule.id for rule in reply_violations("getAsset")}
    assert {"200 body/videoSpec/tracks/*/codec:type", "200 body/source:oneOf", "200:body:syntax"} <= ids


def test_a_reply_of_one_status_can_be_asked_for() -> None:
    assert {broken.reply.status for broken in some(broken_replies("createClip", status=200), 40)} == {200}


def test_a_broken_reply_shrinks_to_the_plainest() -> None:
    broken = least(broken_replies("createClipProject", "201 body:required(projectId)"))
    assert "projectId" not in broken.reply.value
    assert broken.reply.value.keys() == {"sourceTypeName", "sourceIdentifier", "title", "createdAt"}
