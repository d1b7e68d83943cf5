"""Paths, methods, and reads of one thing as owner, stranger and nobody (items 82, 83 and 89; section 1.7)."""

from __future__ import annotations

import pytest

from tests.golden.talk import NOT_AUTHENTICATED, SESSION, STREAM, STREAM_ID, Talk, error

# --- paths and methods -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("key", ["k1", None])
def test_a_wrong_method_is_not_found_and_never_not_allowed(livepeer: Talk, method: str, key: str | None) -> None:
    reply = livepeer.send(method, "/api/clip", key=key)
    assert (reply.status, error(reply)) == (404, "not found")


@pytest.mark.parametrize("path", ["/api/clips", "/api/nope", "/api", "/api/", "/api/asset/x/y/z"])
def test_an_unknown_path_is_not_found_for_anyone(livepeer: Talk, path: str) -> None:
    for key in ("k1", None):
        reply = livepeer.post(path, {}, key=key)
        assert (reply.status, error(reply)) == (404, "not found")


def test_a_bad_token_is_found_even_on_an_unknown_path(livepeer: Talk) -> None:
    reply = livepeer.get("/api/nope", key="zz")
    assert (reply.status, error(reply)) == (401, "no token zz found")


def test_outside_of_the_api_the_page_not_found_is_html(livepeer: Talk) -> None:
    reply = livepeer.post("/clip", {})
    assert reply.status == 404
    assert reply.header("content-type") == "text/html; charset=utf-8"
    assert b"<pre>Cannot POST /clip</pre>" in reply.body


def test_the_server_says_it_is_well(livepeer: Talk) -> None:
    reply = livepeer.get("/healthz", key=None)
    assert (reply.status, reply.value) == (200, {"ok": True})


@pytest.mark.parametrize("path", ["/api/clip", "/api/nope", "/api/asset/x"])
def test_any_preflight_is_granted(livepeer: Talk, path: str) -> None:
    asked = {
        "Origin": "http://foo.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    reply = livepeer.send("OPTIONS", path, key=None, headers=asked)
    assert (reply.status, reply.body) == (204, b"")
    assert reply.header("access-control-allow-origin") == "http://foo.com"
    assert reply.header("access-control-allow-methods") == "GET,HEAD,PUT,PATCH,POST,DELETE"
    assert reply.header("access-control-allow-headers") == "authorization,content-type"
    assert reply.header("access-control-allow-credentials") == "true"
    assert reply.header("vary") == "Authorization, Origin, Access-Control-Request-Headers"


def test_head_is_get_without_a_body(livepeer: Talk) -> None:
    asset, _, _ = livepeer.clipped()
    head, get = (livepeer.send(method, f"/api/asset/{asset}") for method in ("HEAD", "GET"))
    assert (head.status, head.body) == (200, b"")
    assert head.header("content-type") == get.header("content-type")
    assert head.header("etag") == get.header("etag")


def test_what_is_known_already_is_not_sent_again(livepeer: Talk) -> None:
    asset, _, _ = livepeer.clipped()
    tag = livepeer.get(f"/api/asset/{asset}").header("etag") or ""
    again = livepeer.get(f"/api/asset/{asset}", headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert livepeer.get(f"/api/asset/{asset}", headers={"If-None-Match": '"other"'}).status == 200


# --- one thing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "status", "says"),
    [
        ("k2", 404, "not found"),
        ("k1b", 404, "not found"),
        (None, 401, NOT_AUTHENTICATED),
        ("zz", 401, "no token zz found"),
    ],
)
def test_an_asset_is_there_for_its_owner_in_its_project(
    livepeer: Talk, key: str | None, status: int, says: str
) -> None:
    asset, _, _ = livepeer.clipped()
    reply = livepeer.get(f"/api/asset/{asset}", key=key)
    assert (reply.status, error(reply)) == (status, says)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/asset/nope", "Asset not found"),
        ("/api/task/nope", "not found"),
        ("/api/stream/nope", "not found"),
        ("/api/session/nope", "not found"),
        ("/api/playback/nope", "No playback URL found for nope"),
        ("/api/clip/nope", "Content not found"),
        ("/api/stream/nope/clips", "Stream not found"),
        ("/api/session/nope/clips", "Session not found"),
        ("/api/asset/nope/clips", "Asset not found"),
    ],
)
def test_what_is_not_there_is_not_found_in_each_place_s_own_words(livepeer: Talk, path: str, says: str) -> None:
    reply = livepeer.get(path)
    assert (reply.status, error(reply)) == (404, says)


