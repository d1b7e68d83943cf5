"""Playback info: where an asset, a live stream or a session's recording can be played. Needs no credential."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Put
from mockserver.providers.livepeer.cleaning import assets_url, file_of, films, join
from mockserver.providers.livepeer.sessions import recording_fields
from mockserver.providers.livepeer.visit import Answer, Refused, Visit

HLS: Final = "html5/application/vnd.apple.mpegurl"
# The server remembers what it found for so long (ms): shorter while an asset is not ready, and nothing at all as long.
REMEMBERS_UNREADY: Final = 5_000
REMEMBERS: Final = 120_000


def get_playback_info(visit: Visit) -> Answer:
    name = visit.call.path["id"]
    found, changes = _remembered(visit, name)
    show = _KINDS.get(found["kind"])
    try:
        info = show(visit, found["doc"]) if show is not None else None
        if info is None:
            raise Refused(404, f"No playback URL found for {name}")
    except Refused as error:
        # What was looked up is remembered whatever came of it, though a refusal changes nothing else.
        return Answer(error.status, {"errors": [error.message]}, changes)
    return Answer(200, info, changes)


def _remembered(visit: Visit, name: str) -> tuple[Record, tuple[Change, ...]]:
    """What the id stands for: with the reading `playback-cache` on, what it stood for a while ago."""
    if visit.moment.readings.get("playback-cache") != "on":
        return _look_up(visit, name), ()
    slot = f"playback {name} {visit.caller.id}"
    kept = visit.view.get("cache", slot)
    if kept is not None and visit.moment.now < kept["until"]:
        return kept, ()
    found = _look_up(visit, name)
    unready = found["kind"] == "asset" and found["doc"]["status"]["phase"] != "ready"
    until = visit.moment.now + (REMEMBERS_UNREADY if unready else REMEMBERS)
    return found, (Put("cache", slot, {**found, "until": until}),)


def _look_up(visit: Visit, name: str) -> Record:
    view = visit.view
    stream = next(view.find("stream", "playbackId", name), None)
    if stream is not None and not stream["doc"].get("deleted") and not stream["doc"].get("suspended"):
        return {"kind": "stream", "doc": stream["doc"]}
    asset = next(view.find("asset", "playbackId", name), None)
    if asset is not None:
        return {"kind": "asset", "doc": asset}
    session = view.get("session", name)
    if session is not None and not session["doc"].get("deleted"):
        return {"kind": "session", "doc": session["doc"]}
    return {"kind": "nothing", "doc": None}


def _of_asset(visit: Visit, doc: Record) -> Json:
    if doc["status"]["phase"] != "ready" and not doc.get("sourcePlaybackReady"):
        raise Refused(422, "asset is not ready for playback")
    files = doc.get("files") or []
    manifest = file_of(files, "catalyst_hls_manifest")
    if manifest is None:
        return None
    base = join(assets_url(visit.settings, visit.moment), doc["playbackId"])
    sources = [_film(base, file) for file in films(files)]
    sources.append({"hrn": "HLS (TS)", "type": HLS, "url": f"{base}/{manifest['path']}"})
    thumbnails = file_of(files, "thumbnails_vtt")
    if thumbnails is not None:
        sources.append({"hrn": "Thumbnails", "type": "text/vtt", "url": f"{base}/{thumbnails['path']}"})
    return {"type": "vod", "meta": {"playbackPolicy": doc.get("playbackPolicy"), "source": sources}}


def _film(base: str, file: Json) -> Json:
    spec = file.get("spec", {})
    shown = {"hrn": "MP4", "type": "html5/video/mp4", "url": f"{base}/{file['path']}"}
    shown |= {key: spec[key] for key in ("size", "width", "height", "bitrate") if key in spec}
    return shown


def _of_stream(visit: Visit, doc: Record) -> Json:
    wants_recordings = visit.query().get("recordings") == "true"
    if wants_recordings:
        if visit.caller.user is None:
            raise Refused(401, "authentication is required to access recordings")
        if visit.caller.id != doc["userId"]:
            raise Refused(401, "user does not have access to recordings for this content")
    ingest = visit.settings.get("ingest") or f"{visit.moment.origin}/media/livepeer"
    playback_id = doc["playbackId"]
    sources = [
        {"hrn": "HLS (TS)", "type": HLS, "url": join(ingest, "hls", playback_id, "index.m3u8")},
        {"hrn": "WebRTC (H264)", "type": "html5/video/h264", "url": join(ingest, "webrtc", playback_id)},
    ]
    meta: dict[str, Json] = {"live": 1 if doc["isActive"] else 0}
    if doc.get("playbackPolicy") is not None:
        meta["playbackPolicy"] = doc["playbackPolicy"]
    meta["source"] = sources
    recording = _recording_url(visit, doc)
    if recording is not None:
        sources.append({"hrn": "Thumbnail (PNG)", "type": "image/png", "url": f"{recording}/source/latest.png"})
    if wants_recordings:
        played = {"hrn": "HLS (TS)", "type": HLS, "url": f"{recording}/output.m3u8"}
        meta["dvrPlayback"] = [played] if recording is not None else []
    return {"type": "live", "meta": meta}


def _recording_url(visit: Visit, stream: Record) -> str | None:
    """Where the newest session of a stream is recorded."""
    session = next(visit.view.find("session", "parent", stream["id"], reverse=True), None)
    if session is None:
        return None
    base = visit.settings["recordings"][0].get("publicUrl") or f"{visit.moment.origin}/media/livepeer"
    return join(base, session["doc"]["playbackId"], session["doc"]["id"])


def _of_session(visit: Visit, doc: Record) -> Json:
    url = recording_fields(visit, doc).get("recordingUrl")
    if url is None:
        return None
    return {"type": "recording", "meta": {"source": [{"hrn": "HLS (TS)", "type": HLS, "url": url}]}}


_KINDS: Final[Mapping[str, Callable[[Visit, Record], Json]]] = {
    "asset": _of_asset,
    "stream": _of_stream,
    "session": _of_session,
}
