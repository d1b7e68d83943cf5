"""What POST /clip accepts and what it then says (items 65 to 76 of the measured matrix)."""

from __future__ import annotations

import json
import re

import pytest

from mockserver.core.text import Json
from tests.golden.talk import OLD_SESSION, OTHER_PROJECT, PROJECT, SESSION, STREAM, U1, Talk, basic, error


def test_the_reply_has_these_keys_in_this_order_and_no_others(livepeer: Talk) -> None:
    value = livepeer.clip().value
    assert list(value) == ["task", "asset"]
    assert list(value["task"]) == ["id"]
    keys = ["id", "playbackId", "userId", "createdAt", "createdByTokenName", "status", "name", "source", "projectId"]
    assert list(value["asset"]) == keys
    assert list(value["asset"]["status"]) == ["phase", "updatedAt"]
    assert list(value["asset"]["source"]) == ["type", "playbackId", "sessionId"]


def test_the_reply_tells_of_a_waiting_clip_of_the_newest_session(livepeer: Talk) -> None:
    asset = livepeer.clip().value["asset"]
    now = livepeer.target.now()
    assert asset["createdAt"] == now
    assert asset["status"] == {"phase": "waiting", "updatedAt": now}
    assert asset["source"] == {"type": "clip", "playbackId": STREAM, "sessionId": SESSION}
    assert (asset["userId"], asset["projectId"]) == (U1, PROJECT)
    assert (asset["name"], asset["createdByTokenName"]) == ("My Clip", "tok k1")


def test_ids_look_like_the_real_ones(livepeer: Talk) -> None:
    value = livepeer.clip().value
    version_4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(version_4, value["task"]["id"])
    assert re.fullmatch(version_4, value["asset"]["id"])
    assert re.fullmatch(r"[0-9a-z]{16}", value["asset"]["playbackId"])
    assert value["asset"]["playbackId"][:4] == value["asset"]["id"][:4]


@pytest.mark.parametrize("name", [None, ""])
def test_a_clip_without_name_is_named_after_its_playback_id(livepeer: Talk, name: str | None) -> None:
    asset = livepeer.clip(name=name).value["asset"]
    assert asset["name"] == f"clip-{asset['playbackId']}"


@pytest.mark.parametrize("name", ["\U0001f3ac été 東京", "x" * 90_000, " ", "\ud83d"])
def test_any_other_name_round_trips(livepeer: Talk, name: str) -> None:
    text = json.dumps(livepeer.valid(name=name))
    asset = livepeer.post("/api/clip", text).value["asset"]
    assert asset["name"] == name


@pytest.mark.parametrize(
    ("stream", "session"),
    [
        ("ddddstream000004", "5e550000-0000-4000-8000-000000000004"),
        ("ffffstream000006", "5e550000-0000-4000-8000-000000000006"),
    ],
)
def test_an_inactive_unrecorded_or_deleted_stream_is_clipped_all_the_same(
    livepeer: Talk, stream: str, session: str
) -> None:
    reply = livepeer.clip(playbackId=stream)
    assert reply.status == 200
    assert reply.value["asset"]["source"]["sessionId"] == session


def test_an_older_session_can_be_named(livepeer: Talk) -> None:
    assert livepeer.clip(sessionId=OLD_SESSION).value["asset"]["source"]["sessionId"] == OLD_SESSION


def test_an_empty_session_id_is_none(livepeer: Talk) -> None:
    assert livepeer.clip(sessionId="").value["asset"]["source"]["sessionId"] == SESSION


@pytest.mark.parametrize(
    "times",
    [
        {"endTime": None},
        {"startTime": -5, "endTime": -1},
        {"startTime": 1_700_000_000, "endTime": 1_700_000_010},
        {"startTime": 1_796_348_369_816, "endTime": 1_797_348_369_816},
        {"startTime": 5, "endTime": 6},
        {"startTime": 0, "endTime": 9_000_000_000_000_000},
        {"startTime": 1.5, "endTime": 2.25},
    ],
)
def test_no_time_is_too_strange_to_be_accepted(livepeer: Talk, times: dict[str, Json]) -> None:
    assert livepeer.clip(**times).status == 200


