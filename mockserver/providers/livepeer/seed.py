"""A world document's `livepeer` section, made into records.

Names become ids, relative times instants. A name that means nothing raises ValueError("pointer: reason").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Put
from mockserver.providers.livepeer import output
from mockserver.providers.livepeer.seed_logs import log_entries
from mockserver.providers.livepeer.stored import in_order, jsonb
from mockserver.providers.livepeer.streams import PROFILES, begun_session, stream_key

HOUR: Final = 3_600_000
# From here on a time is an instant, not a distance: 1973, in Unix ms.
ABSOLUTE: Final = 100_000_000_000
NOBODY: Final = "nobody"

_DEFAULT_SETTINGS: Final = {
    "jwt": {"secret": "secret", "audience": "livepeer"},
    "salt": "salt",
    "dashboards": ["https://livepeer.studio"],
    "ingest": None,
    "runner": "on",
}
_PROFILES: Final = jsonb(PROFILES)
_ASSET_STORE: Final = {"id": "0de4b5f0-5f6c-4c2b-9d6f-4f6a7d1c2e33"}
_RECORDING_STORE: Final = {"id": "4f0b7c52-8d1e-4c6a-b8f3-2a9d5e7c1b60"}


class _Ground(NamedTuple):
    """What names mean, and when the world is made."""

    moment: Moment
    users: Mapping[str, Record]
    projects: Mapping[str, Record]

    def at(self, value: int | None, otherwise: int) -> int:
        """An instant from a time of the document."""
        time = otherwise if value is None else value
        return time if time >= ABSOLUTE else max(self.moment.now + time, 0)


def seed(section: Record, world: str, moment: Moment) -> Iterator[Change]:
    """The records of a fresh world. Its keys go by the world's name if that is a `test_` one."""
    ground = _Ground(
        moment,
        {user["name"]: user for user in section["users"]},
        {project["name"]: project for project in section.get("projects", ())},
    )
    yield Put("settings", "settings", _settings(section.get("settings", {})))
    yield from _users(section, ground)
    yield from _projects(section, ground)
    yield from _keys(section, world, ground)
    streams = dict(_streams(section, ground))
    for stream in streams.values():
        yield Put("stream", stream["doc"]["id"], stream)
    sessions = dict(_sessions(section, streams, ground))
    for session in sessions.values():
        yield Put("session", session["doc"]["id"], session)
    assets = dict(_assets(section, sessions, ground))
    for asset in assets.values():
        yield Put("asset", asset["id"], asset)
    yield from _tasks(section, assets, sessions, ground)
    webhooks = dict(_webhooks(section, ground))
    for webhook in webhooks.values():
        yield Put("webhook", webhook["id"], webhook)
    yield from log_entries(section.get("webhookLogs", ()), webhooks, moment, ground.at)


def _settings(said: Record) -> Record:
    stores = said.get("stores", {})
    settings = {**_DEFAULT_SETTINGS, **{key: value for key, value in said.items() if key != "stores"}}
    return {
        **settings,
        "assets": stores.get("assets", _ASSET_STORE),
        "recordings": stores.get("recordings", [_RECORDING_STORE]),
    }


def _users(section: Record, ground: _Ground) -> Iterator[Change]:
    for index, user in enumerate(section["users"]):
        record = {
            "id": user["id"],
            "email": user.get("email", f"{user['name'].replace(' ', '-')}@example.com"),
            "emailValid": user.get("emailValid", True),
            "createdAt": ground.at(user.get("created"), -HOUR),
        }
        record |= {key: user[key] for key in ("admin", "suspended", "clipLimit") if key in user}
        if "project" in user:
            record["defaultProjectId"] = _named(ground.projects, user["project"], f"/users/{index}/project", "project")
        yield Put("user", record["id"], record)


def _projects(section: Record, ground: _Ground) -> Iterator[Change]:
    for index, project in enumerate(section.get("projects", ())):
        owner = _named(ground.users, project["user"], f"/projects/{index}/user", "user")
        yield Put("project", project["id"], {"id": project["id"], "name": project["name"], "userId": owner})


def _keys(section: Record, world: str, ground: _Ground) -> Iterator[Change]:
    """In a private world the first key is the world's own name, and each is `name+key` besides."""
    private = world.startswith("test_")
    for index, key in enumerate(section["keys"]):
        record: dict[str, Json] = {
            "name": key.get("name", key["key"]),
            "userId": _named(ground.users, key["user"], f"/keys/{index}/user", "user"),
        }
        if "project" in key:
            record["projectId"] = _named(ground.projects, key["project"], f"/keys/{index}/project", "project")
        access = {name: key[name] for name in ("cors", "rules") if name in key}
        if access:
            record["access"] = access
        names = [f"{world}+{key['key']}"] if private else [key["key"]]
        if private and index == 0:
            names.append(world)
        for name in names:
            yield Put("key", name, {"id": name, **record})


def _streams(section: Record, ground: _Ground) -> Iterator[tuple[str, Record]]:
    for index, stream in enumerate(section.get("streams", ())):
        playback_id = stream["playbackId"]
        chance = ground.moment.chance.child("stream", playback_id)
        stream_id = stream.get("id") or playback_id[:4] + chance.uuid()[4:]
        doc = {
            "id": stream_id,
            "kind": "stream",
            "name": stream.get("name", playback_id),
            "record": stream.get("record", True),
            "userId": _owner(stream, f"/streams/{index}/user", ground),
            "isActive": stream.get("isActive", False),
            "lastSeen": ground.at(stream["seen"], 0) if "seen" in stream else 0,
            "profiles": _PROFILES,
            "createdAt": ground.at(stream.get("created"), -HOUR),
            "streamKey": stream_key(stream_id, chance),
            "playbackId": playback_id,
            "renditions": {},
            "multistream": {"targets": []},
        }
        doc |= _project(stream, f"/streams/{index}", ground)
        doc |= {key: True for key in ("suspended", "deleted") if stream.get(key)}
        sim = {"clips": stream["clips"]} if "clips" in stream else {}
        yield playback_id, {"doc": in_order(doc), "sim": sim}


