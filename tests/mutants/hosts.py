"""Where the examples find their API: this server, or prism on the same document."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.benchmarks.rows import install_rivals
from tests.benchmarks.servers import RIVALS, ROOT, free_port, wait_for
from tests.mutants.mutation import PROVIDERS, Provider
from tests.mutants.patience import START, Clock


class Ours:
    """mockserver in this process. Its time stands still but for what clients wait; jobs take as long as in life."""

    stateless = False

    def __init__(self, server: ThreadedServer) -> None:
        self._server = server
        self._accounts = count()

    def url(self, provider: Provider) -> str:
        return self._server.url + {"livepeer": "/api", "restream": "/v2"}[provider]

    def account(self) -> str:
        return f"test_example{next(self._accounts)}"

    def clock(self) -> Clock:
        clock = Clock(lambda seconds: self._server.run(self._server.engine.advance(round(seconds * 1000))))
        clock.start = self._server.engine.clock.now() / 1000
        return clock


@contextmanager
def ours() -> Iterator[Ours]:
    settings = Settings(port=0, pace=1, at=int(START * 1000))
    with ThreadedServer(settings, now=lambda: 0) as server:
        yield Ours(server)


class Prism:
    """@stoplight/prism-cli, one process for each document. It has no accounts, no state and no time."""

    stateless = True

    def __init__(self, urls: dict[Provider, str]) -> None:
        self._urls = urls

    def url(self, provider: Provider) -> str:
        return self._urls[provider]

    def account(self) -> str:
        return "test_example"

    def clock(self) -> Clock:
        return Clock()


@contextmanager
def prism() -> Iterator[Prism]:
    """Needs node and npm."""
    install_rivals()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield Prism({provider: _started(stack, folder, provider) for provider in PROVIDERS})


def _started(stack: ExitStack, folder: Path, provider: Provider) -> str:
    words = [sys.executable, "-m", "mockserver", "spec", provider, "--json"]
    document = folder / f"{provider}.json"
    document.write_bytes(subprocess.run(words, check=True, capture_output=True, cwd=ROOT).stdout)
    port = free_port()
    program = RIVALS / "node_modules" / ".bin" / "prism"
    command = ["node", str(program), "mock", str(document), "-p", str(port), "-h", "127.0.0.1", "-v", "silent"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(process.wait, 10)
    stack.callback(process.terminate)
    wait_for(port, process)
    return f"http://127.0.0.1:{port}"
