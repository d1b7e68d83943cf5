"""Streams: create, read, list, and the stream of a session that the media server asks for when one goes on air."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.core.chance import Chance
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Put
from mockserver.providers.livepeer import ajv
from mockserver.providers.livepeer.assets import as_creator
from mockserver.providers.livepeer.cleaning import with_project
from mockserver.providers.livepeer.filters import Field, Test
from mockserver.providers.livepeer.kinds import recency
from mockserver.providers.livepeer.lists import Source, headers_for, merged, owner_keys, read_page
from mockserver.providers.livepeer.stored import in_order, jsonb, unstorable
from mockserver.providers.livepeer.visit import Answer, Refused, Visit, may_see

USUAL_ORDER: Final = "lastSeen-true,createdAt-true"

# Reads begin with these; a document's own values take their places.
DEFAULTS: Final[Mapping[str, Json]] = {
    "lastSeen": 0,
    "isActive": False,
    "record": False,
    "suspended": False,
    "sourceSegments": 0,
    "transcodedSegments": 0,
    "sourceSegmentsDuration": 0,
    "transcodedSegmentsDuration": 0,
    "sourceBytes": 0,
    "transcodedBytes": 0,
    "lastTerminatedAt": None,
}

_RUNGS: Final = ((426, 240, 250_000), (640, 360, 800_000), (854, 480, 1_600_000), (1280, 720, 3_000_000))
# What a stream without profiles is transcoded to.
PROFILES: Final = tuple(
    {
        "name": f"{height}p0",
        "fps": 0,
        "bitrate": bitrate,
        "width": width,
        "height": height,
        "profile": "H264ConstrainedHigh",
    }
    for width, height, bitrate in _RUNGS
)

FIELDS: Final = {
    "id": Field(("id",)),
    "name": Field(("name",), "full-text"),
    "sourceSegments": Field(("sourceSegments",), "int"),
    "lastSeen": Field(("lastSeen",), "int"),
    "createdAt": Field(("createdAt",), "int"),
    "userId": Field(("userId",)),
    "creatorId": Field(("creatorId", "value")),
    "pull.source": Field(("pull", "source")),
    "isActive": Field(("isActive",), "boolean"),
    "parentId": Field(("parentId",)),
    "playbackId": Field(("playbackId",)),
    "projectId": Field(("projectId",)),
    "record": Field(("record",), "boolean"),
    "suspended": Field(("suspended",), "boolean"),
    "sourceSegmentsDuration": Field(("sourceSegmentsDuration",), "int"),
    "transcodedSegments": Field(("transcodedSegments",), "int"),
    "transcodedSegmentsDuration": Field(("transcodedSegmentsDuration",), "int"),
    "isHealthy": Field(("isHealthy",), "boolean"),
}

# A session's stream also keeps which session it is; the document of reads has no place for it.
_HIDDEN: Final = frozenset({"deleted", "sessionId"})


def get_stream(visit: Visit) -> Answer:
    stream = visit.view.get("stream", visit.call.path["id"])
    if stream is None or not may_see(visit.caller, stream["doc"]):
        raise Refused(404, "not found")
    return Answer(200, _shown(visit, stream["doc"]))


def get_streams(visit: Visit) -> Answer:
    view, query = visit.view, visit.query()
    keys = owner_keys(visit, of_all=visit.caller.admin, user=query.get("userId"))

    def usual() -> Iterator[Record]:
        found = (view.find("stream", "owner", key, reverse=True) for key in keys)
        return merged(((stream["doc"] for stream in streams) for streams in found), last_seen)

    source = Source(usual, USUAL_ORDER, FIELDS, lambda: sum(view.count("stream", "owner", key) for key in keys))
    page = read_page(visit, source, query, _arguments(query))
    return Answer(200, [_shown(visit, doc) for doc in page.docs], headers=headers_for(visit.request, page))


def last_seen(doc: Record) -> str:
    """The order of the usual list."""
    return recency(doc["lastSeen"], doc["createdAt"])


def _arguments(query: dict[str, str]) -> list[Test]:
    def asked(name: str) -> bool:
        return query.get(name, "") not in ("", "false")

    tests: list[Test] = []
    if asked("active"):
        tests.append(lambda doc: bool(doc["isActive"]))
    if asked("streamsonly"):
        tests.append(lambda doc: "parentId" not in doc)
    elif asked("sessionsonly"):
        tests.append(lambda doc: "parentId" in doc)
    return tests


def create_stream(visit: Visit) -> Answer:
    """Off air and without a session; the reply's fields come in the order they were made."""
    body = _checked(visit)
    now, chance, caller = visit.moment.now, visit.moment.chance, visit.caller
    stream_id = chance.uuid()
    key = stream_key(stream_id, chance)
    doc = {**body, "kind": "stream", "profiles": body.get("profiles") or list(PROFILES)}
    if body.get("recordingSpec") is not None:
        doc["recordingSpec"] = _recording_spec(body)
    doc["userId"] = caller.id
    if body.get("creatorId") is not None:
        doc["creatorId"] = as_creator(body["creatorId"])
    doc |= {"renditions": {}, "id": stream_id}
    if caller.project:
        doc["projectId"] = caller.project
    doc |= {"createdAt": now, "streamKey": key, "playbackId": stream_id[:4] + chance.base36(12)}
    if caller.key is not None:
        doc["createdByTokenName"] = caller.key["name"]
    doc |= {"isActive": False, "lastSeen": 0, "multistream": _multistream(doc, chance)}
    stored = {"doc": jsonb(doc), "sim": {}}
    return Answer(201, {**DEFAULTS, **doc}, (Put("stream", stream_id, stored),))


