"""Every example of every verb works in a fresh default world, and the API shows what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

import pytest

from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.errors import VerbError
from mockserver.providers.restream.verbs import VERBS
from tests.laws.playing import NOW, Play, error

FILE: Final = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
PROCESSING: Final = "babe0000-0000-4000-8000-000000000000"
IN_TWO_MINUTES: Final = "babe0001-0000-4000-8000-000000000000"
CLIP: Final = "6ece2c7f-6fc5-4545-8cec-37db6a79a0e0"
PROJECT: Final = "/v2/user/clips/projects/31a1e161-67aa-4a9e-a95b-3cb37ab6ea89"
RUNNING: Final = "ac710000-0000-4000-8000-00000000c11b"
FILES: Final = "/v2/user/storage/files"


def clip(play: Play, file: str = FILE, key: str = "") -> str:
    """What clipping a file comes to: `201`, or the error's message."""
    body = {"sourceType": "VideoStorageFile", "videoStorageFileId": file}
    reply = play.call("POST", "/v2/user/clips/projects", body, key=key)
    return "201" if reply.status == 201 else error(reply)


def reads(play: Play, key: str = "", path: str = "/v2/user/clips/projects") -> int:
    return play.call("GET", path, key=key).status


def refreshed(play: Play, token: str = "refresh-me") -> int:
    words = {"grant_type": "refresh_token", "refresh_token": f"test_me+{token}", "client_id": "test_me"}
    form = urlencode({**words, "client_secret": "x"})
    return play.call("POST", "/oauth/token", key=None, form=form).status


def file(play: Play, id: str = PROCESSING) -> Json:
    reply = play.call("GET", f"{FILES}/{id}")
    return reply.value["status"] if reply.status == 200 else error(reply)


def titles(play: Play) -> list[str]:
    play.wait(30_000)
    return [f"{file['title']} {file['status']}" for file in play.value(FILES)["files"][:1]]


def favourite(play: Play) -> Json:
    return play.value(PROJECT)["clips"][0]["favouritedAt"]


def posts(play: Play) -> list[str]:
    return [post["platform"] for post in play.value(PROJECT)["postedClips"]]


def generating(play: Play) -> Json:
    return play.value(f"/v2/user/clips/projects/{RUNNING}")["generatingClipsNow"]


def clips_after_an_hour(play: Play) -> bool:
    assert clip(play) == "201"
    play.wait(3_600_000)
    newest = play.value("/v2/user/clips/projects?limit=1")["projects"][0]
    return bool(newest["clipsCount"])


Question = Callable[[Play], Json]
EFFECTS: Final[dict[tuple[str, int], tuple[Question, Json, Json]]] = {
    ("add-file", 0): (titles, ["Ready in two minutes.mp4 Processing"], ["Just uploaded.mp4 Ready"]),
    ("add-file", 1): (titles, ["Ready in two minutes.mp4 Processing"], ["On its way.mp4 Ready"]),
    ("remove-file", 0): (lambda play: file(play, FILE), "Ready", "StorageFileNotFound"),
    ("finish-file", 0): (file, "Processing", "Ready"),
    ("finish-file", 1): (lambda play: file(play, IN_TWO_MINUTES), "Processing", "Ready"),
    ("fail-file", 0): (file, "Processing", "Failed"),
    ("settle-clips", 0): (clips_after_an_hour, True, False),
    ("favourite-clip", 0): (favourite, None, "2026-11-22T11:51:40.000Z"),
    ("favourite-clip", 1): (favourite, None, "2026-01-30T09:12:00.000Z"),
    ("unfavourite-clip", 0): (favourite, None, None),
    ("post-clip", 0): (posts, ["YouTube"], ["YouTube", "TikTok"]),
    ("finish-run", 0): (generating, True, False),
    ("fail-run", 0): (generating, True, False),
    ("stick-run", 0): (generating, True, True),
    ("set-quota", 0): (clip, "201", "201"),
    ("set-quota", 1): (clip, "201", "201"),
    ("set-quota", 2): (
        lambda play: clip(play, "00000000-0000-4000-8000-000000000000", "+no-quota"),
        "UsageLimitReached",
        "201",
    ),
    ("use-up-quota", 0): (clip, "201", "UsageLimitReached"),
    ("use-up-quota", 1): (
        lambda play: clip(play, "00000001-0000-4000-8000-000000000000", "+quota-1"),
        "201",
        "UsageLimitReached",
    ),
    ("set-feature", 0): (clip, "201", "FeatureNotActive"),
    ("set-feature", 1): (
        lambda play: clip(play, "0ff00000-0000-4000-8000-000000000000", "+no-feature"),
        "FeatureNotActive",
        "201",
    ),
    ("add-token", 0): (lambda play: (reads(play, "+spare"), reads(play, "+spare", FILES)), (401, 401), (200, 403)),
    ("expire-access-token", 0): (lambda play: reads(play, "+refreshable"), 200, 401),
    ("expire-refresh-token", 0): (refreshed, 200, 400),
    ("revoke-token", 0): (lambda play: reads(play, "+revocable"), 200, 401),
    ("disconnect", 0): (lambda play: (reads(play), reads(play, "+stranger")), (200, 200), (401, 200)),
    ("disconnect", 1): (lambda play: (reads(play), reads(play, "+stranger")), (200, 200), (401, 200)),
}


