"""`serve`: what it says at the start, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from mockserver.cli import main, serve
from mockserver.cli.serve import greeting
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadedServer(Settings(port=0)) as server:
        yield server.url


def requests(text: str) -> Iterator[list[str]]:
    """The curl commands of a greeting, as words."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip().startswith("curl "):
            yield shlex.split(line)


class Serving:
    """The command in a process of its own; the port is open when it is made."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", *words]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True)
        self.first = self._out.readline()

    @property
    def _out(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def end(self, number: signal.Signals) -> tuple[int, str, str]:
        """Exit code, what it printed after the first line, and its errors."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out, err


class TestGreeting:
    def test_every_request_it_shows_works(self, url: str) -> None:
        shown = list(requests(greeting(url, Settings())))
        assert len(shown) == 2
        for words in shown:
            status = subprocess.run([*words, "-sS", "-o", "-", "-w", "\n%{http_code}"], capture_output=True, text=True)
            assert status.stdout.splitlines()[-1] in ("200", "201"), status.stdout + status.stderr

    def test_it_names_the_base_url_of_each_provider_served(self) -> None:
        said = greeting("http://127.0.0.1:1", Settings(providers=("restream",)))
        assert "restream  http://127.0.0.1:1/v2\n" in said
        assert "livepeer" not in said

    def test_in_another_world_it_shows_no_request_that_may_not_work(self) -> None:
        said = greeting("http://127.0.0.1:1", Settings(world="livepeer-recorded"))
        assert not list(requests(said))
        assert "mockserver routes livepeer" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_quietly_when_told_to(number: signal.Signals, tmp_path: Path) -> None:
    serving = Serving(tmp_path)
    assert re.match(r"mockserver is at http://127\.0\.0\.1:\d+; Ctrl-C stops it", serving.first)
    code, _, err = serving.end(number)
    assert (code, err) == (0, "")


def test_with_json_logs_a_program_reads_where_it_is(tmp_path: Path) -> None:
    serving = Serving(tmp_path, "restream", "--log-format", "json", "--ready-file", "ready.json")
    ready = json.loads((tmp_path / "ready.json").read_text())
    assert json.loads(serving.first) == {
        "event": "ready",
        "url": ready["url"],
        "providers": ["restream"],
        "key": "test_me",
    }
    assert ready["pid"] == serving.process.pid
    assert serving.end(signal.SIGTERM) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["livepear"], 'no provider "livepear"; did you mean "livepeer"?'),
        (["--reading", "restream.usage-limt=402"], 'did you mean "restream.usage-limit"'),
        (["--reading", "restream.usage-limit=418"], 'no option "418"'),
        (["--world", "defualt"], 'no world "defualt"; did you mean "default"?'),
        (["--pace", "quick"], "--pace: expected a number"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_there_is(words: list[str], says: str, capsys: Capture) -> None:
    assert main(["serve", "--port", "0", *words]) == 2
    assert says in capsys.readouterr().err


def test_a_port_that_is_taken_is_no_start(capsys: Capture) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 3
    assert f"port {port} on 127.0.0.1 is taken" in capsys.readouterr().err


def test_a_namesake_in_the_same_environment_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    packages = tmp_path / "site-packages"
    (packages / "mockserver_client-9.2.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(packages)
    serve.warn_of_namesake()
    assert f"mockserver-client is installed too, in {packages}." in capsys.readouterr().err


def test_without_a_namesake_nothing_is_said(capsys: Capture) -> None:
    serve.warn_of_namesake()
    assert capsys.readouterr().err == ""


class TestTheToken:
    def told(self, serving: Serving) -> tuple[str, str]:
        """The ready file's URL and what is printed until the greeting is over."""
        lines = [serving.first]
        while "Take the wheel" not in lines[-1]:
            lines.append(serving._out.readline())
        lines.append(serving._out.readline())
        return re.findall(r"http://\S+", lines[0])[0].rstrip(";"), "".join(lines)

    def ctl(self, url: str, folder: Path, **environ: str) -> int:
        words = [sys.executable, "-m", "mockserver", "ctl", "clock", "--url", url]
        return subprocess.run(words, cwd=folder, env={**os.environ, **environ}, capture_output=True).returncode

    def test_is_made_up_and_printed_where_others_can_reach_the_server(self, tmp_path: Path) -> None:
        serving = Serving(tmp_path, "--host", "0.0.0.0", "--quiet")
        url, said = self.told(serving)
        (token,) = re.findall(r"export MOCKSERVER_ADMIN_TOKEN=(\S+)", said)
        assert [self.ctl(url, tmp_path), self.ctl(url, tmp_path, MOCKSERVER_ADMIN_TOKEN=token)] == [1, 0]
        assert serving.end(signal.SIGTERM)[0] == 0

    def test_is_printed_nowhere_when_it_was_given(self, tmp_path: Path) -> None:
        token = "a-token-of-24-characters"
        serving = Serving(tmp_path, "--admin-token", token)
        url, said = self.told(serving)
        assert self.ctl(url, tmp_path, MOCKSERVER_ADMIN_TOKEN=token) == 0
        code, out, err = serving.end(signal.SIGTERM)
        assert (code, err) == (0, "")
        assert "GET /__admin/clock" in out
        assert token not in said + out

    def test_is_told_to_a_program_that_reads_json(self, tmp_path: Path) -> None:
        serving = Serving(tmp_path, "--host", "0.0.0.0", "--log-format", "json")
        assert len(json.loads(serving.first)["adminToken"]) == 32
        serving.end(signal.SIGTERM)


def test_without_a_control_api_the_greeting_is_silent_of_it() -> None:
    assert "ctl" not in greeting("http://127.0.0.1:1", Settings(admin=False))
