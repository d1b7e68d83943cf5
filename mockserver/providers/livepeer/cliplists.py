"""Clip lists: the clips made of a stream, a session, or (always none) an asset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from mockserver.core.text import Record
from mockserver.providers.livepeer.assets import USUAL_ORDER, newest
from mockserver.providers.livepeer.cleaning import listed_clip, shown_asset
from mockserver.providers.livepeer.filters import Field
from mockserver.providers.livepeer.kinds import clips_of
from mockserver.providers.livepeer.lists import Source, headers_for, merged, read_page
from mockserver.providers.livepeer.visit import Answer, Refused, Visit, projects_seen

# Of a stream, only the sessions seen last are searched.
SESSIONS: Final = 20

FIELDS: Final = {
    "id": Field(("id",)),
    "createdAt": Field(("createdAt",), "int"),
    "updatedAt": Field(("status", "updatedAt"), "int"),
    "userId": Field(("userId",)),
    "projectId": Field(("projectId",)),
    "playbackId": Field(("playbackId",)),
    "sourceType": Field(("source", "type")),
    "sourceSessionId": Field(("source", "sessionId")),
    "sourceAssetId": Field(("source", "assetId")),
}

Show = Callable[[Visit, Record, bool], Record]


def get_clips(visit: Visit) -> Answer:
    stream = _stream(visit, visit.call.path["id"])
    if stream is None:
        raise Refused(404, "Stream not found")
    return _answer(visit, _latest_sessions(visit, stream), listed_clip)


def get_session_clips(visit: Visit) -> Answer:
    session = visit.view.get("session", visit.call.path["id"])
    if session is None:
        raise Refused(404, "Session not found")
    return _answer(visit, (session["doc"]["id"],), listed_clip)


def get_clips_of(visit: Visit) -> Answer:
    """Clips of anything: a session, a stream or an asset, whichever has the id first."""
    view, name = visit.view, visit.call.path["id"]
    if view.get("session", name) is not None:
        return _answer(visit, (name,), shown_asset)
    stream = _stream(visit, name)
    if stream is not None:
        return _answer(visit, _latest_sessions(visit, stream), shown_asset)
    if _asset(visit, name) is not None:
        return _answer(visit, (), shown_asset)
    raise Refused(404, "Content not found")


def get_asset_clips(visit: Visit) -> Answer:
    """Assets can't be clipped, so there are none of any that is there."""
    if _asset(visit, visit.call.path["assetId"]) is None:
        raise Refused(404, "Asset not found")
    return _answer(visit, (), shown_asset)


def _answer(visit: Visit, sessions: Iterable[str], show: Show) -> Answer:
    """The caller's own clips of these sessions, in the caller's project; a stranger's list is empty."""
    view, caller, query = visit.view, visit.caller, visit.query()
    projects = projects_seen(caller)
    keys = [clips_of(session, caller.id, project) for session in sessions for project in projects]

    def usual() -> Iterator[Record]:
        if not keys:
            return iter(())
        return merged((view.find("asset", "clips", key, reverse=True) for key in keys), newest)

    source = Source(usual, USUAL_ORDER, FIELDS, lambda: sum(view.count("asset", "clips", key) for key in keys))
    page = read_page(visit, source, query)
    shown = [show(visit, doc, bool(query.get("details"))) for doc in page.docs]
    return Answer(200, shown, headers=headers_for(visit.request, page))


def _latest_sessions(visit: Visit, stream: Record) -> list[str]:
    seen = visit.view.find("session", "seen", stream["doc"]["id"], reverse=True)
    return [session["doc"]["id"] for session in islice(seen, SESSIONS)]


def _stream(visit: Visit, name: str) -> Record | None:
    by_id = visit.view.get("stream", name)
    return by_id if by_id is not None else next(visit.view.find("stream", "playbackId", name), None)


def _asset(visit: Visit, name: str) -> Record | None:
    by_playback = next(visit.view.find("asset", "playbackId", name), None)
    return by_playback if by_playback is not None else visit.view.get("asset", name)