def examples(name: str) -> list[Json]:
    found: list[Json] = VERBS[name].schema["examples"]
    return found


def test_every_example_of_every_verb_has_an_effect_here() -> None:
    assert set(EFFECTS) == {(name, place) for name, verb in VERBS.items() for place in range(len(examples(verb.name)))}


@pytest.mark.parametrize(("verb", "place"), EFFECTS, ids=lambda value: str(value))
def test_the_api_shows_what_a_verb_did(verb: str, place: int) -> None:
    question, before, after = EFFECTS[verb, place]
    assert question(Play()) == before
    play = Play()
    assert play.do("restream", verb, examples(verb)[place]).reply.status == 200
    assert question(play) == after


def test_a_file_that_is_finished_by_hand_is_what_it_was_to_become() -> None:
    play = Play()
    play.do("restream", "finish-file", {"file": IN_TWO_MINUTES})
    by_hand = play.value(f"{FILES}/{IN_TWO_MINUTES}")
    play.wait(3_600_000)
    by_itself = Play()
    by_itself.value(FILES)
    by_itself.wait(3_600_000)
    assert by_hand == play.value(f"{FILES}/{IN_TWO_MINUTES}") == by_itself.value(f"{FILES}/{IN_TWO_MINUTES}")


@pytest.mark.parametrize("ms", [0, 60_000, 300_000])
def test_a_run_that_is_finished_by_hand_makes_the_clips_it_would_have_made(ms: int) -> None:
    by_hand, by_itself = Play(), Play()
    for play in (by_hand, by_itself):
        assert clip(play) == "201"
        play.wait(ms)
    project = by_hand.value("/v2/user/clips/projects?limit=1")["projects"][0]["projectId"]
    by_hand.do("restream", "finish-run", {"project": project})
    by_itself.wait(3_600_000)
    one, other = (play.value(f"/v2/user/clips/projects/{project}") for play in (by_hand, by_itself))
    assert one["generatingClipsNow"] is other["generatingClipsNow"] is False
    assert [{**clip, "createdAt": ""} for clip in one["clips"]] == [
        {**clip, "createdAt": ""} for clip in other["clips"]
    ]
    assert all(clip["createdAt"] <= one["clips"][-1]["createdAt"] for clip in one["clips"])


def test_a_run_that_fails_by_hand_keeps_its_clips_and_may_be_tried_again() -> None:
    play = Play()
    clip(play)
    play.wait(200_000)
    project = play.value("/v2/user/clips/projects?limit=1")["projects"][0]
    assert project["clipsCount"]
    play.do("restream", "fail-run", {"project": project["projectId"]})
    failed = play.value("/v2/user/clips/projects?limit=1")["projects"][0]
    assert failed == {**project, "generatingClipsNow": False}
    assert clip(play) == "201"


def test_a_run_that_sticks_makes_no_more_clips_and_never_ends() -> None:
    play = Play()
    clip(play)
    play.wait(200_000)
    project = play.value("/v2/user/clips/projects?limit=1")["projects"][0]
    play.do("restream", "stick-run", {"project": project["projectId"]})
    play.wait(3_600_000)
    assert play.value("/v2/user/clips/projects?limit=1")["projects"][0] == project
    play.do("restream", "finish-run", {"project": project["projectId"]})
    assert not play.value("/v2/user/clips/projects?limit=1")["projects"][0]["generatingClipsNow"]


