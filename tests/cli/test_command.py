"""The command as a whole: help, version, what is not understood, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mockserver
from mockserver.cli import COMMANDS, main

Capture = pytest.CaptureFixture[str]


def refusal(capsys: Capture, *words: str) -> str:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_help_names_every_command(capsys: Capture) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in COMMANDS)


def test_no_word_at_all_prints_the_help_and_is_a_usage_error(capsys: Capture) -> None:
    assert main([]) == 2
    assert "usage: mockserver COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: Capture) -> None:
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: mockserver {name} ")


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_it_tells_its_version(option: str, capsys: Capture) -> None:
    assert main([option]) == 0
    assert capsys.readouterr().out == f"mockserver {mockserver.__version__}\n"


def test_an_unknown_command_is_refused_with_the_nearest(capsys: Capture) -> None:
    assert 'no command "sever"; did you mean "serve"?' in refusal(capsys, "sever")


@pytest.mark.parametrize("words", [("--vesion",), ("routes", "--jsn"), ("serve", "--reddy-file=x")])
def test_an_unknown_option_is_refused_with_the_nearest(words: tuple[str, ...], capsys: Capture) -> None:
    said = refusal(capsys, *words)
    assert f'no option "{words[-1].partition("=")[0]}"; did you mean' in said


def test_an_option_without_its_value_is_refused(capsys: Capture) -> None:
    assert "serve: argument --port: expected one argument. See mockserver serve --help" in refusal(
        capsys, "serve", "--port"
    )


def test_an_unknown_provider_is_refused_with_the_nearest(capsys: Capture) -> None:
    assert 'no provider "livepear"; did you mean "livepeer"?' in refusal(capsys, "routes", "livepear")


def test_a_reader_who_leaves_early_is_no_error(tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m mockserver outcomes --json | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == (["[", "0"], "")


def test_a_stream_that_can_not_spell_a_character_gets_it_escaped(tmp_path: Path) -> None:
    (tmp_path / "caf\u00e9.yaml").write_text("[", "utf-8")
    command = [sys.executable, "-m", "mockserver", "lint", "caf\u00e9.yaml"]
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.stdout.startswith("caf\\xe9.yaml:")


def test_a_cold_start_imports_nothing_it_does_not_use() -> None:
    code = "import sys, mockserver.cli, mockserver.cli.serve; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"rich", "yaml", "openapi_core", "jwt", "hypothesis", "schemathesis", "pytest", "importlib.metadata"}
    assert not heavy & set(loaded)


STOPPED = """
import sys
from types import ModuleType
from mockserver import cli

command = ModuleType("mockserver.cli.stopped")
command.run = lambda *words: exec("raise KeyboardInterrupt")
sys.modules[command.__name__] = command
cli.COMMANDS["stopped"] = ("stopped", "")
sys.exit(cli.main(["stopped"]))
"""


def test_an_interrupt_ends_with_130_wherever_it_falls(tmp_path: Path) -> None:
    (tmp_path / "stopped.py").write_text(STOPPED)
    assert subprocess.run([sys.executable, "-m", "stopped"], cwd=tmp_path).returncode == 130
