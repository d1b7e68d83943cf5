"""Where the bugs of a client of Restream's clips show."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from mockserver.core.text import Json
from tests.mutants.bugs import restream as bugs
from tests.mutants.clients.errors import (
    Conflict,
    Forbidden,
    MissingScope,
    OutcomeUnknown,
    Refused,
    SignInAgain,
    TookTooLong,
    Unauthorized,
    UsageLimitReached,
)
from tests.mutants.scenarios.showing import shows
from tests.mutants.scenes import RestreamScene, cut, details, error, page, project
from tests.mutants.stub import Asked, Say

CREATE, LIST, PROJECT = "POST /v/user/clips/projects", "GET /v/user/clips/projects", "GET /v/user/clips/projects/p1"
TOKEN = "POST /oauth/token"
REPEATED = Say(409, error(409, "ClipsInputAlreadyProcessed", "clips_input_already_processed"))
NO_SCOPE = Say(403, error(403, "Insufficient scope: authorized scope is insufficient", "insufficient_scope"))
OVER = Say(401, error(401, "Invalid token: access token has expired", "invalid_token"))


def sent(scene: RestreamScene, **wishes: Json) -> Json:
    """The body of the only call that was made."""
    scene.stub.on(CREATE, Say(201, project()))
    scene.client().create_project("f1", **wishes)
    return scene.stub.asked[-1].json


# ---- making


@shows(bugs.TakesARepetitionForAFailure)
def a_repetition_finds_the_project(scene: RestreamScene) -> None:
    scene.stub.on(CREATE, REPEATED)
    scene.stub.on(LIST, Say(200, page(project())))
    assert scene.client().create_project("f1").id == "p1"


@shows(bugs.TakesEveryConflictForARepetition)
def another_conflict_is_told(scene: RestreamScene) -> None:
    scene.stub.on(CREATE, Say(409, error(409, "StorageFileLocked", "storage_file_locked")))
    scene.stub.on(LIST, Say(200, page(project())))
    with pytest.raises(Conflict, match="Locked"):
        scene.client().create_project("f1")


@shows(bugs.TakesTheNewestProject)
def a_repetition_finds_the_project_of_its_file(scene: RestreamScene) -> None:
    scene.stub.on(CREATE, REPEATED)
    scene.stub.on(LIST, Say(200, page(project("p9", "f9"), project())))
    assert scene.client().create_project("f1").id == "p1"


@shows(bugs.AlwaysForces)
def nothing_is_forced_unasked(scene: RestreamScene) -> None:
    assert "forceReprocess" not in sent(scene)


@shows(bugs.CreatesAgainAfterALostReply)
def a_lost_reply_makes_no_second_range(scene: RestreamScene) -> None:
    scene.stub.on(CREATE, Say(lost=True), Say(201, project()))
    scene.stub.on(LIST, Say(200, page(project())))
    with pytest.raises(OutcomeUnknown):
        scene.client().create_project("f1", part=(10, 40))
    assert scene.stub.count(CREATE) == 1


@shows(bugs.RetriesEveryMethod)
def a_server_error_makes_no_second_range(scene: RestreamScene) -> None:
    scene.stub.on(CREATE, Say(503, "hiccup"))
    with pytest.raises(Refused, match="503"):
        scene.client().create_project("f1", part=(10, 40))
    assert scene.stub.count(CREATE) == 1


@shows(bugs.SendsMilliseconds)
def offsets_are_seconds(scene: RestreamScene) -> None:
    body = sent(scene, part=(300, 600))
    assert body["selectedTimeRange"] == {"startOffsetSeconds": 300, "endOffsetSeconds": 600}


@shows(bugs.CutsFractions)
def offsets_keep_their_fractions(scene: RestreamScene) -> None:
    body = sent(scene, part=(60.5, 120.25))
    assert body["selectedTimeRange"] == {"startOffsetSeconds": 60.5, "endOffsetSeconds": 120.25}


@shows(bugs.TakesZeroForNothing)
def a_range_may_begin_with_the_video(scene: RestreamScene) -> None:
    assert "selectedTimeRange" in sent(scene, part=(0, 30))


@shows(bugs.ForgetsSingleMode)
def a_range_may_be_one_clip(scene: RestreamScene) -> None:
    assert sent(scene, part=(10, 40), single=True)["singleClipMode"] is True


# ---- waiting


@shows(bugs.PollsForEver)
def a_stuck_generation_is_given_up_at_the_deadline(scene: RestreamScene) -> None:
    scene.stub.on(PROJECT, Say(200, details(generating=True)))
    with pytest.raises(TookTooLong):
        scene.client().wait_for_clips("p1", deadline=600)
    assert sum(scene.clock.waited) == pytest.approx(600)


@shows(bugs.StopsAtTheFirstClip)
def all_clips_are_waited_for(scene: RestreamScene) -> None:
    scene.stub.on(PROJECT, Say(200, details(cut(), generating=True)), Say(200, details(cut(), cut("k2"))))
    assert "k2" in [clip.id for clip in scene.client().wait_for_clips("p1")]


@shows(bugs.WaitsForAClip)
def there_may_be_nothing_to_find(scene: RestreamScene) -> None:
    scene.stub.on(PROJECT, Say(200, details()))
    assert scene.client().wait_for_clips("p1") == []


@shows(bugs.CountsClipsAtEveryLook)
def a_clip_is_counted_once(scene: RestreamScene) -> None:
    scene.stub.on(PROJECT, Say(200, details(generating=True)), Say(200, details(cut())))
    client = scene.client()
    assert [[clip.id for clip in client.wait_for_clips("p1")] for _ in range(2)] == [["k1"], ["k1"]]


# ---- reading


@shows(bugs.DiesOnANullScore)
def a_clip_without_a_score_comes_last(scene: RestreamScene) -> None:
    scene.stub.on(PROJECT, Say(200, details(cut(viralityScore=None), cut("k2"))))
    assert [clip.id for clip in scene.client().wait_for_clips("p1")] == ["k2", "k1"]


@shows(bugs.DiesOnANullFavourite)
def most_clips_are_nobody_s_favourite(scene: RestreamScene) -> None:
    scene.stub.on(PROJECT, Say(200, details(cut(favouritedAt=None))))
    assert scene.client().wait_for_clips("p1")[0].favourite_since is None


@shows(bugs.WantsMillisecondsInTimes)
def a_time_may_have_no_fraction(scene: RestreamScene) -> None:
    scene.stub.on(PROJECT, Say(200, details(cut(createdAt="2026-01-28T15:56:37Z"))))
    created = scene.client().wait_for_clips("p1")[0].created_at
    assert created is not None
    assert created.second == 37


@shows(bugs.RejectsFractionsOfSeconds)
def a_clip_may_begin_within_a_second(scene: RestreamScene) -> None:
    scene.stub.on(PROJECT, Say(200, details(cut(sourceStartSeconds=60.5))))
    assert scene.client().wait_for_clips("p1")[0].start == 60.5


@shows(bugs.DiesOnAFileInProcessing)
def a_file_has_no_length_at_first(scene: RestreamScene) -> None:
    file = {"id": "f1", "title": "A talk", "sizeBytes": None, "durationSeconds": None, "status": "Processing"}
    scene.stub.on("GET /v/user/storage/files", Say(200, {"files": [file]}))
    assert scene.client().files()[0].seconds is None


# ---- finding


def pages(scene: RestreamScene, *cursors: str) -> None:
    """Script a list of one project a page, in which these cursors lead from page to page."""

    def say(asked: Asked) -> Say:
        cursor = asked.query.get("cursor")
        if cursor is not None and cursor not in cursors:
            return Say(400, error(400, "InvalidQueryParams", "invalid_query_params"))
        number = 0 if cursor is None else cursors.index(cursor) + 1
        following = cursors[number] if number < len(cursors) else None
        return Say(200, page(project(f"p{number}", f"f{number}"), following=following))

    scene.stub.on(LIST, say)


def listed(scene: RestreamScene) -> list[str]:
    return [found.id for found in scene.client().projects()]


@shows(bugs.StopsAtTheFirstPage)
def all_pages_are_read(scene: RestreamScene) -> None:
    pages(scene, "one", "two")
    assert listed(scene) == ["p0", "p1", "p2"]


@shows(bugs.IgnoresHasMore)
def the_last_page_may_have_a_cursor(scene: RestreamScene) -> None:
    last = {"projects": [project()], "pagination": {"nextCursor": "on", "hasMore": False}}
    scene.stub.on(LIST, Say(200, last))
    assert listed(scene) == ["p1"]


@shows(bugs.SendsTheCursorRaw)
def a_cursor_is_any_text(scene: RestreamScene) -> None:
    pages(scene, "a+b/c==", "d&e")
    assert listed(scene) == ["p0", "p1", "p2"]


@shows(bugs.TakesForbiddenForEmpty)
def no_permission_is_not_no_projects(scene: RestreamScene) -> None:
    scene.stub.on(LIST, NO_SCOPE)
    with pytest.raises(Forbidden):
        listed(scene)


@shows(bugs.KeepsDownloadLinks)
def a_link_is_asked_for_each_time(scene: RestreamScene) -> None:
    links = [Say(200, {"downloadUrl": f"https://example.com/{number}"}) for number in (1, 2)]
    scene.stub.on("GET /v/user/clips/k1/download", *links)
    client = scene.client()
    assert [client.download_url("k1") for _ in range(2)] == ["https://example.com/1", "https://example.com/2"]


@shows(bugs.SendsTheTokenToTheStorage)
def the_storage_sees_no_token(scene: RestreamScene) -> None:
    scene.stub.on("GET /v/user/clips/k1/download", Say(200, {"downloadUrl": f"{scene.stub.url}/files/k1.mp4"}))
    scene.stub.on("GET /files/k1.mp4", Say(200, b"film", {"Content-Type": "video/mp4"}))
    assert scene.client().download("k1") == b"film"
    assert "authorization" not in scene.stub.asked[-1].headers


# ---- tokens and refusals


def rotating(scene: RestreamScene, access: str = "access-1") -> None:
    """Script a token endpoint as Restream's: each refresh token works once. The token `access` is good for the list."""
    good = {"refresh": "refresh-1"}

    def refresh(asked: Asked) -> Say:
        form = dict(pair.split("=") for pair in asked.body.decode().split("&") if "=" in pair)
        if form.get("refresh_token") != good["refresh"]:
            return Say(400, error(400, "Invalid grant: refresh token is invalid", "invalid_grant"))
        number = int(good["refresh"].removeprefix("refresh-"))
        good["refresh"] = f"refresh-{number + 1}"
        return Say(200, {"access_token": f"access-{number}", "refresh_token": good["refresh"]})

    def projects(asked: Asked) -> Say:
        return Say(200, page()) if asked.headers["authorization"] == f"Bearer {access}" else OVER

    scene.stub.on(TOKEN, refresh)
    scene.stub.on(LIST, projects)