def _sessions(section: Record, streams: Mapping[str, Record], ground: _Ground) -> Iterator[tuple[str, Record]]:
    for index, session in enumerate(section.get("sessions", ())):
        stream = streams.get(session["stream"])
        if stream is None:
            raise ValueError(f"/sessions/{index}/stream: no stream has the playback ID `{session['stream']}`")
        created = ground.at(session.get("created"), -600_000)
        parent = {**stream["doc"], "record": session.get("record", stream["doc"]["record"])}
        made = begun_session(session["id"], session.get("name", session["id"]), parent, created)
        doc = dict(made["doc"])
        if "seen" in session:
            doc["lastSeen"] = ground.at(session["seen"], 0)
        if "sourceSegmentsDuration" in session:
            doc["sourceSegmentsDuration"] = session["sourceSegmentsDuration"]
        yield session["id"], {"doc": in_order(doc), "sim": _recording(session, parent["record"], created, ground)}


def _recording(session: Record, recorded: bool, created: int, ground: _Ground) -> Record:
    sim: dict[str, Json] = {}
    if recorded and not session.get("recordingMissing"):
        end = session.get("recordingEnd")
        start = ground.at(session.get("recordingStart"), created)
        sim["recording"] = {"start": start, "end": None if end is None else ground.at(end, 0)}
    if "picture" in session:
        sim["source"] = session["picture"]
    if "clips" in session:
        sim["clips"] = session["clips"]
    return sim


def _assets(section: Record, sessions: Mapping[str, Record], ground: _Ground) -> Iterator[tuple[str, Record]]:
    for index, asset in enumerate(section.get("assets", ())):
        where = f"/assets/{index}"
        created = ground.at(asset.get("created"), -HOUR)
        doc = {
            "id": asset["id"],
            "name": asset.get("name", asset["playbackId"]),
            "source": _source(asset, sessions, where),
            "userId": _owner(asset, f"{where}/user", ground),
            "createdAt": created,
            "playbackId": asset["playbackId"],
            "objectStoreId": _settings(section.get("settings", {}))["assets"]["id"],
            "status": _status(asset, asset.get("phase", "ready"), ground.at(asset.get("updated"), created)),
        }
        doc |= _project(asset, where, ground)
        if "tokenName" in asset:
            doc["createdByTokenName"] = asset["tokenName"]
        if doc["status"]["phase"] in ("deleting", "deleted"):
            doc |= {"deleted": True, "deletedAt": doc["status"]["updatedAt"]}
        if doc["status"]["phase"] == "ready" and not asset.get("bare"):
            doc |= _result(asset, ground.moment)
        yield asset["id"], jsonb(doc)


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


def _tasks(
    section: Record, assets: Mapping[str, Record], sessions: Mapping[str, Record], ground: _Ground
) -> Iterator[Change]:
    said = {asset["id"]: asset for asset in section.get("assets", ())}
    for index, task in enumerate(section.get("tasks", ())):
        asset = assets.get(task["asset"])
        if asset is None or asset["source"]["type"] != "clip":
            raise ValueError(f"/tasks/{index}/asset: no clip has the id `{task['asset']}`")
        session = sessions[asset["source"]["sessionId"]]
        start = task.get("startTime", asset["createdAt"] - 60_000)
        end = task.get("endTime", start + 30_000)
        doc = {
            "id": task["id"],
            "type": "clip",
            "params": {"clip": _params(section, session, start, end, ground.moment)},
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
        yield Put("task", task["id"], {"doc": jsonb(doc), "sim": _rests(task, start, end, ground.moment)})


def _params(section: Record, session: Record, start: int, end: int, moment: Moment) -> Record:
    store = _settings(section.get("settings", {}))["recordings"][0]
    base = store.get("publicUrl") or f"{moment.origin}/media/livepeer"
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


def _webhooks(section: Record, ground: _Ground) -> Iterator[tuple[str, Record]]:
    for index, webhook in enumerate(section.get("webhooks", ())):
        doc = {key: webhook[key] for key in ("id", "name", "url", "events")}
        doc |= {"kind": "webhook", "createdAt": ground.at(webhook.get("created"), -HOUR)}
        doc["userId"] = _owner(webhook, f"/webhooks/{index}/user", ground)
        doc |= _project(webhook, f"/webhooks/{index}", ground)
        if "sharedSecret" in webhook:
            doc["sharedSecret"] = webhook["sharedSecret"]
        yield doc["id"], jsonb(doc)


def _owner(said: Record, where: str, ground: _Ground) -> str:
    """A user's id; `nobody` is one that is not there."""
    if said["user"] == NOBODY:
        return NOBODY
    return _named(ground.users, said["user"], where, "user")


def _project(said: Record, where: str, ground: _Ground) -> Record:
    name = said.get("project") or ground.users.get(said["user"], {}).get("project")
    if name is None:
        return {}
    return {"projectId": _named(ground.projects, name, f"{where}/project", "project")}


def _named(known: Mapping[str, Record], name: str, where: str, kind: str) -> str:
    if name not in known:
        raise ValueError(f"{where}: no {kind} is named `{name}`; there are {', '.join(known) or 'none'}")
    found: str = known[name]["id"]
    return found
