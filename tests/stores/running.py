"""A real redis-server, started and stopped by tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class RedisServer:
    """A server on a socket in a folder of its own; what was acknowledged is on the disk when it is killed."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.socket = folder / "redis.sock"
        self._options = options
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Returns when it takes connections."""
        words = ["--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder), "--save", ""]
        command = ["redis-server", *words, "--appendonly", "yes", "--appendfsync", "always", *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if "ready to accept connections" in line.lower():
                return
        raise AssertionError("".join(said))

    def calls(self) -> dict[str, int]:
        """How often each command was called, by clients and by their scripts."""
        command = ["redis-cli", "-s", str(self.socket), "info", "commandstats"]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = re.findall(r"cmdstat_(\w+):calls=(\d+)", told)
        return {name: int(count) for name, count in found if name != "info"}

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def redis_server(*options: str) -> Iterator[RedisServer]:
    """Started, until the block ends. Skips the test where there is none, but in CI, which installs it."""
    if shutil.which("redis-server") is None and not os.environ.get("CI"):
        pytest.skip("needs redis-server")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are too long for a socket's name
        server = RedisServer(Path(folder), *options)
        server.start()
        try:
            yield server
        finally:
            server.kill()
