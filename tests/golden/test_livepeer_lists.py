"""Lists of clips, assets and tasks: whose, in which shape, order, pages and filters (items 83 and 90; section 1.7)."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from mockserver.core.text import Json
from tests.golden.talk import NOT_AUTHENTICATED, SESSION, STREAM, STREAM_ID, Talk, error

LISTS = [f"/api/clip/{STREAM}", f"/api/stream/{STREAM}/clips", f"/api/session/{SESSION}/clips"]


# --- lists of clips --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", [STREAM, STREAM_ID, SESSION])
def test_clips_are_found_by_stream_and_session(livepeer: Talk, id: str) -> None:
    asset, _, _ = livepeer.clipped()
    assert [one["id"] for one in livepeer.get(f"/api/clip/{id}").value] == [asset]


def test_a_clip_has_no_clips(livepeer: Talk) -> None:
    asset, playback, _ = livepeer.clipped()
    for path in ("clip/{}", "asset/{}/clips"):
        for id in (asset, playback):
            reply = livepeer.get(f"/api/{path.format(id)}")
            assert (reply.status, reply.value) == (200, [])


@pytest.mark.parametrize("path", LISTS)
def test_others_see_no_clips_and_nobody_sees_none_of_it(livepeer: Talk, path: str) -> None:
    livepeer.clipped()
    for key in ("k2", "k1b", "kad"):
        reply = livepeer.get(path, key=key)
        assert (reply.status, reply.value) == (200, [])
    reply = livepeer.get(path, key=None)
    assert (reply.status, error(reply)) == (401, NOT_AUTHENTICATED)


def test_lists_of_a_stream_and_a_session_leak_and_lack(livepeer: Talk) -> None:
    livepeer.clipped()
    livepeer.pass_by(90_000)
    clean, *raw = (livepeer.get(path).value[0] for path in LISTS)
    assert {"playbackUrl", "downloadUrl"} <= clean.keys()
    assert not {"objectStoreId", "files"} & clean.keys()
    assert "tracks" not in clean["videoSpec"]
    for one in raw:
        assert {"objectStoreId", "files"} <= one.keys()
        assert not {"playbackUrl", "downloadUrl"} & one.keys()
        assert "tracks" in one["videoSpec"]


def test_details_tell_of_the_tracks(livepeer: Talk) -> None:
    asset, _, _ = livepeer.clipped()
    livepeer.pass_by(90_000)
    for query, told in (("", False), ("?details=", False), ("?details=1", True), ("?details=false", True)):
        assert ("tracks" in livepeer.get(f"/api/asset/{asset}{query}").value["videoSpec"]) is told


# --- pages, order, filters -------------------------------------------------------------------------------------


def make(livepeer: Talk, count: int) -> list[str]:
    """Clips a second apart, oldest first."""
    made = []
    for _ in range(count):
        made.append(livepeer.clipped()[0])
        livepeer.pass_by(1_000)
    return made


def ids(livepeer: Talk, path: str) -> list[str]:
    return [one["id"] for one in livepeer.get(path).value]


@pytest.mark.parametrize("path", LISTS)
def test_the_clip_that_changed_last_comes_first(livepeer: Talk, path: str) -> None:
    livepeer.target.move_to(livepeer.target.now())
    one = livepeer.clipped()[0]
    livepeer.pass_by(500)
    two = livepeer.clipped()[0]
    assert ids(livepeer, path) == [two, one]


@pytest.mark.parametrize(("order", "reverse"), [("createdAt-true", True), ("createdAt-false", False)])
def test_an_order_can_be_asked_for(livepeer: Talk, order: str, reverse: bool) -> None:
    made = make(livepeer, 3)
    assert ids(livepeer, f"/api/clip/{STREAM}?order={order}") == sorted(made, key=made.index, reverse=reverse)


def test_pages_follow_one_another_by_links(livepeer: Talk) -> None:
    made = make(livepeer, 3)
    path = f"/api/clip/{STREAM}?order=createdAt-false&limit=2"
    first = livepeer.get(path)
    assert [one["id"] for one in first.value] == made[:2]
    assert first.header("link") == f'<{livepeer.target.origin}{path}&cursor=skip2>; rel="next"'
    second = livepeer.get(f"{path}&cursor=skip2")
    assert [one["id"] for one in second.value] == made[2:]
    assert second.header("link") is None


def test_the_whole_number_is_counted_when_asked(livepeer: Talk) -> None:
    make(livepeer, 3)
    counted = livepeer.get(f"/api/clip/{STREAM}?limit=1&count=true")
    assert (len(counted.value), counted.header("x-total-count")) == (1, "3")
    assert livepeer.get(f"/api/clip/{STREAM}?limit=1").header("x-total-count") is None


def test_a_filter_picks(livepeer: Talk) -> None:
    made = make(livepeer, 2)
    asked = quote(f'[{{"id":"id","value":"{made[0]}"}}]')
    assert ids(livepeer, f"/api/clip/{STREAM}?filters={asked}") == made[:1]


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ('[{"id":"zzz","value":"x"}]', 'error parsing filters: Error: unknown field: "zzz"'),
        ("xx", "error parsing filters: SyntaxError: "),
    ],
)
def test_a_filter_nobody_understands_is_refused(livepeer: Talk, filters: str, says: str) -> None:
    reply = livepeer.get(f"/api/clip/{STREAM}?filters={quote(filters)}")
    assert reply.status == 400
    assert str(error(reply)).startswith(says)


@pytest.mark.parametrize(("path", "key"), [("/api/asset", "k1"), ("/api/task", "k1")])
def test_the_lists_of_assets_and_tasks_are_pages_too(livepeer: Talk, path: str, key: str) -> None:
    make(livepeer, 3)
    reply = livepeer.get(f"{path}?limit=1&count=true", key=key)
    total = int(reply.header("x-total-count") or 0)
    assert (len(reply.value), total) == (1, 3 + (path == "/api/asset"))
    assert (reply.header("link") or "").endswith('>; rel="next"')
    assert livepeer.get(path, key="k2").value == []
    assert livepeer.get(path, key=None).status == 401


def test_an_asset_of_another_project_is_not_in_the_list(livepeer: Talk) -> None:
    asset = livepeer.clip(key="k1b").value["asset"]["id"]
    assert asset not in ids(livepeer, "/api/asset")
    listed: list[Json] = livepeer.get("/api/asset", key="k1b").value
    assert [one["id"] for one in listed] == [asset]
