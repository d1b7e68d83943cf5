"""What it costs a request to look for faults when none is set: through a connection without a socket, in one process.

python -m tests.benchmarks.looking ROUNDS     prints microseconds a request: a line as it is, and one that never looks

Over sockets the difference drowns in the noise of the machine. Both lines serve the same engine in turns, and the
quickest round of each counts, in time of the processor: what disturbs a round only ever makes it slower.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from typing import Any

from mockserver.server.app import App
from mockserver.server.assemble import build_engine
from mockserver.server.connection import Line
from mockserver.settings import Settings
from tests.benchmarks.load import Shot, _wire
from tests.benchmarks.servers import CLIP

REQUESTS = 50
_ADDRESS = b"0000000000000000"


class LineThatNeverLooks(Line):
    """Takes a request as `Line` does, but for faults and preferences."""

    def takes(self, message: Any, payload: Any) -> bool:
        waiter = self._waiter
        if waiter is None or waiter.done() or self._messages or self.taken is not None or not payload.is_eof():
            return False
        if self.transport is None or self.writing_paused or self.app.controls(message):
            return False
        self.taken = message, payload.read_nowait()
        self.app.turn.add(self)
        return True


class Transport(asyncio.Transport):
    """Takes every answer and keeps none but the last."""

    last = b""

    def write(self, data: Any) -> None:
        self.last = data

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        raise RuntimeError("the connection was closed")


async def compared(rounds: int) -> tuple[float, float]:
    """Microseconds a request, with looking and without."""
    engine = build_engine(Settings(pace=0.001))
    await engine.open("http://127.0.0.1")
    app = App(engine, "http://127.0.0.1")
    lines = []
    for make in (Line, LineThatNeverLooks):
        line: Line = make(app, loop=asyncio.get_running_loop(), **app._options)
        line.connection_made(Transport())
        lines.append(line)
    await _turn()
    shot = _wire(Shot("POST", "/api/clip", CLIP, varied=True))
    best = [float("inf"), float("inf")]
    sent = 0
    for turn in range(rounds + 1):
        for index, line in enumerate(lines if turn % 2 else lines[::-1]):
            index = index if turn % 2 else 1 - index
            took, sent = await _round(line, shot, sent)
            if turn:  # the first one compiles and fills caches
                best[index] = min(best[index], took)
    return best[0], best[1]


async def _round(line: Line, shot: bytes, sent: int) -> tuple[float, int]:
    requests = [shot.replace(_ADDRESS, b"%016d" % (sent + number)) for number in range(REQUESTS)]
    transport: Any = line.transport
    began = time.process_time()
    for request in requests:
        line.data_received(request)
        await _turn()
    took = time.process_time() - began
    if not transport.last.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"a request was refused: {transport.last[:300]!r}")
    return took / REQUESTS * 1e6, sent + REQUESTS


async def _turn() -> None:
    """Let the loop do what was to be done in this turn of it."""
    loop = asyncio.get_running_loop()
    turned = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned


if __name__ == "__main__":
    import uvloop

    gc.disable()  # sweeps fall into whichever round they fall into
    mine, deaf = uvloop.run(compared(int(sys.argv[1])))
    sys.stdout.write(f"{mine} {deaf}\n")
