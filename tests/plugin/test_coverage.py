from __future__ import annotations

import json

import pytest

from tests.plugin.conftest import Run

TEST = """
@pytest.mark.mock_allows_violations
@pytest.mark.parametrize("start", ["soon", 1])
def test_it(livepeer_mock, start):
    clip(livepeer_mock, startTime=start)
"""


def test_a_run_ends_with_what_its_client_has_met(run: Run) -> None:
    result = run(TEST)
    result.stdout.fnmatch_lines(["*mockserver: contract coverage of the client*", "livepeer: 1 of * called*"])
    assert "restream:" not in result.stdout.str()


def test_what_was_never_met_is_listed(run: Run) -> None:
    result = run(TEST, "--mock-report=term-missing")
    lines = ["*documented, and your client has never met it:*", "    createClip *401*"]
    lines += ["  documented, and your client never sends it:", "    createClip  name, sessionId"]
    result.stdout.fnmatch_lines([*lines, "  never called:", "*getAsset*"])


@pytest.mark.parametrize("words", [("--mock-report=none",), ("-o", "mock_report=none")])
def test_nothing_is_told_to_who_wants_nothing(run: Run, words: tuple[str, ...]) -> None:
    assert "contract coverage" not in run(TEST, *words).stdout.str()
    assert "contract coverage" not in run("def test_it(): ...").stdout.str()


def test_reports_go_into_files(run: Run, pytester: pytest.Pytester) -> None:
    result = run(TEST, "--mock-report=json:out/cover.json,html:cover.html")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["written as JSON to out/cover.json", "written as HTML to cover.html"])
    told = json.loads((pytester.path / "out" / "cover.json").read_text())
    (clip,) = [each for each in told["providers"]["livepeer"]["tried"] if each["operation"] == "createClip"]
    assert clip["sent"] == {"endTime": 2, "playbackId": 2, "startTime": 2}
    assert (clip["statuses"], clip["violations"]) == ({"200": 1, "422": 1}, {"C201": 1})
    page = (pytester.path / "cover.html").read_text()
    assert "<span class=met>200</span>" in page
    assert "<span class=never>401</span>" in page


def test_too_little_fails_the_run(run: Run) -> None:
    result = run(TEST, "--mock-cover-fail-under=50")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*passed*", "FAIL: * of the documented replies were met, fewer than*=50"][1:])
    assert run(TEST, "--mock-cover-fail-under=0.5").ret == pytest.ExitCode.OK


@pytest.mark.parametrize("word", ["--mock-report=trem", "--mock-cover-fail-under=much"])
def test_what_is_no_report_and_no_number_is_refused(run: Run, word: str) -> None:
    result = run(TEST, word)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert word.partition("=")[0] in result.stderr.str()
