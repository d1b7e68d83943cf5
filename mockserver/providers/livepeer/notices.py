"""What happens to assets and tasks, as webhooks tell it.

The body of a notice is `{"userId", "projectId", "payload"}`: whose subscriptions are meant (`projectId` None: those of
a user without any project, who gets nothing), and the `payload` of the delivery.
"""

from __future__ import annotations

from functools import partial

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Notice, View
from mockserver.providers.livepeer.cleaning import external_asset, shown_task


def asset_notice(event: str, doc: Record, view: View, settings: Record, moment: Moment) -> Notice:
    """`asset.updated` and its like: the asset as its owner sees it, tracks included."""
    owner = view.get("user", doc["userId"]) or {}
    return Notice(event, moment.now, partial(_asset_body, doc, owner, settings, moment))


def created_notice(doc: Record, owner: Record, moment: Moment) -> Notice:
    """`asset.created` shows the raw document."""
    return Notice("asset.created", moment.now, partial(_created_body, doc, owner))


def task_notice(event: str, doc: Record, view: View, moment: Moment) -> Notice:
    """`task.updated` and its like; completed and failed ones also say whether it went well."""
    return Notice(event, moment.now, partial(_task_body, event, doc, view.get("user", doc["userId"]) or {}, moment))


def begun_notices(waiting: Record, owner: Record, moment: Moment) -> tuple[Notice, Notice]:
    """`task.spawned`, of the task before it was queued, and the first `task.updated`."""
    return (
        Notice("task.spawned", moment.now, partial(_spawned_body, waiting, owner, moment)),
        Notice("task.updated", moment.now, partial(_task_body, "task.updated", waiting, owner, moment)),
    )


def _asset_body(doc: Record, owner: Record, settings: Record, moment: Moment) -> Json:
    snapshot = external_asset(doc, settings, moment, details=True)
    return _addressed(doc, owner, {"asset": {"id": doc["id"], "snapshot": snapshot}})


def _created_body(doc: Record, owner: Record) -> Json:
    return _addressed(doc, owner, {"asset": {"id": doc["id"], "snapshot": doc}})


def _task_body(event: str, doc: Record, owner: Record, moment: Moment) -> Json:
    payload: dict[str, Json] = {"task": _task(doc, moment)}
    if event in ("task.completed", "task.failed"):
        payload = {"success": event == "task.completed", **payload}
    return _addressed(doc, owner, payload)


def _spawned_body(waiting: Record, owner: Record, moment: Moment) -> Json:
    pending = {key: value for key, value in waiting.items() if key != "scheduledAt"}
    pending["status"] = {"phase": "pending", "updatedAt": waiting["status"]["updatedAt"]}
    return _addressed(pending, owner, {"task": _task(pending, moment)})


def _task(doc: Record, moment: Moment) -> Record:
    return {"id": doc["id"], "type": doc["type"], "snapshot": shown_task(doc, moment)}


def _addressed(doc: Record, owner: Record, payload: Json) -> Json:
    project = doc.get("projectId") or owner.get("defaultProjectId")
    return {"userId": doc["userId"], "projectId": project, "payload": payload}
