"""The command, running as its users run it: a process of its own, on a port it picked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from mockserver.core.text import Json

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Command:
    """A running server. `key` is for one test alone: it owns a world of its own."""

    url: str
    key: str


def _served(stack: ExitStack, folder: Path, options: tuple[str, ...]) -> str:
    """Start `mockserver serve` and return its URL once its port is open; it is ended with the stack."""
    ready = folder / f"ready-{len(list(folder.iterdir()))}.json"
    words = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--ready-file", str(ready)]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    process = subprocess.Popen(
        [*words, "--log-format", "json", "--quiet", *options], stdout=subprocess.PIPE, text=True, env=environ
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    if not said:
        pytest.fail(f"the server ended with {process.wait(10)} before it was ready")
    stack.callback(_ended, process)
    url: str = json.loads(ready.read_text())["url"]
    assert json.loads(said)["url"] == url
    return url


def _ended(process: subprocess.Popen[str]) -> None:
    """SIGTERM, and a clean end within the second the command promises (and some, on a busy machine)."""
    process.terminate()
    assert process.wait(10) == 0


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """The URL of a server with these options; one server for each set of options and test run."""
    folder = tmp_path_factory.mktemp("served")
    with ExitStack() as stack:
        yield cache(lambda *options: _served(stack, folder, options))


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """A key that owns a world nobody else has."""
    name = "".join(character if character.isalnum() else "-" for character in request.node.nodeid)
    return f"test_{name[-120:]}"


@pytest.fixture
def at_once(served: Callable[..., str], key: str) -> Command:
    """A server whose jobs are done as soon as they are asked for."""
    return Command(served("--pace", "inf"), key)


@pytest.fixture
def in_time(served: Callable[..., str], key: str) -> Command:
    """A server at its usual pace: clips take a second or so, and a client that polls sees them on their way."""
    return Command(served(), key)


@pytest.fixture
def by_the_book(served: Callable[..., str], key: str) -> Command:
    """A server that keeps the published document where the real one breaks it."""
    return Command(served("--pace", "inf", "--reading", STRICT), key)


STRICT: Final = "livepeer.webhook=strict-document"


@pytest.fixture(scope="session")
def read_node() -> Callable[..., str]:
    """Runs one of `scenarios/` with the npm SDK and these words and variables, and returns what it printed."""
    if not shutil.which("node") or not (HERE / "node_modules" / "livepeer").is_dir():
        reason = "needs Node.js and `make clients` (npm ci in tests/clients)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def run(scenario: str, *words: str, **variables: str) -> str:
        script = str(HERE / "scenarios" / f"{scenario}.mjs")
        environ = os.environ | variables
        done = subprocess.run(["node", script, *words], capture_output=True, text=True, timeout=60, env=environ)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def node(read_node: Callable[..., str]) -> Callable[..., Json]:
    """The same for what is printed as JSON."""
    return lambda scenario, *words: json.loads(read_node(scenario, *words))
