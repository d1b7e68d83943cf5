"""The benchmark itself, without measuring: what it sends, reads and prints is right."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest
from aiohttp import web

from tests.benchmarks.__main__ import main, table
from tests.benchmarks.bare import application
from tests.benchmarks.load import Loaded, Shot, _ask_all, _wire, read_wrk, script
from tests.benchmarks.looking import compared
from tests.benchmarks.rows import MEASURES, Row
from tests.benchmarks.servers import ROOT

WRK = """Running 1s test @ http://127.0.0.1:4700
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.92ms    1.01ms  22.45ms   95.11%
  11027 requests in 1.00s, 5.12MB read
{extra}Requests/sec:  11012.53
Transfer/sec:      5.11MB
"""


@pytest.mark.parametrize(
    ("extra", "refused"),
    [
        ("", 0),
        ("  Non-2xx or 3xx responses: 7\n", 7),
        ("  Socket errors: connect 0, read 1, write 0, timeout 2\n", 3),
    ],
)
def test_a_report_of_wrk_is_read(extra: str, refused: int) -> None:
    assert read_wrk(WRK.format(extra=extra)) == Loaded(11027, refused, 11012.53)


def test_a_report_of_something_else_is_refused() -> None:
    with pytest.raises(RuntimeError, match="unable to connect"):
        read_wrk("unable to connect to 127.0.0.1:1 Connection refused")


def test_a_script_varies_the_address_only_where_it_is_wanted() -> None:
    text = script([Shot("POST", "/a", b"{}", varied=True), Shot("GET", "/b")], "run")
    assert "path = [==[/a]==], body = [==[{}]==], varied = true" in text
    assert "path = [==[/b]==], body = nil, varied = false" in text


@pytest.mark.parametrize(
    ("ratio", "target", "at_most", "ok"),
    [(0.8, 0.75, False, True), (0.7, 0.75, False, False), (1.5, 1.6, True, True), (1.7, 1.6, True, False)],
)
def test_a_row_is_held_to_its_target(ratio: float, target: float, at_most: bool, ok: bool) -> None:
    row = Row("what", "1/s", "2/s", ratio, target, at_most)
    assert row.ok is ok
    assert table([row]).splitlines()[-1].split()[-1] == ("yes" if ok else "NO")


def test_the_bare_handler_returns_as_many_bytes_as_asked(aiohttp_port: tuple[int, asyncio.Runner]) -> None:
    port, runner = aiohttp_port
    said = runner.run(_ask_all(port, 0.05, [_wire(Shot("POST", "/api/clip", b"{}", varied=True))]))
    answered, refused, _ = said.split()
    assert (int(answered) > 0, refused) == (True, "0")


@pytest.fixture
def aiohttp_port() -> Iterator[tuple[int, asyncio.Runner]]:
    with asyncio.Runner() as runner:
        app = web.AppRunner(application(500))

        async def start() -> int:
            await app.setup()
            site = web.TCPSite(app, "127.0.0.1", 0)
            await site.start()
            return int(app.addresses[0][1])

        yield runner.run(start()), runner
        runner.run(app.cleanup())


def test_an_unknown_measure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["speed"])
    assert "no measure speed" in capsys.readouterr().err


def test_help_names_the_measures() -> None:
    words = [sys.executable, "-m", "tests.benchmarks", "--help"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    assert " ".join(MEASURES) in " ".join(done.stdout.split())


def test_a_line_is_compared_with_one_that_never_looks_for_faults() -> None:
    assert all(took > 0 for took in asyncio.run(compared(1)))
