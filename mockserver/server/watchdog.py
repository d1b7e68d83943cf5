"""Ends a worker whose loop does not turn any more: it would hold connections that it never answers, and outlive its
supervisor, since it hears of nothing. Another one takes its place.
"""

from __future__ import annotations

import faulthandler
from typing import Final

from mockserver.server import realtime

STUCK_SECONDS: Final = 30.0
# So often is the end put off while the loop turns.
_TIMES: Final = 30


async def keep_alive() -> None:
    """Put off the end of this process again and again, until this is cancelled; the last one holds.

    A thread that needs nothing of the interpreter then writes to stderr where all threads are, and exits with 1.
    """
    while True:
        faulthandler.dump_traceback_later(STUCK_SECONDS, exit=True)
        await realtime.pause(STUCK_SECONDS / _TIMES)
