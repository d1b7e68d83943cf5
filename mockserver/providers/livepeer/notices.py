"""What happens to assets and tasks, as webhooks tell it.

The body of a notice is `{"userId", "projectId", "payload"}`: whose subscriptions are meant (`projectId` None: those of
a user without any project, who gets nothing), and the `payload` of the delivery.
"""

from __future__ import annotations

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Notice, View
from mockserver.providers.livepeer.cleaning import external_asset, shown_task


def asset_notice(event: str, doc: Record, view: View, settings: Record, moment: Moment) -> Notice:
    """`asset.updated` and its like: the asset as its owner sees it, tracks included."""
    snapshot = external_asset(doc, settings, moment, details=True)
    return Notice(event, moment.now, _body(doc, view, {"asset": {"id": doc["id"], "snapshot": snapshot}}))


def created_notice(doc: Record, owner: Record, moment: Moment) -> Notice:
    """`asset.created` shows the raw document."""
    payload = {"asset": {"id": doc["id"], "snapshot": doc}}
    return Notice("asset.created", moment.now, _addressed(doc, owner, payload))


def task_notice(event: str, doc: Record, view: View, moment: Moment) -> Notice:
    """`task.updated` and its like; completed and failed ones also say whether it went well."""
    payload: dict[str, Json] = {"task": _task(doc, moment)}
    if event in ("task.completed", "task.failed"):
        payload = {"success": event == "task.completed", **payload}
    return Notice(event, moment.now, _body(doc, view, payload))


def begun_notices(pending: Record, waiting: Record, owner: Record, moment: Moment) -> tuple[Notice, Notice]:
    """`task.spawned` and the first `task.updated`."""
    spawned = _addressed(pending, owner, {"task": _task(pending, moment)})
    updated = _addressed(waiting, owner, {"task": _task(waiting, moment)})
    return Notice("task.spawned", moment.now, spawned), Notice("task.updated", moment.now, updated)


def _task(doc: Record, moment: Moment) -> Record:
    return {"id": doc["id"], "type": doc["type"], "snapshot": shown_task(doc, moment)}


def _body(doc: Record, view: View, payload: Json) -> Json:
    return _addressed(doc, view.get("user", doc["userId"]) or {}, payload)


def _addressed(doc: Record, owner: Record, payload: Json) -> Json:
    project = doc.get("projectId") or owner.get("defaultProjectId")
    return {"userId": doc["userId"], "projectId": project, "payload": payload}
