"""A clip's life as a client sees it: progress, success, failure, retry, deletion (items 84 to 88), and webhooks."""

from __future__ import annotations

import pytest

from mockserver.core.text import Json
from tests.golden.talk import SESSION, STREAM, Talk, error

INPUT_ERROR = (
    'input error on catalyst request: http status 400 Bad Request: "{{\\"error\\":\\"Invalid Clipping Request\\",'
    '\\"error_detail\\":\\"{}\\"}}\\n"'
)


def test_a_reported_progress_shows_on_task_and_asset(livepeer: Talk) -> None:
    asset, _, task = livepeer.clipped()
    reported = livepeer.status(task, phase="running", progress=0.45, step="catalyst_transcoding")
    assert reported.status == 200
    assert list(reported.value) == ["id", "status"]
    now = livepeer.target.now()
    told = {"phase": "running", "retries": 0, "progress": 0.45, "updatedAt": now}
    assert livepeer.get(f"/api/task/{task}").value["status"] == told
    assert livepeer.get(f"/api/task/{task}", key="kad").value["status"] == told | {"step": "catalyst_transcoding"}
    processing = {"phase": "processing", "progress": 0.45, "updatedAt": now}
    assert livepeer.get(f"/api/asset/{asset}").value["status"] == processing


@pytest.mark.parametrize("key", ["k1", "k2"])
def test_only_an_admin_reports_progress(livepeer: Talk, key: str) -> None:
    _, _, task = livepeer.clipped()
    reply = livepeer.post(f"/api/task/{task}/status", {"status": {"phase": "running", "progress": 0.5}}, key=key)
    assert reply.status == 403


def test_a_clip_becomes_ready_by_itself(livepeer: Talk) -> None:
    asset, playback, task = livepeer.clipped()
    seen: list[Json] = []
    for _ in range(90):
        status = livepeer.get(f"/api/asset/{asset}").value["status"]
        if status["phase"] not in seen:
            seen.append(status["phase"])
        livepeer.pass_by(1_000)
    assert seen == ["waiting", "processing", "ready"]
    ready = livepeer.get(f"/api/asset/{asset}").value
    assert ready["hash"] is None
    assert list(ready["status"]) == ["phase", "updatedAt"]
    assert ready["playbackUrl"].endswith(f"/{playback}/index.m3u8")
    assert livepeer.get(f"/api/task/{task}").value["status"].keys() == {"phase", "updatedAt"}


def test_a_completed_task_tells_what_came_out(livepeer: Talk) -> None:
    _, _, task = livepeer.clipped()
    livepeer.pass_by(90_000)
    clip = livepeer.get(f"/api/task/{task}").value["output"]["clip"]
    assert clip["assetSpec"]["videoSpec"]["format"] == "hls"
    kinds = {file["type"] for file in clip["assetSpec"]["files"]}
    assert {"catalyst_hls_manifest", "static_transcoded_mp4", "source_file"} <= kinds


@pytest.mark.parametrize(
    ("times", "detail"),
    [
        ({"startTime": -5, "endTime": -1}, "clip start time -5 cannot be less than 0"),
        ({"startTime": 0, "endTime": None}, "clip start time and end time were both 0 but should be different"),
        ({"startTime": 1_700_000_000, "endTime": 1_700_000_010},
         "clip start time 1700000000 is in unix seconds, but should be milliseconds"),
        ({"startTime": 1_722_005_308_000, "endTime": None},
         "clip start time 1722005308000 should be after end time 0"),
    ],
)  # fmt: skip
def test_times_the_transcoder_refuses_fail_the_clip_later(livepeer: Talk, times: dict[str, Json], detail: str) -> None:
    asset, playback, task = livepeer.clipped(**times)
    livepeer.pass_by(60_000)
    status = livepeer.get(f"/api/asset/{asset}").value["status"]
    assert (status["phase"], status["errorMessage"]) == ("failed", INPUT_ERROR.format(detail))
    assert livepeer.get(f"/api/task/{task}").value["status"]["errorMessage"] == status["errorMessage"]
    assert livepeer.get(f"/api/playback/{playback}").status == 422


def test_a_failed_clip_can_be_retried_by_its_owner(livepeer: Talk) -> None:
    asset, _, task = livepeer.clipped(startTime=-5, endTime=-1)
    livepeer.pass_by(60_000)
    failed = livepeer.get(f"/api/asset/{asset}").value["status"]
    stranger = livepeer.post(f"/api/task/{task}/retry", None, key="k2")
    assert (stranger.status, error(stranger)) == (403, "users may only retry their own tasks")
    retried = livepeer.post(f"/api/task/{task}/retry", None)
    assert (retried.status, retried.value) == (200, {"id": task})
    now = livepeer.target.now()
    told = livepeer.get(f"/api/task/{task}").value
    assert told["status"] == {"phase": "waiting", "retries": 0, "updatedAt": now}
    assert told["scheduledAt"] == now
    assert livepeer.get(f"/api/asset/{asset}").value["status"] == failed


