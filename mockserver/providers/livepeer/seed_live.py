"""Streams and sessions of a world document, made into records."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from mockserver.core.chance import Chance
from mockserver.core.text import Json, Record
from mockserver.providers.livepeer.seed_ground import HOUR, Ground
from mockserver.providers.livepeer.stored import in_order, jsonb
from mockserver.providers.livepeer.streams import PROFILES, begun_session, stream_key

_PROFILES: Final = jsonb(PROFILES)


def stream_record(stream: Record, where: str, ground: Ground) -> Record:
    """A stream from what a document says of it at `where`."""
    playback_id = stream["playbackId"]
    chance = ground.moment.chance.child("stream", playback_id)
    stream_id, key = _drawn(chance.key, playback_id, stream.get("id"))
    doc = {
        "id": stream_id,
        "kind": "stream",
        "name": stream.get("name", playback_id),
        "record": stream.get("record", True),
        "userId": ground.owner(stream, where),
        "isActive": stream.get("isActive", False),
        "lastSeen": ground.at(stream["seen"], 0) if "seen" in stream else 0,
        "profiles": _PROFILES,
        "createdAt": ground.at(stream.get("created"), -HOUR),
        "streamKey": key,
        "playbackId": playback_id,
        "renditions": {},
        "multistream": {"targets": []},
    }
    doc |= ground.project(stream, where)
    doc |= {key: True for key in ("suspended", "deleted") if stream.get(key)}
    sim = {"clips": stream["clips"]} if "clips" in stream else {}
    return {"doc": in_order(doc), "sim": sim}


@lru_cache(maxsize=4096)
def _drawn(key: bytes, playback_id: str, id: str | None) -> tuple[str, str]:
    """A stream's id, unless it is given, and its key. A world made anew draws the same."""
    chance = Chance(key)
    stream_id = id or playback_id[:4] + chance.uuid()[4:]
    return stream_id, stream_key(stream_id, chance)


def session_record(session: Record, where: str, streams: Mapping[str, Record], ground: Ground) -> Record:
    """A session of one of `streams`, which are by playback ID."""
    stream = streams.get(session["stream"])
    if stream is None:
        raise ValueError(f"{where}/stream: no stream has the playback ID `{session['stream']}`")
    created = ground.at(session.get("created"), -600_000)
    parent = {**stream["doc"], "record": session.get("record", stream["doc"]["record"])}
    made = begun_session(session["id"], session.get("name", session["id"]), parent, created)
    doc = dict(made["doc"])
    if "seen" in session:
        doc["lastSeen"] = ground.at(session["seen"], 0)
    if "sourceSegmentsDuration" in session:
        doc["sourceSegmentsDuration"] = session["sourceSegmentsDuration"]
    return {"doc": in_order(doc), "sim": _recording(session, parent["record"], created, ground)}


def _recording(session: Record, recorded: bool, created: int, ground: Ground) -> Record:
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
