"""The clock of one world in a test's hands: it runs like the server's until the test stops it or moves it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Final

from mockserver.core.text import Json

Ask = Callable[..., Json]

_CENTURY: Final = 100 * 366 * 24 * 3600


class WorldClock:
    """Time of a world, apart from that of every other. Instants are Unix ms; durations are ms or words such as `"5m"`.

    It runs like the server's, from the real time, until it is frozen or moved. Jobs run `pace` times faster than life,
    and only as this clock goes: `advance` returns when all that falls due on the way has happened, webhooks included.
    Where a test's own event loop is to receive those, let another thread wait: `await asyncio.to_thread(...)`.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    @property
    def now(self) -> int:
        """The instant, in Unix ms."""
        return int(self._ask("GET", "clock", making=True)["now"])

    @property
    def frozen(self) -> bool:
        return bool(self._ask("GET", "clock", making=True)["frozen"])

    @property
    def pace(self) -> float:
        """How much faster than life jobs go; 0 holds them until time is moved, `math.inf` ends them at once."""
        pace = self._ask("GET", "clock", making=True)["pace"]
        return math.inf if pace == "inf" else float(pace)

    @pace.setter
    def pace(self, pace: float) -> None:
        self._ask("PUT", "clock", "pace", body={"pace": "inf" if math.isinf(pace) else pace})

    def freeze(self, at: int | str | None = None) -> int:
        """Stand still, now or at a later instant (Unix ms or ISO 8601); the instant it stands at."""
        return int(self._ask("POST", "clock", "freeze", body={} if at is None else {"at": at})["now"])

    def run(self) -> int:
        """Go on from where it stands; the instant."""
        return int(self._ask("POST", "clock", "run")["now"])

    def advance(self, by: int | str) -> int:
        """Jump ahead by ms, or by `"90s"`, `"5m"`, `"1h30m"`; the new instant, when all that was due has happened."""
        return int(self._ask("POST", "clock", "advance", body={"by": by})["now"])

    def set(self, to: int | str) -> int:
        """Jump to a later instant (Unix ms or ISO 8601). Raises RefusedError for one that is over."""
        return int(self._ask("POST", "clock", "set", body={"to": to})["now"])

    def settle(self) -> int:
        """Jump from instant to instant until nothing is due any more; the instant it is then."""
        return int(self._ask("POST", "clock", "settle")["now"])

    def sleep(self, seconds: float) -> None:
        """For a client to wait with, in place of `time.sleep`: the clock jumps, nobody waits.

        Raises OverflowError, as that does, for more than a century.

        >>> client = MyClient(mock.url, mock.key, sleep=mock.clock.sleep)
        """
        if seconds > _CENTURY:
            raise OverflowError(f"the client wants to sleep for {seconds:g} s")
        self.advance(max(1, round(seconds * 1000)))

    async def asleep(self, seconds: float) -> None:
        """The same in place of `asyncio.sleep`. The event loop goes on, so it may receive webhooks meanwhile."""
        await asyncio.to_thread(self.sleep, seconds)

    def time(self) -> float:
        """The instant in Unix seconds, in place of `time.time`."""
        return self.now / 1000
