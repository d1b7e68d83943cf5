"""The files behind the URLs in replies: any ready clip plays the same few seconds.

Paths are `/media/livepeer/<playbackId>/<path>`; those of a live stream have `hls` or `webrtc` before the playback ID.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.http import Reply, Request, decode_segment
from mockserver.core.text import Record
from mockserver.core.world import View
from mockserver.providers.media import media_reply

MOUNT: Final = "/media/livepeer"
FOLDER: Final = "livepeer"

_LIVE: Final = ("hls", "webrtc")
# Manifests are all one, and so are the segments they name.
_FILES: Final[Mapping[str, str]] = {
    "index.m3u8": "index.m3u8",
    "source.m3u8": "index.m3u8",
    "output.m3u8": "index.m3u8",
    "segment0.ts": "segment0.ts",
    "video": "clip.mp4",
    "thumbnails.vtt": "thumbnails.vtt",
    "keyframes_0.jpg": "keyframes_0.jpg",
    "latest.png": "latest.png",
}


def film_reply(view: View, request: Request) -> Reply:
    """The file, or an empty 404 where there is nothing to play. Any page may embed it."""
    segments = [decode_segment(segment) for segment in request.path[len(MOUNT) :].split("/") if segment]
    name = _name(view, segments)
    reply = media_reply(FOLDER, name, request) if name is not None else Reply.empty(404)
    return reply.with_headers(("Access-Control-Allow-Origin", "*"))


def _name(view: View, segments: list[str]) -> str | None:
    if len(segments) > 1 and segments[0] in _LIVE:
        return _of_stream(view, segments[1], segments[2:]) if segments[0] == "hls" else None
    if len(segments) < 2:
        return None
    asset = next(view.find("asset", "playbackId", segments[0]), None)
    if asset is not None:
        return _of_asset(asset, "/".join(segments[1:]))
    return _of_stream(view, segments[0], segments[1:])


def _of_asset(asset: Record, path: str) -> str | None:
    """A file the asset lists, or one that such a file leads to."""
    if asset["status"]["phase"] != "ready" and not asset.get("sourcePlaybackReady"):
        return None
    listed = {file["path"] for file in asset.get("files") or ()}
    if path in listed or path in ("segment0.ts", "thumbnails/keyframes_0.jpg"):
        name = path.rsplit("/", 1)[-1]
        return "clip.mp4" if name.endswith(".mp4") else _FILES.get(name)
    return None


def _of_stream(view: View, playback_id: str, rest: list[str]) -> str | None:
    stream = next(view.find("stream", "playbackId", playback_id), None)
    if stream is None or stream["doc"].get("deleted") or not rest:
        return None
    return _FILES.get(rest[-1])
