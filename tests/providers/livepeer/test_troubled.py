"""What a fault makes of a job."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.fault import Job
from mockserver.core.text import Json, dump, parse
from mockserver.providers.livepeer.fates import INTERNAL_ERROR
from mockserver.providers.livepeer.troubled import kept, steps_of
from tests.providers.livepeer.desk import HOUR, NOW, Desk


def made(job: Job, **body: Json) -> tuple[Desk, str, str]:
    """A desk with a clip whose job is under a fault; the next ones are not."""
    desk = Desk()
    desk.job = job
    asset, task = desk.made(**body)
    desk.job = None
    return desk, asset, task


def test_a_job_fails_at_80_per_cent_for_good() -> None:
    desk, asset, task = made(Job(fail=80))
    desk.wait(60_000)
    assert desk.task(task)["status"]["progress"] == 0.8
    desk.wait(1_000)
    failed = {"phase": "failed", "updatedAt": desk.asset(asset)["status"]["updatedAt"], "errorMessage": INTERNAL_ERROR}
    assert desk.asset(asset)["status"] == failed
    desk.wait(HOUR)
    assert desk.asset(asset)["status"] == failed


def test_a_job_fails_with_a_message_of_ones_own() -> None:
    desk, asset, _ = made(Job(fail=10, message="out of film"))
    desk.wait(HOUR)
    assert desk.asset(asset)["status"]["errorMessage"] == "out of film"


def test_a_job_fails_once_and_is_tried_again_by_the_server() -> None:
    desk, asset, task = made(Job(failures=1, fail=36))
    desk.wait(31_000)
    assert desk.task(task)["status"] == {
        "phase": "waiting",
        "updatedAt": NOW + 31_000,
        "retries": 1,
        "errorMessage": INTERNAL_ERROR,
    }
    desk.wait(30_000 + 80_000)
    assert desk.asset(asset)["status"] == {"phase": "ready", "updatedAt": NOW + 141_000}


def test_a_job_that_fails_more_often_than_the_server_tries_is_ready_when_tried_by_hand() -> None:
    desk, asset, task = made(Job(failures=3))
    desk.wait(HOUR)
    assert desk.asset(asset)["status"]["phase"] == "failed"
    assert desk.call("POST", f"/api/task/{task}/retry").status == 200
    desk.wait(80_000)
    assert desk.asset(asset)["status"]["phase"] == "ready"


def test_a_job_gets_stuck_and_stays() -> None:
    desk, asset, task = made(Job(stuck=85))
    desk.wait(HOUR)
    assert desk.task(task)["status"]["progress"] == desk.asset(asset)["status"]["progress"] == 0.85
    assert desk.asset(asset)["status"]["phase"] == "processing"


@pytest.mark.parametrize("part", [0, 0.0])
def test_a_job_may_get_stuck_before_anything_was_done(part: float) -> None:
    desk, asset, _ = made(Job(stuck=part))
    desk.wait(HOUR)
    assert desk.asset(asset)["status"] == {"phase": "processing", "updatedAt": NOW + 2_000, "progress": 0}


def test_a_job_takes_three_times_as_long() -> None:
    desk, asset, _ = made(Job(times=3))
    desk.wait(239_999)
    assert desk.asset(asset)["status"]["phase"] == "processing"
    desk.wait(1)
    assert desk.asset(asset)["status"] == {"phase": "ready", "updatedAt": NOW + 240_000}


def test_a_job_that_fails_by_itself_keeps_its_end() -> None:
    desk, asset, _ = made(Job(stuck=5), startTime=-1)
    desk.wait(HOUR)
    assert desk.asset(asset)["status"]["phase"] == "failed"


def test_without_a_fault_nothing_of_it_is_kept() -> None:
    desk = Desk()
    _, task = desk.made()
    record = desk.read("task", task)
    assert record is not None
    assert "job" not in record["sim"]


JOBS = st.builds(
    Job, fail=st.none() | st.floats(0, 100), failures=st.none() | st.integers(1, 3), times=st.floats(0.1, 9)
)


@given(JOBS | st.builds(Job, stuck=st.floats(0, 100)), st.sampled_from(["good", "early", "slow", "empty", "broken"]))
def test_steps_come_in_order_and_a_stored_job_is_the_same(job: Job, attempt: str) -> None:
    sim = {"attempt": attempt, "tries": 0, "job": kept(job)}
    steps = steps_of(sim)
    assert [step.after for step in steps] == sorted(step.after for step in steps)
    reports = [step.progress for step in steps if step.do == "report"]
    assert reports == sorted(set(reports))
    assert steps_of(parse(dump(sim))) == steps
