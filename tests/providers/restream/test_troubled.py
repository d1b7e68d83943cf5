"""What a fault makes of a run."""

from __future__ import annotations

from mockserver.core.fault import Job
from mockserver.core.text import Json, dump, parse
from tests.providers.restream.desk import EXAMPLE, HOUR, TEN_MINUTES, Desk

FAILS_EVERY_TIME = "fa110000-0000-4000-8000-000000000000"


def made(job: Job | None, file: str = EXAMPLE) -> tuple[Desk, str]:
    """A desk with a project whose first run is under a fault; the next ones are not."""
    desk = Desk()
    desk.job = job
    reply = desk.create(file)
    assert reply.status == 201, reply.body
    desk.job = None
    return desk, reply.value["projectId"]


def ran(desk: Desk, project: str) -> Json:
    """The states of a project's runs, in order."""
    return [run["state"] for run in desk.look("run", "project", project)]


def test_a_run_fails_at_80_per_cent_with_the_clips_it_has() -> None:
    desk, project = made(Job(fail=80))
    well, whole = made(None)
    for each in (desk, well):
        each.wait(HOUR)
    assert ran(desk, project) == ["failed"]
    clips = desk.details(project)
    assert clips["generatingClipsNow"] is False
    assert 0 < len(clips["clips"]) < len(well.details(whole)["clips"])


def test_a_run_gets_stuck_and_generates_for_ever() -> None:
    desk, project = made(Job(stuck=50))
    desk.wait(24 * HOUR)
    details = desk.details(project)
    assert (details["generatingClipsNow"], ran(desk, project)) == (True, ["running"])


def test_of_the_runs_under_a_fault_so_many_fail() -> None:
    desk, project = made(Job(failures=2))
    desk.job = Job(failures=2)
    for _ in range(2):
        desk.wait(HOUR)
        assert desk.create().status in (200, 201)
    desk.wait(HOUR)
    assert ran(desk, project) == ["failed", "failed", "done"]


def test_a_run_takes_three_times_as_long() -> None:
    desk, project = made(Job(times=3), TEN_MINUTES)
    well, other = made(None, TEN_MINUTES)
    (slow,), (fast,) = desk.look("run", "project", project), well.look("run", "project", other)
    assert (slow["ends"], slow["plan"][0][0]) == (3 * fast["ends"], 3 * fast["plan"][0][0])


def test_a_run_that_fails_by_itself_keeps_its_end() -> None:
    desk, project = made(Job(stuck=5), FAILS_EVERY_TIME)
    desk.wait(HOUR)
    assert ran(desk, project) == ["failed"]


def test_what_a_fault_made_of_a_run_can_be_stored() -> None:
    desk, project = made(Job(stuck=50, times=1.5))
    (run,) = desk.look("run", "project", project)
    assert parse(dump(run)) == run
