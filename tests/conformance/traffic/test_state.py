from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.conformance import verify
from mockserver.conformance.finding import Report
from mockserver.core.text import Json, dump
from tests.conformance.traffic.making import (
    CONFLICT,
    PROJECT,
    asset,
    clipping,
    details,
    entry,
    har,
    line,
    lines,
    only,
    reading,
    rules,
)

RANGE = {"startOffsetSeconds": 10, "endOffsetSeconds": 40}
OTHER = {"authorization": "Bearer somebody-elses-key-1"}


def restream(folder: Path, *exchanges: Json, **more: Json) -> Report:
    return verify("restream", lines(folder, *exchanges), **more)


def livepeer(folder: Path, *exchanges: Json) -> Report:
    return verify("livepeer", lines(folder, *exchanges))


def by(exchange: Json, key: dict[str, str]) -> Json:
    return {**exchange, "request": {**exchange["request"], "headers": {**exchange["request"]["headers"], **key}}}


def dumped(value: Json) -> str:
    return dump(value).decode()


# ---- conflicts


def test_the_whole_video_twice_should_have_been_refused(tmp_path: Path) -> None:
    found = only(restream(tmp_path, clipping(201, PROJECT), details(False, 2), clipping(201, PROJECT)))
    assert (found.rule, found.party, found.level) == ("conflict-missing", "server", "error")
    assert [step.reply.status for step in found.steps if step.reply] == [201, 201]
    assert found.must == ("replies[1].status_code == 409",)
    assert [place.entry for place in found.places] == [3]


def test_the_whole_video_while_it_is_clipped_too_unless_a_reading_allows_it(tmp_path: Path) -> None:
    twice = clipping(201, PROJECT), clipping(201, PROJECT)
    assert rules(restream(tmp_path, *twice)) == ["conflict-missing"]
    assert rules(restream(tmp_path, *twice, readings={"restream.repeat-while-running": "201"})) == []


@pytest.mark.parametrize("more", [{"forceReprocess": True}, {"selectedTimeRange": RANGE}])
def test_what_is_forced_and_ranges_may_come_again(tmp_path: Path, more: Json) -> None:
    assert rules(restream(tmp_path, clipping(201, PROJECT), clipping(201, PROJECT, **more))) == []


def test_a_range_first_is_no_whole_video(tmp_path: Path) -> None:
    assert rules(restream(tmp_path, clipping(201, PROJECT, selectedTimeRange=RANGE), clipping(201, PROJECT))) == []


def test_a_run_that_ended_without_clips_may_be_tried_again(tmp_path: Path) -> None:
    assert rules(restream(tmp_path, clipping(201, PROJECT), details(False, 0), clipping(201, PROJECT))) == []


def test_another_account_is_another_account(tmp_path: Path) -> None:
    assert rules(restream(tmp_path, clipping(201, PROJECT), by(clipping(201, PROJECT), OTHER))) == []


def test_another_file_and_another_run_tell_nothing_of_this_one(tmp_path: Path) -> None:
    one = clipping(201, PROJECT)
    assert rules(restream(tmp_path, {**one, "group": "a"}, {**one, "group": "b"})) == []
    files = lines(tmp_path, one, name="1.jsonl"), lines(tmp_path, one, name="2.jsonl")
    assert rules(verify("restream", *files)) == []


@pytest.mark.parametrize("more", [{"forceReprocess": True}, {"selectedTimeRange": RANGE}])
def test_a_refusal_of_what_may_come_again_is_spurious(tmp_path: Path, more: Json) -> None:
    assert rules(restream(tmp_path, clipping(409, CONFLICT, **more))) == ["conflict-spurious"]


def test_calls_that_overlap_have_no_order(tmp_path: Path) -> None:
    def racing(at: str) -> Json:
        asked = dumped(clipping(201, PROJECT)["request"]["body"])
        url = "https://api.restream.io/v2/user/clips/projects"
        return entry(url, "POST", 201, dumped(PROJECT), body=asked, startedDateTime=at, time=800)

    at = "2026-11-22T11:50:0{}.000Z"
    assert rules(verify("restream", har(tmp_path, racing(at.format(0)), racing(at.format(0))))) == []
    assert rules(verify("restream", har(tmp_path, racing(at.format(0)), racing(at.format(1))))) == ["conflict-missing"]


