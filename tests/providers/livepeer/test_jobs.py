"""The lifecycle of a clip: every status on the way, and what is published."""

from __future__ import annotations

import pytest

from mockserver.core.text import Json
from mockserver.providers.livepeer.fates import CANCELLED, INTERNAL_ERROR
from tests.providers.livepeer.desk import END, FAILED, FAILED_TASK, HOUR, NOW, START, STREAM, Desk, said

TRACE = ((15, 0.12), (30, 0.36), (45, 0.585), (60, 0.81), (75, 0.9))


def statuses(desk: Desk, asset_id: str, task_id: str) -> tuple[Json, Json]:
    return desk.task(task_id)["status"], desk.asset(asset_id)["status"]


def events(desk: Desk) -> list[str]:
    found = [notice.event for notice in desk.notices]
    desk.notices.clear()
    return found


def test_the_default_trace() -> None:
    desk = Desk()
    made = desk.made()
    events(desk)
    desk.wait(1_999)
    assert statuses(desk, *made)[0] == {"phase": "waiting", "retries": 0, "updatedAt": NOW}
    desk.wait(1)
    at = NOW + 2_000
    assert statuses(desk, *made) == (
        {"phase": "running", "retries": 0, "progress": 0, "updatedAt": at},
        {"phase": "processing", "progress": 0, "updatedAt": at},
    )
    assert events(desk) == ["task.updated", "asset.updated"]
    for seconds, progress in TRACE:
        at = NOW + seconds * 1000
        desk.wait(at - desk.now)
        assert statuses(desk, *made) == (
            {"phase": "running", "retries": 0, "progress": progress, "updatedAt": at},
            {"phase": "processing", "progress": progress, "updatedAt": at},
        )
        assert events(desk) == ["task.updated", "asset.updated"]
    desk.wait(5_000)
    at = NOW + 80_000
    assert statuses(desk, *made) == (
        {"phase": "completed", "updatedAt": at},
        {"phase": "ready", "updatedAt": at},
    )
    assert events(desk) == ["asset.updated", "asset.ready", "task.updated", "task.completed"]
    desk.wait(HOUR)
    assert events(desk) == []


def test_a_ready_clip_has_size_specification_and_urls() -> None:
    desk = Desk()
    asset_id, task_id = desk.made(name="My Clip")
    desk.wait(80_000)
    asset = desk.asset(asset_id, details="1")
    base = f"http://mock.test/media/livepeer/{asset['playbackId']}"
    assert asset["downloadUrl"] == f"{base}/720p0.mp4"
    assert asset["playbackUrl"] == f"{base}/index.m3u8"
    assert asset["hash"] is None
    assert asset["videoSpec"]["duration"] == (END - START) / 1000
    assert asset["size"] == asset["videoSpec"]["bitrate"] * 30 / 8
    assert [track["type"] for track in asset["videoSpec"]["tracks"]] == ["video", "audio"]
    spec = desk.task(task_id)["output"]["clip"]["assetSpec"]
    assert (spec["name"], spec["type"], spec["size"]) == ("My Clip", "video", asset["size"])


@pytest.mark.parametrize(("pace", "after"), [(1.0, 80_000), (60.0, 1_333), (1000.0, 80), (float("inf"), 0)])
def test_the_pace_scales_every_duration(pace: float, after: int) -> None:
    desk = Desk(pace=pace)
    made = desk.made()
    desk.wait(after)
    assert statuses(desk, *made)[1] == {"phase": "ready", "updatedAt": NOW + after}


