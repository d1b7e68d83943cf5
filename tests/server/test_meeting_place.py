"""The folder of a crew's sockets: private, short, and gone when nobody is there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.server.meeting_place import meeting_place, sweep


@pytest.fixture
def within() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def gone() -> int:
    """The id of a process that was."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def place(within: Path, pid: int) -> Path:
    """A folder of a supervisor, in which a worker had a socket, and a socket that is bound in it."""
    folder = within / f"mockserver-{pid}-abc"
    folder.mkdir()
    return folder


def bound(folder: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(folder / "1.sock"))
    made.listen()
    return made


def test_it_is_private_and_gone_in_the_end() -> None:
    with meeting_place() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.name.startswith(f"mockserver-{os.getpid()}-")
        (folder / "1.sock").touch()
    assert not folder.exists()


def test_its_path_is_short_wherever_the_usual_folder_is(within: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", f"{within}/{'long' * 30}")
    with meeting_place() as folder:
        assert len(str(folder)) < 80


def test_what_a_crew_left_that_was_killed_is_swept(within: Path) -> None:
    left = place(within, gone())
    bound(left).close()
    sweep(within)
    assert not left.exists()


def test_where_anybody_may_be_nothing_is_swept(within: Path) -> None:
    working, orphaned, beginning = place(within, os.getpid()), place(within, gone()), within / "mockserver-1-new"
    others = within / "mockserver-and-more"
    for folder in (beginning, others):
        folder.mkdir()
    bound(working).close()
    bound(others).close()
    with bound(orphaned):
        sweep(within)
    assert all(folder.exists() for folder in (working, orphaned, beginning, others))
