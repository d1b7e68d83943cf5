from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from mockserver.core.http import Reply
from mockserver.core.text import Json, parse
from mockserver.strategies import replies, twisted
from mockserver.strategies.book import page_of
from mockserver.strategies.twists import Twist
from tests.strategies.drawing import QUICK, least, some

ASSET = {
    "id": "a1",
    "name": "clip",
    "source": {"type": "clip", "playbackId": "p1"},
    "status": {"phase": "ready", "updatedAt": 1},
    "hash": [{"hash": "x", "algorithm": "md5"}],
    "size": 12,
}
REAL = Reply.json(200, ASSET, [("ETag", 'W/"1"')])


@settings(QUICK, max_examples=60)
@given(st.data())
@pytest.mark.parametrize("operation", ["createClip", "getAsset", "getClipProject", "listClipProjects", "getTask"])
def test_the_contract_allows_every_twist_of_a_reply(operation: str, data: st.DataObject) -> None:
    page = page_of(operation)
    real = data.draw(replies(operation))
    bent = data.draw(twisted(real, operation))
    assert page.contract.check_reply(page.operation, bent) == ()


def test_a_twisted_reply_shrinks_to_the_reply_itself() -> None:
    assert least(twisted(REAL, "getAsset")) == REAL


def bent(kind: Twist) -> list[Json]:
    return [parse(reply.body) for reply in some(twisted(REAL, "getAsset", kinds=[kind]), 60)]


def test_optional_properties_go_and_required_ones_stay() -> None:
    found = bent("drop")
    assert min(map(len, found)) == 3
    assert all({"id", "name", "source"} <= value.keys() for value in found)


def test_nulls_come_where_they_are_allowed() -> None:
    assert {name for value in bent("null") for name, item in value.items() if item is None} == {"hash"}


def test_unknown_properties_come_where_the_schema_is_open() -> None:
    project = least(replies("createClipProject", 201))
    values = [parse(reply.body) for reply in some(twisted(project, "createClipProject", kinds=["add"]), 40)]
    assert any(value.keys() - project.value.keys() for value in values)
    assert {tuple(value) for value in bent("add")} == {tuple(ASSET)}


def test_numbers_are_others() -> None:
    assert {value["size"] for value in bent("other")} >= {12, 0, 1.5}


def test_texts_get_long() -> None:
    assert max(len(value["name"]) for value in bent("long")) > 200


def test_spellings_differ_and_say_the_same() -> None:
    texts = {reply.body for reply in some(twisted(REAL, "getAsset", kinds=["spelling"]), 60)}
    assert len(texts) > 5
    assert all(parse(text) == ASSET for text in texts)


def test_names_of_headers_change_their_case() -> None:
    names = {reply.headers[-1][0] for reply in some(twisted(REAL, "getAsset", kinds=["headers"]), 40)}
    assert names == {"ETag", "etag", "ETAG", "Etag"}


def test_other_documented_statuses_come() -> None:
    assert {401, 404} <= {reply.status for reply in some(twisted(REAL, "getAsset", kinds=["status"]), 300)}


def test_what_is_kept_is_not_touched() -> None:
    kept = some(twisted(REAL, "getAsset", keep=["/status/phase", "/hash/*/hash"], kinds=["drop", "null"]), 80)
    assert all(reply.value["status"]["phase"] == "ready" and reply.value["hash"][0]["hash"] == "x" for reply in kept)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kinds": ["drops"]}, 'did you mean "drop"'),
        ({"keep": ["id"]}, "must be a JSON Pointer"),
        ({"reply": 7}, "must be a mockserver.core.http.Reply"),
    ],
)
def test_arguments_that_can_t_be_right_are_named(options: Json, said: str) -> None:
    with pytest.raises(InvalidArgument, match=said):
        least(twisted(**{"reply": REAL, "op": "getAsset", **options}))


def test_kinds_are_those_of_the_type() -> None:
    assert set(get_args(Twist)) == {"drop", "null", "add", "long", "other", "spelling", "headers", "status"}
