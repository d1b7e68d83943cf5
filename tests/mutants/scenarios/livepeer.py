"""Where the bugs of a client of Livepeer's clips show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mockserver.core.text import Json
from tests.mutants.bugs import livepeer as bugs
from tests.mutants.clients.errors import (
    ClipFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    Refused,
    TookTooLong,
    TooManyClips,
    Unauthorized,
    Unreachable,
)
from tests.mutants.clients.livepeer import Clip
from tests.mutants.scenarios.showing import shows
from tests.mutants.scenes import KEY, LivepeerScene, asset
from tests.mutants.stub import Asked, Say

START = datetime(2026, 11, 22, 12, 0, 0, 500_250, tzinfo=UTC)
END = START + timedelta(seconds=30)
START_MS = 1_795_348_800_500
CLIP, CLIPS = "GET /v/asset/c1", "GET /v/stream/s1/clips"


def made(**properties: Json) -> Say:
    return Say(200, {"asset": asset("waiting", **properties), "task": {"id": "t1"}})


def create(scene: LivepeerScene, name: str = "first") -> Clip:
    return scene.client().create_clip("s1", START, END, name=name)


def sent(scene: LivepeerScene) -> Json:
    """The body of the only clip that was asked for."""
    scene.stub.on("POST /v/clip", made())
    create(scene)
    return scene.stub.asked[-1].json


# ---- making


@shows(bugs.SendsSeconds)
def times_are_milliseconds(scene: LivepeerScene) -> None:
    assert int(sent(scene)["startTime"]) == START_MS


@shows(bugs.SendsFractions)
def times_are_whole(scene: LivepeerScene) -> None:
    assert sent(scene)["startTime"] == int(sent(scene)["startTime"])


@shows(bugs.SendsNull)
def nothing_is_null(scene: LivepeerScene) -> None:
    assert None not in sent(scene).values()


@shows(bugs.SendsLengthAsEnd)
def the_end_is_an_instant(scene: LivepeerScene) -> None:
    assert int(sent(scene)["endTime"]) == START_MS + 30_000


@shows(bugs.CreatesAgainAfterALostReply)
def a_lost_reply_makes_no_second_clip(scene: LivepeerScene) -> None:
    scene.stub.on("POST /v/clip", Say(lost=True), made(id="c2"))
    scene.stub.on(CLIPS, Say(200, [asset("waiting")]))
    assert create(scene).id == "c1"
    assert scene.stub.count("POST /v/clip") == 1


@shows(bugs.RetriesEveryMethod)
def a_server_error_makes_no_second_clip(scene: LivepeerScene) -> None:
    scene.stub.on("POST /v/clip", Say(502, "try again"))
    with pytest.raises(Refused, match="502"):
        create(scene)
    assert scene.stub.count("POST /v/clip") == 1


@shows(bugs.TakesTheNewestForTheLost)
def another_clip_is_not_the_lost_one(scene: LivepeerScene) -> None:
    scene.stub.on("POST /v/clip", Say(lost=True))
    scene.stub.on(CLIPS, Say(200, [asset("waiting", id="c9", name="somebody else's")]))
    with pytest.raises(OutcomeUnknown):
        create(scene)


@shows(bugs.TakesTheLimitForNoPermission)
def the_limit_has_its_own_error(scene: LivepeerScene) -> None:
    scene.stub.on("POST /v/clip", Say(403, {"errors": ["Too many clips are being processed."]}))
    with pytest.raises(TooManyClips):
        create(scene)


# ---- waiting


@shows(bugs.PollsForEver)
def a_stuck_clip_is_given_up_at_the_deadline(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(200, asset("processing")))
    with pytest.raises(TookTooLong):
        scene.client().wait_until_ready("c1", deadline=20)
    assert sum(scene.clock.waited) == pytest.approx(20)


@shows(bugs.IgnoresFailure)
def a_failed_clip_is_told_at_once(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(200, asset("failed", status={"errorMessage": "no sound"})))
    with pytest.raises(ClipFailed, match="no sound"):
        scene.client().wait_until_ready("c1")


@shows(bugs.TakesUnknownPhasesForReady)
def an_unknown_phase_is_waited_through(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(200, asset("archiving")), Say(200, asset()))
    assert scene.client().wait_until_ready("c1").phase == "ready"


@shows(bugs.WaitsForCompleted)
def a_ready_clip_is_ready(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(200, asset()))
    assert scene.client().wait_until_ready("c1").id == "c1"


@shows(bugs.TakesPlaybackForReady)
def early_playback_is_not_ready(scene: LivepeerScene) -> None:
    early = asset("processing", playbackUrl="https://example.com/c1/index.m3u8")
    scene.stub.on(CLIP, Say(200, early), Say(200, asset()))
    assert scene.client().wait_until_ready("c1").phase == "ready"


@shows(bugs.PollsTwentyTimesASecond)
def a_slow_clip_is_looked_at_now_and_then(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, lambda asked: Say(200, asset("ready" if sum(scene.clock.waited) >= 30 else "processing")))
    assert scene.client().wait_until_ready("c1").phase == "ready"
    assert len(scene.stub.asked) < 20


# ---- reading


@shows(bugs.DiesOnANullHash)
def a_null_hash_is_none(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(200, asset(hash=None)))
    assert scene.client().clip("c1").hashes == {}


@shows(bugs.NeedsProgress)
def progress_goes_when_a_clip_is_ready(scene: LivepeerScene) -> None:
    told: list[float] = []
    scene.stub.on(CLIP, Say(200, asset("processing", status={"progress": 0.5})), Say(200, asset()))
    scene.client().wait_until_ready("c1", tell=told.append)
    assert told == [0.5]


@shows(bugs.NeedsAnOptionalProperty)
def an_account_may_have_no_project(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(200, asset()))
    assert scene.client().clip("c1").name == "first"


@shows(bugs.PlaysTheFirstSource)
def a_player_gets_a_manifest(scene: LivepeerScene) -> None:
    sources = [
        {"hrn": "MP4", "type": "html5/video/mp4", "url": "https://example.com/720p0.mp4", "bitrate": 2_000_000},
        {"hrn": "HLS (TS)", "type": "html5/application/vnd.apple.mpegurl", "url": "https://example.com/index.m3u8"},
    ]
    scene.stub.on("GET /v/playback/pb1", Say(200, {"type": "vod", "meta": {"source": sources}}))
    clip = Clip("c1", "first", "ready", playback_id="pb1")
    assert scene.client().playback_url(clip) == "https://example.com/index.m3u8"


# ---- listing and deleting


def pages(scene: LivepeerScene, *found: list[str]) -> None:
    """Script the list of clips; each page but the last links to the next."""

    def say(asked: Asked) -> Say:
        number = int(asked.query.get("cursor", "skip0").removeprefix("skip"))
        link = f'<{scene.stub.url}/v/stream/s1/clips?limit=2&cursor=skip{number + 1}>; rel="next"'
        headers = {"Link": link} if number + 1 < len(found) else {}
        return Say(200, [asset(id=name, name=name) for name in found[number]], headers)

    scene.stub.on(CLIPS, say)


def listed(scene: LivepeerScene) -> list[str]:
    return [clip.id for clip in scene.client().clips("s1")]


@shows(bugs.StopsAtTheFirstPage)
def all_pages_are_read(scene: LivepeerScene) -> None:
    pages(scene, ["c1", "c2"], ["c3", "c4"], ["c5"])
    assert listed(scene) == ["c1", "c2", "c3", "c4", "c5"]


@shows(bugs.ListsWhatItListedBefore)
def a_list_is_of_now(scene: LivepeerScene) -> None:
    pages(scene, ["c1", "c2"])
    client = scene.client()
    assert [len(client.clips("s1")) for _ in range(3)] == [2, 2, 2]


@shows(bugs.CountsAMovedClipTwice)
def a_clip_that_moved_is_counted_once(scene: LivepeerScene) -> None:
    pages(scene, ["c1", "c2"], ["c2", "c3"])
    assert listed(scene) == ["c1", "c2", "c3"]


@shows(bugs.DeletingTwiceIsAnError)
def what_is_gone_is_deleted(scene: LivepeerScene) -> None:
    scene.stub.on("DELETE /v/asset/c1", Say(400, {"errors": ["asset is already deleted"]}))
    scene.client().delete("c1")


@shows(bugs.DeletesQuietly)
def what_may_not_be_deleted_is_told(scene: LivepeerScene) -> None:
    scene.stub.on("DELETE /v/asset/c1", Say(403, {"errors": ["users may only delete their own assets"]}))
    with pytest.raises(Refused, match="own assets"):
        scene.client().delete("c1")


# ---- talking HTTP


@shows(bugs.IgnoresRetryAfter)
def a_pause_is_kept(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(429, {"errors": ["slow down"]}, {"Retry-After": "30"}), Say(200, asset()))
    scene.client().clip("c1")
    assert scene.clock.waited == [30]


@shows(bugs.GivesUpAtOnce)
def a_hiccup_is_survived(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(503, "hiccup"), Say(lost=True), Say(200, asset()))
    assert scene.client().clip("c1").phase == "ready"


@shows(bugs.RetriesRefusals)
def a_refusal_is_final(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(404, {"errors": ["Asset not found"]}))
    with pytest.raises(NotFound):
        scene.client().clip("c1")
    assert (len(scene.stub.asked), scene.clock.waited) == (1, [])


@shows(bugs.HasNoTimeout)
def a_silent_server_is_given_up(scene: LivepeerScene) -> None:
    scene.stub.on("DELETE /v/asset/c1", Say(204, late=True))
    with pytest.raises(Unreachable):
        scene.client().delete("c1")


@shows(bugs.TellsTheKey)
def no_error_holds_the_key(scene: LivepeerScene) -> None:
    scene.stub.on(CLIP, Say(401, {"errors": [f"no token {KEY} found"]}))
    with pytest.raises(Unauthorized) as raised:
        scene.client().clip("c1")
    assert KEY not in f"{raised.value!r} {raised.value}"


@shows(bugs.SendsTheKeyToTheStorage)
def the_storage_sees_no_key(scene: LivepeerScene) -> None:
    scene.stub.on("GET /files/c1.mp4", Say(200, b"film", {"Content-Type": "video/mp4"}))
    clip = Clip("c1", "first", "ready", download_url=f"{scene.stub.url}/files/c1.mp4")
    assert scene.client().download(clip) == b"film"
    assert "authorization" not in scene.stub.asked[-1].headers


@shows(bugs.ExpectsJsonErrors)
def a_proxy_s_page_is_an_error_like_any(scene: LivepeerScene) -> None:
    scene.stub.on("POST /v/clip", Say(413, b"<html>Too large</html>", {"Content-Type": "text/html"}))
    with pytest.raises(InvalidRequest, match="Too large"):
        create(scene)


@shows(bugs.AcceptsOnly200)
def a_created_webhook_is_created(scene: LivepeerScene) -> None:
    scene.stub.on("POST /v/webhook", Say(201, {"id": "w1", "name": "clips", "url": "https://example.com/"}))
    assert scene.client().register_webhook("clips", "https://example.com/", "secret") == "w1"


@shows(bugs.RegistersWithoutTheSecret)
def a_webhook_has_its_secret(scene: LivepeerScene) -> None:
    scene.stub.on("POST /v/webhook", Say(201, {"id": "w1"}))
    scene.client().register_webhook("clips", "https://example.com/", "secret")
    assert scene.stub.asked[-1].json["sharedSecret"] == "secret"