def test_a_retriable_error_is_tried_again_after_30_and_180_seconds() -> None:
    desk = Desk()
    made = desk.made("fails00000000000")
    seen = []
    before: Json = None
    for second in range(400):
        status = desk.task(made[1])["status"]
        if status != before:
            seen.append((second, status["phase"], status.get("retries"), status.get("errorMessage")))
        before = status
        desk.wait(1_000)
    assert seen == [
        (0, "waiting", 0, None),
        (2, "running", 0, None),
        (52, "waiting", 1, INTERNAL_ERROR),
        (82, "waiting", 1, None),
        (84, "running", 1, None),
        (134, "waiting", 2, INTERNAL_ERROR),
        (314, "waiting", 2, None),
        (316, "running", 2, None),
        (366, "failed", 2, INTERNAL_ERROR),
    ]
    assert statuses(desk, *made) == (
        {"phase": "failed", "retries": 2, "updatedAt": NOW + 366_000, "errorMessage": INTERNAL_ERROR},
        {"phase": "failed", "updatedAt": NOW + 366_000, "errorMessage": INTERNAL_ERROR},
    )


def test_between_attempts_the_asset_stays_as_it_is() -> None:
    desk = Desk()
    made = desk.made("failsonce0000000")
    desk.wait(52_000)
    assert statuses(desk, *made)[1] == {"phase": "processing", "progress": 0, "updatedAt": NOW + 2_000}
    desk.wait(32_000 + 78_000)
    assert statuses(desk, *made)[1] == {"phase": "ready", "updatedAt": NOW + 162_000}


def test_an_asset_that_never_started_stays_waiting_between_attempts() -> None:
    desk = Desk()
    made = desk.made(startTime=START + 0.5)
    desk.wait(10_000)
    assert statuses(desk, *made) == (
        {"phase": "waiting", "retries": 1, "updatedAt": NOW + 2_000, "errorMessage": INTERNAL_ERROR},
        {"phase": "waiting", "updatedAt": NOW},
    )


def test_a_final_failure_is_published_task_first() -> None:
    desk = Desk()
    desk.made("inputerror000000")
    desk.wait(19_999)
    events(desk)
    desk.wait(1)
    assert events(desk) == ["task.updated", "task.failed", "asset.updated", "asset.failed"]


def test_only_the_end_of_a_task_says_how_it_went() -> None:
    desk = Desk()
    desk.made()
    desk.made("inputerror000000")
    desk.wait(HOUR)
    told = {notice.event: notice.body["payload"].get("success") for notice in desk.notices if "task." in notice.event}
    assert told == {"task.spawned": None, "task.updated": None, "task.completed": True, "task.failed": False}


def test_a_result_without_asset_fails_with_an_empty_output() -> None:
    desk = Desk()
    _, task_id = desk.made("nooutput00000000")
    desk.wait(80_000)
    assert desk.task(task_id)["output"] == {}
    assert desk.task(task_id)["status"]["errorMessage"] == "bad task output: missing assetSpec"


def test_a_stuck_clip_never_leaves_processing() -> None:
    desk = Desk()
    made = desk.made("stuck00000000000")
    desk.wait(100 * HOUR)
    assert statuses(desk, *made)[1] == {"phase": "processing", "progress": 0.85, "updatedAt": NOW + 75_000}


# ---- early playback


def test_a_partial_result_can_be_played_while_the_phase_stays() -> None:
    desk = Desk()
    asset_id, _ = desk.made("early00000000000")
    playback = f"/api/playback/{desk.asset(asset_id)['playbackId']}"
    desk.wait(34_999)
    assert desk.get(playback).status == 422
    events(desk)
    desk.wait(1)
    assert events(desk) == ["asset.updated", "task.updated"]
    asset = desk.asset(asset_id)
    assert asset["status"] == {"phase": "processing", "progress": 0.36, "updatedAt": NOW + 35_000}
    assert asset["playbackUrl"].endswith("/source.m3u8")
    assert "downloadUrl" not in asset
    assert [source["hrn"] for source in desk.get(playback).value["meta"]["source"]] == ["HLS (TS)"]


def test_with_the_reading_every_clip_can_be_played_early() -> None:
    desk = Desk(readings={"early-playback": "on"})
    asset_id, _ = desk.made()
    desk.wait(35_000)
    assert "playbackUrl" in desk.asset(asset_id)


