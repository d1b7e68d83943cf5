"""Loads a server from the other core: with wrk where it is installed, else with a client of raw sockets in Python."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, cast

from tests.benchmarks.servers import CLIP, HEADERS, KEY, Server, pinned

CONNECTIONS: Final = 32


@dataclass(frozen=True, slots=True)
class Shot:
    """One request to repeat. `varied` sends another X-Forwarded-For each time: the limit on clips is per address."""

    method: str
    path: str
    body: bytes = b""
    varied: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came back within a time: requests answered, of them not with 2xx, and requests per second."""

    requests: int
    refused: int
    rate: float


def clips(server: Server) -> list[Shot]:
    """The request every comparison is made with."""
    return [Shot("POST", server.clip_path, CLIP, varied=True)]


def tool() -> str:
    """What makes the load here, in words for the report."""
    return "wrk" if shutil.which("wrk") else "a Python client of raw sockets (wrk is not installed)"


def load(server: Server, shots: Sequence[Shot], seconds: float, *, worlds: bool = False) -> Loaded:
    """Ask for the shots in turn on 32 connections. Raises RuntimeError if anything but 2xx came back.

    With `worlds` each connection has a key, and with it a world, of its own, and the client may use all cores.
    """
    loaded = (_wrk if shutil.which("wrk") else _python)(server, shots, seconds, worlds)
    if not loaded.requests:
        raise RuntimeError(f"{server.name} answered nothing in {seconds} s")
    if loaded.refused:
        share = loaded.refused / max(loaded.requests, 1)
        raise RuntimeError(f"{server.name}: {loaded.refused} of {loaded.requests} replies ({share:.1%}) were not 2xx")
    return loaded


_SCRIPT: Final = """
local shots = {{{shots}}}
local count = 0
local nth = 0
function setup(thread)
  thread:set("own", nth)  -- a global of that thread
  nth = nth + 1
end
function request()
  count = count + 1
  local shot = shots[(count - 1) % #shots + 1]
  local headers = {{{headers}}}
  if shot.varied then headers["X-Forwarded-For"] = "{run}-" .. count end
  if {worlds} then headers["Authorization"] = headers["Authorization"] .. own end
  return wrk.format(shot.method, shot.path, headers, shot.body)
end
"""


def _lua(text: str) -> str:
    return "[==[" + text + "]==]"


def script(shots: Sequence[Shot], run: str, worlds: bool = False) -> str:
    """A wrk script: each connection asks for the shots in turn; with `worlds` each thread has a key of its own."""
    listed = ", ".join(
        f"{{method = {_lua(shot.method)}, path = {_lua(shot.path)}, body = {_body(shot)}, "
        f"varied = {str(shot.varied).lower()}}}"
        for shot in shots
    )
    headers = ", ".join(f"[ {_lua(name)} ] = {_lua(value)}" for name, value in HEADERS.items())
    return _SCRIPT.format(shots=listed, headers=headers, run=run, worlds=str(worlds).lower())


def _body(shot: Shot) -> str:
    return _lua(shot.body.decode()) if shot.body else "nil"


def _wrk(server: Server, shots: Sequence[Shot], seconds: float, worlds: bool) -> Loaded:
    with tempfile.TemporaryDirectory() as folder:
        lua = Path(folder, "shots.lua")
        lua.write_text(script(shots, str(time.monotonic_ns()), worlds))
        threads = CONNECTIONS if worlds else 1
        words = [f"-t{threads}", f"-c{CONNECTIONS}", f"-d{max(round(seconds), 1)}s", "--timeout", "10s", "-s", str(lua)]
        command = ["wrk", *words, f"http://127.0.0.1:{server.port}"]
        done = subprocess.run(
            command if worlds else pinned("client", command), capture_output=True, text=True, check=True
        )
    return read_wrk(done.stdout)


def read_wrk(report: str) -> Loaded:
    """The figures of wrk's report. Socket errors count as refused."""
    total = re.search(r"(\d+) requests in", report)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
    if not total or not rate:
        raise RuntimeError(f"wrk said something else: {report[:500]}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report)
    lost = sum(int(number) for number in errors.groups()) if errors else 0
    return Loaded(int(total[1]), (int(refused[1]) if refused else 0) + lost, float(rate[1]))


def _python(server: Server, shots: Sequence[Shot], seconds: float, worlds: bool) -> Loaded:
    words = [sys.executable, "-m", "tests.benchmarks.load", str(server.port), str(seconds), str(worlds)]
    sent = b"".join(_wire(shot) for shot in shots)
    lengths = ",".join(str(len(_wire(shot))) for shot in shots)
    command = [*words, lengths]
    command = command if worlds else pinned("client", command)
    done = subprocess.run(command, input=sent, capture_output=True, check=True)
    requests, refused, rate = done.stdout.split()
    return Loaded(int(requests), int(refused), float(rate))


# Replaced in each request sent, by digits of the same length.
_ADDRESS: Final = b"0000000000000000"


def _wire(shot: Shot) -> bytes:
    lines = [f"{shot.method} {shot.path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in HEADERS.items())]
    if shot.varied:
        lines.append(f"X-Forwarded-For: {_ADDRESS.decode()}")
    lines.append(f"Content-Length: {len(shot.body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + shot.body


class _Asker(asyncio.Protocol):
    """One connection: the next request goes out when the last one is answered."""

    def __init__(self, shots: Sequence[bytes], first: int, key: str = KEY) -> None:
        self.shots = [shot.replace(KEY.encode(), key.encode()) for shot in shots]
        self.sent = first
        self.answered = self.refused = 0
        self.unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one by behaviour, not by class
        self.ask()

    def ask(self) -> None:
        self.sent += 1
        shot = self.shots[self.sent % len(self.shots)]
        self.transport.write(shot.replace(_ADDRESS, b"%016d" % self.sent))

    def data_received(self, data: bytes) -> None:
        self.unread += data
        head, end, rest = self.unread.partition(b"\r\n\r\n")
        if not end:
            return
        found = re.search(rb"(?i)content-length: *(\d+)", head)
        if len(rest) >= (int(found[1]) if found else 0):
            self.answered += 1
            self.refused += not head.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2"))
            self.unread = b""
            self.ask()


async def _ask_all(port: int, seconds: float, shots: Sequence[bytes], worlds: bool = False) -> str:
    loop = asyncio.get_running_loop()
    began = time.time_ns()
    pairs = [
        await loop.create_connection(
            partial(_Asker, shots, began // 1000 + at * 10**9, f"{KEY}{at}" if worlds else KEY), "127.0.0.1", port
        )
        for at in range(CONNECTIONS)
    ]
    start = time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - start
    askers = [asker for _, asker in pairs]
    for transport, _ in pairs:
        transport.abort()
    answered = sum(asker.answered for asker in askers)
    return f"{answered} {sum(asker.refused for asker in askers)} {answered / took}"


def _main() -> None:
    import uvloop

    port, seconds, worlds = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3] == "True"
    lengths = [int(one) for one in sys.argv[4].split(",")]
    read = sys.stdin.buffer.read()
    shots = []
    for length in lengths:
        shots.append(read[:length])
        read = read[length:]
    sys.stdout.write(uvloop.run(_ask_all(port, seconds, shots, worlds)))


if __name__ == "__main__":
    _main()
