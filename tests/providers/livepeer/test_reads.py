"""Single assets, tasks, streams, sessions and webhooks: what owners, strangers and administrators get."""

from __future__ import annotations

import pytest

from tests.providers.livepeer.desk import (
    COMPLETED_TASK,
    NOW,
    PROJECT,
    READY,
    SECOND_PROJECT,
    SESSION,
    STREAM,
    STREAM_ID,
    USER,
    Desk,
    said,
)


@pytest.mark.parametrize(
    ("query", "told"), [("", False), ("?details=", False), ("?details=1", True), ("?details=false", True)]
)
def test_tracks_come_with_any_details(query: str, told: bool) -> None:
    assert ("tracks" in Desk().get(f"/api/asset/{READY}{query}").value["videoSpec"]) is told


def test_an_asset_comes_back_in_the_databases_order() -> None:
    assert list(Desk().asset(READY)) == [
        "id",
        "hash",
        "name",
        "size",
        "source",
        "status",
        "userId",
        "createdAt",
        "projectId",
        "videoSpec",
        "playbackId",
        "createdByTokenName",
        "downloadUrl",
        "playbackUrl",
    ]


def test_an_administrator_reads_it_as_it_is_stored() -> None:
    assert {"files", "objectStoreId"} <= Desk().asset(READY, key="+admin").keys()


def test_an_asset_without_project_gets_the_callers_default_one() -> None:
    desk = Desk()
    asset_id, _ = desk.made(key="+sdk")
    assert desk.asset(asset_id)["projectId"] == PROJECT
    assert desk.get(f"/api/asset/{asset_id}", key="+second-project").status == 404


def test_a_task_is_shown_whatever_its_project() -> None:
    desk = Desk()
    _, task_id = desk.made(key="+second-project")
    assert desk.task(task_id)["projectId"] == SECOND_PROJECT


def test_a_task_outlives_its_asset() -> None:
    desk = Desk()
    desk.call("DELETE", f"/api/asset/{READY}")
    assert desk.task(COMPLETED_TASK)["status"]["phase"] == "completed"


def test_the_strict_task_has_neither_user_nor_output() -> None:
    real, strict = Desk().task(COMPLETED_TASK), Desk(readings={"task": "strict-document"}).task(COMPLETED_TASK)
    assert real["userId"] == USER and real["output"]["clip"]["assetSpec"]["type"] == "video"
    assert "userId" not in strict and strict["output"] == {}


def test_deleting_is_told_with_the_asset_as_it_was() -> None:
    desk = Desk()
    before = desk.asset(READY, details="1")
    assert desk.call("DELETE", f"/api/asset/{READY}").status == 204
    (notice,) = desk.notices
    assert notice.event == "asset.deleted"
    assert notice.body["payload"]["asset"]["snapshot"] == before
    reply = desk.call("DELETE", f"/api/asset/{READY}")
    assert (reply.status, said(reply)) == (400, "asset is already deleted")


def test_an_asset_is_renamed() -> None:
    desk = Desk()
    desk.wait(5)
    reply = desk.call("PATCH", f"/api/asset/{READY}", {"name": "new", "creatorId": "me"})
    asset = reply.value
    assert (asset["name"], asset["creatorId"]) == ("new", {"type": "unverified", "value": "me"})
    assert asset["status"] == {"phase": "ready", "updatedAt": NOW + 5}
    assert desk.asset(READY) == asset
    assert [notice.event for notice in desk.notices] == ["asset.updated"]


def test_a_change_of_nothing_is_no_error() -> None:
    assert Desk().call("PATCH", f"/api/asset/{READY}").status == 200


def test_a_change_of_the_wrong_type_is_refused_in_ajvs_words() -> None:
    reply = Desk().call("PATCH", f"/api/asset/{READY}", {"name": 1})
    assert (reply.status, '"instancePath":"/name"' in said(reply)) == (422, True)


# ---- streams and sessions


