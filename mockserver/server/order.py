"""What a supervisor tells a worker, and how the two hear of each other's end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mockserver.settings import Settings

READY: Final = b"ready"
LIFELINE: Final = 0


@dataclass(frozen=True, slots=True)
class Order:
    """What a supervisor tells a worker: how to serve, on a port that is known by now, and where to say it is ready.

    `name` is unique among all workers there ever were; `dead` are those whose work nobody sees to any more. `crew` is
    the supervisor's own name, `place` the worker's among the others, from 0. At `socket` the others reach it, if they
    do so by a socket.
    """

    settings: Settings
    ready: int
    name: str
    dead: tuple[str, ...] = ()
    crew: str = ""
    place: int = 0
    socket: Path | None = None
