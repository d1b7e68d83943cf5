"""What a finished clip consists of: renditions, files, sizes and specifications, derived from its length and source."""

from __future__ import annotations

from typing import Final, NamedTuple

from mockserver.core.chance import Chance
from mockserver.core.text import Json, Record, as_javascript


class Rendition(NamedTuple):
    name: str
    width: int
    height: int
    bitrate: int


AUDIO: Final = 128_000
# What every clip is transcoded to; a larger source adds a rendition of its own height.
LADDER: Final = (Rendition("360p0", 640, 360, 1_000_000), Rendition("720p0", 1280, 720, 3_000_000))
SOURCE: Final = {"width": 1280, "height": 720, "bitrate": 4_000_000, "fps": 30}


def asset_spec(name: str, window: tuple[int, int], source: Record, reading: str, chance: Chance) -> dict[str, Json]:
    """The `assetSpec` of a task's output, keys in jsonb's order. `reading` is the option of `ready-hash`."""
    seconds = as_javascript((window[1] - window[0]) / 1000)
    video = source["bitrate"] - AUDIO
    spec: dict[str, Json] = {
        "name": name,
        "size": _bytes(source["bitrate"], seconds),
        "type": "video",
        "files": _files(seconds, source),
        "videoSpec": {
            "format": "hls",
            "tracks": [
                {
                    "fps": source["fps"],
                    "type": "video",
                    "codec": "h264",
                    "width": source["width"],
                    "height": source["height"],
                    "bitrate": video,
                    "duration": seconds,
                },
                {
                    "type": "audio",
                    "codec": "aac",
                    "bitrate": AUDIO,
                    "channels": 2,
                    "duration": seconds,
                    "sampleRate": 48_000,
                },
            ],
            "bitrate": source["bitrate"],
            "duration": seconds,
        },
    }
    if reading == "absent":
        return spec
    hashes = _hashes(chance) if reading == "list" else None
    return {"hash": hashes, **spec}


def renditions(source: Record) -> list[Rendition]:
    """The renditions a source gets, best first. One too small for the ladder gets one of low bitrate besides."""
    found = [rung for rung in LADDER if rung.height <= source["height"]]
    if all(rung.height != source["height"] for rung in found):
        found.append(Rendition(f"{source['height']}p0", source["width"], source["height"], source["bitrate"]))
    if len(found) == 1:
        found.append(Rendition("low-bitrate", source["width"], source["height"], source["bitrate"] // 3))
    return sorted(found, key=lambda one: -one.bitrate)


def _files(seconds: float, source: Record) -> list[Json]:
    films = [
        {
            "path": f"{one.name}.mp4",
            "spec": {
                "size": _bytes(one.bitrate, seconds),
                "width": one.width,
                "height": one.height,
                "bitrate": one.bitrate,
            },
            "type": "static_transcoded_mp4",
        }
        for one in renditions(source)
        if one.name != "low-bitrate"
    ]
    return [
        {"path": "index.m3u8", "type": "catalyst_hls_manifest"},
        *films,
        {"path": "video", "type": "source_file"},
        {"path": "thumbnails/thumbnails.vtt", "type": "thumbnails_vtt"},
    ]


def _bytes(bitrate: int, seconds: float) -> int:
    return round(bitrate * seconds / 8)


def _hashes(chance: Chance) -> list[Json]:
    return [{"hash": chance.hex(64), "algorithm": "sha256"}, {"hash": chance.hex(32), "algorithm": "md5"}]