# ---- trying again


def test_a_task_tried_again_forgets_about_its_asset_until_it_is_ready() -> None:
    desk = Desk()
    reply = desk.call("POST", f"/api/task/{FAILED_TASK}/retry")
    assert (reply.status, reply.value) == (200, {"id": FAILED_TASK})
    assert events(desk) == ["task.updated", "task.updated"]
    failed = desk.asset(FAILED)["status"]
    task = desk.task(FAILED_TASK)
    assert task["status"] == {"phase": "waiting", "retries": 0, "updatedAt": NOW}
    assert task["scheduledAt"] == NOW
    desk.wait(75_000)
    assert desk.task(FAILED_TASK)["status"]["progress"] == 0.9
    assert desk.asset(FAILED)["status"] == failed
    assert set(events(desk)) == {"task.updated"}
    desk.wait(5_000)
    assert desk.asset(FAILED)["status"] == {"phase": "ready", "updatedAt": NOW + 80_000}
    assert events(desk) == ["asset.updated", "asset.ready", "task.updated", "task.completed"]


def test_the_first_notice_of_a_retry_keeps_the_old_message() -> None:
    desk = Desk()
    desk.call("POST", f"/api/task/{FAILED_TASK}/retry")
    first, second = (notice.body["payload"]["task"]["snapshot"]["status"] for notice in desk.notices)
    assert first == {**second, "errorMessage": INTERNAL_ERROR}


def test_with_the_reading_the_asset_follows() -> None:
    desk = Desk(readings={"retry-asset": "follows-task"})
    assert desk.call("POST", f"/api/asset/{FAILED}/retry").status == 204
    assert desk.asset(FAILED)["status"] == {"phase": "waiting", "updatedAt": NOW}
    desk.wait(15_000)
    assert desk.asset(FAILED)["status"]["progress"] == 0.12


def test_an_asset_that_fails_again_is_not_told_of_as_failed_again() -> None:
    desk = Desk()
    _, task_id = desk.made("inputerror000000")
    desk.wait(20_000)
    desk.call("POST", f"/api/task/{task_id}/retry")
    events(desk)
    desk.wait(20_000)
    assert events(desk)[-3:] == ["task.updated", "task.failed", "asset.updated"]


def test_a_clip_may_succeed_once_it_is_tried_again_by_hand() -> None:
    desk = Desk()
    asset_id, task_id = desk.made("retryme000000000")
    desk.wait(HOUR)
    assert desk.asset(asset_id)["status"]["phase"] == "failed"
    desk.call("POST", f"/api/task/{task_id}/retry")
    desk.wait(80_000)
    assert desk.asset(asset_id)["status"]["phase"] == "ready"


# ---- from outside


def test_an_administrators_report_is_not_undone_by_the_runner() -> None:
    desk = Desk()
    made = desk.made()
    body = {"status": {"phase": "running", "progress": 0.45, "step": "catalyst_transcoding"}}
    reply = desk.call("POST", f"/api/task/{made[1]}/status", body, key="+admin")
    assert list(reply.value["status"].items()) == [
        ("phase", "running"),
        ("updatedAt", NOW),
        ("retries", 0),
        ("progress", 0.45),
        ("step", "catalyst_transcoding"),
    ]
    desk.wait(30_000)
    assert statuses(desk, *made) == (
        {"phase": "running", "retries": 0, "progress": 0.45, "updatedAt": NOW},
        {"phase": "processing", "progress": 0.45, "updatedAt": NOW},
    )
    assert desk.task(made[1], key="+admin")["status"]["step"] == "catalyst_transcoding"
    desk.wait(50_000)
    assert statuses(desk, *made)[1]["phase"] == "ready"


