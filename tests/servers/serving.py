"""The fake with one defect, on a port: for a test, and for whoever wants to look at it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches

from mockserver.engine.ports import Ports
from mockserver.server.app import App
from mockserver.server.assemble import build_engine
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.servers.defect import Defect
from tests.servers.defects import DEFECTS

HEALTHY = "healthy"


def find(name: str) -> Defect | None:
    """The defect of a name; None for `healthy`. Raises KeyError with the nearest name."""
    if name == HEALTHY:
        return None
    if name not in DEFECTS:
        near = get_close_matches(name, (*DEFECTS, HEALTHY), 1)
        raise KeyError(f"no defect {name!r}" + (f"; do you mean {near[0]}?" if near else "; see --list"))
    return DEFECTS[name]


@contextmanager
def served(defect: Defect | None, settings: Settings | None = None) -> Iterator[ThreadedServer]:
    """A server with the defect, or the healthy one, until the block ends; a free port unless settings say otherwise."""
    settings = settings or Settings(port=0)
    engine = build_engine(settings, ports=Ports())
    if defect is not None:
        defect.bend(engine)
    with ThreadedServer(settings, engine=engine, wire=App if defect is None else defect.wire) as server:
        yield server


def serve(name: str, settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with served(find(name), replace(settings, log=False)) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        stop.wait()
    return 0
