"""Starts the servers that are measured: ours and the ones it is measured against, each pinned to one core."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from mockserver.core.text import Json, dump, parse

HERE: Final = Path(__file__).parent
RIVALS: Final = HERE / "rivals"
ROOT: Final = HERE.parents[1]
KEY: Final = "test_bench"
# The stream of Livepeer's own documentation example; the default world has it.
PLAYBACK_ID: Final = "eaw4nk06ts2d0mzb"
CLIP: Final = dump({"playbackId": PLAYBACK_ID, "startTime": 1587667174725, "endTime": 1587667184725, "name": "My Clip"})


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it listens, and the path its POST /clip is at."""

    name: str
    port: int
    clip_path: str
    pid: int

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """One request on a connection of its own: status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, HEADERS | {"X-Forwarded-For": f"ask-{time.monotonic_ns()}"})
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def value(self, path: str) -> Json:
        return parse(self.ask("GET", path)[1])

    def resident(self) -> int:
        """Resident memory in KiB, as the kernel counts it (Linux)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise OSError(f"/proc/{self.pid}/status has no VmRSS")

    def spent(self) -> float:
        """Seconds of processor time of the process and of those it has started and that run, as of now (Linux)."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(processor_seconds(pid) for pid in (self.pid, *map(int, children)))


def processor_seconds(pid: int) -> float:
    """How long a process has run so far, in all its threads (Linux)."""
    return sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


HEADERS: Final = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


def apart() -> bool:
    """Whether server and client can be kept on a core each: Linux, `taskset`, and two cores to choose from."""
    return bool(shutil.which("taskset")) and len(_cores()) > 1


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []


def pinned(who: Literal["server", "client"], command: Sequence[str]) -> list[str]:
    """The command, kept on its core where that can be."""
    if not apart():
        return list(command)
    return ["taskset", "-c", str(_cores()[0 if who == "server" else 1]), *command]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Return once something accepts connections on the port. Raises RuntimeError when its process ends instead."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode} before it listened")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.001)
    raise RuntimeError(f"{process.args!r} did not listen on port {port} within {seconds:.0f} s")


@contextmanager
def running(
    name: str, command: Sequence[str], port: int, clip_path: str = "/api/clip", *, ready: Path | None = None
) -> Iterator[Server]:
    """The command as a server on core 0, stopped at the end; a POST of the clip has been seen to succeed.

    One that is to write a `ready` file has done so, and runs on all cores.
    """
    # NODE_ENV=production, which would help a node server, ends prism at its start.
    words = pinned("server", command) if ready is None else list(command)
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        wait_for(port, process)
        while ready is not None and not ready.exists() and process.poll() is None:
            time.sleep(0.001)
        server = Server(name, port, clip_path, process.pid)
        status, body = server.ask("POST", clip_path, CLIP)
        if status != 200:
            raise RuntimeError(f"{name} answered the benchmark's clip with {status}: {body[:300]!r}")
        yield server
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def mockserver(*options: str) -> Iterator[Server]:
    """Our command as every user has it, contract checks, state and journal on; only its log of requests is off."""
    port = free_port()
    with running("mockserver", [sys.executable, "-m", "mockserver", *serve(port), *options], port) as server:
        yield server


@contextmanager
def crew(workers: int, store: str, *options: str) -> Iterator[Server]:
    """So many workers on a store, on all cores."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready")
        words = [*serve(port), "--workers", str(workers), "--store", store, "--ready-file", str(ready), *options]
        command = [sys.executable, "-m", "mockserver", *words]
        with running(f"{workers} workers", command, port, ready=ready) as server:
            yield server


def serve(port: int) -> list[str]:
    """The words of our command that start a server on a port."""
    return ["serve", "--port", str(port), "--quiet"]