def test_a_new_stream_has_these_fields_in_this_order() -> None:
    desk = Desk()
    stream = desk.call("POST", "/api/stream", {"name": "test_stream", "record": True}).value
    assert list(stream) == [
        *("lastSeen", "isActive", "record", "suspended", "sourceSegments", "transcodedSegments"),
        *("sourceSegmentsDuration", "transcodedSegmentsDuration", "sourceBytes", "transcodedBytes"),
        *("lastTerminatedAt", "name", "kind", "profiles", "userId", "renditions", "id", "projectId", "createdAt"),
        *("streamKey", "playbackId", "createdByTokenName", "multistream"),
    ]
    shard = stream["id"][:4]
    assert stream["streamKey"].startswith(f"{shard}-") and stream["playbackId"].startswith(shard)
    assert [profile["name"] for profile in stream["profiles"]] == ["240p0", "360p0", "480p0", "720p0"]
    read = desk.get(f"/api/stream/{stream['id']}").value
    assert read == stream
    assert list(read)[11:14] == ["id", "kind", "name"]


def test_a_new_stream_goes_on_air_and_is_clipped() -> None:
    desk = Desk()
    stream = desk.call("POST", "/api/stream", {"name": "s", "record": True}).value
    child = desk.call("POST", f"/api/stream/{stream['id']}/stream?sessionId=abc", {"name": "sess"})
    assert list(child.value) == [
        *("name", "kind", "userId", "projectId", "renditions", "record", "sessionId"),
        *("id", "createdAt", "parentId", "lastSeen", "isActive"),
    ]
    session = desk.get("/api/session/abc").value
    assert (session["parentId"], session["recordingStatus"]) == (stream["id"], "waiting")
    desk.wait(60_000)
    asset_id, _ = desk.made(stream["playbackId"], startTime=desk.now - 30_000, endTime=desk.now)
    desk.wait(80_000)
    assert desk.asset(asset_id)["videoSpec"]["duration"] == 30


def test_a_session_that_goes_on_is_not_made_again() -> None:
    desk = Desk()
    for name in ("one", "two"):
        assert desk.call("POST", f"/api/stream/{STREAM_ID}/stream?sessionId=abc", {"name": name}).status == 201
    assert desk.get("/api/session/abc").value["name"] == "one"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"targets": [{"profile": "9p", "id": "x"}]}, 'multistream target profile not found: "9p". available: '),
        ({"targets": [{"profile": "source"}]}, 'multistream target must have either an "id" or a "spec"'),
        ({"targets": [{"profile": "source", "id": "x"}]}, 'multistream target not found: "x"'),
    ],
)
def test_multistream_targets_have_to_make_sense(body: object, message: str) -> None:
    reply = Desk().call("POST", "/api/stream", {"name": "x", "multistream": body})
    assert (reply.status, said(reply).startswith(message)) == (400, True)


def test_a_target_given_whole_gets_an_id_and_keeps_its_address() -> None:
    target = {"profile": "720p0", "spec": {"url": "rtmp://live.example.com/key"}}
    stream = Desk().call("POST", "/api/stream", {"name": "x", "multistream": {"targets": [target]}}).value
    assert [list(kept) for kept in stream["multistream"]["targets"]] == [["profile", "id"]]


def test_a_session_has_no_stream_id_unless_the_document_is_kept() -> None:
    path = f"/api/session/{SESSION}"
    assert "streamId" not in Desk().get(path).value
    strict = Desk(readings={"session": "strict-document"})
    assert strict.get(path).value["streamId"] == STREAM_ID
    assert all("parentStream" not in session for session in strict.get("/api/session").value)


def test_listed_sessions_bring_their_stream() -> None:
    sessions = Desk().get("/api/session", parentId=STREAM_ID).value
    assert {session["parentStream"]["playbackId"] for session in sessions} == {STREAM}


def test_the_player_librarys_account_reads_any_session() -> None:
    desk = Desk()
    assert desk.get(f"/api/session/{SESSION}", key="+sdk").status == 200
    assert desk.get(f"/api/session/{SESSION}", key="+stranger").status == 404


def test_a_recording_that_is_ready_has_urls() -> None:
    session = Desk().get("/api/session/5e550000-0000-4000-8000-00000000000e").value
    assert session["recordingStatus"] == "ready"
    assert session["recordingUrl"].endswith("/recording0000000/index.m3u8")
    assert session["mp4Url"].endswith("/recording0000000/720p0.mp4")


