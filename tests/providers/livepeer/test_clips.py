"""What createClip answers, and what it writes."""

from __future__ import annotations

import re

import pytest

from tests.providers.livepeer.desk import END, NOW, ORIGIN, PROJECT, SESSION, START, STREAM, STREAM_ID, USER, Desk

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_the_reply_has_these_fields_in_this_order_and_no_others() -> None:
    reply = Desk().clip(name="My Clip", sessionId=SESSION)
    asset = reply.value["asset"]
    assert UUID.fullmatch(reply.value["task"]["id"]) and UUID.fullmatch(asset["id"])
    assert re.fullmatch(asset["id"][:4] + "[0-9a-z]{12}", asset["playbackId"])
    assert list(reply.value) == ["task", "asset"]
    assert list(reply.value["task"]) == ["id"]
    assert list(asset.items()) == [
        ("id", asset["id"]),
        ("playbackId", asset["playbackId"]),
        ("userId", USER),
        ("createdAt", NOW),
        ("createdByTokenName", "my key"),
        ("status", {"phase": "waiting", "updatedAt": NOW}),
        ("name", "My Clip"),
        ("source", {"type": "clip", "playbackId": STREAM, "sessionId": SESSION}),
        ("projectId", PROJECT),
    ]


@pytest.mark.parametrize("name", [None, ""])
def test_without_a_name_the_playback_id_makes_one(name: str | None) -> None:
    asset = Desk().clip(name=name).value["asset"]
    assert asset["name"] == f"clip-{asset['playbackId']}"


def test_a_name_comes_back_as_it_went() -> None:
    assert Desk().clip(name="🎬 é 東京").value["asset"]["name"] == "🎬 é 東京"


def test_whole_numbers_come_back_without_a_fraction() -> None:
    desk = Desk()
    raw = b'{"playbackId":"%s","startTime":1587667174725.0,"endTime":1587667184725.0}' % STREAM.encode()
    task = desk.call("POST", "/api/clip", raw=raw).value["task"]["id"]
    assert b'"startTime":1587667174725,' in desk.get(f"/api/task/{task}").body


def test_the_task_is_stored_in_the_databases_order() -> None:
    desk = Desk()
    asset_id, task_id = desk.made()
    assert list(desk.task(task_id).items()) == [
        ("id", task_id),
        ("type", "clip"),
        (
            "params",
            {
                "clip": {
                    "url": f"{ORIGIN}/media/livepeer/{STREAM}/{SESSION}/output.m3u8",
                    "inputId": STREAM_ID,
                    "sessionId": SESSION,
                    "clipStrategy": {"endTime": END, "startTime": START, "playbackId": STREAM},
                    "sourceObjectStoreId": "4f0b7c52-8d1e-4c6a-b8f3-2a9d5e7c1b60",
                }
            },
        ),
        ("status", {"phase": "waiting", "retries": 0, "updatedAt": NOW}),
        ("userId", USER),
        ("createdAt", NOW),
        ("projectId", PROJECT),
        ("requesterId", f"UNKNOWN-{STREAM}"),
        ("scheduledAt", NOW),
        ("outputAssetId", asset_id),
    ]


def test_an_end_time_that_was_not_sent_is_not_stored() -> None:
    desk = Desk()
    _, task_id = desk.made(endTime=None)
    assert "endTime" not in desk.task(task_id)["params"]["clip"]["clipStrategy"]


def test_an_administrator_sees_the_store_unless_the_document_is_kept() -> None:
    assert list(Desk().clip(key="+admin").value["asset"])[-1] == "objectStoreId"
    strict = Desk(readings={"admin-clip": "strict-document"})
    assert "objectStoreId" not in strict.clip(key="+admin").value["asset"]


@pytest.mark.parametrize("key", ["+admin", "+sdk"])
def test_whoever_clips_the_clip_is_the_stream_owners(key: str) -> None:
    asset = Desk().clip(key=key).value["asset"]
    assert asset["userId"] == USER
    assert "projectId" not in asset


def test_a_clip_of_another_project_is_not_in_the_first_ones_lists() -> None:
    desk = Desk()
    asset_id, _ = desk.made(key="+second-project")
    assert asset_id in {clip["id"] for clip in desk.get(f"/api/clip/{STREAM}", key="+second-project").value}
    assert asset_id not in {clip["id"] for clip in desk.get(f"/api/clip/{STREAM}").value}


def test_notices_come_in_the_order_they_are_published() -> None:
    desk = Desk()
    asset_id, task_id = desk.made()
    created, spawned, updated = desk.notices
    assert [notice.event for notice in desk.notices] == ["asset.created", "task.spawned", "task.updated"]
    assert created.body["payload"]["asset"]["snapshot"]["objectStoreId"] == "0de4b5f0-5f6c-4c2b-9d6f-4f6a7d1c2e33"
    assert created.body["payload"]["asset"]["id"] == asset_id
    assert spawned.body["payload"]["task"]["snapshot"]["status"] == {"phase": "pending", "updatedAt": NOW}
    assert "scheduledAt" not in spawned.body["payload"]["task"]["snapshot"]
    assert updated.body["payload"]["task"] == {"id": task_id, "type": "clip", "snapshot": desk.task(task_id)}
    assert {(notice.at, notice.body["userId"], notice.body["projectId"]) for notice in desk.notices} == {
        (NOW, USER, PROJECT)
    }


def test_a_user_without_a_project_is_told_of_under_none() -> None:
    desk = Desk()
    desk.clip("noproject0000000", key="+no-project")
    assert {notice.body["projectId"] for notice in desk.notices} == {None}


def test_every_reply_has_these_headers() -> None:
    reply = Desk().clip()
    assert [name for name, _ in reply.headers] == [
        "X-Powered-By",
        "Vary",
        "Access-Control-Allow-Credentials",
        "Access-Control-Expose-Headers",
        "Content-Type",
        "ETag",
    ]
    assert reply.header("vary") == "Authorization, Origin"
    assert reply.header("content-type") == "application/json; charset=utf-8"
