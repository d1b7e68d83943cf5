"""Sessions: one broadcast of a stream each. Read and listed here; made when a stream goes on air."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.core.text import Json, Record
from mockserver.providers.livepeer.cleaning import external_asset, with_project
from mockserver.providers.livepeer.filters import Field, Test
from mockserver.providers.livepeer.kinds import recency
from mockserver.providers.livepeer.lists import Source, headers_for, merged, owner_keys, read_page
from mockserver.providers.livepeer.visit import Answer, Refused, Visit, may_see, reads_strictly

# A session not seen for so long (ms) has no recording to wait for.
STALE: Final = 3 * 60 * 60 * 1000
USUAL_ORDER: Final = "lastSeen-true,createdAt-true"

FIELDS: Final = {
    "id": Field(("id",)),
    "name": Field(("name",), "full-text"),
    "lastSeen": Field(("lastSeen",), "int"),
    "createdAt": Field(("createdAt",), "int"),
    "userId": Field(("userId",)),
    "parentId": Field(("parentId",)),
    "projectId": Field(("projectId",)),
    "record": Field(("record",), "boolean"),
    "sourceSegments": Field(("sourceSegments",), "int"),
    "transcodedSegments": Field(("transcodedSegments",), "int"),
    "sourceSegmentsDuration": Field(("sourceSegmentsDuration",), "int"),
    "transcodedSegmentsDuration": Field(("transcodedSegmentsDuration",), "int"),
    "sourceBytes": Field(("sourceBytes",), "int"),
    "transcodedBytes": Field(("transcodedBytes",), "int"),
    "ingestRate": Field(("ingestRate",), "int"),
    "outgoingRate": Field(("outgoingRate",), "int"),
    "recordingStatus": Field(("recordingStatus",)),
}

_RECORDINGS: Final[Mapping[str, str]] = {
    "ready": "ready",
    "failed": "failed",
    "deleting": "deleted",
    "deleted": "deleted",
}


def get_session(visit: Visit) -> Answer:
    """A session of the caller's; the account of the player library may read any."""
    session = visit.view.get("session", visit.call.path["id"])
    if session is None or not (may_see(visit.caller, session["doc"]) or visit.caller.is_sdk):
        raise Refused(404, "not found")
    return Answer(200, _shown(visit, session["doc"]))


def get_sessions(visit: Visit) -> Answer:
    """The caller's sessions, each with its stream."""
    view, query = visit.view, visit.query()
    keys = owner_keys(visit, of_all=visit.caller.admin, user=query.get("userId"))

    def usual() -> Iterator[Record]:
        found = (view.find("session", "owner", key, reverse=True) for key in keys)
        return merged(((session["doc"] for session in sessions) for sessions in found), last_seen)

    more: list[Test] = []
    parent = query.get("parentId")
    if parent:
        more.append(lambda doc: bool(doc["parentId"] == parent))
    source = Source(usual, USUAL_ORDER, FIELDS, lambda: sum(view.count("session", "owner", key) for key in keys))
    page = read_page(visit, source, query, more)
    shown = [_with_parent(visit, doc) for doc in page.docs]
    return Answer(200, shown, headers=headers_for(visit.request, page))


def get_recorded_sessions(visit: Visit) -> Answer:
    """The sessions of a stream that were ever on air, last seen first. `record` asks for recorded ones, or others."""
    view, query = visit.view, visit.query()
    stream = view.get("stream", visit.call.path["parentId"])
    if stream is None or not may_see(visit.caller, stream["doc"], dashboard=True):
        raise Refused(404, "not found")
    wanted = {"true": True, "1": True, "false": False, "0": False}.get(query.get("record", ""))

    def usual() -> Iterator[Record]:
        sessions = view.find("session", "seen", stream["doc"]["id"], reverse=True)
        return (session["doc"] for session in sessions)

    more: list[Test] = [lambda doc: doc["lastSeen"] > 0 and doc["sourceSegmentsDuration"] > 0]
    if wanted is not None:
        more.append(lambda doc: bool(doc.get("record")) is wanted)
    paging: dict[str, str] = {key: query[key] for key in ("limit", "cursor") if key in query}
    page = read_page(visit, Source(usual, "", {}), paging, more)
    return Answer(200, [_shown(visit, doc) for doc in page.docs])


def last_seen(doc: Record) -> str:
    """The order of the usual list."""
    return recency(doc["lastSeen"], doc["createdAt"])


def recording_fields(visit: Visit, doc: Record) -> dict[str, Json]:
    """How far a session's recording is, and its URLs once its asset is ready."""
    if not doc.get("record"):
        return {}
    asset = next(visit.view.find("asset", "recording", doc["id"]), None)
    if asset is None:
        seen = doc["lastSeen"] or doc["createdAt"]
        return {"recordingStatus": "none" if seen < visit.moment.now - STALE else "waiting"}
    found: dict[str, Json] = {"recordingStatus": _RECORDINGS.get(asset["status"]["phase"], "waiting")}
    shown = external_asset(asset, visit.settings, visit.moment, details=False)
    for field, url in (("recordingUrl", "playbackUrl"), ("mp4Url", "downloadUrl")):
        if url in shown:
            found[field] = shown[url]
    return found


def _shown(visit: Visit, doc: Record) -> Record:
    shown = {**doc, **recording_fields(visit, doc)}
    if reads_strictly(visit.moment, "session"):
        shown["streamId"] = doc["parentId"]
    shown.pop("deleted", None)
    return with_project(shown, visit.caller)


def _with_parent(visit: Visit, doc: Record) -> Record:
    shown = _shown(visit, doc)
    parent = visit.view.get("stream", doc["parentId"])
    if parent is None or reads_strictly(visit.moment, "session"):
        return shown
    return {**shown, "parentStream": {key: value for key, value in parent["doc"].items() if key != "deleted"}}
