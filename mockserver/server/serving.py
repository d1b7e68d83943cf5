"""An engine on a port, for as long as a `with` block lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from mockserver.control.control import Control
from mockserver.engine.engine import Engine
from mockserver.engine.ports import send_nothing
from mockserver.server.app import App
from mockserver.server.courier import ATTEMPT_SECONDS, Courier
from mockserver.server.listen import access_to, bind, url_of
from mockserver.server.targets import Targets
from mockserver.server.ticker import Ticker

# What is in flight at the end gets this long: a stop takes less than a second.
FINISH_SECONDS: Final = 0.6


@asynccontextmanager
async def serving(
    engine: Engine,
    host: str,
    port: int,
    *,
    control: Control | None = None,
    allowed: Sequence[tuple[str, int | None]] = (),
    attempt_seconds: float = ATTEMPT_SECONDS,
    **limits: Any,
) -> AsyncIterator[str]:
    """The URL, once the socket is bound and the worlds are there. `limits` are those of `App`.

    `control` is told who may drive; without one there is no control API. Webhooks of other machines than this one go
    to the `allowed` hosts and ports only; each attempt has `attempt_seconds`. At the end no new connection is taken,
    what is in flight is finished, and deliveries are broken off. Raises StartError or WorldError.
    """
    sock = bind(host, port)
    ports = engine.ports
    try:
        url = url_of(sock)
        courier = Courier(Targets(allowed, own_port=sock.getsockname()[1]), seconds=attempt_seconds)
        ticker = Ticker(engine)
        send = courier.send if ports.send is send_nothing else ports.send
        engine.ports = replace(ports, send=send, wake=ticker.wake, landed=ticker.landed, idle=ticker.idle)
        await engine.open(url)
        if control is not None:
            control.open(access_to(sock, control.token))
        app = App(engine, url, control=control, **limits)
        server = await asyncio.get_running_loop().create_server(app, sock=sock, backlog=1024)
    except BaseException:
        sock.close()
        engine.ports = ports
        raise
    try:
        ticker.start()
        yield url
    finally:
        server.close()
        ticker.break_off()
        await app.finish(FINISH_SECONDS)
        await ticker.stop()
        await courier.close()
        engine.ports = ports
