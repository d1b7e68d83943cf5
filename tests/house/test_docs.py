"""What README shows is run; what it lists is compared with the code."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mockserver.cli import COMMANDS, main
from mockserver.cli.ctl.subjects import SUBJECTS
from mockserver.options import OPTIONS
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.house.readme import README, renewed
from tests.house.source import CHECKOUT

SHOWN = "http://127.0.0.1:4080"
TEXT = README.read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of README. `prints` is the block of another language right below it: what it is to print."""

    language: str
    line: int
    text: str
    prints: str | None

    def __str__(self) -> str:
        return f"README:{self.line}"


def blocks() -> Iterator[Block]:
    found = list(re.finditer(r"^( *)```(\w+)\n(.*?)^\1```\n", TEXT, re.DOTALL | re.MULTILINE))
    outputs = {"json", "text"}
    for block, below in zip(found, [*found[1:], None], strict=True):
        if block[2] in {*outputs, "mermaid"}:
            continue
        adjacent = below is not None and below[2] in outputs and not TEXT[block.end() : below.start()].strip()
        margin = len(block[1])
        text = "".join(line[margin:] for line in block[3].splitlines(keepends=True))
        prints = below[3] if below is not None and adjacent else None
        yield Block(block[2], TEXT.count("\n", 0, block.start()) + 1, text, prints)


def commands(text: str) -> Iterator[str]:
    """The commands of a block, comments and line ends within them removed."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield shlex.join(word for word in words if word != "&")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadedServer(Settings(port=0)) as server:
        yield server.url


def run(words: list[str], folder: Path, **variables: str) -> str:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    environ = {"PATH": path, "HOME": str(folder), **variables}
    done = subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return done.stdout


def said(command: str, url: str, folder: Path) -> str:
    """What a command of README prints; what would run for ever is only asked whether it would start."""
    name, *words = shlex.split(command)
    if name == "make":
        assert re.search(rf"^{words[0]}:.*## ", (CHECKOUT / "Makefile").read_text(), re.MULTILINE), command
        return ""
    if name == "curl":
        return run(["curl", "-sS", *(word.replace(SHOWN, url) for word in words)], folder)
    assert name == "mockserver", f"README uses a command nobody checks: {command}"
    return run([name, *words, "--help"] if words[0] == "serve" else [name, *words], folder, MOCKSERVER_URL=url)


@pytest.mark.parametrize("block", list(blocks()), ids=str)
def test_a_block_does_what_it_shows(block: Block, url: str, tmp_path: Path) -> None:
    if block.language == "js":
        # It is run by tests/clients, where its packages are.
        assert (CHECKOUT / "tests/clients/scenarios/wheel.mjs").read_text().endswith(block.text)
        return
    if "def test_" in block.text:
        (tmp_path / "test_readme.py").write_text(block.text)
        run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], tmp_path)
        return
    if block.language == "python":
        printed = run([sys.executable, "-c", block.text.replace(SHOWN, url)], tmp_path)
    else:
        assert block.language == "sh", "nobody checks a block of another language"
        printed = "\n".join(said(command, url, tmp_path) for command in commands(block.text))
    if block.prints is not None:
        shown = ".*".join(re.escape(part) for part in block.prints.strip().split("…"))
        assert re.fullmatch(shown, printed.strip(), re.DOTALL)


def test_the_first_screen_shows_the_two_commands_and_a_request() -> None:
    first = "\n".join(TEXT.splitlines()[:24])
    assert all(word in first for word in ("make serve", "make test", f"curl {SHOWN}/", "Bearer test_me"))


def test_the_generated_parts_are_as_make_docs_writes_them() -> None:
    assert renewed(TEXT) == TEXT


def test_readme_can_be_read_at_one_sitting_with_its_tables_folded() -> None:
    open_lines = re.sub(r"<details>.*?</details>\n\n?", "", TEXT, flags=re.DOTALL)
    assert open_lines.count("\n") <= 180


def test_readme_names_every_command() -> None:
    assert {name for name in COMMANDS if f"`mockserver {name}" in TEXT or f"mockserver {name} " in TEXT} == set(
        COMMANDS
    )


def test_readme_names_no_option_that_does_not_exist() -> None:
    known = {option.argument for option in OPTIONS.values()} | {"--json"}
    known |= {flag.name for subject in SUBJECTS.values() for flag in subject.options}
    known |= set(re.findall(r"--mock-[a-z-]+", (CHECKOUT / "mockserver/pytest_plugin.py").read_text()))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT)) <= known


def test_links_within_readme_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in TEXT.splitlines()
        if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= headings


def test_help_of_serve_mentions_every_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    main(["serve", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert [option.name for option in OPTIONS.values() if option.about not in said] == []
