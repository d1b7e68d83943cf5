import pytest

from mockserver import resources
from mockserver.core.http import Headers, Reply, Request
from mockserver.providers.media import media_reply

CLIP = (resources.fixtures() / "media" / "restream" / "clip.mp4").read_bytes()
SIZE = len(CLIP)


def ask(name: str = "clip.mp4", method: str = "GET", **headers: str) -> Reply:
    pairs = Headers.of((key.replace("_", "-"), value) for key, value in headers.items())
    return media_reply("restream", name, Request(method, f"/media/{name}", headers=pairs))


def test_a_file_comes_whole_with_its_type_and_validator() -> None:
    reply = ask()
    assert (reply.status, reply.body) == (200, CLIP)
    assert (reply.header("content-type"), reply.header("accept-ranges")) == ("video/mp4", "bytes")


def test_the_clip_is_a_real_mp4_and_the_thumbnail_a_real_jpeg() -> None:
    assert ask("clip.mp4").body[4:8] == b"ftyp"
    assert ask("thumbnail.jpg").body[:3] == b"\xff\xd8\xff"


def test_head_is_answered_like_get_and_ignores_a_range() -> None:
    assert ask(method="HEAD", range="bytes=0-1") == ask()


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        (f"bytes=0-{SIZE * 2}", 0, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        ("bytes=0-" + "9" * 5000, 0, SIZE - 1),
    ],
)
def test_one_byte_range_is_cut_out(wanted: str, start: int, end: int) -> None:
    reply = ask(range=wanted)
    assert (reply.status, reply.body) == (206, CLIP[start : end + 1])
    assert reply.header("content-range") == f"bytes {start}-{end}/{SIZE}"


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", "bytes=-0", "bytes=" + "9" * 5000 + "-"])
def test_a_range_beyond_the_end_is_416_and_says_the_size(wanted: str) -> None:
    reply = ask(range=wanted)
    assert (reply.status, reply.header("content-range"), reply.body) == (416, f"bytes */{SIZE}", b"")


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "bytes=9-3", "bytes=-", "lines=1-2", "bytes=a-b"])
def test_several_ranges_or_a_malformed_one_get_the_whole_file(wanted: str) -> None:
    assert ask(range=wanted) == ask()


def test_a_known_etag_gets_304_without_a_body() -> None:
    etag = ask().header("etag")
    assert etag is not None
    for known in (etag, f'"other", W/{etag}', "*"):
        reply = ask(if_none_match=known)
        assert (reply.status, reply.body, reply.header("etag")) == (304, b"", etag)
    assert ask(if_none_match='"other"').status == 200


def test_if_range_with_another_etag_gets_the_whole_file() -> None:
    etag = ask().header("etag") or ""
    assert ask(range="bytes=0-1", if_range=etag).status == 206
    assert ask(range="bytes=0-1", if_range='"old"').status == 200


@pytest.mark.parametrize("name", ["nothing.mp4", "../restream/clip.mp4", "", "/etc/hostname"])
def test_a_name_that_is_not_in_the_folder_is_404(name: str) -> None:
    assert ask(name).status == 404
