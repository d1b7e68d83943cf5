"""Every row of the decision table of createClipProject, and of the reads around it, under the numbers they go by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from mockserver.core.http import Reply
from mockserver.core.text import Json
from tests.providers.restream.desk import (
    ACTIVE,
    CLIPPED,
    CLIPPED_AS_ONE,
    EMPTY,
    EVENT,
    EXAMPLE,
    FAILED,
    FILES,
    IN_PART,
    PROCESSING,
    PROJECTS,
    STRANGERS,
    TEN_MINUTES,
    UNKNOWN,
    Desk,
    error,
)

INVALID: Final = (400, "InvalidBodyParams")
SCOPE: Final = (403, "Insufficient scope: authorized scope is insufficient")
NOT_FOUND: Final = (404, "StorageFileNotFound")
PROCESSED: Final = (409, "ClipsInputAlreadyProcessed")
NO_TOKEN: Final = (401, "Unauthorized request: no authentication given")
BAD_TOKEN: Final = (401, "Invalid token: access token is invalid")
EXPIRED: Final = (401, "Invalid token: access token has expired")

SHORT, TEN, LONG = (
    "00009999-0000-4000-8000-000000000000",
    "00010000-0000-4000-8000-000000000000",
    "00600001-0000-4000-8000-000000000000",
)
NO_FEATURE: Final = "0ff00000-0000-4000-8000-000000000000"
NO_QUOTA: Final = "00000000-0000-4000-8000-000000000000"

Send = Callable[[Desk], Reply]


def body(**fields: Json) -> Send:
    return lambda desk: desk.call(
        "POST", PROJECTS, {"sourceType": "VideoStorageFile", "videoStorageFileId": EXAMPLE, **fields}
    )


def raw(text: bytes) -> Send:
    return lambda desk: desk.call("POST", PROJECTS, raw=text, headers={"Content-Type": "application/json"})


def without(name: str) -> Send:
    whole = {"sourceType": "VideoStorageFile", "videoStorageFileId": EXAMPLE}
    del whole[name]
    return lambda desk: desk.call("POST", PROJECTS, whole)


def unknown_token(desk: Desk) -> Reply:
    return desk.call("POST", PROJECTS, {}, headers={"Authorization": "Bearer " + "0" * 40})


# Rows that are refused, with the error each gets.
REFUSED: Final[dict[str, tuple[Send, tuple[int, str]]]] = {
    "1 token missing": (lambda desk: desk.call("POST", PROJECTS, {}, key=None), NO_TOKEN),
    "2 token unknown": (unknown_token, BAD_TOKEN),
    "2 token revoked": (lambda desk: desk.create(key="+revoked"), BAD_TOKEN),
    "3 token expired": (lambda desk: desk.create(key="+expired"), EXPIRED),
    "4 token may only read": (lambda desk: desk.create(key="+read-only"), SCOPE),
    "4 token is for storage": (lambda desk: desk.create(key="+storage-only"), SCOPE),
    "5 feature inactive": (lambda desk: desk.create(NO_FEATURE, key="+no-feature"), (403, "FeatureNotActive")),
    "6 usage exhausted": (lambda desk: desk.create(NO_QUOTA, key="+no-quota"), (403, "UsageLimitReached")),
    "6 usage exhausted, with a range": (
        lambda desk: desk.create(NO_QUOTA, key="+no-quota", span=(0, 60)),
        (403, "UsageLimitReached"),
    ),
    "7 no body": (lambda desk: desk.call("POST", PROJECTS), INVALID),
    "7 body not JSON": (raw(b"{"), INVALID),
    "7 body is NaN": (raw(b"NaN"), INVALID),
    "7 body not an object": (raw(b'["VideoStorageFile"]'), INVALID),
    "7 body is null": (raw(b"null"), INVALID),
    "7 no sourceType": (without("sourceType"), INVALID),
    "7 no videoStorageFileId": (without("videoStorageFileId"), INVALID),
    "7 sourceType Event": (body(sourceType="Event", eventId=EVENT), INVALID),
    "7 sourceType of another case": (body(sourceType="videoStorageFile"), INVALID),
    "7 bad UUID": (body(videoStorageFileId="a1b2c3d4"), INVALID),
    "7 UUID and a line feed": (body(videoStorageFileId=f"{EXAMPLE}\n"), INVALID),
    "7 title a number": (body(title=7), INVALID),
    "7 singleClipMode a text": (body(singleClipMode="true"), INVALID),
    "7 forceReprocess a number": (body(forceReprocess=1), INVALID),
    "7 range a list": (body(selectedTimeRange=[0, 60]), INVALID),
    "7 offsets as texts": (
        body(selectedTimeRange={"startOffsetSeconds": "0", "endOffsetSeconds": "60"}),
        INVALID,
    ),
    "8 file unknown": (lambda desk: desk.create(UNKNOWN), NOT_FOUND),
    "8 file of another user": (lambda desk: desk.create(STRANGERS), NOT_FOUND),
    "9 file processing": (lambda desk: desk.create(PROCESSING), INVALID),
    "9 file processing, with a range": (lambda desk: desk.create(PROCESSING, span=(0, 60)), INVALID),
    "9 file failed": (lambda desk: desk.create("dead0000-0000-4000-8000-000000000000"), INVALID),
    "10 whole video of 9.999 s": (lambda desk: desk.create(SHORT), INVALID),
    "10 the same as one clip": (lambda desk: desk.create(SHORT, singleClipMode=True), INVALID),
    "10 the same forced": (lambda desk: desk.create(SHORT, forceReprocess=True), INVALID),
    "13 whole video of 600.001 s as one clip": (lambda desk: desk.create(LONG, singleClipMode=True), INVALID),
    "14 whole=done": (lambda desk: desk.create(CLIPPED), PROCESSED),
    "14 whole=done, force false": (lambda desk: desk.create(CLIPPED, forceReprocess=False), PROCESSED),
    "14 whole=done with nothing found": (lambda desk: desk.create(EMPTY), PROCESSED),
    "16 whole=running": (lambda desk: desk.create(ACTIVE), PROCESSED),
    "20 whole=done as highlights, now as one": (lambda desk: desk.create(CLIPPED_AS_ONE), PROCESSED),
    "23 range > 600 s as one clip": (lambda desk: desk.create(span=(0, 600.001), singleClipMode=True), INVALID),
    "25 range of 9.999 s": (lambda desk: desk.create(span=(10, 19.999)), INVALID),
    "25 end = start": (lambda desk: desk.create(span=(30, 30)), INVALID),
    "25 end < start": (lambda desk: desk.create(span=(60, 30)), INVALID),
    "26 start < 0": (lambda desk: desk.create(span=(-0.001, 60)), INVALID),
    "27 end > duration": (lambda desk: desk.create(span=(3500, 3600.001)), INVALID),
    "27 end is beyond any double": (raw(
        b'{"sourceType":"VideoStorageFile","videoStorageFileId":"%s",'
        b'"selectedTimeRange":{"startOffsetSeconds":0,"endOffsetSeconds":1e400}}' % EXAMPLE.encode()
    ), INVALID),
    "28 no end": (body(selectedTimeRange={"startOffsetSeconds": 0}), INVALID),
    "28 no start": (body(selectedTimeRange={"endOffsetSeconds": 60}), INVALID),
}  # fmt: skip


@pytest.mark.parametrize("row", REFUSED)
def test_a_refused_row_gets_its_error_and_changes_nothing(row: str) -> None:
    desk = Desk()
    before = desk.state()
    send, expected = REFUSED[row]
    assert error(send(desk)) == expected
    assert desk.state() == before


def test_row_20_the_whole_video_in_the_other_mode_is_refused() -> None:
    desk = Desk()
    desk.create(TEN_MINUTES)
    desk.finish()
    assert error(desk.create(TEN_MINUTES, singleClipMode=True)) == PROCESSED


# Rows that are accepted: what is sent, and the file whose project takes it.
ACCEPTED: Final[dict[str, tuple[Send, str]]] = {
    "11 first call, an hour": (lambda desk: desk.create(), EXAMPLE),
    "11 first call, exactly 10 s": (lambda desk: desk.create(TEN), TEN),
    "11 first call, forced": (lambda desk: desk.create(forceReprocess=True), EXAMPLE),
    "12 exactly 600 s as one clip": (lambda desk: desk.create(TEN_MINUTES, singleClipMode=True), TEN_MINUTES),
    "12 exactly 10 s as one clip": (lambda desk: desk.create(TEN, singleClipMode=True), TEN),
    "15 whole=done, forced": (lambda desk: desk.create(CLIPPED, forceReprocess=True), CLIPPED),
    "17 whole=running, forced": (lambda desk: desk.create(ACTIVE, forceReprocess=True), ACTIVE),
    "18 only range runs so far": (lambda desk: desk.create(IN_PART), IN_PART),
    "19 whole=failed": (lambda desk: desk.create(FAILED), FAILED),
    "21 a range of a new source": (lambda desk: desk.create(span=(10, 20)), EXAMPLE),
    "21 a range up to the very end": (lambda desk: desk.create(span=(3000, 3600)), EXAMPLE),
    "21 a range of exactly ten decimal seconds": (lambda desk: desk.create(span=(10.3, 20.3)), EXAMPLE),
    "21 a range after the whole": (lambda desk: desk.create(CLIPPED, span=(0, 60)), CLIPPED),
    "21 a range while the whole is running": (lambda desk: desk.create(ACTIVE, span=(0, 60)), ACTIVE),
    "22 10 s as one clip": (lambda desk: desk.create(span=(5, 15), singleClipMode=True), EXAMPLE),
    "22 600 s as one clip": (lambda desk: desk.create(span=(0, 600), singleClipMode=True), EXAMPLE),
    "24 more than 600 s as highlights": (lambda desk: desk.create(span=(0, 2400)), EXAMPLE),
    "29 whole=done, a range, forced": (lambda desk: desk.create(CLIPPED, span=(0, 60), forceReprocess=True), CLIPPED),
    "30 the same range as before": (lambda desk: desk.create(IN_PART, span=(300, 600)), IN_PART),
}


def projects_by_source(desk: Desk) -> dict[str, Json]:
    return {project["sourceIdentifier"]: project for project in desk.listed(limit=100)["projects"]}


@pytest.mark.parametrize("row", ACCEPTED)
def test_an_accepted_row_gets_201_with_the_one_project_of_its_source(row: str) -> None:
    desk = Desk()
    before = projects_by_source(desk)
    send, file = ACCEPTED[row]
    reply = send(desk)
    assert reply.status == 201
    after = projects_by_source(desk)
    assert set(after) == {*before, file}
    assert reply.value == {key: after[file][key] for key in reply.value}
    assert list(reply.value) == ["projectId", "sourceTypeName", "sourceIdentifier", "title", "createdAt"]
    if file in before:
        assert reply.value["projectId"] == before[file]["projectId"]
        assert reply.value["createdAt"] == before[file]["createdAt"]


@pytest.mark.parametrize("row", ACCEPTED)
def test_an_accepted_row_starts_generating_and_keeps_the_clips_there_are(row: str) -> None:
    desk = Desk()
    send, file = ACCEPTED[row]
    old = projects_by_source(desk).get(file, {"clipsCount": 0})["clipsCount"]
    details = desk.details(send(desk).value["projectId"])
    assert details["generatingClipsNow"] is True
    assert len(details["clips"]) == old


@pytest.mark.parametrize("row", [row for row in ACCEPTED if row[:2] not in ("17",) and "running" not in row])
def test_an_accepted_row_has_made_more_clips_in_the_end(row: str) -> None:
    desk = Desk()
    send, file = ACCEPTED[row]
    old = projects_by_source(desk).get(file, {"clipsCount": 0})["clipsCount"]
    project = send(desk).value["projectId"]
    desk.finish()
    details = desk.details(project)
    assert details["generatingClipsNow"] is False
    assert len(details["clips"]) > old


@pytest.mark.parametrize(("span", "expected"), [(None, (0, 600)), ((5, 15), (5, 15)), ((1.25, 601.25), (1.25, 601.25))])
def test_rows_12_and_22_single_clip_mode_makes_exactly_one_clip_that_is_the_span(
    span: tuple[float, float] | None, expected: tuple[float, float]
) -> None:
    desk = Desk()
    file = EXAMPLE if span else TEN_MINUTES
    project = desk.create(file, span=span, singleClipMode=True).value["projectId"]
    desk.finish()
    clips = desk.details(project)["clips"]
    assert [(clip["sourceStartSeconds"], clip["sourceEndSeconds"]) for clip in clips] == [expected]


def test_row_29_a_forced_range_leaves_the_whole_video_already_processed() -> None:
    desk = Desk()
    assert desk.create(CLIPPED, span=(0, 60), forceReprocess=True).status == 201
    desk.finish()
    assert error(desk.create(CLIPPED)) == PROCESSED


def test_row_31_of_identical_first_calls_one_gets_201_and_the_rest_409() -> None:
    desk = Desk()
    statuses = [desk.create().status for _ in range(20)]
    assert statuses == [201] + [409] * 19
    assert len([one for one in desk.listed(limit=100)["projects"] if one["sourceIdentifier"] == EXAMPLE]) == 1


@pytest.mark.parametrize("id", [UNKNOWN, "f0e00000-0000-4000-8000-00000000c11b", "no-uuid", "%00", EVENT + "%0A"])
def test_row_40_details_of_an_unknown_or_foreign_project_are_404(id: str) -> None:
    assert error(Desk().get(f"{PROJECTS}/{id}")) == (404, "NotFound")


def test_rows_41_and_42_details_and_list_grow_while_clips_are_generated() -> None:
    desk = Desk()
    project = desk.create().value["projectId"]
    counts = []
    while (details := desk.details(project))["generatingClipsNow"]:
        summary = projects_by_source(desk)[EXAMPLE]
        assert summary["generatingClipsNow"] is True
        assert summary["clipsCount"] == len(summary["clipThumbnails"]) == len(details["clips"])
        counts.append(len(details["clips"]))
        desk.wait(20_000)
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert len(set(counts)) > 3
    assert projects_by_source(desk)[EXAMPLE]["generatingClipsNow"] is False


@pytest.mark.parametrize("target", [PROJECTS, f"{PROJECTS}/{EVENT}", f"/v2/user/clips/{EVENT}/download", FILES])
def test_row_43_a_token_that_may_only_create_cannot_read(target: str) -> None:
    assert error(Desk().get(target, key="+write-only")) == SCOPE


@pytest.mark.parametrize("id", [UNKNOWN, "f0e00000-0000-4000-8000-000000000001", "projects"])
def test_row_44_the_download_of_an_unknown_or_foreign_clip_is_404(id: str) -> None:
    assert error(Desk().get(f"/v2/user/clips/{id}/download")) == (404, "NotFound")


def test_row_45_the_last_page_has_no_more_and_a_null_cursor() -> None:
    assert Desk().listed(limit=100)["pagination"] == {"nextCursor": None, "hasMore": False}


def test_row_46_a_later_accepted_call_moves_a_project_to_the_front_of_last_activity() -> None:
    desk = Desk()
    desk.wait(1000)
    assert desk.create(IN_PART).status == 201
    first = desk.listed(sortBy="LastActivity", limit=1)["projects"][0]
    assert first["sourceIdentifier"] == IN_PART
    assert desk.listed(limit=1)["projects"][0]["sourceIdentifier"] != IN_PART
