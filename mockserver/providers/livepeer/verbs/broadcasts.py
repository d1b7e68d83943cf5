"""Streams and sessions: they come into the world, go on air and off it, and settle what becomes of their clips."""

from __future__ import annotations

from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment, Verb
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Notice, Outcome, Put, View
from mockserver.providers.livepeer.fields import flag, identifier, text
from mockserver.providers.livepeer.kinds import owned_by
from mockserver.providers.livepeer.seed_live import session_record, stream_record
from mockserver.providers.livepeer.stored import jsonb, updated
from mockserver.providers.livepeer.streams import begun_session, child_stream
from mockserver.providers.livepeer.verbs.lookup import FOR, body, ground_of, session_of, stream_of, user_of
from mockserver.providers.livepeer.world_schema import FATE, SESSION, STREAM

_STREAM: Final = text("The playback ID or the id of a stream.")
_OFF_AIR: Final = "offair0000000000"
_ON_AIR: Final = "eaw4nk06ts2d0mzb"


def add_stream(view: View, said: Json, moment: Moment) -> Outcome:
    playback_id = said.get("playbackId") or moment.chance.hex(4) + moment.chance.base36(12)
    for name, found in (
        ("playbackId", next(view.find("stream", "playbackId", playback_id), None)),
        ("id", view.get("stream", said.get("id", ""))),
    ):
        if found is not None:
            raise ValueError(f"/{name}: there is a stream of that {name} already")
    entry = {**said, "playbackId": playback_id, "user": said.get("user") or user_of(view, None)["id"]}
    stream = stream_record(entry, "", ground_of(view, moment))
    return Outcome(Reply.json(200, {"stream": stream["doc"]}), (Put("stream", stream["doc"]["id"], stream),))


def add_session(view: View, said: Json, moment: Moment) -> Outcome:
    stream = stream_of(view, said["stream"])
    id = said.get("id") or moment.chance.uuid()
    if view.get("session", id) is not None:
        raise ValueError("/id: there is a session of that id already")
    playback_id = stream["doc"]["playbackId"]
    entry = {**said, "id": id, "stream": playback_id}
    session = session_record(entry, "", {playback_id: stream}, ground_of(view, moment))
    return Outcome(Reply.json(200, {"session": session["doc"]}), (Put("session", id, session),))


def go_live(view: View, said: Json, moment: Moment) -> Outcome:
    """As the media server does it: a session with its own stream begins, and the stream it is of is on air."""
    stream = stream_of(view, said["stream"])
    parent = stream["doc"]
    if parent["isActive"]:
        raise ValueError(f"/stream: {parent['playbackId']} is on air already; let it go-idle first")
    now = moment.now
    id = said.get("session") or moment.chance.uuid()
    known = view.get("session", id)
    if known is not None and known["doc"]["parentId"] != parent["id"]:
        raise ValueError(f"/session: the session `{id}` is one of another stream")
    name = said.get("name", f"session {id[:8]}")
    session = begun_session(id, name, parent, now) if known is None else known
    session = {**session, "doc": updated(session["doc"], {"lastSeen": now})}
    child = {"doc": jsonb(child_stream({"name": name}, parent, id, now, moment.chance)), "sim": {}}
    on_air = {**stream, "doc": updated(parent, {"isActive": True, "lastSeen": now})}
    changes: tuple[Change, ...] = (
        Put("stream", parent["id"], on_air),
        Put("stream", child["doc"]["id"], child),
        Put("session", id, session),
    )
    reply = Reply.json(200, {"stream": on_air["doc"], "session": session["doc"]})
    return Outcome(reply, changes, (_notice("stream.started", on_air["doc"], view, moment),))


def go_idle(view: View, said: Json, moment: Moment) -> Outcome:
    """The broadcast that goes on ends now, and its recording with it."""
    stream = stream_of(view, said["stream"])
    parent, now = stream["doc"], moment.now
    if not parent["isActive"]:
        raise ValueError(f"/stream: {parent['playbackId']} is not on air; let it go-live first")
    off_air = {**stream, "doc": updated(parent, {"isActive": False, "lastSeen": now})}
    changes: list[Change] = [Put("stream", parent["id"], off_air)]
    session = next(view.find("session", "parent", parent["id"], reverse=True), None)
    shown: dict[str, Json] = {"stream": off_air["doc"]}
    if session is not None:
        ended = _ended(session, now)
        changes.append(Put("session", ended["doc"]["id"], ended))
        shown["session"] = ended["doc"]
    for child in view.find("stream", "owner", owned_by(parent["userId"], parent.get("projectId", ""))):
        doc = child["doc"]
        if doc.get("parentId") == parent["id"] and doc["isActive"]:
            changes.append(
                Put("stream", doc["id"], {**child, "doc": updated(doc, {"isActive": False, "lastSeen": now})})
            )
    return Outcome(Reply.json(200, shown), tuple(changes), (_notice("stream.idle", off_air["doc"], view, moment),))


