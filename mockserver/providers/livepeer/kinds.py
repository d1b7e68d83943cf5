"""What a Livepeer world holds, and how it is found.

Records of `stream`, `session` and `task` are `{"doc": what the provider keeps, "sim": what only the simulation knows}`,
and `log` has its number beside its `doc`; `mail` counts events and entries; the others are the provider's documents
themselves. Documents keep their keys in jsonb's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from mockserver.core.text import Record
from mockserver.core.world import Index, Kind, Order

Entry = tuple[str, Order] | None

# Of the events that can be subscribed to, those of a clip's asset and task, and those of streams that happen here.
CLIP_EVENTS: Final = (
    *("asset.created", "asset.updated", "asset.ready", "asset.failed", "asset.deleted"),
    *("task.spawned", "task.updated", "task.completed", "task.failed"),
)
HAPPENING: Final = frozenset({*CLIP_EVENTS, "stream.started", "stream.idle"})

BUSY: Final = frozenset({"pending", "waiting", "running"})


def owned_by(user: str, project: str) -> str:
    """The index key of what belongs to a user in a project ("" for none)."""
    return f"{user}|{project}"


def clips_of(session: str, user: str, project: str) -> str:
    """The index key of a session's clips that belong to a user in a project."""
    return f"{session}|{user}|{project}"


def asked_by(user: str, requester: str) -> str:
    """The index key of tasks in progress that count for a user and a requester id."""
    return f"{user}|{requester}"


@lru_cache(maxsize=64)
def recency(later: int, earlier: int) -> str:
    """An order by two instants, the first one first. Records of one moment have it in common, in several indexes."""
    return f"{later:016d}{earlier:016d}"


def _itself(record: Record) -> Entry:
    return record["id"], 0


def _every(record: Record) -> Entry:
    return "", record["id"]


def _asset_playback(asset: Record) -> Entry:
    return None if asset.get("deleted") else (asset["playbackId"], asset["createdAt"])


def _asset_owner(asset: Record) -> Entry:
    if asset.get("deleted"):
        return None
    order = recency(asset["status"]["updatedAt"], asset["createdAt"])
    return owned_by(asset["userId"], asset.get("projectId", "")), order


def _asset_clips(asset: Record) -> Entry:
    source = asset["source"]
    if source["type"] != "clip" or asset.get("deleted"):
        return None
    order = recency(asset["status"]["updatedAt"], asset["createdAt"])
    return clips_of(source["sessionId"], asset["userId"], asset.get("projectId", "")), order


def _asset_recording(asset: Record) -> Entry:
    source = asset["source"]
    return (source["sessionId"], asset["id"]) if source["type"] == "recording" else None


def _task_asset(task: Record) -> Entry:
    doc = task["doc"]
    return (doc["outputAssetId"], doc["id"]) if "outputAssetId" in doc else None


def _task_owner(task: Record) -> Entry:
    doc = task["doc"]
    return doc["userId"], recency(doc["status"]["updatedAt"], doc["createdAt"])


def _task_requester(task: Record) -> Entry:
    doc = task["doc"]
    if doc["status"]["phase"] not in BUSY or "requesterId" not in doc:
        return None
    return asked_by(doc["userId"], doc["requesterId"]), doc.get("scheduledAt", 0)


def _task_due(task: Record) -> int | None:
    at: int | None = task["sim"].get("at")
    return at


def _stream_playback(stream: Record) -> Entry:
    doc = stream["doc"]
    return (doc["playbackId"], doc["createdAt"]) if "playbackId" in doc else None


def _doc_owner(record: Record) -> Entry:
    doc = record["doc"]
    if doc.get("deleted"):
        return None
    return owned_by(doc["userId"], doc.get("projectId", "")), recency(doc["lastSeen"], doc["createdAt"])


def _session_parent(session: Record) -> Entry:
    return session["doc"]["parentId"], session["doc"]["createdAt"]


def _session_seen(session: Record) -> Entry:
    doc = session["doc"]
    return doc["parentId"], recency(doc["lastSeen"], doc["createdAt"])


def _webhook_owner(webhook: Record) -> Entry:
    if webhook.get("deleted"):
        return None
    return owned_by(webhook["userId"], webhook.get("projectId", "")), webhook["id"]


def _webhook_waiting(webhook: Record) -> Entry:
    """One that can be told something: whose events are all of sorts that never happen here waits for nothing."""
    waits = not webhook.get("deleted") and not HAPPENING.isdisjoint(webhook["events"])
    return ("", webhook["id"]) if waits else None


def _log_webhook(log: Record) -> Entry:
    doc = log["doc"]
    return doc["webhookId"], recency(doc["createdAt"], log["number"])


def _project_user(project: Record) -> Entry:
    return project["userId"], project["id"]


_KINDS: Final = (
    Kind("settings"),
    Kind("user", {"id": Index(_itself, public=True), "all": Index(_every)}),
    Kind("project", {"user": Index(_project_user)}),
    Kind("key", {"id": Index(_itself, public=True, credential=True)}),
    Kind("stream", {"playbackId": Index(_stream_playback, public=True), "owner": Index(_doc_owner)}),
    Kind("session", {"parent": Index(_session_parent), "seen": Index(_session_seen), "owner": Index(_doc_owner)}),
    Kind(
        "asset",
        {
            "playbackId": Index(_asset_playback, public=True),
            "owner": Index(_asset_owner),
            "clips": Index(_asset_clips),
            "recording": Index(_asset_recording),
        },
    ),
    Kind(
        "task",
        {
            "asset": Index(_task_asset),
            "owner": Index(_task_owner),
            "requester": Index(_task_requester),
        },
        _task_due,
    ),
    Kind("webhook", {"owner": Index(_webhook_owner), "waiting": Index(_webhook_waiting)}),
    Kind("log", {"webhook": Index(_log_webhook)}),
    Kind("mail"),
    Kind("cache"),
)

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _KINDS}
