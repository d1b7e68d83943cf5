"""`--report FORMAT=FILE`: refused early when it can't be, written where it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockserver.cli.reporting import Reports, add_report_option
from mockserver.cli.words import Words
from mockserver.errors import UsageError
from tests.conformance.reports.samples import CHECKED, checked


def refused(*words: str) -> str:
    with pytest.raises(UsageError) as raised:
        Reports.read(words, "check")
    return str(raised.value)


def test_it_can_be_given_several_times(tmp_path: Path) -> None:
    parser = Words("check", "judge a server")
    add_report_option(parser)
    given = parser.read(["--report", f"json={tmp_path}/a.json", "--report", f"html={tmp_path}/b.html"])
    assert given is not None
    Reports.read(given.report, "check").write(CHECKED, checked())
    assert json.loads((tmp_path / "a.json").read_text())["broken"] is True
    assert (tmp_path / "b.html").read_text().startswith("<!doctype html>")


def test_a_format_there_is_not_gets_the_nearest() -> None:
    assert 'no format "sarf"; did you mean "sarif"?' in refused("sarf=x")


def test_a_format_without_a_file_is_told_how_to_say_it() -> None:
    assert "say where it goes, as in --report junit=FILE, or junit=-" in refused("junit")


def test_a_file_that_cannot_be_written_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "can't be written: Is a directory" in refused(f"html={tmp_path}")
    assert "can't be written" in refused(f"html={tmp_path}/file/below")


def test_trying_a_file_leaves_nothing_and_harms_nothing(tmp_path: Path) -> None:
    there = tmp_path / "old.html"
    there.write_text("old")
    Reports.read([f"html={there}", f"json={tmp_path}/new.json"], "check")
    assert there.read_text() == "old" and [path.name for path in tmp_path.iterdir()] == ["old.html"]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    Reports.read([f"text={tmp_path}/a/b/c.txt"], "check").write(CHECKED, checked())
    assert "conflict-missing" in (tmp_path / "a/b/c.txt").read_text()


def test_two_reports_do_not_share_a_place() -> None:
    assert "can't both go to stdout" in refused("json=-", "html=-")


def test_stdout_is_for_the_report_and_people_are_told_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    Reports.read(["json=-"], "check").write(CHECKED, checked())
    said = capsys.readouterr()
    assert json.loads(said.out)["command"] == "check"
    assert "conflict-missing" in said.err


def test_a_lone_surrogate_can_be_written(tmp_path: Path) -> None:
    Reports.read([f"json={tmp_path}/a.json"], "check").write(CHECKED, checked())
    assert json.loads((tmp_path / "a.json").read_bytes())["checks"][1]["findings"][0]["evidence"].endswith("\ud800")