def test_times_sent_as_floats_come_back_as_javascript_writes_them(livepeer: Talk) -> None:
    reply = livepeer.post("/api/clip", f'{{"playbackId":"{STREAM}","startTime":1587667174725.0,"endTime":1.75e12}}')
    task = livepeer.get(f"/api/task/{reply.value['task']['id']}")
    assert b'"startTime":1587667174725,' in task.body
    assert b'"endTime":1750000000000,' in task.body


@pytest.mark.parametrize("path", ["/api/clip?foo=bar&details=1&x[y]=1", "/api/clip/", "/api/Clip", "/API/CLIP"])
def test_more_arguments_a_slash_and_capitals_are_ignored(livepeer: Talk, path: str) -> None:
    assert livepeer.post(path, livepeer.valid()).status == 200


def test_the_last_of_a_repeated_key_wins(livepeer: Talk) -> None:
    reply = livepeer.post("/api/clip", f'{{"playbackId":"nope","startTime":1,"playbackId":"{STREAM}","endTime":2}}')
    assert reply.status == 200


def test_a_key_of_another_project_clips_into_its_own(livepeer: Talk) -> None:
    assert livepeer.clip(key="k1b").value["asset"]["projectId"] == OTHER_PROJECT


def test_basic_authentication_is_the_key_itself(livepeer: Talk) -> None:
    assert livepeer.clip(key=basic(U1, "k1")).value["asset"]["createdByTokenName"] == "tok k1"


def test_a_person_clips_without_token_name_in_the_default_project(livepeer: Talk) -> None:
    asset = livepeer.clip(key=livepeer.token()).value["asset"]
    assert "createdByTokenName" not in asset
    assert asset["projectId"] == PROJECT


def test_a_person_may_name_a_project(livepeer: Talk) -> None:
    reply = livepeer.post(f"/api/clip?projectId={OTHER_PROJECT}", livepeer.valid(), key=livepeer.token())
    assert reply.value["asset"]["projectId"] == OTHER_PROJECT


def test_a_project_nobody_knows_is_an_internal_error(livepeer: Talk) -> None:
    reply = livepeer.post("/api/clip?projectId=nope", livepeer.valid(), key=livepeer.token())
    assert (reply.status, error(reply)) == (500, "Internal server error: TypeError")


@pytest.mark.parametrize(("origin", "status"), [("https://livepeer.studio", 200), ("https://foo", 403)])
def test_a_person_may_come_from_the_dashboard_alone(livepeer: Talk, origin: str, status: int) -> None:
    assert livepeer.clip(key=livepeer.token(), headers={"Origin": origin}).status == status


def test_an_admin_clips_for_the_owner_and_sees_the_store(livepeer: Talk) -> None:
    asset = livepeer.clip(key="kad").value["asset"]
    assert asset["userId"] == U1
    assert asset["objectStoreId"] == "mock_vod_catalyst"


def test_the_sdk_account_clips_for_the_owner_outside_any_project(livepeer: Talk) -> None:
    asset = livepeer.clip(key="ksdk").value["asset"]
    assert asset["userId"] == U1
    assert "projectId" not in asset
    assert "objectStoreId" not in asset


def test_the_headers_are_those_of_the_real_server(livepeer: Talk) -> None:
    reply = livepeer.clip()
    assert reply.header("x-powered-by") == "Express"
    assert reply.header("vary") == "Authorization, Origin"
    assert reply.header("access-control-allow-credentials") == "true"
    assert reply.header("access-control-expose-headers") == "*"
    assert re.fullmatch(r'W/"[^"]+"', reply.header("etag") or "")
    for name in ("location", "retry-after", "www-authenticate", "access-control-allow-origin"):
        assert reply.header(name) is None
