from __future__ import annotations

import pytest

from mockserver.core.chance import Chance
from mockserver.core.http import Reply
from mockserver.core.provider import Moment
from mockserver.core.text import Json
from mockserver.core.world import Due, Outcome, View
from mockserver.providers.restream.runs import GENERATIONS, STATES, step
from tests.providers.restream.desk import ACTIVE, CLIPPED, EXAMPLE, HOUR, TEN_MINUTES, Desk, run

MINUTE = 60_000


def project_of(desk: Desk, reply: Reply) -> Json:
    assert reply.status == 201, reply.body
    return reply.value["projectId"]


def test_every_state_leads_to_states_there_are_and_two_are_final() -> None:
    assert {after for events in STATES.values() for after in events.values()} <= set(STATES)
    assert [state for state, events in STATES.items() if not events] == ["done", "failed"]


def test_right_after_the_call_there_are_no_clips_yet() -> None:
    desk = Desk()
    details = desk.details(project_of(desk, desk.create()))
    assert details == {"generatingClipsNow": True, "clips": [], "postedClips": []}


def test_the_first_clip_comes_after_a_minute_and_the_last_before_the_end() -> None:
    desk = Desk()
    project = project_of(desk, desk.create())
    desk.wait(MINUTE - 1)
    assert desk.details(project)["clips"] == []
    desk.wait(1)
    assert len(desk.details(project)["clips"]) == 1
    desk.wait(5 * MINUTE + 11_999)
    before = desk.details(project)
    desk.wait(1)
    after = desk.details(project)
    assert before == {**after, "generatingClipsNow": True}
    assert after["generatingClipsNow"] is False


def test_pace_makes_a_run_faster_than_life() -> None:
    slow, fast = Desk(pace=1), Desk(pace=60)
    project = project_of(slow, slow.create())
    assert project_of(fast, fast.create()) == project
    slow.wait(372_000)
    fast.wait(6_200)
    assert slow.details(project)["generatingClipsNow"] is fast.details(project)["generatingClipsNow"] is False
    assert len(slow.details(project)["clips"]) == len(fast.details(project)["clips"])


def test_a_clip_has_every_field_and_its_own_instant() -> None:
    desk = Desk()
    project = project_of(desk, desk.create())
    desk.finish()
    clips = desk.details(project)["clips"]
    assert list(clips[0]) == [
        "clipId",
        "name",
        "viralityScore",
        "viralityScoreExplanation",
        "transcriptText",
        "sourceStartSeconds",
        "sourceEndSeconds",
        "thumbnailUrl",
        "favouritedAt",
        "createdAt",
    ]
    assert clips[0]["createdAt"] == "2026-11-23T10:34:20.420Z"
    assert len({clip["createdAt"] for clip in clips}) == len(clips)
    assert all(clip["favouritedAt"] is None and clip["transcriptText"] and clip["name"] for clip in clips)


def test_a_forced_run_waits_for_the_one_before_it() -> None:
    desk = Desk()
    project = project_of(desk, desk.create())
    desk.wait(MINUTE)
    desk.create(forceReprocess=True)
    states = [one["state"] for one in desk.look("run", "project", project)]
    assert states == ["running", "queued"]
    desk.wait(312_000)
    first, second = desk.look("run", "project", project)
    assert (first["state"], second["state"]) == ("done", "running")
    assert second["startedAt"] == desk.now
    assert desk.details(project)["generatingClipsNow"] is True
    desk.wait(372_000)
    assert desk.details(project)["generatingClipsNow"] is False
    assert len(desk.details(project)["clips"]) == len(first["plan"]) + len(second["plan"])


def test_forced_runs_follow_one_another_in_order() -> None:
    desk = Desk()
    project = project_of(desk, desk.create(TEN_MINUTES, singleClipMode=True))
    for _ in range(3):
        desk.create(TEN_MINUTES, forceReprocess=True, singleClipMode=True)
    desk.finish()
    starts = [one["startedAt"] for one in desk.look("run", "project", project)]
    assert [start - starts[0] for start in starts] == [0, 120_000, 240_000, 360_000]


def test_a_range_runs_beside_the_whole_video() -> None:
    desk = Desk()
    project = project_of(desk, desk.create())
    desk.create(span=(0, 60), singleClipMode=True)
    assert [one["state"] for one in desk.look("run", "project", project)] == ["running", "running"]


def test_a_run_that_is_stuck_never_ends_and_what_is_queued_behind_it_never_begins() -> None:
    desk = Desk()
    project = project_of(desk, desk.create(ACTIVE, forceReprocess=True))
    desk.wait(10_000 * HOUR)
    details = desk.details(project)
    assert details["generatingClipsNow"] is True
    assert len(details["clips"]) == 2


def test_a_failed_run_leaves_no_trace_but_its_end() -> None:
    desk = Desk()
    fails = "fa110001-0000-4000-8000-000000000000"
    project = project_of(desk, desk.create(fails))
    desk.finish()
    assert desk.details(project) == {"generatingClipsNow": False, "clips": [], "postedClips": []}
    assert project_of(desk, desk.create(fails)) == project
    desk.finish()
    assert desk.details(project)["clips"]


def test_a_video_without_speech_has_no_highlights_but_can_be_one_clip() -> None:
    desk = Desk()
    silent = "deaf0000-0000-4000-8000-000000000000"
    project = project_of(desk, desk.create(silent))
    desk.finish()
    assert desk.details(project)["clips"] == []
    desk.create(silent, span=(0, 30), singleClipMode=True)
    desk.finish()
    (clip,) = desk.details(project)["clips"]
    assert clip["transcriptText"] == ""


def test_replacing_takes_the_old_clips_away_only_when_the_new_run_begins() -> None:
    desk = Desk(readings={"force-reprocess": "replace"})
    project = project_of(desk, desk.create())
    desk.wait(MINUTE)
    desk.create(span=(0, 60), singleClipMode=True)
    desk.create(forceReprocess=True)
    desk.wait(311_999)
    ranges = {0}
    before = [clip["sourceStartSeconds"] for clip in desk.details(project)["clips"]]
    desk.wait(1)
    after = desk.details(project)["clips"]
    assert len(before) > 2
    assert {clip["sourceStartSeconds"] for clip in after} == ranges
    assert [clip["sourceEndSeconds"] for clip in after] == [60]


def test_clips_that_have_been_posted_stay_posted_when_replaced() -> None:
    desk = Desk(readings={"force-reprocess": "replace"})
    project = desk.create(CLIPPED, forceReprocess=True).value["projectId"]
    assert desk.details(project)["clips"] == []


def test_an_accepted_call_uses_up_what_it_is_going_to_make() -> None:
    desk = Desk()
    desk.put("account", "main", limit=100)
    project = project_of(desk, desk.create())
    desk.finish()
    assert desk.record("account", "main")["used"] == len(desk.details(project)["clips"])


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_refused_call_uses_up_nothing(generation: str) -> None:
    desk = Desk()
    desk.put("file", EXAMPLE, generation=generation)
    desk.put("account", "main", limit=100)
    desk.create()
    used = desk.record("account", "main")["used"]
    assert desk.create().status == 409
    assert desk.record("account", "main")["used"] == used


def test_a_step_for_a_run_that_is_gone_says_which() -> None:
    desk = Desk()

    def decide(view: View) -> Outcome:
        return step(view, Due(0, "run", "lost"), Moment(0, Chance.of(0)))

    with pytest.raises(LookupError, match="the run lost"):
        run(desk.store.transact(desk.world, decide))