def test_a_session_nobody_saw_for_hours_has_no_recording_to_wait_for() -> None:
    desk = Desk()
    desk.wait(3 * 3_600_000)
    assert desk.get(f"/api/session/{SESSION}").value["recordingStatus"] == "none"


@pytest.mark.parametrize(("record", "count"), [("true", 1), ("1", 1), ("false", 0), ("0", 0)])
def test_recorded_sessions_were_on_air(record: str, count: int) -> None:
    assert len(Desk().get(f"/api/stream/{STREAM_ID}/sessions", record=record).value) == count


@pytest.mark.parametrize(("query", "count"), [("streamsonly=1", 0), ("sessionsonly=1", 1), ("active=true", 1)])
def test_streams_of_sessions_are_told_apart(query: str, count: int) -> None:
    desk = Desk()
    before = len(desk.get(f"/api/stream?limit=100&{query}").value)
    desk.call("POST", f"/api/stream/{STREAM_ID}/stream?sessionId=abc", {"name": "x"})
    assert len(desk.get(f"/api/stream?limit=100&{query}").value) == before + count


# ---- webhooks


HOOK = {"name": "wh", "url": "https://example.com/x", "events": ["asset.ready"], "sharedSecret": "s"}


def test_a_new_webhook_has_these_fields_in_this_order() -> None:
    desk = Desk()
    reply = desk.call("POST", "/api/webhook", HOOK)
    assert reply.status == 201
    order = ["id", "userId", "projectId", "createdAt", "kind", "name", "events", "url", "sharedSecret"]
    assert list(reply.value) == order
    read = desk.get(f"/api/webhook/{reply.value['id']}").value
    assert read == reply.value
    order = ["id", "url", "kind", "name", "events", "userId", "createdAt", "projectId", "sharedSecret"]
    assert list(read) == order


def test_the_strict_webhook_is_200_and_keeps_its_secret() -> None:
    desk = Desk(readings={"webhook": "strict-document"})
    reply = desk.call("POST", "/api/webhook", HOOK)
    assert (reply.status, "sharedSecret" in reply.value) == (200, False)
    assert "sharedSecret" not in desk.get(f"/api/webhook/{reply.value['id']}").value


def test_the_old_way_to_name_a_single_event_still_works() -> None:
    body = {"name": "w", "url": "https://example.com/x", "event": "asset.ready"}
    assert Desk().call("POST", "/api/webhook", body).value["events"] == ["asset.ready"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": "w", "url": "https://"}, "bad url: https://"),
        ({"name": "w", "url": "http://x.com:99999", "events": []}, "bad url: http://x.com:99999"),
        ({"name": "w", "url": "http://x.com"}, 'must provide "events" field with subscriptions'),
    ],
)
def test_a_webhook_that_makes_no_sense_is_refused(body: object, message: str) -> None:
    reply = Desk().call("POST", "/api/webhook", body)
    assert (reply.status, said(reply)) == (422, message)


def test_clips_have_no_events_of_their_own() -> None:
    message = said(Desk().call("POST", "/api/webhook", {**HOOK, "events": ["clip.ready"]}))
    assert message.startswith(
        '{"instancePath":"/events/0","schemaPath":"#/properties/events/items/enum","keyword":"enum"'
    )
    assert message.endswith('"message":"must be equal to one of the allowed values"}')


def test_a_webhook_is_put_in_anothers_place() -> None:
    desk = Desk()
    old = desk.call("POST", "/api/webhook", HOOK).value
    desk.wait(5)
    reply = desk.call("PUT", f"/api/webhook/{old['id']}", {**HOOK, "name": "new", "userId": "me", "sharedSecret": "t"})
    assert (reply.status, reply.value) == (200, {"id": old["id"]})
    new = desk.get(f"/api/webhook/{old['id']}").value
    assert new == {**old, "name": "new", "sharedSecret": "t"}


def test_a_deleted_webhook_is_gone() -> None:
    desk = Desk()
    hook = desk.call("POST", "/api/webhook", HOOK).value["id"]
    assert desk.call("DELETE", f"/api/webhook/{hook}", key="+admin").status == 404
    assert desk.call("DELETE", f"/api/webhook/{hook}").status == 204
    assert desk.get(f"/api/webhook/{hook}").status == 404
    assert hook not in {found["id"] for found in desk.get("/api/webhook").value}
