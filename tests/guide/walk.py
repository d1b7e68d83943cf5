"""A reader's project: a folder in which the blocks of one page are done in the order they come."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from mockserver.contract.yaml_text import load_yaml
from tests.guide.blocks import Block
from tests.house.source import CHECKOUT

SHOWN: Final = "http://127.0.0.1:4080"
NODE_MODULES: Final = CHECKOUT / "tests" / "clients" / "node_modules"
# A reader's environment has what these install: they are looked at, not run.
_INSTALLS: Final = (
    re.compile(r"python3? -m venv \.venv"),
    re.compile(r"(source|\.) \.venv/bin/activate"),
    re.compile(r"pip install( -q)?( (\.|path/to/mockserver|httpx|pytest-asyncio|anyio|pytest-xdist))+"),
    re.compile(r"npm install livepeer"),
    re.compile(r"cd clips|mkdir clips( && cd clips)?"),
)
# What a command shows that ends with an error: pytest, and our judge.
_FAILS: Final = re.compile(r"\b\d+ failed|^✗", re.MULTILINE)


class Project:
    """`url` is of a running server that stands for the one the pages show."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self._url = url
        self._groups: list[int] = []
        self._tests: list[str] = []
        (folder / ".curlrc").write_text("silent\nshow-error\n")
        (folder / "github_env").touch()

    def do(self, block: Block) -> None:
        """What a reader does with a block. Raises AssertionError if it is not as shown."""
        if block.language == "diff":
            self._mend(block)
        elif block.file is not None:
            self._save(block)
        elif "def test_" in block.text:
            name = f"test_line_{block.line}.py"
            (self.folder / name).write_text(block.text)
            self._tests.append(name)
        elif block.language == "python":
            self._compare(block, self._run([sys.executable, "-c", self._here(block.text)]))
        elif block.language == "toml":
            tomllib.loads(block.text)
        elif block.language == "yaml":
            load_yaml(block.text, "the guide")
        else:
            assert block.language == "sh", f"nobody checks a block of {block.language}"
            self._type(block)

    def finish(self) -> None:
        """Run the tests that no block ran."""
        if self._tests:
            self._run([sys.executable, "-m", "pytest", "-q", *self._tests])

    def close(self) -> None:
        """End what runs in the background."""
        for group in self._groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)

    def _save(self, block: Block) -> None:
        assert block.file is not None
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text() if block.adds else ""
        path.write_text(before + ("\n\n" if block.adds else "") + self._here(block.text))
        if block.file.startswith(".github/workflows/"):
            self._run_workflow(path)
        elif path.suffix == ".mjs" and not (self.folder / "node_modules").exists():
            if not NODE_MODULES.is_dir() and not os.environ.get("CI"):
                pytest.skip("needs Node.js and `make clients` (npm ci in tests/clients)")
            (self.folder / "node_modules").symlink_to(NODE_MODULES)

    def _mend(self, block: Block) -> None:
        assert block.file is not None, "a diff says in its first line which file it changes: --- clips.py"
        lines = block.text.splitlines(keepends=True)[1:]
        old = "".join(line[1:] for line in lines if not line.startswith("+"))
        new = "".join(line[1:] for line in lines if not line.startswith("-"))
        text = (self.folder / block.file).read_text()
        assert text.count(old) == 1, f"{block.file} has this {text.count(old)} times:\n{old}"
        (self.folder / block.file).write_text(text.replace(old, new))

    def _type(self, block: Block) -> None:
        if "redis-server" in block.text and not shutil.which("redis-server") and not os.environ.get("CI"):
            return  # not everybody has one; the rest of the page needs none
        lines = [line for line in block.text.splitlines() if not _is_known(line)]
        if lines:
            wanted = bool(block.prints and _FAILS.search(block.prints))
            self._compare(
                block, self._run(["bash", "-e", "-o", "pipefail", "-c", self._here("\n".join(lines))], wanted)
            )

    def _run_workflow(self, path: Path) -> None:
        """The steps of a GitHub workflow, as a runner runs them."""
        (job,) = load_yaml(path.read_text(), path.name).value["jobs"].values()
        for step in job["steps"]:
            lines = [line for line in step.get("run", "").splitlines() if not _is_known(line)]
            self._run(["bash", "-e", "-o", "pipefail", "-c", "\n".join(lines)])

    def _here(self, text: str) -> str:
        return text.replace(SHOWN, self._url)

    def _run(self, words: list[str], fails: bool = False) -> str:
        """What it prints, in a group of processes that is ended with the project."""
        # A file, not a pipe: what goes on in the background holds it open.
        with tempfile.TemporaryFile("w+") as printed:
            process = subprocess.Popen(
                words,
                cwd=self.folder,
                env=self._environment(),
                stdout=printed,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            self._groups.append(process.pid)
            code = process.wait(120)
            printed.seek(0)
            text = printed.read()
        assert bool(code) == fails, f"{shlex.join(words)} ended with {code}:\n{text}"
        return text

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
        kept = dict(line.split("=", 1) for line in (self.folder / "github_env").read_text().splitlines())
        return {
            **{"PATH": path, "HOME": str(self.folder), "PYTHONPATH": str(CHECKOUT), "MOCKSERVER_URL": self._url},
            **{"COLUMNS": "100", "GITHUB_ENV": str(self.folder / "github_env"), "CI": "true", **kept},
            # Of the plugins that are installed here, one takes half a second and one tells of its future at each start.
            "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:schemathesis -o asyncio_default_fixture_loop_scope=function",
        }

    def _compare(self, block: Block, printed: str) -> None:
        if block.prints is None:
            return
        shown = ".*?".join(re.escape(part) for part in self._here(block.prints).strip().split("…"))
        assert re.fullmatch(shown, printed.strip(), re.DOTALL), (
            f"line {block.line}: shown\n{block.prints}\ngot\n{printed}"
        )


def _is_known(line: str) -> bool:
    """Whether a line installs something, or starts a server that runs until it is stopped: those are not run."""
    line = line.partition(" #")[0].strip()
    words = line.split()
    if words[:1] == ["make"]:
        assert re.search(rf"^{words[1]}:.*## ", (CHECKOUT / "Makefile").read_text(), re.MULTILINE), line
        return True
    if words[:1] == ["docker"]:  # building needs an engine; tests/house/test_github.py holds the files to their schemas
        named = [word for word in words if word.startswith(".github/")]
        assert all((CHECKOUT / word).is_file() for word in named), line
        return True
    if words[:2] == ["mockserver", "serve"] and "&" not in words:
        from mockserver.cli.serve import run

        return run("serve", "start", [*words[2:], "--help"]) == 0
    return any(pattern.fullmatch(line) for pattern in _INSTALLS)