def test_a_task_names_the_clip_it_makes(livepeer: Talk) -> None:
    asset, _, task = livepeer.clipped()
    value = livepeer.get(f"/api/task/{task}").value
    assert (value["type"], value["outputAssetId"]) == ("clip", asset)
    assert value["status"] == {"phase": "waiting", "retries": 0, "updatedAt": livepeer.target.now()}
    clip = value["params"]["clip"]
    assert (clip["inputId"], clip["sessionId"]) == (STREAM_ID, SESSION)
    assert value["requesterId"] == f"UNKNOWN-{STREAM}"
    assert "output" not in value


@pytest.mark.parametrize(
    ("key", "status"),
    [("k1", 200), ("k1b", 200), ("kad", 200), ("k2", 403), (None, 401)],
)
def test_a_task_is_there_for_its_owner_in_any_project(livepeer: Talk, key: str | None, status: int) -> None:
    _, _, task = livepeer.clipped()
    reply = livepeer.get(f"/api/task/{task}", key=key)
    assert reply.status == status
    if status == 403:
        assert error(reply) == "user can only request information on their own tasks"


def test_playback_asks_for_no_credential_but_a_bad_one_is_refused(livepeer: Talk) -> None:
    _, playback, _ = livepeer.clipped()
    for key in ("k1", "k2", None):
        reply = livepeer.get(f"/api/playback/{playback}", key=key)
        assert (reply.status, error(reply)) == (422, "asset is not ready for playback")
    assert livepeer.get(f"/api/playback/{playback}", key="zz").status == 401


@pytest.mark.parametrize(("stream", "live"), [(STREAM, 1), ("ddddstream000004", 0)])
def test_a_stream_plays_live(livepeer: Talk, stream: str, live: int) -> None:
    value = livepeer.get(f"/api/playback/{stream}", key=None).value
    assert value["type"] == "live"
    assert value["meta"]["live"] == live
    assert list(value["meta"]) == ["live", "source"]
    assert [one["hrn"] for one in value["meta"]["source"]] == ["HLS (TS)", "WebRTC (H264)", "Thumbnail (PNG)"]


def test_a_ready_clip_plays_from_its_best_rendition_down(livepeer: Talk) -> None:
    _, playback, _ = livepeer.clipped()
    livepeer.pass_by(90_000)
    reply = livepeer.get(f"/api/playback/{playback}", key=None)
    assert reply.status == 200
    assert reply.value["type"] == "vod"
    assert reply.value["meta"]["playbackPolicy"] is None
    mp4s = [one for one in reply.value["meta"]["source"] if one["hrn"] == "MP4"]
    assert [list(one) for one in mp4s] == [["hrn", "type", "url", "size", "width", "height", "bitrate"]] * len(mp4s)
    assert [one["bitrate"] for one in mp4s] == sorted((one["bitrate"] for one in mp4s), reverse=True)


@pytest.mark.parametrize("key", ["k2", None])
def test_a_stream_and_a_session_are_there_for_their_owner(livepeer: Talk, key: str | None) -> None:
    status = 404 if key else 401
    assert livepeer.get(f"/api/stream/{STREAM_ID}", key=key).status == status
    assert livepeer.get(f"/api/session/{SESSION}", key=key).status == status


def test_a_session_is_called_one_and_does_not_name_its_stream(livepeer: Talk) -> None:
    session = livepeer.get(f"/api/session/{SESSION}").value
    assert session["kind"] == "session"
    assert session["parentId"] == STREAM_ID
    assert session["recordingStatus"] in ("waiting", "ready")
    assert "streamId" not in session
