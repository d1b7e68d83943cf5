"""The folder in which the workers of a supervisor have their sockets: private to the user, removed at the end.

If all of them are killed at once nobody is left to do that. Whoever opens one next removes what such have left.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "mockserver-"
# The path of a socket has at most 103 bytes; what is added to that of the usual folder are some 30.
_LONGEST: Final = 70


@contextmanager
def meeting_place() -> Iterator[Path]:
    """A folder of our own, whose path is short enough for those of sockets in it."""
    usual = tempfile.gettempdir()
    within = usual if len(os.fsencode(usual)) <= _LONGEST else "/tmp"
    sweep(Path(within))
    prefix = f"{_PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=within, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep(within: Path) -> None:
    """Remove the folders of ours in which nobody is any more."""
    for folder in within.glob(f"{_PREFIX}*-*"):
        with suppress(OSError):  # another one sweeps too
            if folder.lstat().st_uid == os.getuid() and _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Whether its supervisor is no more, nor any of the workers that have been there."""
    pid = folder.name.split("-")[1]
    sockets = list(folder.glob("*.sock"))
    return pid.isdecimal() and bool(sockets) and not _is_alive(int(pid)) and not any(map(_listens, sockets))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _listens(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(place))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True
