"""An engine on a port, for as long as a `with` block lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mockserver.control.control import Control
from mockserver.core.peers import ALONE
from mockserver.core.world import StoreError
from mockserver.engine.engine import Engine
from mockserver.engine.ports import send_nothing
from mockserver.errors import StartError
from mockserver.server.app import App
from mockserver.server.listen import access_to, bind, url_of
from mockserver.server.pulse import Pulse
from mockserver.server.ticker import Ticker

if TYPE_CHECKING:
    from mockserver.core.delivery import Answered, Sending
    from mockserver.server.courier import Courier

log = logging.getLogger("mockserver")

# What is in flight at the end gets this long unless told otherwise: a stop takes less than a second.
FINISH_SECONDS: Final = 0.6
# What a server remembers is handed over to another one within this, or lost.
HAND_OVER_SECONDS: Final = 4.0


class Post:
    """A courier that is there when the first delivery is: most servers never have one, and start without it."""

    def __init__(self, allowed: Sequence[tuple[str, int | None]], own_port: int, seconds: float | None) -> None:
        self._allowed = allowed
        self._own_port = own_port
        self._seconds = seconds
        self._courier: Courier | None = None

    async def send(self, sending: Sending) -> Answered:
        """See `Courier.send`."""
        if self._courier is None:
            from mockserver.server.courier import ATTEMPT_SECONDS, Courier
            from mockserver.server.targets import Targets

            seconds = ATTEMPT_SECONDS if self._seconds is None else self._seconds
            self._courier = Courier(Targets(self._allowed, self._own_port), seconds=seconds)
        return await self._courier.send(sending)

    async def close(self) -> None:
        if self._courier is not None:
            await self._courier.close()


@asynccontextmanager
async def serving(
    engine: Engine,
    host: str,
    port: int,
    *,
    shares_port: bool = False,
    control: Control | None = None,
    allowed: Sequence[tuple[str, int | None]] = (),
    attempt_seconds: float | None = None,
    finish_seconds: float = FINISH_SECONDS,
    hurry: asyncio.Event | None = None,
    wire: type[App] = App,
    **limits: Any,
) -> AsyncIterator[str]:
    """The URL, once the socket is bound and the worlds are there. `limits` are those of `App`, or
    of another `wire`.

    `shares_port` lets other processes that say so listen there too. `control` is told who may drive; without one there
    is no control API. Webhooks of other machines than this one go to the `allowed` hosts and ports only; each attempt
    has `attempt_seconds`. At the end no new connection is taken, what is in flight is finished within `finish_seconds`,
    or until `hurry` is set, and deliveries are broken off.
    Raises StartError or WorldError.
    """
    sock = bind(host, port, shared=shares_port)
    ports = engine.ports
    try:
        url = url_of(sock)
        post = Post(allowed, own_port=sock.getsockname()[1], seconds=attempt_seconds)
        ticker, pulse = Ticker(engine), Pulse(engine)
        send = post.send if ports.send is send_nothing else ports.send
        engine.ports = replace(ports, send=send, wake=ticker.wake, landed=ticker.landed, idle=ticker.idle)
        try:
            if engine.peers is not ALONE:  # most are: what the others need is loaded by no one else
                from mockserver.engine.asking import answer
                from mockserver.engine.remembered import hand_over

                await engine.peers.open(partial(answer, engine))
            await engine.open(url)
        except StoreError as error:
            raise StartError(str(error)) from error
        if engine.store.warning is not None:
            log.warning("%s", engine.store.warning)
        if control is not None:
            control.open(access_to(sock, control.token))
        app = wire(engine, url, control=control, **limits)
        server = await asyncio.get_running_loop().create_server(app, sock=sock, backlog=1024)
    except BaseException:
        sock.close()
        await engine.peers.close()
        engine.ports = ports
        raise
    try:
        ticker.start()
        pulse.start()
        yield url
    finally:
        server.close()
        ticker.break_off()
        await app.finish(finish_seconds, hurry)
        await ticker.stop()
        if engine.peers is not ALONE:
            with suppress(TimeoutError):
                async with asyncio.timeout(HAND_OVER_SECONDS):
                    await hand_over(engine)
        await pulse.stop()
        await post.close()
        await engine.peers.close()
        await engine.store.close()
        engine.ports = ports
