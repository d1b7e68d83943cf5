"""Assets of a world document, and the tasks that make them, made into records."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.core.provider import Moment
from mockserver.core.text import Record
from mockserver.providers.livepeer import output
from mockserver.providers.livepeer.seed_ground import HOUR, Ground
from mockserver.providers.livepeer.stored import in_order, jsonb


def asset_record(asset: Record, where: str, sessions: Mapping[str, Record], ground: Ground) -> Record:
    """An asset from what a document says of it at `where`; `sessions` are by id."""
    created = ground.at(asset.get("created"), -HOUR)
    doc = {
        "id": asset["id"],
        "name": asset.get("name", asset["playbackId"]),
        "source": in_order(_source(asset, sessions, where)),
        "userId": ground.owner(asset, where),
        "createdAt": created,
        "playbackId": asset["playbackId"],
        "objectStoreId": ground.settings["assets"]["id"],
        "status": in_order(_status(asset, asset.get("phase", "ready"), ground.at(asset.get("updated"), created))),
    }
    doc |= ground.project(asset, where)
    if "tokenName" in asset:
        doc["createdByTokenName"] = asset["tokenName"]
    if doc["status"]["phase"] in ("deleting", "deleted"):
        doc |= {"deleted": True, "deletedAt": doc["status"]["updatedAt"]}
    if doc["status"]["phase"] == "ready" and not asset.get("bare"):
        doc |= _result(asset, ground.moment)
    return in_order(doc)


def _source(asset: Record, sessions: Mapping[str, Record], where: str) -> Record:
    kind = asset.get("type", "directUpload")
    if kind == "directUpload":
        return {"type": kind}
    session = sessions.get(asset.get("session", ""))
    if session is None:
        raise ValueError(f"{where}/session: a {kind} needs the id of a session, not `{asset.get('session')}`")
    source = {"type": kind, "sessionId": session["doc"]["id"]}
    return {**source, "playbackId": session["doc"]["playbackId"]} if kind == "clip" else source


def _status(said: Record, phase: str, updated: int) -> Record:
    kept = {key: said[key] for key in ("progress", "errorMessage", "retries") if key in said}
    return {"phase": phase, "updatedAt": updated, **kept}


def _result(asset: Record, moment: Moment) -> Record:
    spec = _spec(asset, moment)
    return {key: spec[key] for key in ("size", "hash", "videoSpec", "files") if key in spec}


def _spec(asset: Record, moment: Moment) -> Record:
    window = (0, round(asset.get("seconds", 30) * 1000))
    reading = moment.readings.get("ready-hash", "null")
    name = asset.get("name", asset["playbackId"])
    return output.asset_spec(name, window, output.SOURCE, reading, moment.chance.child("hash", asset["id"]))


def task_record(
    task: Record,
    where: str,
    said: Mapping[str, Record],
    assets: Mapping[str, Record],
    sessions: Mapping[str, Record],
    ground: Ground,
) -> Record:
    """The task of one of `assets`, which are by id; `said` is what the document says of them."""
    asset = assets.get(task["asset"])
    if asset is None or asset["source"]["type"] != "clip":
        raise ValueError(f"{where}/asset: no clip has the id `{task['asset']}`")
    session = sessions[asset["source"]["sessionId"]]
    start = task.get("startTime", asset["createdAt"] - 60_000)
    end = task.get("endTime", start + 30_000)
    doc = {
        "id": task["id"],
        "type": "clip",
        "params": {"clip": _params(session, start, end, ground)},
        "status": _status(task, task["phase"], asset["status"]["updatedAt"]),
        "userId": asset["userId"],
        "createdAt": asset["createdAt"],
        "requesterId": f"UNKNOWN-{session['doc']['playbackId']}",
        "scheduledAt": asset["createdAt"],
        "outputAssetId": asset["id"],
    }
    if "projectId" in asset:
        doc["projectId"] = asset["projectId"]
    if task["phase"] == "completed":
        spec = _spec(said[asset["id"]], ground.moment)
        path = f"{asset['playbackId']}/video"
        doc["output"] = {"clip": {"assetSpec": spec, "videoFilePath": path, "metadataFilePath": ""}}
    return {"doc": jsonb(doc), "sim": _rests(task, start, end, ground.moment)}


def _params(session: Record, start: int, end: int, ground: Ground) -> Record:
    store = ground.settings["recordings"][0]
    base = store.get("publicUrl") or f"{ground.moment.origin}/media/livepeer"
    doc = session["doc"]
    return {
        "url": f"{base}/{doc['playbackId']}/{doc['id']}/output.m3u8",
        "inputId": doc["parentId"],
        "sessionId": doc["id"],
        "clipStrategy": {"endTime": end, "startTime": start, "playbackId": doc["playbackId"]},
        "sourceObjectStoreId": store["id"],
    }


def _rests(task: Record, start: int, end: int, moment: Moment) -> Record:
    """A job that does nothing by itself; tried again by hand, it takes the next attempt of its fate."""
    sim = {"fate": task.get("clips", "ready"), "tries": 0, "attempt": None, "next": 0, "base": 0, "at": None}
    return {**sim, "cut": [start, end], "window": None, "message": "", "start": moment.now}
