"""The processes of workers, as their supervisor has them."""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, cast

from mockserver.server.order import LIFELINE, Order


@dataclass(slots=True)
class Worker:
    """A process in its place among the others. `began` is in seconds of the stopwatch.

    Its `ready_pipe` (-1 when that is closed) gets a word when it is ready. `told` says that it was told to end.
    """

    order: Order
    process: subprocess.Popen[bytes]
    ready_pipe: int
    began: float
    is_ready: bool = False
    told: bool = False

    def __str__(self) -> str:
        return f"worker {self.place + 1} (pid {self.process.pid})"

    @property
    def place(self) -> int:
        return self.order.place

    @property
    def name(self) -> str:
        return self.order.name

    @property
    def lifeline(self) -> IO[bytes]:
        """Open for as long as we live: then the worker ends."""
        return cast(IO[bytes], self.process.stdin)


def started(began: float, order_of: Callable[[int], Order]) -> Worker:
    """A new worker; its order is made of the pipe on which it is to say that it is ready."""
    ours, theirs = os.pipe()
    order = order_of(theirs)
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mockserver.server.worker"],  # whatever lies in this folder
            stdin=subprocess.PIPE,
            pass_fds=(theirs,),
            process_group=0,  # Ctrl-C is for the supervisor, who passes it on
        )
    finally:
        os.close(theirs)
    worker = Worker(order, process, ours, began)
    try:
        worker.lifeline.write(pickle.dumps(order))
        worker.lifeline.flush()
    except BrokenPipeError:
        """It has ended already, and that is noticed where all ends are."""
    return worker


def how(code: int) -> str:
    """How a process ended, from what the system says of it."""
    try:
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def is_orphan() -> bool:
    """Whether the supervisor of this very process, a worker, is no more."""
    readable, _, _ = select.select([LIFELINE], [], [], 0)
    return bool(readable)
