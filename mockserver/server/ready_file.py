"""The file that tells who waits for a server that its port is open."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from mockserver.errors import StartError


def say_ready(path: Path, url: str) -> None:
    """Tell who waits that the port is open; the file is there whole or not at all. Raises StartError."""
    port = int(url.rpartition(":")[2])
    written = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        written.write_text(json.dumps({"url": url, "port": port, "pid": os.getpid()}) + "\n")
        written.replace(path)
    except OSError as error:
        with suppress(OSError):
            written.unlink(missing_ok=True)
        raise StartError(f"--ready-file {path}: can't be written ({error.strerror}). Check the folder.") from None


def forget_ready(path: Path) -> None:
    """A ready file of a server that is not ready would lie."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
