"""Who is killed, or stopped, in a storm, and how a town of servers comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from mockserver import __version__
from mockserver.core.world import Store
from mockserver.stores.opening import store_at
from tests.server.workers import Workers, sqlite_at
from tests.soak.truth import KINDS
from tests.stores.running import RedisServer, redis_server

BACK_SECONDS: Final = 30.0
# A worker that is stopped for longer than its lease (5 s) finds its work taken over when it goes on.
SHORT_STOP: Final = (0.05, 0.4)
LONG_STOP: Final = (5.5, 6.5)
LONG_STOPS: Final = 0.1


class Town:
    """A server, alone or as several workers, on a store: killed and started again on the same port."""

    def __init__(self, store: str, count: int, redis: RedisServer | None = None) -> None:
        self.store = store
        self.count = count
        self.redis = redis
        self.said: deque[str] = deque(maxlen=200)  # the last of what it logged
        self._port = "0"
        self.running = self._started()
        self._port = self.running.url.rpartition(":")[2]

    @property
    def url(self) -> str:
        return self.running.url

    def opened(self) -> Store:
        """The store, to be looked into from here."""
        return store_at(self.store, KINDS, __version__)

    def _started(self) -> Workers:
        words = ["--workers", f"{self.count}"] if self.count > 1 else []
        running = Workers("--store", self.store, "--pace", "inf", "--port", self._port, *words)
        # What it says has to be read, or it waits for that some day.
        threading.Thread(target=self.said.extend, args=(running.process.stderr,), daemon=True).start()
        return running

    def again(self) -> None:
        """Start it where it was; those who are left of the one before may have the port for a moment."""
        until = time.monotonic() + BACK_SECONDS
        while True:
            self.running = self._started()
            if self.running.url:
                return
            self.running.process.wait()
            if time.monotonic() > until:
                raise SystemExit(f"the server did not start again:\n{''.join(self.said)}")

    def kill(self, *, all_of_it: bool) -> None:
        """kill -9 of the process that was started, and of its workers too if it is all."""
        pids = self.running.pids() if all_of_it and self.count > 1 else []
        for pid in (self.running.process.pid, *pids):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.running.process.wait()

    async def whole(self) -> None:
        """Returns when all workers are there."""
        until = time.monotonic() + BACK_SECONDS
        while self.count > 1 and len(self.running.pids()) < self.count:
            if time.monotonic() > until:
                raise SystemExit("a worker was not replaced")
            await asyncio.sleep(0.02)

    def close(self) -> None:
        self.running.process.terminate()
        try:
            self.running.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.running.process.kill()


@contextmanager
def town(store: str, count: int, *, everysec: bool = False) -> Iterator[Town]:
    if store == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            here = Town(sqlite_at(Path(folder)), count)
            try:
                yield here
            finally:
                here.close()
        return
    with redis_server(*(("--appendfsync", "everysec") if everysec else ())) as redis:
        here = Town(redis.url, count, redis)
        try:
            yield here
        finally:
            here.close()


Strike = Callable[[Town, Random], Awaitable[float]]


async def kill_all(town: Town, random: Random) -> float:
    """kill -9 of everything that serves, at once; it is started again."""
    town.kill(all_of_it=True)
    at = time.monotonic()
    await asyncio.to_thread(town.again)
    return at


async def kill_supervisor(town: Town, random: Random) -> float:
    """kill -9 of the supervisor alone: its workers end by themselves, and another town takes the port."""
    town.kill(all_of_it=False)
    at = time.monotonic()
    await asyncio.to_thread(town.again)
    return at


async def kill_worker(town: Town, random: Random) -> float:
    os.kill(random.choice(town.running.pids()), signal.SIGKILL)
    return time.monotonic()


async def stop_worker(town: Town, random: Random) -> float:
    """SIGSTOP, and SIGCONT after a while: once in a while so late that it is taken for dead."""
    pid = random.choice(town.running.pids())
    seconds = random.uniform(*(LONG_STOP if random.random() < LONG_STOPS else SHORT_STOP))
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)
    return time.monotonic()


async def kill_redis(town: Town, random: Random) -> float:
    assert town.redis is not None
    town.redis.kill()
    at = time.monotonic()
    await asyncio.sleep(random.uniform(0.0, 0.2))
    await asyncio.to_thread(town.redis.start)
    return at


@dataclass(frozen=True, slots=True)
class Victim:
    """At `most` so many workers, `everysec` is how Redis flushes, `hooked` has webhooks."""

    strike: Strike
    stores: tuple[str, ...] = ("sqlite", "redis")
    most: int = 64
    everysec: bool = False
    hooked: bool = False


VICTIMS: Final[Mapping[str, Victim]] = {
    "server": Victim(kill_all, most=1),
    "all": Victim(kill_all, most=2),
    "supervisor": Victim(kill_supervisor, most=2),
    "worker": Victim(kill_worker),
    "pause": Victim(stop_worker),
    "redis": Victim(kill_redis, stores=("redis",)),
    "redis-everysec": Victim(kill_redis, stores=("redis",), everysec=True),
    "deliveries": Victim(kill_worker, hooked=True),
    "deliveries-pause": Victim(stop_worker, hooked=True),
    "deliveries-server": Victim(kill_all, most=1, hooked=True),
}
