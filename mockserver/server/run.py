"""`mockserver serve`: an engine on a port until somebody says stop."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mockserver.errors import StartError
from mockserver.settings import Settings

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine

# What a server keeps are records, and those hold no cycles: the old ones are not swept at all. The young ones are swept
# while they still lie in the processor's caches, at half the cost of doing it later, and with a pause of 13 ms at most.
SWEEPS: Final = (1_000, 50, 1_000)


def serve(settings: Settings, announce: Callable[[str, str | None], None]) -> int:
    """Serve until SIGTERM or SIGINT; 0 when all in flight is finished. A second one breaks it off.

    `announce` gets the URL once the port is open, and the token of the control API if one had to be made up.

    Raises MockserverError if it can't start.
    """
    sweeps = gc.get_threshold()
    gc.disable()  # a start makes much and throws away little: sweeps are a tenth of it
    try:
        from mockserver.engine.ports import Ports
        from mockserver.server import realtime
        from mockserver.server.assemble import build_engine, log_blunder
        from mockserver.server.log import RequestLog, errors_as_json

        requests = RequestLog(sys.stdout, settings.log_format)
        watch = requests.write if settings.log else Ports().watch
        ports = Ports(blundered=log_blunder, stopwatch=realtime.stopwatch, watch=watch)
        engine = build_engine(settings, ports=ports)
        logged = errors_as_json(sys.stderr) if settings.log_format == "json" else nullcontext()
        with logged, asyncio.Runner(loop_factory=_loop_factory(), debug=False) as runner:
            runner.run(_serve(engine, settings, announce))
        requests.flush()
    finally:
        gc.unfreeze()
        gc.set_threshold(*sweeps)
        gc.enable()
    return 0


async def _serve(engine: Engine, settings: Settings, announce: Callable[[str, str | None], None]) -> None:
    from mockserver.server.assemble import build_control
    from mockserver.server.serving import serving

    stop, hurry = asyncio.Event(), asyncio.Event()
    _on_signals(stop, hurry)
    if settings.ready_file is not None:
        _forget(settings.ready_file)
    control = build_control(engine, settings)
    async with serving(
        engine,
        settings.host,
        settings.port,
        control=control,
        allowed=settings.allow_target,
        finish_seconds=settings.drain,
        hurry=hurry,
    ) as url:
        if settings.ready_file is not None:
            _ready(settings.ready_file, url)
        try:
            announce(url, control.made_up_token if control is not None else None)
            gc.freeze()
            gc.set_threshold(*SWEEPS)
            gc.enable()
            await stop.wait()
        finally:
            if settings.ready_file is not None:
                _forget(settings.ready_file)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop, if it is installed: two thirds of the time for each request."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _on_signals(stop: asyncio.Event, hurry: asyncio.Event) -> None:
    """The first signal says stop, any other says at once."""
    loop = asyncio.get_running_loop()

    def told() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, told)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(told))


def _ready(path: Path, url: str) -> None:
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


def _forget(path: Path) -> None:
    """A ready file of a server that is not ready would lie."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
