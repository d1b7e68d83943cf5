"""Every example of every verb works in a fresh default world, and the API shows what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.errors import VerbError
from mockserver.providers.livepeer.verbs import VERBS
from mockserver.providers.livepeer.verbs.accounts import _TOKEN
from tests.laws.playing import NOW, Play, error

STREAM: Final = "eaw4nk06ts2d0mzb"
STREAM_ID: Final = "707d1de1-0ea0-4d0f-bc03-9a4470c04ec4"
OFF_AIR: Final = "offair0000000000"
OFF_AIR_ID: Final = "00000005-57ea-4000-8000-000000000000"
PROCESSING: Final = "/api/asset/a55e7000-0000-4000-8000-000000000003"
TASK: Final = "/api/task/7a5c0000-0000-4000-8000-000000000003"


def clip(play: Play, stream: str = STREAM, key: str = "") -> Reply:
    body = {"playbackId": stream, "startTime": 1_587_667_174_725, "endTime": 1_587_667_204_725}
    return play.call("POST", "/api/clip", body, key=key)


def by_jwt(play: Play) -> Reply:
    return play.call("GET", "/api/stream", auth=f"JWT {_TOKEN}")


def shown(play: Play, path: str, *keys: str) -> Json:
    value = play.value(path)
    for key in keys:
        value = value[key]
    return value


def ended_up(play: Play, reply: Reply, ms: int = 3_600_000) -> str:
    play.wait(ms)
    phase: str = play.value(f"/api/asset/{reply.value['asset']['id']}")["status"]["phase"]
    return phase


# (verb, which example) -> what the API says before, what it says after; both asked after the world is made
Question = Callable[[Play], Json]
EFFECTS: Final[dict[tuple[str, int], tuple[Question, Json, Json]]] = {
    ("add-stream", 0): (lambda play: clip(play, "brandnew00000000").status, 404, 500),
    ("add-stream", 1): (lambda play: len(play.value("/api/stream?limit=100&streamsonly=1")), 18, 19),
    ("add-session", 0): (
        lambda play: play.call("GET", "/api/session/5e550000-0000-4000-8000-0000000000aa").status,
        404,
        200,
    ),
    ("go-live", 0): (lambda play: shown(play, f"/api/stream/{OFF_AIR_ID}", "isActive"), False, True),
    ("go-live", 1): (
        lambda play: play.call("GET", "/api/session/5e550000-0000-4000-8000-0000000000bb").status,
        404,
        200,
    ),
    ("go-idle", 0): (lambda play: shown(play, f"/api/playback/{STREAM}", "meta", "live"), 1, 0),
    ("suspend-stream", 0): (lambda play: clip(play).status, 200, 404),
    ("suspend-stream", 1): (lambda play: clip(play, "suspended0000000").status, 404, 200),
    ("settle-clips", 0): (lambda play: ended_up(play, clip(play)), "ready", "failed"),
    ("add-asset", 0): (lambda play: play.call("GET", "/api/playback/brandnew00000000").status, 404, 200),
    ("add-asset", 1): (
        lambda play: shown(play, "/api/session/de7818e7-610a-4057-8f6f-b785dc1e6f88", "recordingStatus"),
        "waiting",
        "ready",
    ),
    ("finish-clip", 0): (lambda play: shown(play, PROCESSING, "status", "phase"), "processing", "ready"),
    ("fail-clip", 0): (
        lambda play: shown(play, PROCESSING, "status").get("errorMessage"),
        None,
        "execution timeout",
    ),
    ("fail-clip", 1): (lambda play: shown(play, TASK, "status", "retries"), 0, 1),
    ("stick-clip", 0): (lambda play: shown(play, TASK, "status", "phase"), "running", "running"),
    ("add-user", 0): (lambda play: len(play.do("livepeer", "suspend-user").changes), 1, 1),
    ("add-key", 0): (lambda play: play.call("GET", "/api/stream", key="+spare").status, 401, 200),
    ("add-key", 1): (lambda play: clip(play, key="+of-a-stranger").status, 401, 403),
    ("revoke-key", 0): (lambda play: play.call("GET", "/api/stream", key="+stranger").status, 200, 401),
    ("suspend-user", 0): (lambda play: play.call("GET", "/api/stream").status, 200, 403),
    ("suspend-user", 1): (lambda play: play.call("GET", "/api/stream", key="+suspended").status, 403, 200),
    ("verify-user", 0): (lambda play: play.call("GET", "/api/stream", key="+unverified").status, 403, 200),
    ("verify-user", 1): (lambda play: play.call("GET", "/api/stream").status, 200, 403),
    ("set-clip-limit", 0): (lambda play: clip(play).status, 200, 403),
    ("expire-token", 0): (lambda play: by_jwt(play).status, 200, 401),
}


def test_every_example_of_every_verb_has_an_effect_here() -> None:
    assert set(EFFECTS) == {(name, place) for name, verb in VERBS.items() for place in range(len(examples(verb.name)))}


def examples(name: str) -> list[Json]:
    found: list[Json] = VERBS[name].schema["examples"]
    return found


@pytest.mark.parametrize(("verb", "place"), EFFECTS, ids=lambda value: str(value))
def test_the_api_shows_what_a_verb_did(verb: str, place: int) -> None:
    question, before, after = EFFECTS[verb, place]
    assert question(Play()) == before
    play = Play()
    # A dashboard's token leads to the first world that has its user.
    world = "default" if verb == "expire-token" else ""
    assert play.do("livepeer", verb, examples(verb)[place], world=world).reply.status == 200
    assert question(play) == after


def test_a_broadcast_is_a_session_with_a_recording_that_ends() -> None:
    play = Play()
    session = play.do("livepeer", "go-live", {"stream": OFF_AIR}).reply.value["session"]["id"]
    play.wait(60_000)
    made = play.call("POST", "/api/clip", {"playbackId": OFF_AIR, "startTime": NOW + 10_000, "endTime": NOW + 40_000})
    assert made.value["asset"]["source"]["sessionId"] == session
    play.do("livepeer", "go-idle", {"stream": OFF_AIR})
    ended = play.value(f"/api/session/{session}")
    assert (ended["sourceSegmentsDuration"], ended["lastSeen"]) == (60, NOW + 60_000)
    assert [one["id"] for one in play.value(f"/api/stream/{OFF_AIR_ID}/sessions?record=true")] == [session]
    assert [stream["isActive"] for stream in play.value("/api/stream?sessionsonly=1")] == [False]
    assert ended_up(play, made) == "ready"


def test_a_clip_of_a_time_after_the_broadcast_fails() -> None:
    play = Play()
    play.do("livepeer", "go-live", {"stream": OFF_AIR})
    play.wait(60_000)
    play.do("livepeer", "go-idle", {"stream": OFF_AIR})
    made = play.call("POST", "/api/clip", {"playbackId": OFF_AIR, "startTime": NOW + 61_000, "endTime": NOW + 90_000})
    assert ended_up(play, made) == "failed"


def test_going_on_and_off_air_is_told() -> None:
    play = Play()
    play.do("livepeer", "go-live", {"stream": OFF_AIR})
    play.do("livepeer", "go-idle", {"stream": OFF_AIR})
    told = [(notice.event, notice.body["stream"]["isActive"]) for _, notice in play.told]
    assert told == [("stream.started", True), ("stream.idle", False)]


def test_a_webhook_for_streams_is_shown_the_stream() -> None:
    play = Play()
    hook = {"name": "mine", "url": "http://127.0.0.1:9/hook", "events": ["stream.started"]}
    assert play.call("POST", "/api/webhook", hook).status == 201
    play.do("livepeer", "go-live", {"stream": OFF_AIR})
    (posted,) = play.engine.outbox.since(0, 10)
    body = posted.delivery.content["body"]
    assert (body["event"], body["payload"], body["stream"]["playbackId"]) == ("stream.started", {}, OFF_AIR)


@pytest.mark.parametrize("ms", [0, 1_000, 20_000, 79_999])
def test_a_clip_finished_by_hand_is_what_it_would_have_become(ms: int) -> None:
    by_hand, by_itself = Play(), Play()
    for play in (by_hand, by_itself):
        made = clip(play).value["asset"]["id"]
    by_hand.wait(ms)
    by_hand.do("livepeer", "finish-clip", {"clip": made})
    ready, waited = by_hand.value(f"/api/asset/{made}"), None
    by_itself.wait(3_600_000)
    waited = by_itself.value(f"/api/asset/{made}")
    assert {**ready, "status": None} == {**waited, "status": None}
    assert ready["status"] == {"phase": "ready", "updatedAt": NOW + ms}
    assert [notice.event for _, notice in by_hand.told][-2:] == ["task.updated", "task.completed"]


def test_a_clip_that_fails_retriably_is_tried_again_and_then_never() -> None:
    play = Play()
    made = clip(play).value
    for pause in (30_000, 180_000):
        play.wait(5_000)
        play.do("livepeer", "fail-clip", {"clip": made["task"]["id"], "retriable": True})
        assert shown(play, f"/api/task/{made['task']['id']}", "status", "errorMessage")
        play.wait(pause)
        assert "errorMessage" not in shown(play, f"/api/task/{made['task']['id']}", "status")
    play.do("livepeer", "fail-clip", {"clip": made["asset"]["playbackId"], "retriable": True})
    assert shown(play, f"/api/asset/{made['asset']['id']}", "status", "phase") == "failed"


def test_a_clip_that_sticks_stays_where_it_is_until_it_is_played_on() -> None:
    play = Play()
    made = clip(play).value["asset"]["id"]
    play.wait(46_000)
    play.do("livepeer", "stick-clip", {"clip": made})
    play.wait(3_600_000)
    assert shown(play, f"/api/asset/{made}", "status")["progress"] == 0.585
    play.do("livepeer", "finish-clip", {"clip": made})
    assert shown(play, f"/api/asset/{made}", "status", "phase") == "ready"


def test_the_main_key_of_a_private_world_is_revoked_under_both_its_names() -> None:
    for name in ("test_me", "main"):
        play = Play()
        assert play.do("livepeer", "revoke-key", {"key": name}).reply.value == {"revoked": ["test_me", "test_me+main"]}
        assert [play.call("GET", "/api/stream", key=key).status for key in ("", "+main", "+stranger")] == [
            401,
            401,
            200,
        ]


def test_an_expired_token_says_so() -> None:
    play = Play()
    play.do("livepeer", "expire-token", {"token": _TOKEN}, world="default")
    assert error(by_jwt(play)) == "access token expired"


def test_a_new_user_can_be_given_a_key_and_a_stream() -> None:
    play = Play()
    play.do("livepeer", "add-user", {"name": "newcomer"})
    play.do("livepeer", "add-key", {"key": "theirs", "user": "newcomer"})
    play.do("livepeer", "add-stream", {"playbackId": "theirs0000000000", "user": "newcomer"})
    play.do("livepeer", "add-session", {"stream": "theirs0000000000"})
    assert clip(play, "theirs0000000000", key="+theirs").status == 200


@pytest.mark.parametrize(
    ("verb", "body", "problem"),
    [
        ("go-live", {}, ("", '"stream" is a required property')),
        ("go-live", {"stream": OFF_AIR, "sesion": "x"}, ("/sesion", 'no field "sesion"; did you mean "session"?')),
        ("go-live", {"stream": "nope"}, ("/stream", "no stream has the playback ID or id `nope`; add one")),
        ("go-live", {"stream": STREAM}, ("/stream", f"{STREAM} is on air already; let it go-idle first")),
        (
            "go-live",
            {"stream": OFF_AIR, "session": "5e550000-0000-4000-8000-000000000006"},
            ("/session", "the session"),
        ),
        ("go-idle", {"stream": OFF_AIR}, ("/stream", f"{OFF_AIR} is not on air; let it go-live first")),
        ("finish-clip", {"clip": "nope"}, ("/clip", "no clip has the id or playback ID `nope`")),
        ("finish-clip", {"clip": "readyclip0000000"}, ("/clip", "its task is completed; only one in progress")),
        ("add-stream", {"playbackId": STREAM}, ("/playbackId", "there is a stream of that playbackId already")),
        ("add-stream", {"user": "nope"}, ("/user", "no user is named `nope`; there are")),
        ("add-asset", {"type": "clip"}, ("/session", "a clip needs the id of a session")),
        ("add-key", {"key": "stranger"}, ("/key", "there is a key `test_me+stranger` already")),
        ("add-user", {"name": "main"}, ("/name", "there is a user of that name already")),
        ("revoke-key", {"key": "nope"}, ("/key", "there is no key `nope`")),
        ("suspend-user", {"user": "nope"}, ("/user", "no user has the name, id or e-mail `nope`; there are")),
        ("expire-token", {"token": "nope"}, ("/token", "this is no JWT with a `sub`")),
        ("settle-clips", {"clips": "fails"}, ("", "")),
    ],
)
def test_what_cannot_happen_is_refused_with_a_pointer(verb: str, body: Json, problem: tuple[str, str]) -> None:
    play = Play()
    with pytest.raises(VerbError) as caught:
        play.do("livepeer", verb, body)
    where, reason = caught.value.problems[0]
    assert where == problem[0]
    assert reason.startswith(problem[1])
    assert not play.told


@pytest.mark.parametrize("retriable", [True, False])
def test_a_deleted_clip_hears_no_more_of_its_task(retriable: bool) -> None:
    play = Play()
    made = clip(play).value
    play.call("DELETE", f"/api/asset/{made['asset']['id']}")
    play.told.clear()
    play.do("livepeer", "fail-clip", {"clip": made["task"]["id"], "retriable": retriable})
    assert {notice.event.partition(".")[0] for _, notice in play.told} == {"task"}


def test_a_deleted_clip_does_not_follow_its_task_when_that_is_tried_again() -> None:
    play = Play(readings={"livepeer.retry-asset": "follows-task"})
    made = clip(play).value
    play.call("DELETE", f"/api/asset/{made['asset']['id']}")
    play.do("livepeer", "fail-clip", {"clip": made["task"]["id"]})
    play.told.clear()
    play.call("POST", f"/api/task/{made['task']['id']}/retry")
    assert [notice.event for _, notice in play.told] == ["task.updated", "task.updated"]
