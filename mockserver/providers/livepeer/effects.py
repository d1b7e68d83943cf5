"""What each event does to a task and to the asset it makes: the new documents, and the notices in publish order.

`status` is replaced whole at every step, so `progress`, `retries` and `errorMessage` come and go. Times and messages
come from outside: the job's table, an administrator's report, or a test that plays the queue.
"""

from __future__ import annotations

from typing import NamedTuple

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Notice, View
from mockserver.providers.livepeer.fates import BACK_OFF
from mockserver.providers.livepeer.notices import asset_notice, task_notice
from mockserver.providers.livepeer.stored import in_order, updated


class Scene(NamedTuple):
    """Where and when something happens."""

    view: View
    moment: Moment
    settings: Record


class Effect(NamedTuple):
    """The documents afterwards (`asset` None where there is none or it stays as it is), and what is published."""

    task: Record
    asset: Record | None
    notices: tuple[Notice, ...]


def started_or_reported(
    scene: Scene, task: Record, asset: Record | None, progress: float, step: str | None = None
) -> Effect:
    """Progress: the task runs, the asset is processed. An asset that is neither waiting nor processed is left alone."""
    now = scene.moment.now
    status = {"phase": "running", "progress": progress, "updatedAt": now}
    for key, value in (("retries", task["status"].get("retries")), ("step", step)):
        if value is not None:
            status[key] = value
    task = _with_status(task, status)
    notices = (task_notice("task.updated", task, scene.view, scene.moment),)
    if asset is None or asset["status"]["phase"] not in ("waiting", "processing"):
        return Effect(task, None, notices)
    furthest = max(asset["status"].get("progress") or 0, progress)
    asset = _with_status(asset, {"phase": "processing", "progress": furthest, "updatedAt": now})
    return Effect(task, asset, (*notices, _asset_notice("asset.updated", asset, scene)))


def playable(scene: Scene, task: Record, asset: Record, files: Json) -> Effect:
    """A partial result: the source can be played while the rest is worked on."""
    now = scene.moment.now
    changes = {"sourcePlaybackReady": True, "files": files, "status": {**asset["status"], "updatedAt": now}}
    asset = updated(asset, changes)
    task = updated(task, {"sourceReadyAt": now, "status": {**task["status"], "updatedAt": now}})
    seen = _asset_notice("asset.updated", asset, scene)
    return Effect(task, asset, (seen, task_notice("task.updated", task, scene.view, scene.moment)))


def completed(scene: Scene, task: Record, asset: Record | None, spec: Record) -> Effect:
    """The result is there, its keys in order. An asset that is being deleted meanwhile stays so."""
    now = scene.moment.now
    notices: list[Notice] = []
    path = ""
    if asset is not None:
        path = f"{asset['playbackId']}/video"
        phase = "deleting" if asset["status"]["phase"] == "deleting" else "ready"
        before = asset["status"]["phase"]
        kept = {key: spec[key] for key in ("size", "hash", "videoSpec", "files") if key in spec}
        asset = in_order({**asset, **kept, "status": {"phase": phase, "updatedAt": now}})
        notices.append(_asset_notice("asset.updated", asset, scene))
        if phase == "ready" and before != phase:
            notices.append(_asset_notice("asset.ready", asset, scene))
    clip = {"assetSpec": spec, "videoFilePath": path, "metadataFilePath": ""}
    task = in_order({**task, "status": {"phase": "completed", "updatedAt": now}, "output": {"clip": clip}})
    notices += _task_notices("task.completed", task, scene)
    return Effect(task, asset, tuple(notices))


def failed(scene: Scene, task: Record, asset: Record | None, message: str, output: Json = None) -> Effect:
    """The end, with a message that both documents keep. `output` is what the result held, None if there was none."""
    now = scene.moment.now
    status: dict[str, Json] = {"phase": "failed", "updatedAt": now, "errorMessage": message}
    retries = task["status"].get("retries")
    task_status = status if retries is None else {**status, "retries": retries}
    task = _with_status(task if output is None else updated(task, {"output": output}), task_status)
    notices = _task_notices("task.failed", task, scene)
    if asset is None:
        return Effect(task, None, tuple(notices))
    before = asset["status"]["phase"]
    asset = _with_status(asset, status)
    notices.append(_asset_notice("asset.updated", asset, scene))
    if before != "failed":
        notices.append(_asset_notice("asset.failed", asset, scene))
    return Effect(task, asset, tuple(notices))


def failed_or_put_off(scene: Scene, task: Record, asset: Record | None, message: str) -> tuple[Effect, int | None]:
    """A retriable error: waiting again, and for how long (ms of life); after two retries it is the end (None)."""
    retries = task["status"].get("retries") or 0
    if retries >= len(BACK_OFF):
        return failed(scene, task, asset, message), None
    status = {
        "phase": "waiting",
        "retries": retries + 1,
        "updatedAt": scene.moment.now,
        "errorMessage": message,
    }
    task = _with_status(task, status)
    notice = task_notice("task.updated", task, scene.view, scene.moment)
    return Effect(task, None, (notice,)), BACK_OFF[retries]


def queued_again(scene: Scene, task: Record) -> Effect:
    """After the back-off: waiting, its message forgotten."""
    retries = task["status"].get("retries") or 0
    task = _with_status(task, {"phase": "waiting", "retries": retries, "updatedAt": scene.moment.now})
    return Effect(task, None, (task_notice("task.updated", task, scene.view, scene.moment),))


def retried_by_hand(scene: Scene, task: Record, asset: Record | None, *, asset_follows: bool) -> Effect:
    """Waiting as at first. The real server forgets about the asset, which stays failed until the clip is ready."""
    now = scene.moment.now
    message = task["status"].get("errorMessage")
    said = {"phase": "waiting", "retries": 0, "updatedAt": now}
    first = _with_status(task, said if message is None else {**said, "errorMessage": message})
    task = updated(_with_status(task, said), {"scheduledAt": now})
    view, moment = scene.view, scene.moment
    notices = (task_notice("task.updated", first, view, moment), task_notice("task.updated", task, view, moment))
    if asset is None or not asset_follows:
        return Effect(task, None, notices)
    asset = _with_status(asset, {"phase": "waiting", "updatedAt": now})
    return Effect(task, asset, (*notices, _asset_notice("asset.updated", asset, scene)))


def _with_status(doc: Record, status: Record) -> dict[str, Json]:
    return {**doc, "status": in_order(status)}


def _asset_notice(event: str, asset: Record, scene: Scene) -> Notice:
    return asset_notice(event, asset, scene.view, scene.settings, scene.moment)


def _task_notices(event: str, task: Record, scene: Scene) -> list[Notice]:
    return [task_notice(name, task, scene.view, scene.moment) for name in ("task.updated", event)]
