"""What the pytest plugin costs: a run that does not use it, and an example of `@given` that does."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from statistics import mean, median
from time import perf_counter_ns
from typing import Final

from mockserver.core.text import dump
from mockserver.testing import LivepeerMock, serve
from tests.benchmarks.servers import ROOT

NAME: Final = "clip_mockserver"

# What is allowed: of an unused plugin a share of pytest's own start, of an example so many ms.
UNUSED: Final = 1.02
EXAMPLE: Final = 3.0


def starts(turns: int) -> tuple[float, float]:
    """CPU seconds of a run of one empty test, with the plugin and without. No other plugin is on.

    Some systems count CPU time in ticks of 4 ms, so the quicker half of the runs is averaged.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_it.py").write_text("def test_it(): ...\n")
        took: tuple[list[float], list[float]] = ([], [])
        for _ in range(turns):
            for words, found in zip(((), ("-p", f"no:{NAME}")), took, strict=True):
                found.append(_start(folder, words))
    with_us, without = (mean(sorted(found)[: max(1, turns // 2)]) for found in took)
    return with_us, without


def _start(folder: str, words: tuple[str, ...]) -> float:
    others = [word for point in entry_points(group="pytest11") if point.name != NAME for word in _off(point.name)]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environ = {**os.environ, "PYTHONPATH": path}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *others, *words, folder]
    started = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    assert started.returncode == 0, command
    return usage.ru_utime + usage.ru_stime


def _off(plugin: str) -> Iterator[str]:
    yield from ("-p", f"no:{plugin}")


def example(turns: int) -> float:
    """The median ms of an example: a fresh world, a clip asked for and looked at, and a jump between, over a socket."""
    took: list[float] = []
    with serve() as server, server.world("livepeer") as outer:
        connection = http.client.HTTPConnection(server.url.partition("//")[2])
        for _ in range(turns):
            began = perf_counter_ns()
            with outer.fresh() as mock:
                _ask(connection, mock, "POST", "/api/clip", _clip())
                mock.clock.advance("5m")
                _ask(connection, mock, "GET", "/api/asset")
            took.append((perf_counter_ns() - began) / 1e6)
        connection.close()
    return median(took)


def _clip() -> bytes:
    return dump({"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725})


def _ask(connection: http.client.HTTPConnection, mock: LivepeerMock, method: str, path: str, body: bytes = b"") -> None:
    connection.request(method, path, body or None, {**mock.headers, "Content-Type": "application/json"})
    reply = connection.getresponse()
    assert reply.status == 200, reply.read()
    reply.read()
