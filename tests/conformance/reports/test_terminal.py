"""What a person sees: short, coloured only on a terminal, and as wide as it is."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from mockserver.conformance.finding import Check, Report
from mockserver.conformance.reports import Sources, render, words
from mockserver.conformance.reports.progress import progress
from mockserver.conformance.reports.terminal import show
from tests.conformance.reports.samples import CHANGED, CHECKED, MISSING, changed, checked


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def screen(monkeypatch: pytest.MonkeyPatch, width: int, report: Report = CHECKED) -> str:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(width))
    file = Screen()
    show(report, Sources(checked().document), file)
    return file.getvalue()


def plain(text: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


@pytest.fixture(autouse=True)
def no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[1;31m" in screen(monkeypatch, 80)


def test_with_no_color_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", screen(monkeypatch, 80))


@pytest.mark.parametrize("width", [30, 80, 200])
def test_no_line_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    assert max(map(len, plain(screen(monkeypatch, width)))) <= width


def test_a_pipe_gets_plain_lines_that_are_not_broken() -> None:
    text = render(CHECKED, "text", checked())
    assert "\x1b" not in text
    assert any(len(line) > 100 for line in text.splitlines())
    assert all(line == line.rstrip() for line in text.splitlines())


def test_what_a_server_said_steers_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m @everyone" not in screen(monkeypatch, 200)


def test_the_summary_of_many_checks_fits_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = [Check(f"check {number}", "about it", "kept") for number in range(60)]
    checks += [Check(f"skipped {number}", "", "skipped", why="no webhooks") for number in range(60)]
    report = replace(CHECKED, checks=(Check("broken", "", "broken", (MISSING,)), *checks))
    lines = plain(screen(monkeypatch, 80, report))
    summary = lines[len(lines) - lines[::-1].index("") :]
    table = [line for line in lines if line.startswith(("✗", "✓", "- "))]
    assert table[0].startswith("✗ broken") and table[-1] == "✓ 60 more, kept"
    assert len(table) + len(summary) <= 22


def test_of_many_failures_the_first_are_told_and_the_rest_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    report = replace(CHECKED, checks=(Check("conflict", "", "broken", (MISSING,) * 50),))
    lines = plain(screen(monkeypatch, 120, report))
    assert "… and 30 more: --report html=FILE has them all" in lines


def test_a_change_says_what_it_means_for_both_sides() -> None:
    text = render(CHANGED, "text", changed())
    assert "   breaking for clients: their calls find nothing.\n   harmless for servers: less to do.\n" in text


def test_progress_is_silent_in_a_pipe_and_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    said = []
    for file in (io.StringIO(), Screen()):
        with progress(2, file) as tell:
            tell("conflict")
            tell("lifecycle")
        said.append(file.getvalue())
    assert said[0] == "" and "lifecycle" in said[1]


def test_a_script_is_for_a_file_and_one_command_for_the_terminal() -> None:
    script = Sources(commands=lambda finding: "one\ntwo\nthree\nfour\n")
    assert "three" not in render(CHECKED, "text", script)
    assert "how to see each again: --reproductions FOLDER writes scripts, --report html=FILE" in render(
        CHECKED, "text", script
    )
    assert "   curl http://127.0.0.1:4080/conflict-missing\n" in render(CHECKED, "text", checked())


def test_a_title_becomes_a_sentence_and_a_name_stays_one() -> None:
    assert words.sentence("the video was clipped twice") == "The video was clipped twice."
    assert words.sentence("createClip said so!") == "createClip said so!"


def test_what_could_not_be_judged_is_not_called_right(monkeypatch: pytest.MonkeyPatch) -> None:
    report = replace(CHECKED, command="verify", checks=(Check("traffic", "every entry can be read", "broken"),))
    said = screen(monkeypatch, 120, report)
    assert "not all could be judged" in said and "nothing wrong" not in said
