"""What servers on one store share: python -m tests.benchmarks.shared     counts, and needs redis-server

The page of the guide on sharing quotes it. Calls come one after another, so none shares its way with others; only the
last column is a matter of how quick the machine is.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from tests.benchmarks.servers import CLIP, HEADERS, KEY, Server, crew, free_port, processor_seconds, wait_for

CALLS: Final = 200
WORLDS: Final = 200
CLIPS: Final = 5_000
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-z]{16}\b|[0-9a-f]{32,}")


class Redis:
    """A redis-server, and what it has counted."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self._pid = pid

    def info(self) -> dict[str, float]:
        told = self._ask("info", "everything")
        found = dict(re.findall(r"^(used_memory|total_net_input_bytes|total_net_output_bytes):(\d+)", told, re.M))
        calls = {f"calls of {name}": count for name, count in re.findall(r"^cmdstat_([\w|]+):calls=(\d+)", told, re.M)}
        counts = {name: float(value) for name, value in {**found, **calls}.items()}
        return {**counts, "seconds": processor_seconds(self._pid)}

    def keys(self, server: Server) -> Counter[str]:
        """The keys that one clip more touches, by what they are."""
        with subprocess.Popen(
            ["redis-cli", "-p", str(self.port), "monitor"], stdout=subprocess.PIPE, text=True
        ) as monitor:
            assert monitor.stdout is not None
            monitor.stdout.readline()
            made(server, 1)
            self._ask("ping")
            lines = iter(monitor.stdout.readline, "")
            found = {
                line.split('"')[3] for line in _until(lines, '"ping"') if " lua] " in line and '"TIME"' not in line
            }
            monitor.terminate()
        return Counter(_ID.sub("ID", key.replace(KEY, "KEY")) for key in found)

    def _ask(self, *words: str) -> str:
        command = ["redis-cli", "-p", str(self.port), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _until(lines: Iterator[str], end: str) -> Iterator[str]:
    for line in lines:
        if end in line:
            return
        yield line


@contextmanager
def redis() -> Iterator[Redis]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = ["redis-server", "--port", str(port), "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_for(port, process)
            yield Redis(port, process.pid)
        finally:
            process.kill()
            process.wait()


def asked(server: Server, method: str, path: str, count: int, *, key: str = KEY, worlds: bool = False) -> None:
    """One call after another on one connection; with `worlds` each has a key of its own."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    for number in range(count):
        name = f"{key}{number}" if worlds else key
        headers = {**HEADERS, "Authorization": f"Bearer {name}", "X-Forwarded-For": f"{id(connection)}-{number}"}
        connection.request(method, path, CLIP if method == "POST" else None, headers)
        reply = connection.getresponse()
        body = reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{method} {path} was answered with {reply.status}: {body[:200]!r}")
    connection.close()


def made(server: Server, count: int, key: str = KEY) -> None:
    asked(server, "POST", server.clip_path, count, key=key)


def _difference(before: dict[str, float], after: dict[str, float], count: int) -> dict[str, float]:
    return {name: (value - before.get(name, 0)) / count for name, value in after.items()}


def told(what: str, cost: dict[str, float]) -> str:
    ways = sum(value for name, value in cost.items() if name in ("calls of evalsha", "calls of publish"))
    sent, got = cost["total_net_input_bytes"], cost["total_net_output_bytes"]
    within = sum(value for name, value in cost.items() if name.startswith("calls of ")) - ways
    us = cost["seconds"] * 1e6
    there = f"{ways:5.1f} ways  {within:5.1f} commands there  {us:4.0f} us of Redis"
    return f"{what:40} {there}  {sent:7,.0f} bytes to Redis  {got:7,.0f} back"


def main() -> int:
    with ExitStack() as opened:
        running = opened.enter_context(redis())
        store = f"redis://127.0.0.1:{running.port}/0"
        pace = ("--pace", "0.001")
        with crew(1, store, *pace) as server:
            made(server, 10)
            for what, method, path in (
                ("POST /clip", "POST", server.clip_path),
                ("GET /playback/ID", "GET", "/api/playback/eaw4nk06ts2d0mzb"),
            ):
                before = running.info()
                asked(server, method, path, CALLS)
                sys.stdout.write(told(what, _difference(before, running.info(), CALLS)) + "\n")
            before = running.info()
            made(server, CLIPS)
            clip = _difference(before, running.info(), CLIPS)["used_memory"]
            before = running.info()
            asked(server, "GET", "/api/playback/eaw4nk06ts2d0mzb", WORLDS, key="test_w", worlds=True)
            world = _difference(before, running.info(), WORLDS)["used_memory"]
            sys.stdout.write(f"memory of Redis: {clip:,.0f} bytes a clip, {world:,.0f} a world\n")
            for name, count in sorted(running.keys(server).items()):
                sys.stdout.write(f"  {count} x {name}\n")
        for workers in (2, 4):
            with crew(workers, f"{store}?prefix={workers}", "--pace", "0.001") as server:
                made(server, 10)
                before = running.info()
                asked(server, "GET", "/__admin/requests?limit=10", CALLS)
                cost = _difference(before, running.info(), CALLS)
                sys.stdout.write(told(f"GET /__admin/requests of {workers} workers", cost) + "\n")
    with tempfile.TemporaryDirectory() as folder:
        sizes = []
        for count in (10, CLIPS):
            with crew(1, f"sqlite:{folder}/worlds.db", "--pace", "0.001") as server:
                made(server, count)
            sizes.append(Path(folder, "worlds.db").stat().st_size)  # its log is carried over at the end
        sys.stdout.write(f"SQLite file: {(sizes[1] - sizes[0]) / CLIPS:,.0f} bytes a clip\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
