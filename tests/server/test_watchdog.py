"""A process whose loop does not turn any more ends, and says where it is stuck."""

from __future__ import annotations

import subprocess
import sys

STUCK = """
import asyncio
from mockserver.server import watchdog

async def get_stuck():
    alive = asyncio.create_task(watchdog.keep_alive())
    async with asyncio.timeout(3 * watchdog.STUCK_SECONDS):
        try:
            await asyncio.Event().wait()
        finally:
            print("was alive", flush=True)
            get_nowhere()

def get_nowhere():
    while True:
        pass

watchdog.STUCK_SECONDS = 0.2
asyncio.run(get_stuck())
"""


def test_a_loop_that_turns_goes_on_and_one_that_is_stuck_ends_its_process() -> None:
    ended = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=20)
    assert (ended.returncode, ended.stdout) == (1, "was alive\n")
    assert "in get_nowhere" in ended.stderr
