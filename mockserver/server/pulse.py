"""The pulse of one of several servers: it says that it is alive, sees to what dead ones leave, and keeps up with what
is set on others even if nobody calls.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from mockserver.core.world import StoreError
from mockserver.engine.engine import Engine
from mockserver.server import realtime

BEAT_SECONDS: Final = 0.25
# Of so many beats one says that we are alive: a lease outlasts several of those.
_LONG: Final = 4


class Pulse:
    """Beats from `start` to `stop`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._engine.sharing is not None:
            self._task = asyncio.get_running_loop().create_task(self._beat(), name="pulse")

    async def stop(self) -> None:
        """Stop, and let others see to what is waiting here."""
        if self._task is None or self._engine.sharing is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        with suppress(StoreError):  # then the lease has to run out
            await self._engine.sharing.leave()

    async def _beat(self) -> None:
        sharing, count = self._engine.sharing, 0
        while sharing is not None:
            await realtime.pause(BEAT_SECONDS)
            count += 1
            try:
                await sharing.catch_up()
                if count % _LONG == 0:
                    await sharing.stay()
            except StoreError:
                """Calls tell of it; it recovers by itself."""
            except Exception as error:
                self._engine.ports.blundered(error)