def test_on_this_machine_it_fails_nothing(tmp_path: Path) -> None:
    twice = [clipping(201, PROJECT)] * 2
    for each in twice:
        each["request"]["url"] = f"http://127.0.0.1:4080{each['request']['path']}"
    found = only(restream(tmp_path, *twice))
    assert (found.rule, found.level) == ("conflict-missing", "warning")
    assert "may have reset the account" in found.evidence


# ---- phases


@pytest.mark.parametrize(
    ("before", "after"), [("ready", "processing"), ("processing", "waiting"), ("ready", "waiting")]
)
def test_an_asset_does_not_go_back(tmp_path: Path, before: str, after: str) -> None:
    found = only(livepeer(tmp_path, reading(asset(before, 1795347487900)), reading(asset(after, 1795347488000))))
    assert (found.rule, found.title) == ("phase-goes-back", f"An asset went from {before} back to {after}")


@pytest.mark.parametrize(("before", "after"), [("waiting", "processing"), ("processing", "ready"), ("failed", "ready")])
def test_an_asset_goes_on(tmp_path: Path, before: str, after: str) -> None:
    assert not rules(livepeer(tmp_path, reading(asset(before, 1795347487900)), reading(asset(after, 1795347488000))))


def test_a_reply_that_was_overtaken_is_no_step_back(tmp_path: Path) -> None:
    assert not rules(
        livepeer(tmp_path, reading(asset("ready", 1795347488000)), reading(asset("waiting", 1795347487900)))
    )


# ---- what was there


def test_what_vanishes_and_comes_back_contradicts_itself(tmp_path: Path) -> None:
    there, gone = reading(asset("ready", 1795347487900)), reading({"errors": ["Asset not found"]}, 404)
    found = only(livepeer(tmp_path, there, gone, there))
    assert (found.rule, len(found.steps)) == ("read-after-write", 3)


def test_what_is_deleted_does_not_contradict_itself(tmp_path: Path) -> None:
    there, gone = reading(asset("ready", 1795347487900)), reading({"errors": ["Asset not found"]}, 404)
    assert not rules(livepeer(tmp_path, there, gone, gone))


def test_what_is_set_once_stays(tmp_path: Path) -> None:
    other = asset("ready", 1795347487901, playbackId="87bbzzzzzzzzzzzz")
    found = only(livepeer(tmp_path, reading(asset("ready", 1795347487900)), reading(other)))
    assert (found.rule, "`playbackId`" in found.title) == ("lasting-field-changes", True)


# ---- cursors


def page(cursor: str, following: str | None, more: bool | None = None) -> Json:
    value = {
        "projects": [],
        "pagination": {"nextCursor": following, "hasMore": bool(following) if more is None else more},
    }
    return line("GET", f"/v2/user/clips/projects?limit=1{f'&cursor={cursor}' if cursor else ''}", 200, value)


@pytest.mark.parametrize("walk", [[("", "b"), ("b", "b")], [("", "b"), ("b", "c"), ("c", "b")]])
def test_a_walk_that_comes_back_never_ends(tmp_path: Path, walk: list[tuple[str, str]]) -> None:
    assert rules(restream(tmp_path, *[page(*each) for each in walk])) == ["cursor-repeats"]


@pytest.mark.parametrize(
    "walk",
    [
        [("", "b"), ("b", None)],
        [("", "b"), ("b", "c"), ("", "b"), ("b", "c"), ("c", None)],
        [("", "b"), ("b", "c"), ("c", "d"), ("b", "c"), ("c", "d")],
    ],
)
def test_a_walk_may_begin_anew_or_go_over_pages_again(tmp_path: Path, walk: list[tuple[str, str | None]]) -> None:
    assert rules(restream(tmp_path, *[page(cursor, following) for cursor, following in walk])) == []


def test_the_last_page_may_name_itself(tmp_path: Path) -> None:
    assert rules(restream(tmp_path, page("", "b"), page("b", "b", more=False))) == []


# ---- what is made, changed and deleted

FAILED = {"phase": "failed", "updatedAt": 1795347488000}
PATH = "/api/asset/87bbffa8-100e-461b-b223-fced1a0a7c79"
READY = asset("ready", 1795347487900)
DELETED = line("DELETE", PATH, 204)
GONE = reading({"errors": ["Asset not found"]}, 404)
MADE = line(
    *("POST", "/api/clip", 200),
    {"task": {"id": "bba9b5bd-9c1f-4105-a0da-a59bb1071102"}, "asset": asset("waiting", 1795347487803)},
    {"playbackId": "aaaastream000001", "startTime": 1587667174725},
)


