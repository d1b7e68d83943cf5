from __future__ import annotations

import pytest

from mockserver.control.control import Control
from mockserver.core.text import Json
from tests.control.asking import AT, ask, refused, served, told
from tests.engine.asking import ask as request

ME = "/worlds/restream/test_me"
PROJECT: Json = {"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}


def restream() -> Control:
    return served("restream")


def projects(driven: Control, key: str = "test_me") -> Json:
    return request(driven.desk.engine, "GET", ["/v2/user/clips/projects", "limit=100"][0], key).value


def make(driven: Control, key: str = "test_me") -> int:
    return request(driven.desk.engine, "POST", "/v2/user/clips/projects", key, PROJECT).status


def new(name: str = "test_new", **said: Json) -> Json:
    return {"provider": "restream", "name": name, **said}


def test_a_world_is_made_and_told_of() -> None:
    driven = restream()
    reply = ask(driven, "POST", "/worlds", new())
    assert (reply.status, reply.header("location")) == (201, "/__admin/worlds/restream/test_new")
    world = told(driven, "GET", "/worlds/restream/test_new")
    assert {name: value for name, value in world.items() if name != "records"} == reply.value


def test_a_world_may_be_other_than_the_usual() -> None:
    driven = restream()
    said = new(overrides={"accounts": {"*": {"quota": 0}}}, readings={"usage-limit": "429"}, at=AT + 1000, pace=7)
    world = told(driven, "POST", "/worlds", {**said, "frozen": True})
    assert world["readings"] == {"restream.usage-limit": "429"}
    assert (world["clock"]["now"], world["clock"]["frozen"], world["clock"]["pace"]) == (AT + 1000, True, 7)
    assert make(driven, "test_new") == 429


def test_a_world_may_come_from_a_named_one_or_from_a_document_of_ones_own() -> None:
    driven = restream()
    empty = {"restream": {"accounts": [{"id": "mine"}], "keys": [{"key": "main", "account": "mine"}]}}
    told(driven, "POST", "/worlds", new("test_named", **{"from": "default"}))
    assert make(driven, "test_named") == 201
    told(driven, "POST", "/worlds", new("test_own", document=empty))
    assert make(driven, "test_own") == 404


def test_a_document_may_be_yaml() -> None:
    driven = restream()
    world = told(driven, "POST", "/worlds", new(document="readings: {restream.usage-limit: '402'}\nrestream: {}\n"))
    assert world["readings"] == {"restream.usage-limit": "402"}


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"name": "test_ no"}, "/name"),
        ({"provider": "restreem"}, "/provider"),
        ({"from": "defualt"}, "/from"),
        ({"from": "default", "document": {}}, "/from"),
        ({"from": "../../etc/passwd"}, "/from"),
        ({"from": "default.yaml"}, "/from"),
        ({"from": "/etc/passwd"}, "/from"),
        ({"document": {"restream": {"acounts": []}}}, "/document/restream/acounts"),
        ({"document": {"restreem": {}}}, "/document/restreem"),
        ({"document": {"$ref": "http://127.0.0.1:1/world.yaml"}}, "/document/$ref"),
        ({"document": {"restream": {"$ref": "file:///etc/passwd"}}}, "/document/restream/$ref"),
        ({"document": "a: [1\n"}, "/document"),
        ({"document": {}}, "/document"),
        ({"overrides": {"acounts": []}}, "/overrides/acounts"),
        ({"readings": {"usage-limt": "402"}}, "/readings/usage-limt"),
        ({"readings": {"restream.usage-limit": "418"}}, "/readings/restream.usage-limit"),
        ({"at": "noon"}, "/at"),
        ({"pace": -1}, "/pace"),
        ({"nmae": "x"}, ""),
    ],
)
def test_what_no_world_can_be_made_of_is_refused_where_it_stands(said: Json, pointer: str) -> None:
    driven = restream()
    problem = refused(driven, "POST", "/worlds", {**new(), **said})
    assert (problem["status"], problem["pointer"]) == (422, pointer)
    assert problem["rule"] and problem["remedy"]
    assert len(driven.desk.engine.worlds.homes()) == 1


def test_a_bomb_of_aliases_is_refused() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    problem = refused(restream(), "POST", "/worlds", new(document=bomb))
    assert (problem["status"], problem["pointer"]) == (422, "/document")


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system ['id']", "!!python/name:os.system", "&a [*a]"])
def test_yaml_makes_nothing_but_values(text: str) -> None:
    assert refused(restream(), "POST", "/worlds", new(document=f"restream: {text}"))["pointer"].startswith("/document")


def test_a_world_that_is_there_is_not_made_again_unless_it_is_to_be_replaced() -> None:
    driven = restream()
    assert make(driven, "test_new") == 201
    problem = refused(driven, "POST", "/worlds", new())
    assert (problem["status"], problem["pointer"], problem["rule"]) == (409, "/name", "exists")
    before = projects(driven, "test_new")
    assert refused(driven, "POST", "/worlds", new(replace=True, overrides={"acounts": []}))["status"] == 422
    assert projects(driven, "test_new") == before
    told(driven, "POST", "/worlds", new(replace=True))
    assert projects(driven, "test_new") != before


def test_a_start_world_is_neither_replaced_nor_deleted() -> None:
    driven = restream()
    assert refused(driven, "POST", "/worlds", new("default", replace=True))["status"] == 409
    assert refused(driven, "DELETE", "/worlds/restream/default")["remedy"] == "Reset it instead."


def test_a_deleted_world_is_gone_however_often_it_is_deleted() -> None:
    driven = restream()
    make(driven)
    assert [ask(driven, "DELETE", ME).status for _ in range(2)] == [204, 204]
    assert refused(driven, "GET", ME)["status"] == 404
    assert refused(driven, "DELETE", "/worlds/other/test_me")["status"] == 404


def test_a_world_that_is_reset_is_as_it_began() -> None:
    driven = restream()
    before = projects(driven)
    make(driven)
    assert told(driven, "POST", f"{ME}/reset")["calls"] >= 0
    assert projects(driven) == before


def test_a_snapshot_is_put_back_byte_for_byte() -> None:
    driven = restream()
    taken = told(driven, "POST", f"{ME}/snapshot", {"name": "before"})
    assert (taken["name"], taken["at"]) == ("before", AT)
    first = (make(driven), projects(driven))
    told(driven, "POST", f"{ME}/restore", {"snapshot": "before"})
    assert (make(driven), projects(driven)) == first
    assert [each["name"] for each in told(driven, "GET", f"{ME}/snapshots")["snapshots"]] == ["before"]


def test_a_snapshot_without_a_name_gets_one() -> None:
    driven = restream()
    assert told(driven, "POST", f"{ME}/snapshot")["name"] == "snapshot-1"
    assert refused(driven, "POST", f"{ME}/snapshot", {"name": "../x"})["pointer"] == "/name"


def test_a_snapshot_that_is_not_there_is_refused_with_those_that_are() -> None:
    driven = restream()
    told(driven, "POST", f"{ME}/snapshot", {"name": "before"})
    problem = refused(driven, "POST", f"{ME}/restore", {"snapshot": "befor"})
    assert (problem["status"], problem["pointer"]) == (404, "/snapshot")
    assert 'did you mean "before"' in problem["detail"]
