"""An engine on a port, for as long as a `with` block lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from mockserver.control.control import Control
from mockserver.engine.engine import Engine
from mockserver.server.app import App
from mockserver.server.listen import access_to, bind, url_of

# What is in flight at the end gets this long: a stop takes less than a second.
FINISH_SECONDS: Final = 0.6


@asynccontextmanager
async def serving(
    engine: Engine, host: str, port: int, *, control: Control | None = None, **limits: Any
) -> AsyncIterator[str]:
    """The URL, once the socket is bound and the worlds are there. `limits` are those of `App`.

    `control` is told who may drive; without one there is no control API.

    At the end no new connection is taken, and what is in flight is finished. Raises StartError or WorldError.
    """
    sock = bind(host, port)
    try:
        url = url_of(sock)
        await engine.open(url)
        if control is not None:
            control.open(access_to(sock, control.token))
        app = App(engine, url, control=control, **limits)
        server = await asyncio.get_running_loop().create_server(app, sock=sock, backlog=1024)
    except BaseException:
        sock.close()
        raise
    try:
        yield url
    finally:
        server.close()
        await app.finish(FINISH_SECONDS)
