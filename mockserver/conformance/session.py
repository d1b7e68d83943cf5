"""Calls to the server that is judged: counted, paced, remembered, and never one that writes where none may.

Knows no rule. What a call brought is a `Step`; only what keeps a call from being made raises: `Skip`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from mockserver.conformance.finding import Coverage, Step
from mockserver.conformance.realtime import REALTIME, Clock
from mockserver.conformance.rule import Skip
from mockserver.conformance.subject import Subject
from mockserver.conformance.wire import Wire
from mockserver.conformance.witness import Witness
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.violation import Violation
from mockserver.errors import UnreachableError

READS: Final = frozenset(("GET", "HEAD", "OPTIONS"))
# More than this is not kept of the calls of one rule: enough to tell what made what.
_REMEMBERED: Final = 5_000
# Who waited in vain, waits so many times shorter afterwards: else a server that never ends one thing takes all day.
_TIRED: Final = 4
_TIREDEST: Final = 3
# How long is waited between two looks at the same thing: a share of how long it took so far, within these bounds.
_FIRST_PAUSE_MS: Final = 20
_LAST_PAUSE_MS: Final = 2_000
_COARSELY: Final = 0.4
_CLOSELY: Final = 0.05


@dataclass(frozen=True, slots=True)
class Limits:
    """How a server may be treated.

    `max_requests` calls at all, `rate` calls a second; `read_only`: nothing that could write. A call is given
    `timeout_ms`, what takes its time (a clip) `patience_ms`; after `max_ms` no call is made any more.
    """

    max_requests: int | None = None
    rate: float | None = None
    read_only: bool = False
    timeout_ms: int = 10_000
    patience_ms: int = 60_000
    max_ms: int | None = None


class Session:
    """A judge's conversation with one server. Any thread may call."""

    def __init__(
        self,
        subject: Subject,
        limits: Limits | None = None,
        *,
        clock: Clock = REALTIME,
        watch: Callable[[Step], None] | None = None,
    ) -> None:
        """`watch` is told of every call, in the thread that made it."""
        self.subject = subject
        self.limits = limits or Limits()
        self.witness = Witness(subject.contract)
        self._clock = clock
        self._begun = clock.now()
        self._watch = watch
        self._wire = Wire(subject.origin, self.limits.timeout_ms)
        self._lock = threading.Lock()
        self._calls = 0
        self._next = 0.0
        self._steps: list[Step] = []
        self._met: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._made: list[tuple[Request, str]] = []
        self._left: dict[str, None] = {}
        self._in_vain = 0

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return self._calls

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was called since `forget`, in order of replies; the newest few thousand."""
        with self._lock:
            return tuple(self._steps)

    @property
    def left(self) -> tuple[str, ...]:
        """What was made and can't be removed, a clause each."""
        return tuple(self._left)

    def reach(self) -> None:
        """Raises UnreachableError when nobody listens at the URL."""
        try:
            self._wire.connect()
        except OSError as error:
            why = error.strerror or str(error) or type(error).__name__
            raise UnreachableError(
                f"no server answers at {self.subject.url} ({why}). Start it, or say with --url where it is."
            ) from None

    def send(self, request: Request, note: str = "") -> Step:
        """One call, when it is its turn. Raises Skip when it writes and none may, or when no call is left."""
        self._admit(request)
        return self._judged(replace(self._wire.send(request), note=note))

    def fetch(self, url: str) -> Step:
        """The beginning of what a URL leads to, on any host, without a key. Counted, but no call of the contract."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        headers = Headers.of([("Range", "bytes=0-1023")])
        request = Request("GET", parts.path or "/", parts.query, headers, origin=origin)
        self._admit(request)
        wire = Wire(origin, self.limits.timeout_ms)
        try:
            return wire.send(request)
        finally:
            wire.close()

    def send_together(self, requests: Sequence[Request], note: str = "") -> list[Step]:
        """Several at the same moment, in the order given; all but the first are `beside` the one before."""
        for request in requests:
            self._admit(request)
        steps = self._wire.race(requests)
        return [self._judged(replace(step, beside=index > 0, note=note)) for index, step in enumerate(steps)]

    def wait(self, ms: int) -> None:
        """Let time pass."""
        self._clock.wait(ms)

    def now(self) -> int:
        """Milliseconds since some instant of the past."""
        return self._clock.now()

    def follow(self, request: Request, patience_ms: int | None = None, *, closely: bool = False) -> Iterator[Step]:
        """The same call again and again, ever more slowly, until the caller stops or patience ends.

        `closely` is so often that what takes a while is seen in all its states. `after_ms` of a step is since the
        first of them.
        """
        begun = self.now()
        patience = self.limits.patience_ms if patience_ms is None else patience_ms
        end = begun + patience // _TIRED ** min(self._in_vain, _TIREDEST)
        share, least = (_CLOSELY, _FIRST_PAUSE_MS // 4) if closely else (_COARSELY, _FIRST_PAUSE_MS)
        while True:
            step = self.send(request)
            yield replace(step, after_ms=self.now() - begun)
            left = end - self.now()
            if left <= 0:
                self.tire()
                return
            pause = min(max((self.now() - begun) * share, least), _LAST_PAUSE_MS)
            self.wait(min(int(pause), left))

    def tire(self) -> None:
        """Wait less long from now on: something that should have ended didn't."""
        self._in_vain += 1

    def until(self, request: Request, done: Callable[[Reply], bool], patience_ms: int | None = None) -> Step:
        """The first call whose reply is `done`; when patience ends before, the last one made."""
        last: Step | None = None
        for last in self.follow(request, patience_ms):
            if last.reply is not None and done(last.reply):
                break
        assert last is not None  # `follow` always calls once
        return last

    def record(self, step: Step) -> Step:
        """Count a call that somebody else made (another library) as one of this session's."""
        match = self.subject.contract.match(step.request.method, step.request.path)
        with self._lock:
            if match is None:
                self._unknown[f"{step.request.method} {step.request.path}"] += 1
            else:
                self._met[match.operation.id] += 1
                if step.reply is not None:
                    self._statuses[f"{match.operation.id} {step.reply.status}"] += 1
            self._steps.append(step)
            if len(self._steps) > _REMEMBERED:
                del self._steps[: _REMEMBERED // 2]
        if self._watch is not None:
            self._watch(step)
        return step

    def _judged(self, step: Step) -> Step:
        self.witness.see(step, self.steps)
        return self.record(step)

    def count(self, calls: int = 1) -> None:
        """Take calls that another library makes off the budget. Raises Skip when there are not so many left."""
        if self.limits.max_ms is not None and self.now() - self._begun > self.limits.max_ms:
            raise Skip(f"the {self.limits.max_ms / 1_000:g} s that --max-time allows are over")
        with self._lock:
            most = self.limits.max_requests
            if most is not None and self._calls + calls > most:
                raise Skip(f"all of the {most} calls that --max-requests allows were made")
            self._calls += calls

    def turn(self) -> None:
        """Wait until the rate allows the next call."""
        if not self.limits.rate:
            return
        with self._lock:
            now = self.now()
            at = max(self._next, now)
            self._next = at + 1_000 / self.limits.rate
        self.wait(round(at - now))

    def _admit(self, request: Request) -> None:
        if self.limits.read_only and request.method not in READS:
            raise Skip("it writes, and --read-only forbids that")
        self.count()
        self.turn()

    def violations(self, step: Step) -> tuple[Violation, ...]:
        """What the contract says against a reply; nothing where there is no reply, or no operation."""
        return self.witness.violations(step)

    def forget(self) -> None:
        """Begin the memory of steps anew, for another rule. What is to be cleaned up stays known."""
        with self._lock:
            self._steps.clear()

    @property
    def coverage(self) -> Coverage:
        """What of the contract was met so far; operations that were not have 0."""
        with self._lock:
            operations = {name: self._met.get(name, 0) for name in self.subject.contract.operations}
            return Coverage(operations, dict(self._statuses), dict(self._unknown))

    def undo_with(self, request: Request, what: str) -> None:
        """Remember the call that removes something this run made."""
        with self._lock:
            self._made.append((request, what))

    def stays(self, what: str) -> None:
        """Remember that something was made which no call removes."""
        with self._lock:
            self._left[what] = None

    def clean_up(self) -> tuple[str, ...]:
        """Remove what was made, the newest first, beyond any budget; returns what is still there, a clause each."""
        with self._lock:
            made, self._made = self._made, []
        for request, what in reversed(made):
            self.turn()
            step = self._wire.send(request)
            status = step.reply.status if step.reply is not None else 0
            # 404 and 400 say that it is gone already (Livepeer's second delete is a 400).
            if not (200 <= status < 300 or status in (400, 404, 410)):
                self.stays(f"{what} ({step.trouble or status})")
        return self.left

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()


@contextmanager
def conversing(subject: Subject, limits: Limits | None = None, *, clock: Clock = REALTIME) -> Iterator[Session]:
    """A session with a server that answers; afterwards it is cleaned up and closed. Raises UnreachableError."""
    session = Session(subject, limits, clock=clock)
    session.reach()
    try:
        yield session
    finally:
        session.clean_up()
        session.close()