def test_a_favourite_may_be_one_no_longer() -> None:
    play = Play()
    play.do("restream", "favourite-clip", {"clip": CLIP})
    assert favourite(play)
    play.do("restream", "unfavourite-clip", {"clip": CLIP.upper()})
    assert favourite(play) is None


def test_a_quota_is_what_it_was_set_to() -> None:
    play = Play()
    reply: Reply = play.do("restream", "set-quota", {"quota": 5, "used": 2}).reply
    assert reply.value == {"account": {"id": "main", "clips": True, "quota": 5, "used": 2, "remaining": 3}}
    assert play.do("restream", "use-up-quota").reply.value["account"]["remaining"] == 0
    play.wait(31 * 24 * 3_600_000)
    assert clip(play) == "201"


def test_a_refresh_token_may_outlive_its_access_token() -> None:
    play = Play()
    play.do("restream", "expire-access-token", {"key": "refresh-me"})
    assert error(play.call("GET", FILES, key="+refreshable")) == "Invalid token: access token has expired"
    assert refreshed(play) == 200


def test_a_token_of_another_world_can_not_be_given_to_this_one() -> None:
    play = Play()
    play.do("restream", "add-token", {"key": "mine"}, world="default")
    with pytest.raises(VerbError, match="/key: the key `test_other` is of the form that leads to a private world"):
        play.do("restream", "add-token", {"key": "test_other"}, world="default")


@pytest.mark.parametrize(
    ("verb", "body", "problem"),
    [
        ("add-file", {"title": "x"}, ("", "a file that is Ready has `durationSeconds`")),
        ("add-file", {"title": "x", "durationSeconds": 5, "id": FILE}, ("/id", f"there is a file `{FILE}` already")),
        ("add-file", {"title": "x", "durationSeconds": 5, "readyAfter": 1}, ("/readyAfter", "only for a file in Proc")),
        (
            "add-file",
            {"title": "x", "durationSeconds": 5, "account": "nope"},
            ("/account", "there is no account `nope`; there are main"),
        ),
        ("add-file", {}, ("", '"title" is a required property')),
        ("finish-file", {"file": PROCESSING}, ("/durationSeconds", "nothing says yet how long the file is")),
        ("remove-file", {"file": CLIP}, ("/file", f"no file has the id `{CLIP}`")),
        ("remove-file", {"file": "x"}, ("/file", '"x" does not match')),
        ("favourite-clip", {"clip": CLIP, "favouritedAt": "soon"}, ("/favouritedAt", "`soon` is no instant")),
        ("post-clip", {"clipId": FILE, "platform": "X", "channelId": 1}, ("/clipId", "no clip has the id")),
        ("finish-run", {"project": "31a1e161-67aa-4a9e-a95b-3cb37ab6ea89"}, ("/project", "no run of")),
        ("set-quota", {"quota": 1, "account": "nope"}, ("/account", "there is no account `nope`; there are main, ")),
        ("set-quota", {"quota": -1}, ("/quota", "-1 is less than the minimum of 0")),
        ("revoke-token", {"key": "nope"}, ("/key", "there is no token `nope`")),
        ("expire-refresh-token", {}, ("/key", "`test_me")),
        ("disconnect", {"clientId": "nope"}, ("/clientId", "there is no application `nope`")),
        ("add-token", {"key": "main"}, ("/key", "there is a token `test_me+main` already")),
    ],
)
def test_what_cannot_happen_is_refused_with_a_pointer(verb: str, body: Json, problem: tuple[str, str]) -> None:
    play = Play()
    with pytest.raises(VerbError) as caught:
        play.do("restream", verb, body)
    where, reason = caught.value.problems[0]
    assert where == problem[0]
    assert reason.startswith(problem[1])


def test_the_start_world_has_no_main_token() -> None:
    with pytest.raises(VerbError, match="/key: which token"):
        Play().do("restream", "revoke-token", {}, world="default")


def test_verbs_happen_at_the_clocks_now() -> None:
    play = Play()
    play.wait(5_000)
    play.do("restream", "post-clip", {"clipId": CLIP, "platform": "X", "channelId": 1})
    assert play.value(PROJECT)["postedClips"][-1]["createdAt"] == "2026-11-22T11:51:45.000Z"
    assert play.engine.clock.now() == NOW + 5_000