def test_an_asset_can_be_retried_too_and_answers_nothing(livepeer: Talk) -> None:
    asset, _, _ = livepeer.clipped(startTime=-5, endTime=-1)
    livepeer.pass_by(60_000)
    reply = livepeer.post(f"/api/asset/{asset}/retry", None)
    assert (reply.status, reply.body, reply.header("content-type")) == (204, b"", None)


def test_what_did_not_fail_can_not_be_retried(livepeer: Talk) -> None:
    asset, _, task = livepeer.clipped()
    reply = livepeer.post(f"/api/task/{task}/retry", None)
    assert (reply.status, error(reply)) == (400, "task is not in a retryable state")
    reply = livepeer.post(f"/api/asset/{asset}/retry", None)
    assert (reply.status, error(reply)) == (400, "Asset is not failed")


def test_a_deleted_clip_is_gone_but_its_task_stays(livepeer: Talk) -> None:
    asset, playback, task = livepeer.clipped()
    livepeer.pass_by(90_000)
    deleted = livepeer.send("DELETE", f"/api/asset/{asset}")
    assert (deleted.status, deleted.body, deleted.header("content-type")) == (204, b"", None)
    gone = livepeer.get(f"/api/asset/{asset}")
    assert (gone.status, error(gone)) == (404, "Asset not found")
    unplayable = livepeer.get(f"/api/playback/{playback}")
    assert (unplayable.status, error(unplayable)) == (404, f"No playback URL found for {playback}")
    for path in (f"/api/clip/{STREAM}", f"/api/stream/{STREAM}/clips", f"/api/session/{SESSION}/clips"):
        assert livepeer.get(path).value == []
    assert livepeer.get(f"/api/task/{task}").status == 200


def test_a_clip_is_deleted_once_and_by_its_owner(livepeer: Talk) -> None:
    asset, _, _ = livepeer.clipped()
    stranger = livepeer.send("DELETE", f"/api/asset/{asset}", key="k2")
    assert (stranger.status, error(stranger)) == (403, "users may only delete their own assets")
    assert livepeer.send("DELETE", f"/api/asset/{asset}", key=None).status == 401
    assert livepeer.send("DELETE", f"/api/asset/{asset}").status == 204
    again = livepeer.send("DELETE", f"/api/asset/{asset}")
    assert (again.status, error(again)) == (400, "asset is already deleted")


# --- webhooks: registration --------------------------------------------------------------------------------------

HOOK = {"name": "w", "url": "http://127.0.0.1:4792/x", "events": ["asset.created"], "sharedSecret": "keyboardCat"}


def test_a_webhook_is_registered_read_and_removed(livepeer: Talk) -> None:
    made = livepeer.post("/api/webhook", HOOK)
    assert made.status == 201
    assert {name: made.value[name] for name in HOOK} == HOOK
    path = f"/api/webhook/{made.value['id']}"
    assert livepeer.get(path).value == made.value
    assert [one["id"] for one in livepeer.get("/api/webhook").value] == [made.value["id"]]
    assert livepeer.send("DELETE", path).status == 204
    assert livepeer.get(path).status == 404
    assert livepeer.get("/api/webhook").value == []


def test_a_webhook_needs_events(livepeer: Talk) -> None:
    reply = livepeer.post("/api/webhook", {"name": "w", "url": "http://x.com"})
    assert (reply.status, error(reply)) == (422, 'must provide "events" field with subscriptions')


@pytest.mark.parametrize("body", [HOOK | {"events": ["clip.created"]}, HOOK | {"url": "nowhere"}, HOOK | {"foo": 1}])
def test_a_webhook_that_makes_no_sense_is_refused(livepeer: Talk, body: dict[str, Json]) -> None:
    assert livepeer.post("/api/webhook", body).status == 422


def test_a_webhook_is_its_owner_s(livepeer: Talk) -> None:
    made = livepeer.post("/api/webhook", HOOK).value["id"]
    assert livepeer.get(f"/api/webhook/{made}", key="k2").status in (403, 404)
    assert livepeer.get(f"/api/webhook/{made}", key=None).status == 401
    assert livepeer.get("/api/webhook", key="k2").value == []
