"""Tasks: read, list, try again, and the progress reports of the provider's own programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.core.text import Json, Record, as_javascript
from mockserver.providers.livepeer import ajv, jobs
from mockserver.providers.livepeer.cleaning import shown_task
from mockserver.providers.livepeer.effects import Scene, started_or_reported
from mockserver.providers.livepeer.filters import Field
from mockserver.providers.livepeer.kinds import recency
from mockserver.providers.livepeer.lists import Source, headers_for, merged, read_page
from mockserver.providers.livepeer.visit import Answer, Refused, Visit

# An administrator who runs tasks of their own can't start more than this.
MOST_RUNNING: Final = 5
USUAL_ORDER: Final = "updatedAt-true,createdAt-true"

FIELDS: Final = {
    "id": Field(("id",)),
    "name": Field(("name",), "full-text"),
    "createdAt": Field(("createdAt",), "int"),
    "updatedAt": Field(("status", "updatedAt"), "int"),
    "userId": Field(("userId",)),
    "type": Field(("type",)),
    "inputAssetId": Field(("inputAssetId",)),
    "outputAssetId": Field(("outputAssetId",)),
}


def get_task(visit: Visit) -> Answer:
    """A task of the caller's, in whatever project; it outlives its asset."""
    task = visit.view.get("task", visit.call.path["taskId"])
    if task is None:
        raise Refused(404, "not found")
    if not (visit.caller.admin or task["doc"]["userId"] == visit.caller.id):
        raise Refused(403, "user can only request information on their own tasks")
    return Answer(200, shown_task(task["doc"], visit.moment, admin=visit.caller.admin))


def get_tasks(visit: Visit) -> Answer:
    view, caller, query = visit.view, visit.caller, visit.query()
    users = [caller.id]
    every = caller.admin and query.get("allUsers", "false") not in ("", "false")
    if every:
        users = [user["id"] for user in view.find("user", "all", "")]

    def usual() -> Iterator[Record]:
        found = (view.find("task", "owner", user, reverse=True) for user in users)
        return merged(((task["doc"] for task in tasks) for tasks in found), newest)

    source = Source(usual, USUAL_ORDER, FIELDS, lambda: sum(view.count("task", "owner", user) for user in users))
    page = read_page(visit, source, query)
    shown = [shown_task(doc, visit.moment, admin=caller.admin) for doc in page.docs]
    return Answer(200, shown, headers=headers_for(visit.request, page, careless=not every))


def newest(doc: Record) -> str:
    """The order of the usual list."""
    return recency(doc["status"]["updatedAt"], doc["createdAt"])


def retry_task(visit: Visit) -> Answer:
    """Whether it can be tried again is asked before whose it is."""
    view = visit.view
    task = view.get("task", visit.call.path["taskId"])
    if task is None:
        raise Refused(404, "task not found")
    doc = task["doc"]
    if doc["status"]["phase"] not in ("failed", "cancelled"):
        raise Refused(400, "task is not in a retryable state")
    if not (visit.caller.admin or doc["userId"] == visit.caller.id):
        raise Refused(403, "users may only retry their own tasks")
    asset = view.get("asset", doc.get("outputAssetId", ""))
    outcome = jobs.retried(Scene(view, visit.moment, visit.settings), task, asset)
    return Answer(200, {"id": doc["id"]}, outcome.changes, outcome.notices)


def update_task_status(visit: Visit) -> Answer:
    """A progress report. The task takes it even where the reply is 404, because its asset is past processing."""
    view = visit.view
    task = view.get("task", visit.call.path["taskId"])
    if task is None:
        raise Refused(404, "not found")
    doc = task["doc"]
    _check_executable(visit, doc)
    status = _reported(visit)
    asset = view.get("asset", doc.get("outputAssetId", ""))
    scene = Scene(view, visit.moment, visit.settings)
    progress = as_javascript(status.get("progress") or 0)
    effect = started_or_reported(scene, doc, asset, progress, status.get("step"))
    outcome = jobs.committed(effect, task["sim"])
    if asset is not None and effect.asset is None:
        return Answer(404, {"errors": ["asset id=undefined not found"]}, outcome.changes, outcome.notices)
    return Answer(200, {"id": doc["id"], "status": _fresh(effect.task["status"])}, outcome.changes, outcome.notices)


def _check_executable(visit: Visit, doc: Record) -> None:
    status = doc["status"]
    if status["phase"] not in ("waiting", "running"):
        raise Refused(400, "task is not in an executable state")
    user = visit.view.get("user", doc["userId"])
    if user is None:
        raise Refused(500, "task user not found")
    if user.get("suspended"):
        raise Refused(403, "task user is suspended")
    if status["phase"] == "waiting" and not status.get("retries"):
        # The server counts the running tasks of the one who reports, not of the task's owner.
        own = visit.view.find("task", "owner", visit.caller.id)
        running = sum(task["doc"]["status"]["phase"] == "running" for task in own)
        if running >= MOST_RUNNING:
            raise Refused(429, f"too many tasks running for user {user['id']} ({running})")


def _reported(visit: Visit) -> Record:
    status = visit.body.get("status") if isinstance(visit.body, dict) else None
    if not status:
        raise Refused(422, "missing status in payload")
    if isinstance(status, dict) and status.get("phase") and status["phase"] != "running":
        raise Refused(422, "can only update phase to running")
    error = ajv.first_error(visit.call.violations)
    if error is not None or not isinstance(status, dict):
        raise Refused(422, error or "missing status in payload")
    return status


def _fresh(status: Record) -> dict[str, Json]:
    """The status as it was just made, not as the database gives it back."""
    order = ("phase", "updatedAt", "retries", "progress", "step")
    return {key: status[key] for key in order if key in status}