def test_what_was_deleted_is_not_read_again(tmp_path: Path) -> None:
    found = only(livepeer(tmp_path, reading(READY), DELETED, reading(READY)))
    assert (found.rule, found.level, found.must) == ("delete-undone", "error", ("replies[1].status_code == 404",))


def test_what_was_deleted_is_in_no_list(tmp_path: Path) -> None:
    assert rules(livepeer(tmp_path, DELETED, line("GET", "/api/asset", 200, [READY]))) == ["delete-undone"]
    assert rules(livepeer(tmp_path, DELETED, line("GET", "/api/asset?all=true", 200, [READY]))) == []


def test_what_was_made_is_there_until_it_is_deleted(tmp_path: Path) -> None:
    assert rules(livepeer(tmp_path, MADE, GONE), "warning") == ["read-after-write"]
    assert rules(livepeer(tmp_path, MADE, DELETED, GONE)) == []
    assert rules(livepeer(tmp_path, MADE, by(GONE, OTHER))) == []


def test_a_change_is_there_in_the_next_read(tmp_path: Path) -> None:
    renamed = line("PATCH", PATH, 200, {**READY, "name": "Other"}, {"name": "Other"})
    assert rules(livepeer(tmp_path, renamed, reading(READY))) == ["update-lost"]
    assert rules(livepeer(tmp_path, renamed, reading({**READY, "name": "Other"}), reading(READY))) == []


def test_a_source_has_one_project(tmp_path: Path) -> None:
    other = {**PROJECT, "projectId": "41a1e161-67aa-4a9e-a95b-3cb37ab6ea89"}
    assert rules(restream(tmp_path, clipping(201, PROJECT), clipping(201, other, selectedTimeRange=RANGE))) == [
        "two-projects"
    ]


def test_a_project_that_came_later_may_have_followed_one_that_was_deleted(tmp_path: Path) -> None:
    later = {**PROJECT, "projectId": "41a1e161-67aa-4a9e-a95b-3cb37ab6ea89", "createdAt": "2026-01-29T15:50:30.420Z"}
    report = restream(tmp_path, clipping(201, PROJECT), clipping(201, later))
    assert rules(report) == rules(report, "warning") == ["conflict-missing", "two-projects"]


def test_the_progress_of_an_asset_does_not_fall(tmp_path: Path) -> None:
    def at(time: int, progress: float) -> Json:
        return reading({**READY, "status": {"phase": "processing", "updatedAt": time, "progress": progress}})

    assert rules(livepeer(tmp_path, at(1795347487900, 0.5), at(1795347488000, 0.4))) == ["progress-falls"]
    assert rules(livepeer(tmp_path, at(1795347488000, 0.5), at(1795347487900, 0.4))) == []


# ---- replies that contradict themselves


@pytest.mark.parametrize(
    ("provider", "exchange", "rule"),
    [
        ("livepeer", line("GET", "/api/asset?limit=1", 200, [READY, READY]), "page-limit-ignored"),
        ("livepeer", reading({**READY, "createdAt": 1795347487}), "time-in-seconds"),
        (
            "livepeer",
            reading({**READY, "status": {"phase": "failed", "updatedAt": 1795347488000}}),
            "failed-without-message",
        ),
        ("restream", page("", None, more=True), "cursor-missing"),
    ],
)
def test_a_reply_makes_sense(tmp_path: Path, provider: str, exchange: Json, rule: str) -> None:
    assert rules(verify(provider, lines(tmp_path, exchange))) == [rule]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"clipId": "00000000-e5f6-7890-abcd-ef1234567890"}, "clip-id-twice"),
        ({"sourceEndSeconds": 1}, "clip-without-length"),
    ],
)
def test_clips_make_sense(tmp_path: Path, more: Json, rule: str) -> None:
    look = details(False, 2)
    look["response"]["body"]["clips"][1] |= more
    assert rules(restream(tmp_path, look)) == [rule]


def test_what_is_wrong_in_one_reply_is_wrong_on_this_machine_too(tmp_path: Path) -> None:
    local = page("", None, more=True)
    local["request"]["url"] = "http://127.0.0.1:4080/v2/user/clips/projects"
    assert rules(restream(tmp_path, local), "error") == ["cursor-missing"]