def test_a_report_on_a_failed_asset_is_taken_by_the_task_and_answered_with_404() -> None:
    desk = Desk()
    desk.call("POST", f"/api/task/{FAILED_TASK}/retry")
    reply = desk.call("POST", f"/api/task/{FAILED_TASK}/status", {"status": {"progress": 0.1}}, key="+admin")
    assert (reply.status, said(reply)) == (404, "asset id=undefined not found")
    assert desk.task(FAILED_TASK)["status"]["progress"] == 0.1


def test_an_administrator_with_five_running_tasks_can_start_no_other() -> None:
    desk = Desk()
    for _ in range(5):
        _, task_id = desk.made("stuck00000000000")
        record = desk.read("task", task_id)
        assert record is not None
        running = {"phase": "running", "updatedAt": NOW}
        doc = {**record["doc"], "userId": "ad000000-0000-4000-8000-000000000000", "status": running}
        desk.change("task", task_id, {**record, "doc": doc})
    _, task_id = desk.made()
    reply = desk.call("POST", f"/api/task/{task_id}/status", {"status": {"progress": 0.1}}, key="+admin")
    assert (reply.status, said(reply).startswith("too many tasks running for user")) == (429, True)


def test_a_clip_deleted_on_the_way_ends_its_task() -> None:
    desk = Desk()
    asset_id, task_id = desk.made()
    desk.wait(20_000)
    assert desk.call("DELETE", f"/api/asset/{asset_id}").status == 204
    events(desk)
    desk.wait(HOUR)
    assert desk.task(task_id)["status"]["errorMessage"] == CANCELLED
    assert events(desk) == ["task.updated", "task.failed"]
    assert desk.get(f"/api/asset/{asset_id}").status == 404


def test_a_task_ended_from_outside_is_let_be() -> None:
    desk = Desk()
    _, task_id = desk.made()
    record = desk.read("task", task_id)
    assert record is not None
    ended = {**record["doc"], "status": {"phase": "cancelled", "updatedAt": NOW}}
    desk.change("task", task_id, {**record, "doc": ended})
    events(desk)
    desk.wait(HOUR)
    assert desk.task(task_id)["status"] == ended["status"]
    assert events(desk) == []


# ---- times


@pytest.mark.parametrize(
    ("start", "end", "phase"),
    [(NOW + HOUR, NOW + 2 * HOUR, "failed"), (NOW - 60_000, NOW + HOUR, "ready"), (1, 1_000, "failed")],
)
def test_a_live_recording_reaches_from_its_start_to_now(start: int, end: int, phase: str) -> None:
    desk = Desk()
    asset_id, _ = desk.made(startTime=start, endTime=end)
    desk.wait(HOUR // 2)
    assert desk.asset(asset_id)["status"]["phase"] == phase


def test_what_is_not_recorded_yet_may_be_by_the_next_attempt() -> None:
    desk = Desk()
    asset_id, _ = desk.made(startTime=NOW + 10_000, endTime=NOW + 20_000)
    desk.wait(HOUR)
    assert desk.asset(asset_id)["status"] == {"phase": "ready", "updatedAt": NOW + 162_000}


def test_a_missing_end_means_now_with_the_reading() -> None:
    desk = Desk(readings={"missing-end-time": "until-now"})
    asset_id, _ = desk.made(startTime=NOW - 12_500, endTime=None)
    desk.wait(HOUR)
    assert desk.asset(asset_id)["videoSpec"]["duration"] == 12.5


@pytest.mark.parametrize(("reading", "shown"), [("null", None), ("absent", "absent"), ("list", ["sha256", "md5"])])
def test_the_hash_of_a_ready_clip_is_as_the_reading_says(reading: str, shown: Json) -> None:
    desk = Desk(readings={"ready-hash": reading})
    asset_id, _ = desk.made(STREAM)
    desk.wait(80_000)
    found = desk.asset(asset_id).get("hash", "absent")
    assert ([entry["algorithm"] for entry in found] if isinstance(found, list) else found) == shown
