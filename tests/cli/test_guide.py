from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mockserver import resources
from mockserver.cli import main
from mockserver.cli.guide import pages
from mockserver.errors import UsageError


def test_it_lists_the_pages_in_the_order_of_the_index(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "To learn:"
    assert [line.split()[0] for line in lines if line.startswith("  ")] == list(pages())
    assert lines[1].startswith("  tutorial  ")


def test_a_page_in_a_pipe_is_its_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "tutorial"]) == 0
    assert capsys.readouterr().out == (resources.guide() / "tutorial.md").read_text("utf-8")


@pytest.mark.parametrize("spelled", ["Tutorial", "tutorial.md"])
def test_a_page_is_found_however_its_name_is_spelled(spelled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", spelled]) == 0
    assert capsys.readouterr().out.startswith("# ")


def test_a_page_there_is_not_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "tutoril"]) == UsageError.exit_code
    assert 'no page "tutoril"; did you mean "tutorial"?' in capsys.readouterr().err


def test_on_a_terminal_a_page_is_set(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import pty; pty.spawn(['mockserver', 'guide', 'tutorial'])"]
    words[2] = words[2].replace("'mockserver'", f"{sys.executable!r}, '-m', 'mockserver'")
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == 0
    assert "\x1b[" in done.stdout
    assert "```" not in done.stdout