@shows(bugs.ForgetsTheRotatedTokens)
def new_tokens_are_saved(scene: RestreamScene) -> None:
    rotating(scene)
    assert list(scene.signed_in().projects()) == []
    assert [tokens.refresh for tokens in scene.saved] == ["refresh-2"]


@shows(bugs.RefreshesWithTheFirstToken)
def each_refresh_uses_the_latest_token(scene: RestreamScene) -> None:
    rotating(scene)
    client = scene.signed_in()
    client.refresh()
    client.refresh()
    assert [tokens.access for tokens in scene.saved] == ["access-1", "access-2"]


@shows(bugs.RefreshesForEver)
def one_refresh_is_enough(scene: RestreamScene) -> None:
    rotating(scene, "never this one")
    with pytest.raises(Unauthorized):
        list(scene.signed_in().projects())
    assert scene.stub.count(TOKEN) == 1


@shows(bugs.TakesAMissingScopeForASignIn)
def a_missing_scope_is_told(scene: RestreamScene) -> None:
    scene.stub.on(CREATE, NO_SCOPE)
    with pytest.raises(MissingScope, match=r"clips\.write"):
        scene.client().create_project("f1")


@shows(bugs.RefreshesWhenForbidden)
def a_missing_scope_is_no_expired_token(scene: RestreamScene) -> None:
    scene.stub.on(CREATE, NO_SCOPE)
    rotating(scene)
    with pytest.raises(MissingScope):
        scene.signed_in().create_project("f1")
    assert scene.stub.count(TOKEN) == 0


