"""Where things can be played, and the files that are there."""

from __future__ import annotations

import pytest

from mockserver.core.http import Reply, Request
from mockserver.providers.livepeer.films import MOUNT
from tests.providers.livepeer.desk import NOW, ORIGIN, SESSION, STREAM, Desk, said

BASE = f"{ORIGIN}{MOUNT}"


def test_a_ready_clip_is_played_best_rendition_first() -> None:
    reply = Desk().get("/api/playback/readyclip0000000", key=None)
    assert list(reply.value["meta"]) == ["playbackPolicy", "source"]
    assert reply.value == {
        "type": "vod",
        "meta": {
            "playbackPolicy": None,
            "source": [
                {
                    "hrn": "MP4",
                    "type": "html5/video/mp4",
                    "url": f"{BASE}/readyclip0000000/720p0.mp4",
                    "size": 11_250_000,
                    "width": 1280,
                    "height": 720,
                    "bitrate": 3_000_000,
                },
                {
                    "hrn": "MP4",
                    "type": "html5/video/mp4",
                    "url": f"{BASE}/readyclip0000000/360p0.mp4",
                    "size": 3_750_000,
                    "width": 640,
                    "height": 360,
                    "bitrate": 1_000_000,
                },
                {
                    "hrn": "HLS (TS)",
                    "type": "html5/application/vnd.apple.mpegurl",
                    "url": f"{BASE}/readyclip0000000/index.m3u8",
                },
                {
                    "hrn": "Thumbnails",
                    "type": "text/vtt",
                    "url": f"{BASE}/readyclip0000000/thumbnails/thumbnails.vtt",
                },
            ],
        },
    }


@pytest.mark.parametrize(("playback_id", "live"), [(STREAM, 1), ("offair0000000000", 0)])
def test_a_stream_is_live_or_not(playback_id: str, live: int) -> None:
    meta = Desk().get(f"/api/playback/{playback_id}", key=None).value["meta"]
    assert list(meta) == ["live", "source"]
    assert meta["live"] == live
    assert [source["hrn"] for source in meta["source"]] == ["HLS (TS)", "WebRTC (H264)", "Thumbnail (PNG)"]


def test_a_stream_without_session_has_no_thumbnail() -> None:
    source = Desk().get("/api/playback/nosession0000000", key=None).value["meta"]["source"]
    assert [one["hrn"] for one in source] == ["HLS (TS)", "WebRTC (H264)"]


def test_its_owner_may_rewind_a_stream() -> None:
    meta = Desk().get(f"/api/playback/{STREAM}", recordings="true").value["meta"]
    assert [one["url"] for one in meta["dvrPlayback"]] == [f"{BASE}/{STREAM}/{SESSION}/output.m3u8"]


@pytest.mark.parametrize("name", ["suspended0000000", "deleted000000000", "707d1de1-0ea0-4d0f-bc03-9a4470c04ec4"])
def test_what_is_barred_or_gone_or_an_id_cannot_be_played(name: str) -> None:
    reply = Desk().get(f"/api/playback/{name}", key=None)
    assert (reply.status, said(reply)) == (404, f"No playback URL found for {name}")


# ---- remembered


def test_what_was_not_ready_is_remembered_for_five_seconds_with_the_reading() -> None:
    desk = Desk(readings={"playback-cache": "on"})
    asset_id, _ = desk.made()
    path = f"/api/playback/{desk.asset(asset_id)['playbackId']}"
    desk.wait(79_999)
    assert desk.get(path).status == 422
    desk.wait(4_999)
    assert desk.get(path).status == 422
    desk.wait(1)
    assert desk.get(path).status == 200


def test_everything_else_is_remembered_for_two_minutes_with_the_reading() -> None:
    desk = Desk(readings={"playback-cache": "on"})
    assert desk.get("/api/playback/readyclip0000000").status == 200
    desk.call("DELETE", "/api/asset/a55e7000-0000-4000-8000-000000000001")
    assert desk.get("/api/playback/readyclip0000000").status == 200
    assert desk.get("/api/playback/readyclip0000000", key=None).status == 404
    desk.wait(120_000)
    assert desk.get("/api/playback/readyclip0000000").status == 404


def test_without_the_reading_nothing_is_remembered() -> None:
    desk = Desk()
    assert desk.get("/api/playback/readyclip0000000").status == 200
    desk.call("DELETE", "/api/asset/a55e7000-0000-4000-8000-000000000001")
    assert desk.get("/api/playback/readyclip0000000").status == 404
    assert desk.now == NOW


# ---- the files


def file(desk: Desk, path: str, method: str = "GET") -> Reply:
    return desk.send(Request(method, path.removeprefix(ORIGIN), origin=ORIGIN))


def test_every_url_of_a_ready_clip_leads_to_a_file() -> None:
    desk = Desk()
    asset_id, _ = desk.made()
    desk.wait(80_000)
    asset = desk.asset(asset_id)
    sources = desk.get(f"/api/playback/{asset['playbackId']}").value["meta"]["source"]
    urls = [asset["downloadUrl"], asset["playbackUrl"], *(source["url"] for source in sources)]
    types = [file(desk, url).header("content-type") for url in urls]
    assert types == [
        "video/mp4",
        "application/vnd.apple.mpegurl",
        "video/mp4",
        "video/mp4",
        "application/vnd.apple.mpegurl",
        "text/vtt",
    ]


def test_a_manifest_names_a_segment_that_is_there() -> None:
    desk = Desk()
    manifest = file(desk, f"{BASE}/readyclip0000000/index.m3u8").body.decode().splitlines()
    segment = next(line for line in manifest if line and not line.startswith("#"))
    reply = file(desk, f"{BASE}/readyclip0000000/{segment}")
    assert (reply.status, reply.header("content-type"), reply.body[:1]) == (200, "video/mp2t", b"G")


def test_thumbnails_name_a_picture_that_is_there() -> None:
    desk = Desk()
    picture = file(desk, f"{BASE}/readyclip0000000/thumbnails/thumbnails.vtt").body.decode().split()[-1]
    assert file(desk, f"{BASE}/readyclip0000000/thumbnails/{picture}").body[:2] == b"\xff\xd8"


def test_the_urls_of_a_stream_lead_to_files() -> None:
    desk = Desk()
    hls, _, thumbnail = desk.get(f"/api/playback/{STREAM}").value["meta"]["source"]
    assert file(desk, hls["url"]).body.startswith(b"#EXTM3U")
    assert file(desk, thumbnail["url"]).body.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "path",
    [
        "/processingclip00/index.m3u8",
        "/failedclip000000/720p0.mp4",
        "/readyclip0000000/1080p0.mp4",
        "/readyclip0000000/../secret",
        "/readyclip0000000",
        "/nope/index.m3u8",
        "",
    ],
)
def test_what_is_not_ready_or_not_there_has_no_file(path: str) -> None:
    reply = file(Desk(), f"{BASE}{path}")
    assert (reply.status, reply.body) == (404, b"")


def test_any_page_may_embed_a_file() -> None:
    assert file(Desk(), f"{BASE}/readyclip0000000/720p0.mp4").header("access-control-allow-origin") == "*"
