from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from mockserver.errors import StartError
from mockserver.server.run import serve
from mockserver.settings import Settings
from tests.server.raw import RawClient, once, said

CODE = """
import sys
from pathlib import Path
from mockserver.server.run import serve
from mockserver.settings import Settings
settings = Settings(port=0, ready_file=Path(sys.argv[1]), log_format=sys.argv[2], drain=float(sys.argv[3]))
sys.exit(serve(settings, lambda url, token: print(url, flush=True)))
"""
CLIP = b'{"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725}'
POST = said("POST", "/api/clip", CLIP, "Authorization: Bearer test_run", "Content-Type: application/json")


class Process:
    """`serve` in a process of its own; `url` is what it announced."""

    def __init__(self, ready_file: Path, log_format: str, drain: float) -> None:
        words = [sys.executable, "-c", CODE, str(ready_file), log_format, str(drain)]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = self.out.readline().strip()

    @property
    def out(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, output and errors of a stop, which takes less than a second (and a busy machine three)."""
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=3)
        return self.process.returncode, out, errors


@contextmanager
def serving(ready_file: Path, log_format: str = "text", drain: float = 0.6) -> Iterator[Process]:
    process = Process(ready_file, log_format, drain)
    try:
        yield process
    finally:
        process.process.kill()
        process.process.communicate()


def wait_until_closed(url: str) -> None:
    """Return when the port takes no new connection: the signal has been heard."""
    for _ in range(100_000):
        try:
            RawClient(url).socket.close()
        except (ConnectionRefusedError, ConnectionResetError):
            return
    raise AssertionError("the port is still open")


def test_the_ready_file_says_where_it_is_until_it_stops(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text("from the server before")
    with serving(ready) as process:
        port = int(process.url.rpartition(":")[2])
        assert json.loads(ready.read_text()) == {"url": process.url, "port": port, "pid": process.process.pid}
        assert once(process.url, POST).status == 200
        process.end()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0_however_many_connections_idle(number: signal.Signals, tmp_path: Path) -> None:
    with serving(tmp_path / "ready") as process:
        clients = [RawClient(process.url) for _ in range(20)]
        for client in clients:
            client.say(POST)
            assert client.hear().status in (200, 403)
        code, _, errors = process.end(number)
        assert (code, errors) == (0, "")
        for client in clients:
            assert client.rest() == b""
            client.socket.close()


def test_what_is_in_flight_is_finished(tmp_path: Path) -> None:
    with serving(tmp_path / "ready") as process, RawClient(process.url) as client:
        client.say(POST)
        assert client.hear().status == 200
        client.say(POST[:-10])
        process.process.send_signal(signal.SIGTERM)
        wait_until_closed(process.url)
        client.say(POST[-10:])
        heard = client.hear()
        assert (heard.status, heard.closes) == (200, True)
        assert process.process.wait(timeout=3) == 0


HANG = POST.replace(b"\r\n\r\n", b"\r\nPrefer: fault=hang\r\n\r\n", 1)


def test_what_hangs_by_a_fault_does_not_hold_it_up(tmp_path: Path) -> None:
    with serving(tmp_path / "ready") as process, RawClient(process.url) as client:
        client.say(HANG)
        client.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        client.socket.settimeout(10)
        began = time.perf_counter()
        assert process.end()[0] == 0
        assert time.perf_counter() - began < 2
        assert client.rest() == b""


def test_a_reset_is_one_under_uvloop_too(tmp_path: Path) -> None:
    with serving(tmp_path / "ready") as process, RawClient(process.url) as client:
        client.say(HANG.replace(b"fault=hang", b"fault=reset"))
        with pytest.raises(ConnectionResetError):
            client.socket.recv(1)


def test_what_never_finishes_does_not_hold_it_up(tmp_path: Path) -> None:
    with serving(tmp_path / "ready") as process, RawClient(process.url) as client:
        client.say(POST[:-10])
        assert process.end()[0] == 0


def test_each_request_is_a_line_with_its_first_violation(tmp_path: Path) -> None:
    with serving(tmp_path / "ready") as process:
        once(process.url, POST)
        once(process.url, POST.replace(b'"startTime"', b'"startTimf"'))
        _, out, _ = process.end()
    first, second, violation = out.splitlines()
    assert first.startswith("200 POST /api/clip livepeer/test_run ")
    assert second.startswith("422 POST /api/clip livepeer/test_run ")
    assert "createClip" in violation
    assert "startTime" in violation


def test_lines_may_be_json(tmp_path: Path) -> None:
    with serving(tmp_path / "ready", "json") as process:
        once(process.url, POST)
        _, out, _ = process.end()
    line = json.loads(out)
    assert (line["status"], line["operation"], line["world"]) == (200, "createClip", "test_run")


def test_a_ready_file_that_cannot_be_written_is_no_start(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"--ready-file .*nowhere/ready: can't be written \(No such file"):
        serve(Settings(port=0, ready_file=tmp_path / "nowhere" / "ready", log=False), lambda url, token: None)
    assert not list(tmp_path.iterdir())


def test_what_is_in_flight_has_as_long_as_it_was_given(tmp_path: Path) -> None:
    with serving(tmp_path / "ready", drain=60) as process, RawClient(process.url) as client:
        client.say(POST[:-10])
        process.process.send_signal(signal.SIGTERM)
        wait_until_closed(process.url)
        client.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        client.socket.settimeout(10)
        client.say(POST[-10:])
        assert client.hear().status == 200
        assert process.process.wait(timeout=3) == 0


def test_a_second_signal_ends_the_wait(tmp_path: Path) -> None:
    with serving(tmp_path / "ready", drain=60) as process, RawClient(process.url) as client:
        client.say(POST[:-10])
        process.process.send_signal(signal.SIGTERM)
        wait_until_closed(process.url)
        assert process.end()[0] == 0
