"""The server that is soaked: started, stopped and started again on the same port, its memory read."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
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
        with self._log.open("ab") as errors:
            process = subprocess.Popen([*command, *self._words], stdout=subprocess.DEVNULL, stderr=errors)
        until = time.monotonic() + START_SECONDS
        while not self._ready.is_file():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the server did not start:\n{self.errors()}")
            time.sleep(0.02)
        self.port = json.loads(self._ready.read_text())["port"]
        return process

    def restart(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, and start it again where it was. Blocks until it is ready."""
        self.up = False
        self.stop(number)
        self._ready.unlink(missing_ok=True)
        self.process = self._start()
        self.up = True
        self._since = time.monotonic()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(timeout=DRAIN_SECONDS + 10)

    def resident(self) -> int:
        """KiB of memory, as the kernel counts them (Linux)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise OSError("no VmRSS")

    def errors(self) -> str:
        """What it wrote to its log of errors, in all its lives."""
        return self._log.read_text() if self._log.is_file() else ""

    def close(self) -> None:
        if self.process.poll() is None:
            self.stop()
        self._folder.cleanup()
