"""What was wrong with replies by themselves, whatever they answered: remembered while others look at something else."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from mockserver.conformance.finding import Step
from mockserver.conformance.known import Known
from mockserver.contract.check import CompiledContract
from mockserver.core.http import Reply
from mockserver.core.violation import Violation

_ASK_LATER: Final = (429, 503)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One defect of a reply. `kind` is `violation`, `server-error`, `no-reply` or `retry-after`.

    `before` is what was called before it by the same rule; `violation` is there for that kind.
    """

    kind: str
    step: Step
    before: tuple[Step, ...]
    violation: Violation | None = None


class Witness:
    """Sees every call, and keeps the first of each defect. Any thread may show it some."""

    def __init__(self, contract: CompiledContract) -> None:
        self._contract = contract
        self._known = Known.of(contract.root.value)
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, ...], Flaw] = {}
        self._times: dict[tuple[str, ...], int] = {}

    def see(self, step: Step, before: Sequence[Step]) -> None:
        """Look at one call and its reply."""
        for flaw in self._flaws(step, tuple(before)):
            found = flaw.violation
            operation = self._contract.match(step.request.method, step.request.path)
            name = operation.operation.id if operation else step.request.path
            key = (flaw.kind, name, found.document, found.rule) if found else (flaw.kind, name)
            with self._lock:
                self._seen.setdefault(key, flaw)
                self._times[key] = self._times.get(key, 0) + 1

    def take(self) -> list[tuple[Flaw, int]]:
        """The defects since the last time, with how often each was seen."""
        with self._lock:
            seen, self._seen = self._seen, {}
            times, self._times = self._times, {}
        return [(flaw, times[key]) for key, flaw in seen.items()]

    def _flaws(self, step: Step, before: tuple[Step, ...]) -> Iterator[Flaw]:
        reply = step.reply
        if reply is None:
            yield Flaw("no-reply", step, before)
            return
        match = self._contract.match(step.request.method, step.request.path)
        name = match.operation.id if match is not None else ""
        if reply.status >= 500 and not self._known.failure(name, step.request, reply):
            yield Flaw("server-error", step, before)
        if reply.status in _ASK_LATER and not _good_retry_after(reply):
            yield Flaw("retry-after", step, before)
        for violation in self.violations(step):
            yield Flaw("violation", step, before, violation)

    def violations(self, step: Step) -> tuple[Violation, ...]:
        """What the contract says against a reply; nothing where there is no reply, or no operation."""
        match = self._contract.match(step.request.method, step.request.path)
        if match is None or step.reply is None or step.request.method == "HEAD":
            return ()
        return self._contract.check_reply(match.operation, step.reply)


def _good_retry_after(reply: Reply) -> bool:
    """Whether a Retry-After, if there is one, is a number of seconds or a date (RFC 9110, 10.2.3)."""
    said = reply.header("retry-after")
    if said is None or (said.strip().isascii() and said.strip().isdigit()):
        return True
    try:
        return parsedate_to_datetime(said) is not None
    except (TypeError, ValueError):
        return False
