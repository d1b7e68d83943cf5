"""createClip: the checks of `POST /clip` in the server's order, then the asset and the task it makes."""

from __future__ import annotations

from mockserver.core.text import Json, Record, as_javascript
from mockserver.core.world import Put, View
from mockserver.providers.livepeer import ajv, jobs, limit, times
from mockserver.providers.livepeer.notices import begun_notices, created_notice
from mockserver.providers.livepeer.stored import unstorable
from mockserver.providers.livepeer.visit import Answer, Caller, Refused, Visit, reads_strictly


def create_clip(visit: Visit) -> Answer:
    body = visit.body
    ajv.check(visit, required="playbackId")
    stream, owner = _source(visit.view, visit.caller, body["playbackId"])
    requester = limit.requester_id(visit.said, visit.settings["salt"], body["playbackId"])
    if not visit.caller.admin and limit.is_reached(visit.view, visit.caller.user or {}, requester, visit.moment):
        raise Refused(403, "Too many clips are being processed.")
    session = _session(visit.view, stream["doc"], body.get("sessionId"))
    start, end = as_javascript(body["startTime"]), as_javascript(body.get("endTime"))
    if end is not None and end <= start:
        raise Refused(422, "endTime must occur after startTime")
    if unstorable(body.get("name") or ""):
        raise Refused(500, "Internal server error: error")
    return _made(visit, stream, session, owner, requester, start, end)


def _source(view: View, caller: Caller, playback_id: str) -> tuple[Record, Record]:
    """The stream and its owner, if the caller may clip it."""
    stream = next(view.find("stream", "playbackId", playback_id), None)
    if stream is None:
        raise Refused(404, "Content not found")
    owner = view.get("user", stream["doc"]["userId"])
    if owner is None:
        raise Refused(404, "Content not found - unable to find owner of content")
    if not (caller.admin or caller.is_sdk or caller.id == owner["id"]):
        raise Refused(403, "You do not have permission to clip this stream")
    if stream["doc"].get("suspended"):
        raise Refused(404, "Content not found")
    return stream, owner


def _session(view: View, stream: Record, session_id: str | None) -> Record:
    if not session_id:
        session = next(view.find("session", "parent", stream["id"], reverse=True), None)
        if session is None:
            raise Refused(500, "Internal server error: Error")
        return session
    session = view.get("session", session_id)
    if session is None:
        raise Refused(404, "Session not found")
    if session["doc"]["parentId"] != stream["id"]:
        raise Refused(404, "The provided session id does not belong to this stream")
    return session


def _made(
    visit: Visit, stream: Record, session: Record, owner: Record, requester: str, start: Json, end: Json
) -> Answer:
    moment, body = visit.moment, visit.body
    now, chance = moment.now, moment.chance
    asset_id = chance.uuid()
    playback_id = asset_id[:4] + chance.base36(12)
    task_id = chance.uuid()
    asset = _asset(visit, asset_id, playback_id, owner["id"], session["doc"]["id"])
    strategy = {"startTime": start, "playbackId": body["playbackId"]}
    if end is not None:
        strategy = {"endTime": end, **strategy}
    params = {"clip": _clip(visit, stream, session, strategy)}
    waiting = _task(task_id, asset, params, owner, requester, now)
    changes = (
        Put("asset", asset_id, asset),
        Put("task", task_id, {"doc": waiting, "sim": _job(visit, stream, session, start, end)}),
    )
    notices = (created_notice(asset, owner, moment), *begun_notices(waiting, owner, moment))
    return Answer(200, {"task": {"id": task_id}, "asset": _fresh(visit, asset)}, changes, notices)


def _asset(visit: Visit, asset_id: str, playback_id: str, owner_id: str, session_id: str) -> dict[str, Json]:
    """The new asset as it is stored."""
    now, body, caller = visit.moment.now, visit.body, visit.caller
    asset = {
        "id": asset_id,
        "name": body.get("name") or f"clip-{playback_id}",
        "source": {"type": "clip", "sessionId": session_id, "playbackId": body["playbackId"]},
        "status": {"phase": "waiting", "updatedAt": now},
        "userId": owner_id,
        "createdAt": now,
    }
    if caller.project:
        asset["projectId"] = caller.project
    asset["playbackId"] = playback_id
    asset["objectStoreId"] = visit.settings["assets"]["id"]
    if caller.key is not None:
        asset["createdByTokenName"] = caller.key["name"]
    return asset


def _fresh(visit: Visit, asset: Record) -> dict[str, Json]:
    """The new asset as createClip shows it: fields in the order they were made, not in the database's."""
    source = asset["source"]
    shown = {"id": asset["id"], "playbackId": asset["playbackId"], "userId": asset["userId"]}
    shown["createdAt"] = asset["createdAt"]
    if "createdByTokenName" in asset:
        shown["createdByTokenName"] = asset["createdByTokenName"]
    shown["status"] = asset["status"]
    shown["name"] = asset["name"]
    shown["source"] = {"type": "clip", "playbackId": source["playbackId"], "sessionId": source["sessionId"]}
    if "projectId" in asset:
        shown["projectId"] = asset["projectId"]
    if visit.caller.admin and not reads_strictly(visit.moment, "admin-clip"):
        shown["objectStoreId"] = asset["objectStoreId"]
    return shown


def _clip(visit: Visit, stream: Record, session: Record, strategy: Record) -> dict[str, Json]:
    """The task's parameters. A manifest that is in neither of two stores is null; of one store it is just believed."""
    stores = visit.settings["recordings"]
    missing = session["sim"].get("recording") is None and len(stores) > 1
    store = stores[-1] if missing else stores[0]
    base = store.get("publicUrl") or f"{visit.moment.origin}/media/livepeer"
    doc = session["doc"]
    return {
        "url": None if missing else f"{base.rstrip('/')}/{doc['playbackId']}/{doc['id']}/output.m3u8",
        "inputId": stream["doc"]["id"],
        "sessionId": doc["id"],
        "clipStrategy": strategy,
        "sourceObjectStoreId": store["id"],
    }


def _task(task_id: str, asset: Record, params: Record, owner: Record, requester: str, now: int) -> dict[str, Json]:
    """The task as it is stored: under the stream's owner, whoever asked for it."""
    task = {
        "id": task_id,
        "type": "clip",
        "params": params,
        "status": {"phase": "waiting", "retries": 0, "updatedAt": now},
        "userId": owner["id"],
        "createdAt": now,
    }
    project = asset.get("projectId") or owner.get("defaultProjectId")
    if project:
        task["projectId"] = project
    task["requesterId"] = requester
    task["scheduledAt"] = now
    task["outputAssetId"] = asset["id"]
    return task


def _job(visit: Visit, stream: Record, session: Record, start: Json, end: Json) -> jobs.Sim:
    """What will become of it: the times decide first, then the fate of the session or stream."""
    moment = visit.moment
    runs, job = jobs.runner_works(visit.settings), visit.call.job
    if end is None:
        end = moment.now if moment.readings.get("missing-end-time") == "until-now" else 0
    if not (times.decodable(start) and times.decodable(end)):
        return jobs.begin("undecodable", moment, runs=runs, cut=None, message="", job=job)
    refused = times.rejection(start, end)
    if refused is not None:
        return jobs.begin("rejected", moment, runs=runs, cut=(start, end), message=refused, job=job)
    fate = session["sim"].get("clips") or stream["sim"].get("clips") or "ready"
    return jobs.begin(fate, moment, runs=runs, cut=(start, end), message="", job=job)
