"""The server that is soaked: started, stopped and started again on the same port, its memory read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Final

START_SECONDS: Final = 30.0
DRAIN_SECONDS: Final = 5.0


class Served:
    """`mockserver serve` in a process of its own. `up` is cleared while it is being restarted."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words
        self._folder = tempfile.TemporaryDirectory()
        self._ready = Path(self._folder.name) / "ready.json"
        self._log = Path(self._folder.name) / "errors.log"
        self.port = 0
        self.process = self._start()
        self.up = True
        self._since = time.monotonic()

    def quiet_for(self, seconds: float) -> bool:
        """Whether it has been up for so long."""
        return time.monotonic() - self._since > seconds

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "mockserver", "serve", "--port", str(self.port), "--quiet", "--pace", "600"]
        command += ["--drain", str(DRAIN_SECONDS), "--ready-file", str(self._ready), "--log-format", "json"]
        until = time.monotonic() + START_SECONDS
        process: subprocess.Popen[bytes] | None = None
        while not self._ready.is_file():
            if process is None or (process.poll() is not None and self.port):
                # While it was away, the system may have lent its port to somebody for a moment.
                with self._log.open("ab") as errors:
                    process = subprocess.Popen([*command, *self._words], stdout=subprocess.DEVNULL, stderr=errors)
            if (process.poll() is not None and not self.port) or time.monotonic() > until:
                raise SystemExit(f"the server did not start:\n{self.errors()}")
            time.sleep(0.02)
        assert process is not None
        self.port = json.loads(self._ready.read_text())["port"]
        return process

    @property
    def interruptions(self) -> tuple[str, ...]:
        """In which ways it can be interrupted: what a store that lasts has to bear, and what workers do."""
        lasts = any(word.startswith(("sqlite:", "redis", "unix:")) for word in self._words)
        workers = ("roll", "kill a worker") if "--workers" in self._words else ()
        return ("restart", *workers, *(("kill",) if lasts else ()))

    def interrupt(self, how: str, random: Random) -> None:
        """Do one of these. Blocks until all of it is ready again."""
        self.up = False
        before = self._pids()
        if how in ("restart", "kill"):
            self.stop(signal.SIGTERM if how == "restart" else signal.SIGKILL)
            self._ready.unlink(missing_ok=True)
            self.process = self._start()
        elif how == "roll":
            self.process.send_signal(signal.SIGHUP)
            self._until(lambda: not set(before[1:]) & set(self._pids()))
        else:
            os.kill(random.choice(before[1:]), signal.SIGKILL)
            self._until(lambda: len(self._pids()) == len(before) and self._pids() != before)
        self.up = True
        self._since = time.monotonic()

    def _until(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + START_SECONDS
        while not is_so():
            if time.monotonic() > until:
                raise SystemExit(f"its workers are not what they should be:\n{self.errors()}")
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        for pid in self._pids() if number == signal.SIGKILL else [self.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        self.process.wait(timeout=DRAIN_SECONDS + 10)

    def _pids(self) -> list[int]:
        """The process, then its workers."""
        words = ["ps", "-o", "pid=", "--ppid", f"{self.process.pid}"]
        return [self.process.pid, *map(int, subprocess.run(words, capture_output=True, text=True).stdout.split())]

    def resident(self) -> int:
        """KiB of memory, of all workers together, as the kernel counts them (Linux)."""
        found = 0
        for pid in self._pids():
            with suppress(OSError):  # it has just ended
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                found += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
        return found

    def errors(self) -> str:
        """What it wrote to its log of errors, in all its lives."""
        text = self._log.read_text() if self._log.is_file() else ""
        return "\n".join(line for line in text.splitlines() if not line.startswith(f"mockserver: port {self.port}"))

    def close(self) -> None:
        if self.process.poll() is None:
            self.stop()
        self._folder.cleanup()
