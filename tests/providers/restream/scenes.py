"""For every reading a scenario in which its options differ, and what each option makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.text import Json
from tests.providers.restream.desk import (
    ACTIVE,
    CLIP,
    CLIPPED,
    CLIPPED_AS_ONE,
    DAY,
    EMPTY,
    EVENT,
    EXAMPLE,
    FAILED,
    FILES,
    HOUR,
    IN_PART,
    PROCESSING,
    PROJECTS,
    TEN_MINUTES,
    UNKNOWN,
    Desk,
    error,
)

CREATE: Final = {"sourceType": "VideoStorageFile", "videoStorageFileId": EXAMPLE}
NO_QUOTA: Final = "00000000-0000-4000-8000-000000000000"
ONE_LEFT: Final = "00000001-0000-4000-8000-000000000000"
NO_FEATURE: Final = "0ff00000-0000-4000-8000-000000000000"
PROCESSED: Final = (409, "ClipsInputAlreadyProcessed")
INVALID: Final = (400, "InvalidBodyParams")


@dataclass(frozen=True, slots=True)
class Scene:
    """`play` tells what can be seen; `seen` is what each option makes of it."""

    play: Callable[[Desk], object]
    seen: dict[str, object]


def said(reply: Reply) -> object:
    """The status of a success, the error otherwise."""
    return reply.status if reply.status < 400 else error(reply)


def project_of(desk: Desk, file: str) -> Json:
    return next(one for one in desk.listed(limit=100)["projects"] if one["sourceIdentifier"] == file)


def no_usage_and_conflict(desk: Desk) -> object:
    desk.create(ONE_LEFT, key="+quota-1")
    return said(desk.create(ONE_LEFT, key="+quota-1"))


def clips_of_the_last_one(desk: Desk) -> int:
    project = desk.create(ONE_LEFT, key="+quota-1").value["projectId"]
    desk.finish()
    return min(len(desk.details(project, key="+quota-1")["clips"]), 2)


def calls_with_two_left(desk: Desk) -> list[object]:
    """What two further calls get of an account with two left, the first call having made two clips or three."""
    desk.put("account", "quota-1", limit=2)
    desk.create(ONE_LEFT, key="+quota-1")
    return [desk.create(ONE_LEFT, span=span, key="+quota-1").status for span in ((0, 10), (10, 20))]


def a_month_later(desk: Desk) -> object:
    desk.create(ONE_LEFT, key="+quota-1")
    desk.wait(31 * DAY)
    return said(desk.create(ONE_LEFT, span=(0, 60), key="+quota-1"))


def clips_after_force(desk: Desk) -> tuple[bool, bool]:
    """Whether the clips there were stay at once, and whether they are there in the end, next to new ones."""
    project = project_of(desk, CLIPPED)["projectId"]
    old = {clip["clipId"] for clip in desk.details(project)["clips"]}
    desk.create(CLIPPED, forceReprocess=True)
    kept = {clip["clipId"] for clip in desk.details(project)["clips"]} == old
    desk.finish()
    after = {clip["clipId"] for clip in desk.details(project)["clips"]}
    return kept, old < after


def range_beside_a_stuck_run(desk: Desk) -> int:
    project = project_of(desk, ACTIVE)["projectId"]
    desk.put("file", ACTIVE, generation="normal")
    assert desk.create(ACTIVE, span=(0, 60), singleClipMode=True).status == 201
    desk.finish()
    return len(desk.details(project)["clips"])


def both_modes(desk: Desk) -> object:
    return said(desk.create(CLIPPED_AS_ONE))


def later_title(desk: Desk) -> tuple[str, str]:
    reply = desk.create(IN_PART, title="Another title")
    return reply.value["title"], project_of(desk, IN_PART)["title"]


def later_created_at(desk: Desk) -> tuple[bool, bool]:
    """Whether the reply, and whether the list, has the project's own."""
    original = project_of(desk, IN_PART)["createdAt"]
    reply = desk.create(IN_PART)
    return reply.value["createdAt"] == original, project_of(desk, IN_PART)["createdAt"] == original


def bad_body_without_feature(desk: Desk) -> object:
    return said(desk.create("no-uuid", key="+no-feature"))


