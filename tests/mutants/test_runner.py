"""The runner on a suite of three tests, one of which the honest client fails; and the command on a real one."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mockserver.core.text import Json
from tests.house.source import CHECKOUT
from tests.mutants import report
from tests.mutants.__main__ import main
from tests.mutants.bugs import MUTANTS
from tests.mutants.judge import SuiteBroken, judge
from tests.mutants.mutation import HONEST
from tests.mutants.runner import SUITES, Result, Suite, run
from tests.mutants.trial import Trial

FAILURE = next(mutant for mutant in MUTANTS if str(mutant) == "livepeer/ignores-failure")
LIMIT = next(mutant for mutant in MUTANTS if str(mutant) == "livepeer/takes-the-limit-for-no-permission")

TINY = """
# A comment, which is no line of test.
from tests.mutants.clients.livepeer import Clip
from tests.mutants.trial import TRIAL

def test_that_anybody_fails():
    assert 1 == 2, "never"

def test_that_anybody_passes():
    assert True

def test_that_looks(request):
    client = request.config.stash[TRIAL].clients["livepeer"]
    assert client.has_failed(None, Clip("c1", "first", "failed"))
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Suite:
    """A suite in a folder of its own; its module's name is too, as a process keeps modules by name."""
    (tmp_path / f"test_livepeer_{tmp_path.name.replace('-', '_')}.py").write_text(TINY)
    return Suite("t", "a tiny one", tmp_path, gate=0.5)


@pytest.fixture
def result(tiny: Suite) -> Result:
    return run(tiny, [FAILURE, LIMIT])


def test_what_a_test_tells_from_the_honest_client_is_killed(result: Result) -> None:
    assert [str(verdict.mutant) for verdict in result.killed] == ["livepeer/ignores-failure"]
    assert result.killed[0].by.endswith("::test_that_looks")
    assert [str(verdict.mutant) for verdict in result.survived] == ["livepeer/takes-the-limit-for-no-permission"]


def test_what_the_honest_client_fails_is_a_false_alarm_and_kills_nobody(result: Result) -> None:
    assert [name.partition("::")[2] for name in result.false_alarms] == ["test_that_anybody_fails"]
    assert "never" in next(iter(result.false_alarms.values()))
    assert result.tests == 3


def test_a_gate_wants_enough_kills_and_no_false_alarm(result: Result) -> None:
    assert not result.ok
    calm = replace(result, false_alarms={})
    assert calm.ok
    assert not replace(calm, suite=replace(result.suite, gate=0.95)).ok
    assert replace(result, suite=replace(result.suite, gate=None)).ok


def test_the_table_has_the_figures_and_the_survivors(result: Result) -> None:
    said = report.text([replace(result, seconds=1.25)])
    row = next(line for line in said.splitlines() if line.startswith("(t)"))
    assert " ".join(row.split()) == "(t) a tiny one 1 of 2 (50%) 1 1 of 3 tests 1.2 9"
    assert f"      {LIMIT.about}" in said
    assert FAILURE.about not in said


def test_json_tells_who_was_killed_by_what(result: Result) -> None:
    told = json.loads(report.as_json([result]))[0]
    assert (told["killed"], told["survived"], told["ok"]) == (1, 1, False)
    assert [bool(mutant["killedBy"]) for mutant in told["mutants"]] == [True, False]


def test_a_client_that_never_ends_is_a_failure(tmp_path: Path) -> None:
    file = tmp_path / "test_livepeer_endless.py"
    file.write_text("from tests.mutants.patience import Clock\ndef test_it():\n    Clock(most=0).wait(1)")
    assert "waited 0 times" in judge([file], Trial()).failures["test_livepeer_endless.py::test_it"]


def test_a_suite_that_can_t_be_run_says_why(tmp_path: Path) -> None:
    file = tmp_path / "test_livepeer_broken.py"
    file.write_text("import nothing_of_that_name")
    with pytest.raises(SuiteBroken, match="nothing_of_that_name"):
        judge([file], Trial())


def test_a_trial_has_one_mutant_and_is_honest_otherwise() -> None:
    clients = Trial().of(FAILURE).clients
    assert clients == {"livepeer": FAILURE.client, "restream": HONEST["restream"]}


def test_a_suite_that_is_not_there_yet_is_left_out(tmp_path: Path) -> None:
    missing = Suite("x", "a suite to come", tmp_path / "kit").missing()
    assert missing == "there is no kit in tests/mutants/suites yet"
    assert [suite.name for suite in SUITES] == ["a", "b", "c"]


def command(*words: str) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-m", "tests.mutants", *words], cwd=CHECKOUT, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_the_command_judges_a_mutant_against_mockserver() -> None:
    code, said, told = command("--suite", "c", "--only", "livepeer/tells-the-key", "--json")
    assert code == 0, told
    result: Json = json.loads(said)[0]
    assert result["falseAlarms"] == {}
    assert result["mutants"][0]["killedBy"].endswith("test_an_unknown_key_is_refused_and_not_repeated")


def test_the_command_names_the_nearest_mutant(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--only", "livepeer/poll-forever"])
    assert "no mutant livepeer/poll-forever; did you mean livepeer/polls-for-ever" in capsys.readouterr().err


def test_the_command_lists_the_mutants(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--only", "restream"]) == 0
    assert capsys.readouterr().out.startswith("restream/takes-a-repetition-for-a-failure\n    A 409 ")
