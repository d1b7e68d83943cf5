"""`mockserver serve --workers N` in processes of its own, for tests to use and to kill."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from mockserver.core.text import Json
from tests.stores.running import redis_server

START_SECONDS = 30
END_SECONDS = 20


class Workers:
    """A supervisor and its workers; `url` is where they are."""

    def __init__(self, *words: str, folder: Path | None = None) -> None:
        command = [
            sys.executable,
            "-P",
            "-m",
            "mockserver",
            "serve",
            "--port",
            "0",
            "--log-format",
            "json",
            "--quiet",
            *words,
        ]
        environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environ,
            cwd=folder,
            process_group=0,
        )
        assert self.process.stdout is not None
        self.url = ""
        said = self.process.stdout.readline()
        if said:
            self.url = json.loads(said)["url"]

    def pids(self) -> list[int]:
        """The workers there are now."""
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(line) for line in listed.stdout.split()]

    def who_has(self, port: int) -> int:
        """The worker that has a connection on a port of its own (Linux)."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        established = "01"  # others of that port are over, and wait for their time
        (inode,) = {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == established}
        for pid in self.pids():
            for opened in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(FileNotFoundError):  # closed meanwhile
                    if f"{opened.readlink()}" == f"socket:[{inode}]":
                        return pid
        raise AssertionError(f"no worker has a socket on port {port}")

    def lines(self) -> Iterator[str]:
        """What the supervisor says of its workers, as it says it."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            yield json.loads(line)["message"]

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and errors of a stop."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=END_SECONDS)
        return self.process.returncode, errors


async def each_connection(url: str, count: int, method: str, path: str, **options: Any) -> list[Json]:
    """The same call over so many connections, of which every worker gets some."""

    async def one() -> Json:
        async with aiohttp.ClientSession() as client, client.request(method, url + path, **options) as response:
            return await response.json() if response.status != 204 else None

    return list(await asyncio.gather(*(one() for _ in range(count))))


@contextmanager
def workers(count: int, store: str, *words: str, folder: Path | None = None) -> Iterator[Workers]:
    running = Workers("--workers", str(count), "--store", store, *words, folder=folder)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
        try:
            running.process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.communicate()


def sqlite_at(folder: Path) -> str:
    return f"sqlite:{folder / 'worlds.db'}"


@contextmanager
def on_store(kind: str, folder: Path, count: int, *words: str) -> Iterator[Workers]:
    """So many workers on a store of their own: `sqlite`, below the folder, or `redis`, which keeps nothing."""
    if kind == "sqlite":
        with workers(count, sqlite_at(folder), *words) as started:
            yield started
    else:
        with redis_server("--appendonly", "no") as redis, workers(count, redis.url, *words) as started:
            yield started