def a_long_title(desk: Desk) -> list[object]:
    return [said(desk.create(title="x" * length, span=(0, 60))) for length in (255, 256)]


def a_detailed_error(desk: Desk) -> list[list[str]]:
    refused = (desk.create("no-uuid"), desk.create(span=(0, 5)), desk.create(span=(0, 9999)))
    return [[fault["path"] for fault in reply.value["error"].get("details", [])] for reply in refused]


def text_body(desk: Desk) -> object:
    return said(desk.call("POST", PROJECTS, raw=b"{}", headers={"Content-Type": "text/plain"}))


def clip_order(desk: Desk) -> tuple[bool, bool]:
    """Whether the clips are as they came, and whether the best come first."""
    project = desk.create().value["projectId"]
    desk.finish()
    clips = desk.details(project)["clips"]
    came = [clip["createdAt"] for clip in clips]
    scores = [clip["viralityScore"] for clip in clips]
    return came == sorted(came), scores == sorted(scores, reverse=True)


def single_score(desk: Desk) -> list[bool]:
    project = desk.create(TEN_MINUTES, singleClipMode=True).value["projectId"]
    desk.finish()
    (clip,) = desk.details(project)["clips"]
    return [clip[name] is None for name in ("viralityScore", "viralityScoreExplanation", "transcriptText")]


def most_active(desk: Desk) -> bool:
    """Whether a project whose clips came last stands before one that was asked for in between."""
    desk.create()
    desk.wait(90_000)
    desk.create(TEN_MINUTES, singleClipMode=True)
    desk.wait(900_000)
    (latest,) = desk.listed(sortBy="LastActivity", limit=1)["projects"]
    return bool(latest["sourceIdentifier"] == EXAMPLE)


def lifetime(desk: Desk) -> list[int]:
    url = desk.get(f"/v2/user/clips/{CLIP}/download").value["downloadUrl"].removeprefix("http://mock.test")
    seen = []
    for moved in (HOUR - 1000, 2 * HOUR, DAY):
        desk.wait(moved)
        seen.append(desk.get(url, key=None).status)
    return seen


def many(desk: Desk) -> int:
    """How many of more than a hundred projects come on a page."""
    for number in range(110):
        desk.make("project", f"{number:08}-0000-4000-8000-000000000001", like=EVENT)
    return len(desk.listed()["projects"])


def list_order(desk: Desk) -> tuple[str, str]:
    pages = [desk.listed(limit=100, sortBy=sort)["projects"] for sort in ("CreatedAt", "LastActivity")]
    return pages[0][0]["title"], pages[1][0]["title"]


def bad_queries(desk: Desk) -> list[object]:
    queries: list[dict[str, Json]] = [{"limit": 0}, {"limit": 101}, {"limit": "all"}, {"sortBy": "x"}, {"cursor": "x"}]
    return [said(desk.get(PROJECTS, **query)) for query in queries]


def missing_title(desk: Desk) -> str:
    title: str = desk.create().value["title"]
    return title


def not_found(desk: Desk) -> list[object]:
    return [said(desk.get(f"{PROJECTS}/{UNKNOWN}")), said(desk.get(f"/v2/user/clips/{UNKNOWN}/download"))]


def malformed_ids(desk: Desk) -> list[object]:
    targets = (f"{PROJECTS}/x", "/v2/user/clips/x/download", f"{FILES}/x")
    return [said(desk.get(target)) for target in targets] + [said(desk.call("POST", f"{FILES}/x/download-url"))]


def upper_case_ids(desk: Desk) -> list[object]:
    reads = (f"{PROJECTS}/{EVENT.upper()}", f"/v2/user/clips/{CLIP.upper()}/download", f"{FILES}/{EXAMPLE.upper()}")
    return [said(desk.get(target)) for target in reads] + [said(desk.create(EXAMPLE.upper()))]


def scope_names(desk: Desk) -> list[object]:
    return [said(desk.get(PROJECTS, key="+long-scopes")), said(desk.create(key="+long-scopes"))]


def granted(desk: Desk) -> str:
    reply = desk.form(
        "/oauth/token",
        basic=("test_me+example-app", "any"),
        grant_type="refresh_token",
        refresh_token="test_me+refresh-me",
    )
    scope: str = reply.value["scope"]
    assert scope.split() == reply.value["scopeJson"]
    return scope


