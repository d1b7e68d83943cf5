"""A server in a thread of its own, for tests that are synchronous."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from mockserver.engine.engine import Engine
from mockserver.engine.ports import Ports
from mockserver.server.assemble import build_control, build_engine
from mockserver.server.serving import serving
from mockserver.settings import Settings

T = TypeVar("T")


class ThreadedServer:
    """`with ThreadedServer(Settings(port=0)) as server:` serves at `server.url` until the block ends.

    Entering returns once the port is open, and raises what keeps the server from starting. `limits` are those of
    `mockserver.server.serving.serving`. Servers of one process share nothing that changes.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], int] | None = None,
        ports: Ports | None = None,
        engine: Engine | None = None,
        **limits: Any,
    ) -> None:
        self.settings = settings
        self.engine = engine or build_engine(settings, now=now, ports=ports)
        self.control = build_control(self.engine, settings)
        self.url = ""
        self._limits = limits
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="mockserver", daemon=True)
        self._started = threading.Event()

    def __enter__(self) -> ThreadedServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._thread.start()
        self._started.wait()
        if self._failed is not None:
            raise self._failed

    def stop(self) -> None:
        """Finish what is in flight; returns when the port is closed."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine, run on the server's own loop: `server.run(server.engine.advance(1000))`."""
        if self._loop is None:
            work.close()
            raise RuntimeError("the server is not running; start it first")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failed = error
        finally:
            self._loop = None
            self._started.set()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        settings, control = self.settings, self.control
        async with serving(
            self.engine,
            settings.host,
            settings.port,
            control=control,
            allowed=settings.allow_target,
            **self._limits,
        ) as self.url:
            self._loop = asyncio.get_running_loop()
            self._started.set()
            await self._stop.wait()
