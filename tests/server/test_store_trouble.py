"""A store that can't be used for a while: each call is refused cleanly, nothing is half-written, and it recovers."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mockserver.control.control import Control
from mockserver.core.http import Reply, Request
from mockserver.core.text import parse
from mockserver.engine.engine import Engine
from mockserver.engine.kept import kinds_of
from mockserver.errors import StartError
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from mockserver.stores.redis import RedisStore
from mockserver.stores.sqlite import SqliteStore
from tests.engine import tiny
from tests.engine.asking import ask, create, notes, opened, request, run
from tests.server.raw import RawClient, once, said
from tests.stores.making import run as on_loop
from tests.stores.running import redis_server

CLIP = b'{"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725}'
KEY = "Authorization: Bearer test_run"
# As many as one has time for: ROUNDS=200 pytest ...
ROUNDS = int(os.environ.get("ROUNDS", 4))
TASKS = said("GET", "/api/task?limit=1000", b"", "Authorization: Bearer test_run")


def clip(number: int = 0) -> bytes:
    """A call from an address of its own: there are so many tasks at once for each."""
    return said("POST", "/api/clip", CLIP, KEY, "Content-Type: application/json", f"X-Forwarded-For: a{number}")


def tasks(url: str) -> set[str]:
    return {task["id"] for task in once(url, TASKS).value}


def engine(path: Path) -> Engine:
    store = SqliteStore(path, kinds_of([tiny.PROVIDER]), seconds=0.02)
    return opened(tiny.engine(store=store))


def health(served: Engine, run: Any = run) -> tuple[int, str | None]:
    control = Control(served)
    control.desk.engine.state = "ready"
    reply = run(control.respond(Request("GET", "/__admin/health")))
    return reply.status, parse(reply.body)["store"]["trouble"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "worlds.db"


def test_a_locked_file_is_a_503_in_the_providers_shape_until_it_is_free(path: Path) -> None:
    served = engine(path)
    create(served, "before")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    reply = create(served, "meanwhile")
    assert (reply.status, list(reply.value)) == (503, ["tiny"])
    assert "another process has it locked" in reply.value["tiny"]
    assert "before" in {note["text"] for note in notes(served)}, "reading goes on"
    assert health(served)[0] == 503
    other.execute("ROLLBACK")
    assert create(served, "meanwhile").status == 201
    assert health(served) == (200, None)


def test_the_journal_tells_of_a_refused_call(path: Path) -> None:
    served = engine(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    create(served, "meanwhile")
    (entry,) = served.journal.since(0)
    assert (entry.reply.status, entry.operation, entry.world) == (503, "createNote", "default")


def test_a_damaged_file_is_a_503_until_a_copy_is_put_back(path: Path) -> None:
    served = engine(path)
    create(served, "before", "test_alice")
    run(served.store.close())
    copy = path.read_bytes()
    path.write_bytes(b"no database at all" * 1000)
    assert "put back a copy" in create(served, "meanwhile", "test_alice").value["tiny"]
    assert health(served)[0] == 503
    path.write_bytes(copy)
    assert create(served, "after", "test_alice").status == 201
    assert {"before", "after"} <= {note["text"] for note in notes(served, "test_alice")}


def test_a_world_that_could_not_be_made_is_made_when_the_store_is_back(path: Path) -> None:
    served = engine(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert ask(served, "GET", "/tiny/notes", "test_new").status == 503
    other.execute("ROLLBACK")
    assert ask(served, "GET", "/tiny/notes", "test_new").status == 200


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("PRAGMA user_version = 99", "a newer mockserver wrote the file (its schema is 99, this one reads up to 2)"),
        ("PRAGMA application_id = 7", "the file is another program's"),
    ],
)
def test_a_file_that_is_not_ours_to_read_is_refused_at_the_start(path: Path, change: str, why: str) -> None:
    run(engine(path).store.close())
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    with pytest.raises(StartError) as caught, ThreadedServer(Settings(port=0, store=f"sqlite:{path}")):
        """It does not start."""
    assert why in str(caught.value)


def test_a_file_of_another_version_of_the_code_gets_its_indexes_anew(path: Path) -> None:
    create(engine(path), "mine", "test_alice")
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM entry")
        connection.execute("UPDATE note SET said = 'older' WHERE name = 'indexed by'")
    assert "mine" in [note["text"] for note in notes(engine(path), "test_alice")]


@contextmanager
def serving(path: Path, most_bytes: int = -1) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command in a process of its own that may write files of so many bytes, and where no job gets on; its URL."""
    code = (
        "import resource, runpy, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most_bytes}, resource.RLIM_INFINITY))\n"
        "runpy.run_module('mockserver', run_name='__main__', alter_sys=True)\n"
    )
    words = [sys.executable, "-c", code, "serve", "--port", "0", "--log-format", "json", "--store", f"sqlite:{path}"]
    process = subprocess.Popen(
        [*words, "--quiet", "--pace", "0.001"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield parse(process.stdout.readline().encode())["url"], process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process' files as Linux does")
def test_a_full_disk_is_a_503_and_no_half_of_a_call_until_there_is_room(path: Path) -> None:
    import resource

    with serving(path, 600_000) as (url, process):
        there = len(tasks(url))
        statuses = [once(url, clip(number)).status for number in range(120)]
        assert statuses[0] == 200 and statuses[-1] == 503, statuses
        assert len(tasks(url)) == there + statuses.count(200)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert once(url, clip()).status == 200
        assert len(tasks(url)) == there + statuses.count(200) + 1


def test_a_redis_that_goes_away_is_a_503_until_it_is_back_with_all_that_was_answered() -> None:
    with redis_server() as redis:
        served = tiny.engine(store=RedisStore(redis.url, kinds_of([tiny.PROVIDER])))
        on_loop(served.open("http://mock.example"))
        kept = [_ask(served, f"{number}").value["id"] for number in range(3)]
        redis.kill()
        assert (_ask(served, "meanwhile").status, health(served, on_loop)[0]) == (503, 503)
        assert list(_ask(served, "meanwhile").value) == ["tiny"]
        redis.start()
        assert (_ask(served, "after").status, health(served, on_loop)) == (201, (200, None))
        there = {note["text"]: note["id"] for note in on_loop(served.respond(request("GET", "/tiny/notes"))).value}
        assert [there[f"{number}"] for number in range(3)] == kept
        assert "meanwhile" not in there
        on_loop(served.store.close())


def _ask(served: Engine, text: str) -> Reply:
    reply: Reply = on_loop(served.respond(request("POST", "/tiny/notes", "main", {"text": text})))
    return reply


def test_what_was_answered_survives_kill_9_in_the_middle_of_a_call(path: Path) -> None:
    answered: set[str] = set()
    seeds = 0
    for turn in range(ROUNDS):
        with serving(path) as (url, process):
            there = tasks(url)
            seeds = seeds if turn else len(there)
            assert there >= answered
            assert len(there - answered) <= seeds + turn, "of each call in the middle there is all or nothing, once"
            for number in range(turn * 7 % 5):
                answered.add(once(url, clip(turn * 10 + number)).value["task"]["id"])
            with RawClient(url) as client:
                client.say(clip(turn * 10 + 9))
                process.send_signal(signal.SIGKILL)
            process.wait()
