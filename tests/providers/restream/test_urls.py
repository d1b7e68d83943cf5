from __future__ import annotations

import pytest

from mockserver.core.http import Reply
from tests.providers.restream.desk import CLIP, EVENT, EXAMPLE, FILES, HOUR, ORIGIN, Desk, error


def clip_url(desk: Desk) -> str:
    url: str = desk.get(f"/v2/user/clips/{CLIP}/download").value["downloadUrl"]
    assert url.startswith(f"{ORIGIN}/media/restream/clip.mp4?")
    return url.removeprefix(ORIGIN)


def file_url(desk: Desk) -> str:
    url: str = desk.call("POST", f"{FILES}/{EXAMPLE}/download-url").value["downloadUrl"]
    assert url.startswith(f"{ORIGIN}/media/restream/file.mp4?")
    return url.removeprefix(ORIGIN)


def fetch(desk: Desk, url: str, method: str = "GET", **headers: str) -> Reply:
    return desk.call(method, url, key=None, headers=headers)


def test_a_download_url_gives_a_video_without_a_token() -> None:
    desk = Desk()
    for url in (clip_url(desk), file_url(desk)):
        reply = fetch(desk, url)
        assert (reply.status, reply.header("content-type"), reply.body[4:8]) == (200, "video/mp4", b"ftyp")


def test_a_download_can_be_had_in_parts() -> None:
    desk = Desk()
    reply = fetch(desk, clip_url(desk), Range="bytes=4-7")
    assert (reply.status, reply.body) == (206, b"ftyp")


def test_a_download_url_has_user_and_clip_in_its_query() -> None:
    url = clip_url(Desk())
    assert f"clipId={CLIP}" in url
    assert "userId=" in url


def test_a_download_url_expires() -> None:
    desk = Desk()
    url = clip_url(desk)
    desk.wait(HOUR)
    assert fetch(desk, url).status == 200
    desk.wait(1000)
    assert error(fetch(desk, url)) == (403, "DownloadUrlExpired")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("expires=1", "expires=2"),
        (CLIP, "00000404-0000-4000-8000-000000000000"),
        ("signature=", "signature=0"),
        ("&signature=", "&x="),
        ("clip.mp4", "file.mp4"),
        ("userId=", "userId=x"),
        ("userId=", "x="),
    ],
)
def test_a_download_url_that_was_changed_is_refused(old: str, new: str) -> None:
    desk = Desk()
    url = clip_url(desk)
    assert old in url
    assert error(fetch(desk, url.replace(old, new))) == (403, "DownloadUrlInvalid")


def test_the_url_of_one_world_is_not_good_in_another() -> None:
    assert error(fetch(Desk(world="test_other"), clip_url(Desk()))) == (403, "DownloadUrlInvalid")


def test_the_url_of_a_clip_that_is_gone_is_404() -> None:
    desk = Desk()
    url = clip_url(desk)
    desk.remove("clip", CLIP)
    assert error(fetch(desk, url)) == (404, "NotFound")


def test_a_thumbnail_is_a_picture() -> None:
    desk = Desk()
    for clip in desk.details(EVENT)["clips"]:
        reply = fetch(desk, clip["thumbnailUrl"].removeprefix(ORIGIN))
        assert (reply.status, reply.header("content-type"), reply.body[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")


def test_a_list_and_the_details_have_the_same_thumbnails() -> None:
    desk = Desk()
    (event,) = [one for one in desk.listed(limit=100)["projects"] if one["projectId"] == EVENT]
    assert event["clipThumbnails"] == [clip["thumbnailUrl"] for clip in desk.details(EVENT)["clips"]]


def test_the_thumbnail_of_another_users_clip_is_404() -> None:
    desk = Desk()
    url = desk.details(EVENT)["clips"][0]["thumbnailUrl"].removeprefix(ORIGIN)
    assert error(fetch(desk, url.replace(CLIP, "f0e00000-0000-4000-8000-000000000001"))) == (404, "NotFound")


@pytest.mark.parametrize("path", ["/media/restream/other.mp4", "/media/restream/", "/media/restream/../clip.mp4"])
def test_there_is_no_other_media(path: str) -> None:
    assert error(fetch(Desk(), path)) == (404, "NotFound")


def test_media_can_only_be_read() -> None:
    desk = Desk()
    url = clip_url(desk)
    assert fetch(desk, url, "HEAD").status == 200
    assert error(fetch(desk, url, "POST")) == (404, "NotFound")