def stream_key(stream_id: str, chance: Chance) -> str:
    """What a broadcaster sends with: the stream's first four characters and three groups of four more."""
    return "-".join((stream_id[:4], *(chance.base36(4) for _ in range(3))))


def _checked(visit: Visit) -> dict[str, Json]:
    ajv.check(visit, required="name")
    body: dict[str, Json] = visit.body
    if unstorable(body["name"]):
        raise Refused(500, "Internal server error: error")
    return body


def _recording_spec(body: Record) -> Json:
    if not body.get("record"):
        raise Refused(400, "recordingSpec is only supported with record=true")
    return {key: value for key, value in body["recordingSpec"].items() if value is not None}


def _multistream(doc: Record, chance: Chance) -> Json:
    """Where a stream is passed on to; a target given whole gets an id and keeps its address to itself."""
    names = _profile_names(doc["profiles"])
    targets: list[Json] = []
    for target in (doc.get("multistream") or {}).get("targets") or ():
        if target["profile"] not in names:
            shown = ",".join(f'"{name}"' for name in names)
            raise Refused(400, f'multistream target profile not found: "{target["profile"]}". available: [{shown}]')
        if bool(target.get("spec")) == bool(target.get("id")):
            raise Refused(400, 'multistream target must have either an "id" or a "spec"')
        if target.get("id"):
            raise Refused(400, f'multistream target not found: "{target["id"]}"')
        targets.append({**{key: target[key] for key in target if key != "spec"}, "id": chance.uuid()})
    return {"targets": targets}


def _profile_names(profiles: list[Json]) -> list[str]:
    names: list[str] = []
    for profile in profiles:
        name = profile.get("name")
        if name == "source":
            raise Refused(400, 'profile cannot be named "source"')
        if name in names:
            raise Refused(400, f'duplicate profile name "{name}"')
        if name:
            names.append(name)
    return [*names, "source"]


def create_child_stream(visit: Visit) -> Answer:
    """A session goes on air: its stream, and the session itself if the id is new."""
    if visit.body == {} or (visit.call.violations and isinstance(visit.body, dict) and not visit.body.get("name")):
        raise Refused(422, "missing name")
    body = _checked(visit)
    parent = visit.view.get("stream", visit.call.path["parentId"])
    if parent is None or not may_see(visit.caller, parent["doc"]):
        raise Refused(404, "not found")
    session_id = visit.query().get("sessionId")
    if not session_id:
        raise Refused(500, "Internal server error: Error")
    source, now = parent["doc"], visit.moment.now
    child = child_stream(body, source, session_id, now, visit.moment.chance)
    changes: list[Change] = [Put("stream", child["id"], {"doc": jsonb(child), "sim": {}})]
    if visit.view.get("session", session_id) is None:
        changes.append(Put("session", session_id, begun_session(session_id, body["name"], source, now)))
    return Answer(201, child, tuple(changes))


def child_stream(body: Record, source: Record, session_id: str, now: int, chance: Chance) -> dict[str, Json]:
    """The stream of a session of `source` that goes on air now, in the order its fields are made."""
    child_id = source["playbackId"][:4] + chance.uuid()[4:]
    inherited = {key: source[key] for key in ("userId", "projectId") if key in source}
    recorded = {key: source[key] for key in ("record", "recordingSpec") if key in source}
    child = {"name": body["name"], "kind": "stream", **inherited, "renditions": {}, **recorded, "sessionId": session_id}
    return {**child, "id": child_id, "createdAt": now, "parentId": source["id"], "lastSeen": 0, "isActive": True}


def begun_session(session_id: str, name: str, stream: Record, now: int) -> Record:
    """A session that went on air now, and is recorded from now on."""
    doc = {
        "id": session_id,
        "kind": "session",
        "name": name,
        "userId": stream["userId"],
        "lastSeen": 0,
        "parentId": stream["id"],
        "createdAt": now,
        "playbackId": stream["playbackId"],
        "ingestRate": 0,
        "outgoingRate": 0,
        "sourceBytes": 0,
        "transcodedBytes": 0,
        "sourceSegments": 0,
        "transcodedSegments": 0,
        "sourceSegmentsDuration": 0,
        "transcodedSegmentsDuration": 0,
    }
    doc |= {key: stream[key] for key in ("projectId", "record", "recordingSpec") if key in stream}
    if stream.get("record"):
        doc["recordingStatus"] = "waiting"
    return {"doc": in_order(doc), "sim": {"recording": {"start": now, "end": None}}}


def _shown(visit: Visit, doc: Record) -> Record:
    shown = {key: value for key, value in doc.items() if key not in _HIDDEN}
    return with_project({**DEFAULTS, **shown}, visit.caller)
