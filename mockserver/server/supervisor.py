"""`mockserver serve --workers N`: one process that serves nothing itself and keeps N workers at it.

Each worker has a socket of its own on the one port (SO_REUSEPORT): the kernel spreads connections over them. The first
one starts alone, and makes what a new store needs. One that ends unasked is replaced, the sooner the longer it lived.
SIGTERM or SIGINT is passed on, and the end of all workers is awaited; SIGHUP replaces one worker after another by a new
one, which reads settings and world files anew and is up before the old one drains. Workers end when this process does,
however that comes (`worker.py`).
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Final

from mockserver.errors import MockserverError, StartError
from mockserver.server import entropy, realtime
from mockserver.server.listen import bind, url_of
from mockserver.server.log import errors_as_json
from mockserver.server.meeting_place import meeting_place
from mockserver.server.order import Order
from mockserver.server.processes import Worker, how, started
from mockserver.server.ready_file import forget_ready, say_ready
from mockserver.settings import Settings

# A worker that lived so long did not end for how it was started.
WELL_SECONDS: Final = 10.0
LONGEST_PAUSE_SECONDS: Final = 5.0
_FIRST_PAUSE_SECONDS: Final = 0.1
# Beyond what a worker was given to drain.
PATIENCE_SECONDS: Final = 10.0

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)

log = logging.getLogger("mockserver")

Announce = Callable[[str, str | None], None]
Again = Callable[[], Settings]


def supervise(settings: Settings, announce: Announce, again: Again) -> int:
    """Serve from several processes until told to stop; the exit code. `again` reads the settings anew.

    Raises StartError if the port can't be had, or if workers can't start.
    """
    if not hasattr(socket, "SO_REUSEPORT"):
        raise StartError("--workers: this system has no SO_REUSEPORT, so processes can't share a port; serve from one")
    bind(settings.host, settings.port).close()  # nobody else listens there: of those who share, each would get a part
    held = bind(settings.host, settings.port, shared=True)
    logged = errors_as_json(sys.stderr) if settings.log_format == "json" else nullcontext()
    # Those who share a Redis ask each other through that.
    meeting = meeting_place() if settings.store.startswith("sqlite:") else nullcontext()
    with held, logged, _signals() as heard, meeting as folder:
        return _Supervisor(settings, held, heard, folder, announce, again).run()


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """A socket that gets a byte for each signal that matters here."""
    inner, outer = socket.socketpair()
    inner.setblocking(False)
    outer.setblocking(False)
    before = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
    descriptor = signal.set_wakeup_fd(outer.fileno(), warn_on_full_buffer=False)
    try:
        yield inner
    finally:
        signal.set_wakeup_fd(descriptor)
        for number, how in before.items():
            signal.signal(number, how)
        inner.close()
        outer.close()


class _Supervisor:
    """The state of all workers, and what to do when something happens to one."""

    def __init__(
        self,
        settings: Settings,
        held: socket.socket,
        heard: socket.socket,
        folder: Path | None,
        announce: Announce,
        again: Again,
    ) -> None:
        self._crew = f"{socket.gethostname()}-{os.getpid()}-{entropy.token()[:8]}"
        self._folder = folder
        self._url = url_of(held)
        self._token = settings.admin_token
        if settings.admin and settings.admin_token is None and not url_of(held).startswith(_LOOPBACK):
            self._token = entropy.token()  # one for all of them
        self._made_up = self._token if settings.admin_token is None else None
        self._port: int = held.getsockname()[1]
        self._settings = self._of_workers(settings)
        self._ready_file = settings.ready_file
        self._heard = heard
        self._announce = announce
        self._again = again
        self._select = selectors.DefaultSelector()
        self._select.register(heard, selectors.EVENT_READ)
        self._places: dict[int, Worker] = {}
        self._leaving: list[Worker] = []
        self._fresh: Worker | None = None  # is to take a place when it is ready
        self._to_roll: list[int] = []
        self._due: dict[int, float] = {}  # when a place is to be taken again
        self._pauses: dict[int, float] = {}
        self._dead: list[str] = []
        self._announced = self._stopping = False
        self._until: float | None = None
        self._code = 0
        self._count = 0

    def run(self) -> int:
        if self._ready_file is not None:
            forget_ready(self._ready_file)
        try:
            self._start(0)
            while not (self._stopping and not self._all()):
                self._wait()
                self._reap()
                self._take_due()
            return self._code
        finally:
            for worker in self._all():
                worker.process.kill()
                worker.process.wait()
            if self._ready_file is not None:
                forget_ready(self._ready_file)
            self._select.close()

    # ---- workers

    def _all(self) -> list[Worker]:
        return [*self._places.values(), *self._leaving, *([self._fresh] if self._fresh is not None else [])]

    def _of_workers(self, settings: Settings) -> Settings:
        return replace(settings, port=self._port, ready_file=None, admin_token=self._token)

    def _begin(self, place: int) -> Worker:
        self._count += 1
        name = f"{self._crew}-{self._count}"
        dead, self._dead = tuple(self._dead), []
        at = None if self._folder is None else self._folder / f"{self._count}.sock"
        worker = started(_now(), lambda pipe: Order(self._settings, pipe, name, dead, self._crew, place, at))
        self._select.register(worker.ready_pipe, selectors.EVENT_READ)
        return worker

    def _start(self, place: int) -> None:
        self._places[place] = self._begin(place)

    def _wait(self) -> None:
        """Until something happens, and note what that was."""
        dates = [*self._due.values(), *([self._until] if self._until is not None else [])]
        pause = max(0.0, min(dates) - _now()) if dates else None
        for key, _ in self._select.select(pause):
            if key.fileobj is self._heard:
                for number in self._heard.recv(1024):
                    self._hear(number)
            else:
                self._is_ready(int(key.fd))
        if self._until is not None and _now() >= self._until:
            self._until = None
            for worker in self._all():
                log.warning("%s did not end in time and is killed", worker)
                worker.process.kill()

    def _is_ready(self, pipe: int) -> None:
        said = os.read(pipe, 64)
        self._select.unregister(pipe)
        os.close(pipe)
        worker = next((worker for worker in self._all() if worker.ready_pipe == pipe), None)
        if worker is None:
            return
        worker.ready_pipe = -1
        worker.is_ready = bool(said)
        if not said:
            return
        if worker is self._fresh:
            self._take_over(worker)
        elif not self._announced and not self._stopping:
            self._go_on()

    def _go_on(self) -> None:
        """The first is ready: now the others. All are: the world may know."""
        for place in range(self._settings.workers):
            if place not in self._places:
                self._start(place)
        if all(worker.is_ready for worker in self._places.values()):
            if self._ready_file is not None:
                say_ready(self._ready_file, self._url)
            self._announced = True
            self._announce(self._url, self._made_up)

    def _reap(self) -> None:
        for worker in self._all():
            code = worker.process.poll()
            if code is not None:
                self._has_ended(worker, code)

    def _has_ended(self, worker: Worker, code: int) -> None:
        worker.lifeline.close()
        if worker.order.socket is not None:
            worker.order.socket.unlink(missing_ok=True)
        if not worker.told:
            self._dead.append(worker.name)
        if worker in self._leaving:
            self._leaving.remove(worker)
        elif worker is self._fresh:
            self._fresh = None
            self._to_roll.clear()
            log.error("%s could not start (%s): the old ones go on as they were", worker, how(code))
        else:
            del self._places[worker.place]
            if self._stopping:
                return
            if not self._announced:
                self._code = code if code > 0 else StartError.exit_code
                log.error("%s could not start (%s)", worker, how(code))
                self._stop()
            else:
                self._replace(worker, code)

    def _replace(self, worker: Worker, code: int) -> None:
        lived, place = _now() - worker.began, worker.place
        pause = 0.0 if lived >= WELL_SECONDS else self._pauses.get(place, 0.0)
        self._pauses[place] = min(LONGEST_PAUSE_SECONDS, max(_FIRST_PAUSE_SECONDS, 2 * pause))
        self._due[place] = _now() + pause
        when = f" in {pause:g} s" if pause else ""
        log.warning("%s ended (%s) after %.1f s: another one takes its place%s", worker, how(code), lived, when)

    def _take_due(self) -> None:
        for place in [place for place, at in self._due.items() if at <= _now()]:
            del self._due[place]
            self._start(place)

    # ---- signals

    def _hear(self, number: int) -> None:
        if number in (signal.SIGTERM, signal.SIGINT):
            self._stop()
        elif number == signal.SIGHUP and not self._stopping and self._announced:
            self._roll()

    def _stop(self) -> None:
        """Let all of them drain; told again, they don't."""
        self._stopping = True
        self._due.clear()
        self._to_roll.clear()
        self._until = _now() + self._settings.drain + PATIENCE_SECONDS
        for worker in self._all():
            self._tell(worker)

    def _roll(self) -> None:
        """Begin to replace every worker, with the settings as they are by now."""
        try:
            settings = self._again()
        except MockserverError as error:
            log.error("SIGHUP: %s. The workers go on as they were", error)
            return
        log.warning("SIGHUP: each of %d workers is replaced in its turn", settings.workers)
        self._settings = self._of_workers(replace(settings, workers=self._settings.workers))
        self._to_roll = list(range(self._settings.workers))
        self._roll_next()

    def _roll_next(self) -> None:
        if self._fresh is None and self._to_roll:
            self._fresh = self._begin(self._to_roll.pop(0))

    def _take_over(self, worker: Worker) -> None:
        self._fresh = None
        old = self._places.get(worker.place)
        self._due.pop(worker.place, None)
        self._places[worker.place] = worker
        if old is not None:
            self._leaving.append(old)
            self._tell(old)
        self._roll_next()

    @staticmethod
    def _tell(worker: Worker) -> None:
        worker.told = True
        worker.process.send_signal(signal.SIGTERM)


_LOOPBACK: Final = ("http://127.", "http://[::1]")


def _now() -> float:
    return realtime.stopwatch() / 1e9
