"""Files that SQLite can't use, or that are taken away: nobody else's is touched, and no call is lost without a word."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver.engine.engine import Engine
from mockserver.errors import StartError
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine.asking import create, notes, run
from tests.server.test_store_trouble import engine, health

# Root may write anything; without these it may do what others may.
_RIGHTS = "-dac_override,-dac_read_search"
AS_OTHERS = ["setpriv", f"--inh-caps={_RIGHTS}", f"--bounding-set={_RIGHTS}", "--"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "worlds.db"


def texts(served: Engine) -> set[str]:
    return {note["text"] for note in notes(served, "test_alice")}


def refusal(path: Path) -> str:
    """Why a server does not start on this."""
    with pytest.raises(StartError) as caught, ThreadedServer(Settings(port=0, store=f"sqlite:{path}")):
        """It does not start."""
    return str(caught.value)


def tables(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def folder(path: Path) -> None:
    path.mkdir()


def garbage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def without_header(path: Path) -> None:
    run(engine(path).store.close())
    data = path.read_bytes()
    path.write_bytes(bytes(16) + data[16:])


def without_middle(path: Path) -> None:
    run(engine(path).store.close())
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"\xa5" * 8192 + data[16384:])


def half(path: Path) -> None:
    run(engine(path).store.close())
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


DAMAGED = "put back a copy, or name another file"
OTHERS = "the file is another program's"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (folder, "it can't be opened; check the folder"),
        (garbage, DAMAGED),
        (without_header, DAMAGED),
        (without_middle, DAMAGED),
        (half, DAMAGED),
        (lambda path: tables(path, "CREATE TABLE theirs (a)"), OTHERS),
        (lambda path: tables(path, "PRAGMA application_id = 7", "CREATE TABLE world (a)"), OTHERS),
        (lambda path: tables(path, "PRAGMA user_version = 1"), OTHERS),
    ],
)
def test_what_is_no_store_of_ours_is_refused_and_left_as_it_was(
    path: Path, make: Callable[[Path], None], why: str
) -> None:
    make(path)
    before = None if path.is_dir() else path.read_bytes()
    assert why in refusal(path)
    assert before is None or path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    assert create(engine(path), "first", "test_alice").status == 201


def test_a_file_that_was_begun_and_never_filled_is_upgraded(path: Path) -> None:
    tables(path, f"PRAGMA application_id = {0x6D6F636B}")
    assert create(engine(path), "first", "test_alice").status == 201


@pytest.mark.parametrize(("file", "its_folder"), [(0o444, 0o755), (0o444, 0o555), (0o644, 0o555)])
def test_what_cannot_be_written_is_refused_at_the_start(path: Path, file: int, its_folder: int) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root may write anything, and there is no setpriv to take that from it")
    tables(path, "PRAGMA user_version = 0")
    path.chmod(file)
    path.parent.chmod(its_folder)
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--store", f"sqlite:{path}"]
    words = [*AS_OTHERS, *command] if os.geteuid() == 0 else command
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    path.parent.chmod(0o755)
    assert done.returncode == StartError.exit_code, done.stderr
    assert "check who may write the file and its folder" in done.stderr


def test_a_file_that_was_taken_away_is_made_anew_by_the_next_call(path: Path) -> None:
    served = engine(path)
    create(served, "gone", "test_alice")
    path.unlink()
    assert create(served, "new", "test_alice").status == 201
    assert {"new"} <= texts(served) and "gone" not in texts(served)
    assert "new" in texts(engine(path)), "whoever opens it later finds the same"


def test_a_copy_that_is_put_in_place_of_a_file_in_use_holds_from_the_next_call(path: Path) -> None:
    served = engine(path)
    create(served, "before", "test_alice")
    run(served.store.close())
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    create(served, "lost", "test_alice")
    copy.replace(path)
    assert create(served, "after", "test_alice").status == 201
    assert {"before", "after"} <= texts(served) and "lost" not in texts(served)


def test_a_file_of_somebody_else_that_is_put_in_place_of_one_in_use_is_not_written_to(path: Path) -> None:
    served = engine(path)
    create(served, "mine", "test_alice")
    theirs = path.with_name("theirs.db")
    tables(theirs, "CREATE TABLE theirs (a)")
    before = theirs.read_bytes()
    theirs.replace(path)
    reply = create(served, "mine", "test_alice")
    assert (reply.status, health(served)[0]) == (503, 503)
    assert OTHERS in reply.value["tiny"]
    run(served.store.close())
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
