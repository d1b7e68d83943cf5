"""`mockserver serve`: an engine on a port until somebody says stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from mockserver.server.ready_file import forget_ready, say_ready
from mockserver.settings import Settings

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine
    from mockserver.server.order import Order

# What a server keeps are records, and those hold no cycles: the old ones are not swept at all. The young ones are swept
# while they still lie in the processor's caches, at half the cost of doing it later, and with a pause of 13 ms at most.
SWEEPS: Final = (1_000, 50, 1_000)


Announce = Callable[[str, str | None], None]


def serve(settings: Settings, announce: Announce, again: Callable[[], Settings] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 0 when all in flight is finished. A second one breaks it off.

    `announce` gets the URL once the port is open, and the token of the control API if one had to be made up. `again`
    reads the settings anew: several workers do so when they are replaced.

    Raises MockserverError if it can't start.
    """
    if settings.workers == 1:
        return serve_here(settings, announce)
    from mockserver.server.supervisor import supervise

    return supervise(settings, announce, again or (lambda: settings))


def serve_here(settings: Settings, announce: Announce, order: Order | None = None) -> int:
    """The same from this very process, whatever the number of workers; `order` says that it is one of them."""
    sweeps = gc.get_threshold()
    gc.disable()  # a start makes much and throws away little: sweeps are a tenth of it
    try:
        from mockserver.engine.ports import Ports
        from mockserver.server import realtime
        from mockserver.server.assemble import build_engine, log_blunder, share
        from mockserver.server.log import RequestLog, errors_as_json

        requests = RequestLog(sys.stdout, settings.log_format)
        watch = requests.write if settings.log else Ports().watch
        ports = Ports(blundered=log_blunder, stopwatch=realtime.stopwatch, watch=watch)
        engine = build_engine(settings, ports=ports)
        share(engine, settings, order)
        logged = errors_as_json(sys.stderr) if settings.log_format == "json" else nullcontext()
        with logged, asyncio.Runner(loop_factory=_loop_factory(), debug=False) as runner:
            runner.run(_serve(engine, settings, announce, order))
        requests.flush()
    finally:
        gc.unfreeze()
        gc.set_threshold(*sweeps)
        gc.enable()
    return 0


async def _serve(engine: Engine, settings: Settings, announce: Announce, order: Order | None) -> None:
    from mockserver.server.assemble import build_control
    from mockserver.server.serving import serving

    stop, hurry = asyncio.Event(), asyncio.Event()
    _on_signals(stop, hurry)
    if order is not None:
        _on_orphaned(stop)
    if settings.ready_file is not None:
        forget_ready(settings.ready_file)
    control = build_control(engine, settings)
    async with serving(
        engine,
        settings.host,
        settings.port,
        shares_port=order is not None,
        control=control,
        allowed=settings.allow_target,
        finish_seconds=settings.drain,
        hurry=hurry,
    ) as url:
        if settings.ready_file is not None:
            say_ready(settings.ready_file, url)
        try:
            announce(url, control.made_up_token if control is not None else None)
            gc.freeze()
            gc.set_threshold(*SWEEPS)
            gc.enable()
            if order is not None:
                _watch()
            await stop.wait()
        finally:
            if settings.ready_file is not None:
                forget_ready(settings.ready_file)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop, if it is installed: two thirds of the time for each request."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _on_orphaned(stop: asyncio.Event) -> None:
    """Stop when whoever started this worker is no more."""
    from mockserver.server.order import LIFELINE

    loop = asyncio.get_running_loop()

    def left() -> None:
        loop.remove_reader(LIFELINE)
        stop.set()

    loop.add_reader(LIFELINE, left)


def _watch() -> None:
    """Let this process end if its loop does not turn any more, until the loop has ended."""
    from mockserver.server.watchdog import keep_alive

    _WATCHING.append(asyncio.get_running_loop().create_task(keep_alive(), name="watchdog"))


# A loop holds its tasks but weakly.
_WATCHING: Final[list[asyncio.Task[None]]] = []


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