def redirect(desk: Desk) -> bool:
    query = {"response_type": "code", "client_id": "test_me", "redirect_uri": "https://example.com/back"}
    return "scope=" in (desk.get("/login", key=None, **query).header("location") or "")


SCENES: Final[dict[str, Scene]] = {
    "usage-limit": Scene(
        lambda desk: said(desk.create(NO_QUOTA, key="+no-quota")),
        {status: (int(status), "UsageLimitReached") for status in ("403", "402", "429")},
    ),
    "usage-name": Scene(
        lambda desk: said(desk.create(NO_QUOTA, key="+no-quota")),
        {name: (403, name) for name in ("UsageLimitReached", "ClipsUsageLimitReached")},
    ),
    "usage-unit": Scene(calls_with_two_left, {"clip": [403, 403], "call": [201, 403]}),
    "partial-quota": Scene(clips_of_the_last_one, {"allow": 2, "truncate": 1}),
    "quota-renewal": Scene(a_month_later, {"calendar-month": 201, "never": (403, "UsageLimitReached")}),
    "feature-not-active": Scene(
        lambda desk: said(desk.create(NO_FEATURE, key="+no-feature")),
        {status: (int(status), "FeatureNotActive") for status in ("403", "402")},
    ),
    "feature-name": Scene(
        lambda desk: said(desk.create(NO_FEATURE, key="+no-feature")),
        {name: (403, name) for name in ("FeatureNotActive", "ClipsFeatureNotActive")},
    ),
    "file-not-found-name": Scene(
        lambda desk: said(desk.create(UNKNOWN)),
        {name: (404, name) for name in ("StorageFileNotFound", "VideoStorageFileNotFound")},
    ),
    "file-not-ready": Scene(
        lambda desk: said(desk.create(PROCESSING)),
        {"400": INVALID, "404": (404, "StorageFileNotFound"), "409": (409, "StorageFileNotReady")},
    ),
    "unready-download": Scene(
        lambda desk: said(desk.call("POST", f"{FILES}/{PROCESSING}/download-url")),
        {"404": (404, "StorageFileNotFound"), "400": (400, "StorageFileNotReady")},
    ),
    "repeat-while-running": Scene(lambda desk: said(desk.create(ACTIVE)), {"409": PROCESSED, "201": 201}),
    "force-reprocess": Scene(clips_after_force, {"append": (True, True), "replace": (False, False)}),
    "force-while-running": Scene(
        lambda desk: said(desk.create(ACTIVE, forceReprocess=True)), {"queue": 201, "409": PROCESSED}
    ),
    "range-while-running": Scene(range_beside_a_stuck_run, {"alongside": 3, "queue": 2}),
    "same-range-twice": Scene(
        lambda desk: said(desk.create(IN_PART, span=(300.0, 600))), {"append": 201, "409": PROCESSED}
    ),
    "mode-is-part-of-input": Scene(both_modes, {"no": PROCESSED, "yes": 201}),
    "failed-run-counts": Scene(lambda desk: said(desk.create(FAILED)), {"no": 201, "yes": PROCESSED}),
    "empty-run-counts": Scene(lambda desk: said(desk.create(EMPTY)), {"yes": PROCESSED, "no": 201}),
    "later-status": Scene(lambda desk: said(desk.create(IN_PART)), {"201": 201, "200": 200}),
    "later-title": Scene(
        later_title,
        {"ignored": ("Clipped in part", "Clipped in part"), "updated": ("Another title", "Another title")},
    ),
    "later-created-at": Scene(later_created_at, {"original": (True, True), "now": (False, True)}),
    "precedence-usage-conflict": Scene(
        no_usage_and_conflict, {"usage-first": (403, "UsageLimitReached"), "conflict-first": PROCESSED}
    ),
    "precedence-body-feature": Scene(
        bad_body_without_feature, {"body-first": INVALID, "feature-first": (403, "FeatureNotActive")}
    ),
    "extra-fields": Scene(lambda desk: said(desk.create(priority="high")), {"ignored": 201, "refused": INVALID}),
    "null-optional": Scene(
        lambda desk: said(desk.create(title=None, singleClipMode=None, selectedTimeRange=None, forceReprocess=None)),
        {"400": INVALID, "absent": 201},
    ),
    "title-limit": Scene(a_long_title, {"none": [201, 201], "255": [201, INVALID]}),
    "missing-title": Scene(missing_title, {"file-title": "My stream recording.mp4", "empty": ""}),
    "error-details": Scene(
        a_detailed_error,
        {
            "none": [[], [], []],
            "list": [["videoStorageFileId"], ["selectedTimeRange"], ["selectedTimeRange.endOffsetSeconds"]],
        },
    ),
    "wrong-content-type": Scene(text_body, {"400": INVALID, "415": (415, "UnsupportedMediaType")}),
    "clip-order": Scene(clip_order, {"insertion": (True, False), "virality": (False, True)}),
    "single-clip-score": Scene(single_score, {"value": [False, False, False], "null": [True, True, False]}),
    "clip-thumbnails": Scene(
        lambda desk: len(project_of(desk, CLIPPED)["clipThumbnails"]), {"all": 5, "first-three": 3}
    ),
    "last-activity": Scene(most_active, {"runs-and-clips": True, "runs": False}),
    "download-url-lifetime": Scene(lifetime, {"hour": [200, 403, 403], "day": [200, 200, 403]}),
    "default-limit": Scene(many, {limit: int(limit) for limit in ("10", "20", "50", "100")}),
    "list-order": Scene(
        list_order,
        {
            "newest-first": ("Clipped whole", "Being clipped for ever"),
            "oldest-first": ("My first live stream", "My first live stream"),
        },
    ),
    "last-cursor": Scene(
        lambda desk: list(desk.listed(limit=100)["pagination"]),
        {"null": ["nextCursor", "hasMore"], "absent": ["hasMore"]},
    ),
    "bad-list-query": Scene(bad_queries, {"400": [(400, "InvalidQueryParams")] * 5, "clamp": [200] * 5}),
    "bad-query-name": Scene(
        lambda desk: said(desk.get(PROJECTS, limit=0)),
        {name: (400, name) for name in ("InvalidQueryParams", "InvalidParams")},
    ),
    "not-found-name": Scene(
        not_found,
        {"generic": [(404, "NotFound")] * 2, "specific": [(404, "ClipProjectNotFound"), (404, "ClipNotFound")]},
    ),
    "malformed-id": Scene(
        malformed_ids,
        {
            "404": [(404, "NotFound")] * 2 + [(404, "StorageFileNotFound")] * 2,
            "400": [(400, "InvalidPathParams")] * 4,
        },
    ),
    "id-case": Scene(
        upper_case_ids,
        {
            "folded": [200, 200, 200, 201],
            "exact": [(404, "NotFound")] * 2 + [(404, "StorageFileNotFound")] * 2,
        },
    ),
    "malformed-authorization": Scene(
        lambda desk: said(desk.call("GET", PROJECTS, headers={"Authorization": "test_me"})),
        {
            "400": (400, "Invalid request: malformed authorization header"),
            "401": (401, "Unauthorized request: no authentication given"),
        },
    ),
    "expired-token": Scene(
        lambda desk: said(desk.get(PROJECTS, key="+expired")),
        {
            "expired": (401, "Invalid token: access token has expired"),
            "unknown": (401, "Invalid token: access token is invalid"),
        },
    ),
    "scope-names": Scene(
        scope_names,
        {"both": [200, 201], "documented": [(403, "Insufficient scope: authorized scope is insufficient")] * 2},
    ),
    "granted-scopes": Scene(
        granted,
        {
            "documented": "clips.read clips.write storage.read",
            "default": "clips.default.read clips.default.write storage.default.read",
        },
    ),
    "write-implies-read": Scene(
        lambda desk: [said(desk.get(PROJECTS, key="+write-only")), said(desk.get(FILES, key="+write-only"))],
        {
            "no": [(403, "Insufficient scope: authorized scope is insufficient")] * 2,
            "yes": [200, (403, "Insufficient scope: authorized scope is insufficient")],
        },
    ),
    "redirect-scope": Scene(redirect, {"sent": True, "absent": False}),
}
