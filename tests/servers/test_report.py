"""The tables of `make conform`: what counts as found, what as a false alarm, and when the run falls short."""

from __future__ import annotations

from tests.servers.report import Outcome
from tests.servers.stock import Stock
from tests.servers.verdicts import Row, Task, Verdict


def _task(defect: str | None) -> Task:
    return Task(defect, "restream", 0, ours=True, stock=True, examples=1, pace=60)


def _row(defect: str | None, *alarms: str, failures: tuple[str, ...] = (), seconds: float = 1, steps: int = 2) -> Row:
    rules = tuple(alarm.partition(" ")[0] for alarm in alarms)
    ours = Verdict(alarms, rules, seconds if alarms else None, seconds, 10, steps, steps)
    return Row(_task(defect), ours, Stock(failures, 10, 1.0, ""))


def test_what_the_healthy_fake_is_accused_of_too_is_no_find() -> None:
    outcome = Outcome([_row(None, "noise at x", failures=("Noise x",)), _row("never-409", "noise at x")])
    assert [row.task.defect for row in outcome.missed] == ["never-409"]


def test_a_find_of_each_is_in_its_column() -> None:
    row = _row("never-409", "conflict-missing at createClipProject", failures=("ServerError POST /x",))
    table = Outcome([_row(None), row]).markdown()
    assert "| conflict-missing | 1.0 | 2 | ServerError | 1 |" in table
    assert "`mockserver check` finds 1 of 1 (100%)" in table


def test_a_defect_nobody_finds_is_named() -> None:
    outcome = Outcome([_row(None), _row("never-409")])
    assert "Missed by `mockserver check`: never-409." in outcome.markdown()
    assert outcome.failures == ["the judge missed 1 of 1 defects; 95% must be found"]


def test_a_false_alarm_on_the_healthy_fake_falls_short() -> None:
    outcome = Outcome([_row(None, "conflict-missing at x: y")])
    assert outcome.failures == ["false alarm of the judge (restream, seed 0): conflict-missing at x: y"]


def test_a_failure_of_schemathesis_at_the_healthy_fake_falls_short() -> None:
    outcome = Outcome([_row(None, failures=("ServerError GET /x",))])
    assert outcome.failures == ["schemathesis fails the fake (restream, seed 0): ServerError GET /x"]


def test_slow_finds_and_long_reproductions_fall_short() -> None:
    outcome = Outcome([_row(None), _row("never-409", "a at x", seconds=90, steps=5)])
    assert len(outcome.failures) == 2
    assert outcome.times == [90]


def test_what_broke_is_neither_found_nor_silent() -> None:
    outcome = Outcome([Row(_task("never-409"), None, None, "check: OSError: gone")])
    assert outcome.failures == ["never-409: check: OSError: gone"]


def test_the_same_is_there_for_a_program() -> None:
    value = Outcome([_row(None), _row("never-409", "conflict-missing at x")]).to_json()
    assert value["defects"][0]["found"] is True
    assert value["failures"] == []