@shows(bugs.RefreshesWithJson)
def a_refresh_is_a_form(scene: RestreamScene) -> None:
    rotating(scene)
    scene.signed_in().refresh()
    assert scene.stub.asked[-1].headers["content-type"] == "application/x-www-form-urlencoded"


@shows(bugs.TellsItsSecrets)
def no_error_holds_a_secret(scene: RestreamScene) -> None:
    scene.stub.on(LIST, OVER)
    scene.stub.on(TOKEN, Say(400, error(400, "Invalid grant: refresh-1 is invalid", "invalid_grant")))
    with pytest.raises(SignInAgain) as raised:
        list(scene.signed_in().projects())
    assert not [secret for secret in ("refresh-1", "client-secret") if secret in str(raised.value)]


@shows(bugs.RetriesAPlanThatIsUsedUp)
def a_plan_that_is_used_up_is_told_at_once(scene: RestreamScene) -> None:
    scene.stub.on(CREATE, Say(403, error(403, "UsageLimitReached", "usage_limit_reached")))
    with pytest.raises(UsageLimitReached):
        scene.client().create_project("f1")
    assert (scene.stub.count(CREATE), scene.clock.waited) == (1, [])


@shows(bugs.WantsSecondsInRetryAfter)
def a_pause_may_end_at_a_date(scene: RestreamScene) -> None:
    until = formatdate(scene.clock.now() + 45, usegmt=True)
    scene.stub.on(LIST, Say(503, "later", {"Retry-After": until}), Say(200, page()))
    assert listed(scene) == []
    assert scene.clock.waited == [45]
