from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from mockserver.errors import UsageError
from mockserver.settings import load
from tests.server.raw import once, said
from tests.server.test_run import POST, wait_until_closed
from tests.server.workers import Workers, sqlite_at, workers

GET = said("GET", "/api/asset", b"", "Authorization: Bearer test_run", "Connection: close")


def wait_for(running: Workers, words: str) -> str:
    return next(line for line in running.lines() if words in line)


def test_a_worker_that_dies_is_replaced_and_a_stop_ends_all_with_0(tmp_path: Path) -> None:
    with workers(2, sqlite_at(tmp_path), "--ready-file", str(tmp_path / "ready")) as running:
        before = running.pids()
        os.kill(before[0], signal.SIGKILL)
        assert "killed by SIGKILL" in wait_for(running, "another one takes its place")
        while len(after := running.pids()) < 2:
            """The new one is about to begin."""
        assert before[1] in after
        assert once(running.url, POST).status == 200
        assert running.end() == (0, "")
        wait_until_closed(running.url)
    assert not (tmp_path / "ready").exists()


def test_sighup_replaces_every_worker_and_no_call_notices(tmp_path: Path) -> None:
    with workers(2, sqlite_at(tmp_path)) as running:
        before = set(running.pids())
        running.process.send_signal(signal.SIGHUP)
        wait_for(running, "each of 2 workers is replaced")
        calls = 0
        while before & set(running.pids()):
            assert once(running.url, GET).status == 200
            calls += 1
        assert calls > 1
        assert once(running.url, POST).status == 200


def test_no_worker_outlives_its_supervisor(tmp_path: Path) -> None:
    with workers(2, sqlite_at(tmp_path)) as running:
        assert once(running.url, POST).status == 200
        running.process.kill()
        running.process.wait()
        wait_until_closed(running.url)


def test_what_lies_in_the_folder_it_is_started_in_is_no_module_of_a_worker(tmp_path: Path) -> None:
    (tmp_path / "yaml.py").write_text("raise SystemExit(7)")
    with workers(2, sqlite_at(tmp_path), folder=tmp_path) as running:
        assert once(running.url, POST).status == 200


def test_workers_that_cannot_start_end_it_with_what_they_say(tmp_path: Path) -> None:
    (tmp_path / "worlds.db").write_text("no database")
    with workers(2, sqlite_at(tmp_path)) as running:
        _, errors = running.process.communicate()
        assert running.process.returncode == 3
        assert "can't be used" in errors
        assert "worker 1" in errors


def test_a_port_that_others_share_is_taken(tmp_path: Path) -> None:
    with workers(2, sqlite_at(tmp_path)) as running:
        port = running.url.rpartition(":")[2]
        with workers(2, sqlite_at(tmp_path), "--port", port) as other:
            _, errors = other.process.communicate()
            assert other.process.returncode == 3
            assert f"port {port} on 127.0.0.1 is taken" in errors


def test_processes_share_no_memory() -> None:
    with pytest.raises(UsageError, match="processes share no memory"):
        load({"workers": "2"}, {}, Path("/nowhere"))