def _ended(session: Record, now: int) -> Record:
    doc, sim = session["doc"], session["sim"]
    lasted = max(0, now - doc["createdAt"]) / 1000
    doc = updated(doc, {"lastSeen": now, "sourceSegmentsDuration": int(lasted) if lasted.is_integer() else lasted})
    recording = sim.get("recording")
    if recording is not None and recording["end"] is None:
        sim = {**sim, "recording": {**recording, "end": now}}
    return {"doc": doc, "sim": sim}


def suspend_stream(view: View, said: Json, moment: Moment) -> Outcome:
    stream = stream_of(view, said["stream"])
    doc = updated(stream["doc"], {"suspended": said.get("suspended", True)})
    return Outcome(Reply.json(200, {"stream": doc}), (Put("stream", doc["id"], {**stream, "doc": doc}),))


def settle_clips(view: View, said: Json, moment: Moment) -> Outcome:
    if "session" in said:
        kind, record = "session", session_of(view, said["session"])
    else:
        kind, record = "stream", stream_of(view, said["stream"])
    record = {**record, "sim": {**record["sim"], "clips": said["clips"]}}
    return Outcome(Reply.json(200, {"clips": said["clips"]}), (Put(kind, record["doc"]["id"], record),))


def _notice(event: str, stream: Record, view: View, moment: Moment) -> Notice:
    """Stream events show the stream beside an empty payload."""
    owner = view.get("user", stream["userId"]) or {}
    project = stream.get("projectId") or owner.get("defaultProjectId")
    said = {"userId": stream["userId"], "projectId": project, "payload": {}, "stream": stream}
    return Notice(event, moment.now, said)


_ADDED_STREAM: Final = {**STREAM["properties"], "user": text(FOR)}

VERBS: Final = (
    Verb(
        "add-stream",
        "A stream comes into the world, with its playback ID drawn if none is given.",
        body(
            "A stream, as in a world document; all of it can be left out.",
            _ADDED_STREAM,
            examples=[{"playbackId": "brandnew00000000", "name": "a new stream", "clips": "fails-once"}, {}],
        ),
        add_stream,
    ),
    Verb(
        "add-session",
        "A session of a stream comes into the world, over or going on, recorded or not.",
        body(
            "A session, as in a world document.",
            {**SESSION["properties"], "stream": _STREAM},
            "stream",
            examples=[{"stream": _OFF_AIR, "id": "5e550000-0000-4000-8000-0000000000aa", "created": -3_600_000}],
        ),
        add_session,
    ),
    Verb(
        "go-live",
        "A stream goes on air: a session begins and is recorded if the stream says so.",
        body(
            "Which stream, and the session that begins.",
            {
                "stream": _STREAM,
                "session": identifier("The id of the session; drawn if nothing is said."),
                "name": text("The name of the session."),
            },
            "stream",
            examples=[{"stream": _OFF_AIR}, {"stream": _OFF_AIR, "session": "5e550000-0000-4000-8000-0000000000bb"}],
        ),
        go_live,
    ),
    Verb(
        "go-idle",
        "A stream goes off air: its newest session ends now, and the recording of it.",
        body("Which stream.", {"stream": _STREAM}, "stream", examples=[{"stream": _ON_AIR}]),
        go_idle,
    ),
    Verb(
        "suspend-stream",
        "A stream is barred, so that it can't be clipped any more, or let in again.",
        body(
            "Which stream.",
            {"stream": _STREAM, "suspended": flag("Whether it is barred; true if nothing is said.")},
            "stream",
            examples=[{"stream": _ON_AIR}, {"stream": "suspended0000000", "suspended": False}],
        ),
        suspend_stream,
    ),
    Verb(
        "settle-clips",
        "What becomes of clips asked for from now on: they are ready, slow, stuck, or fail in some way.",
        {
            **body(
                "Of which stream, or of which of its sessions (which goes first).",
                {"stream": _STREAM, "session": identifier("The id of a session."), "clips": FATE},
                "clips",
                examples=[{"stream": _ON_AIR, "clips": "fails"}],
            ),
            "oneOf": [{"required": ["stream"]}, {"required": ["session"]}],
        },
        settle_clips,
    ),
)
