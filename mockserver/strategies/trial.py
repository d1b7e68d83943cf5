"""One call of a client and the verdict on it: what came out, what the server saw, and whether that is right."""

from __future__ import annotations

import asyncio
import inspect
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import Final
from urllib.parse import urlsplit

from mockserver.core.http import Reply, Request
from mockserver.core.text import Json, parse
from mockserver.strategies.client import Called, Client, Clock, Endless, Mock, State
from mockserver.strategies.flows import Flow, Span
from mockserver.strategies.troubles import Expected

# Two instants nearer than this are the same (s): the providers count in ms.
_SAME: Final = 0.0011
_MAY: Final = Expected("may")
# Who looks once more at what has ended, for its URL say, is no worse for it.
_MOST_AFTER_END: Final = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: its result or the client's own error, and the calls the server saw meanwhile."""

    verb: str
    result: Json
    error: Exception | None
    calls: tuple[Called, ...]
    handle: str | None = None


class Trial:
    """Makes the calls of one client in one world, and judges each. What is wrong is an AssertionError that says it."""

    def __init__(self, mock: Mock, client: Client, clock: Clock, flow: Flow, patience: float) -> None:
        self._mock, self._client, self._clock, self._flow, self._patience = mock, client, clock, flow, patience
        self._loop: asyncio.AbstractEventLoop | None = None

    def close(self) -> None:
        self._run(self._client.close)
        if self._loop is not None:
            self._loop.close()

    def create(self, source: str, span: Span, expected: Expected) -> Outcome:
        """Ask for a clip; the outcome has the handle the client gave for it, if any."""
        outcome = self._judged("create", expected, self._client.create, source, *span)
        asked = [call for call in outcome.calls if call.operation == self._flow.create]
        made = [call for call in asked if 200 <= call.reply.status < 300]
        assert len(made) <= 1, f"create: one clip was asked for and {len(made)} were made: a call was sent again"
        for call in asked:
            self._check_span(call.request, span)
        told = {call.reply.status for call in asked}
        if outcome.error is not None and self._flow.conflicts and expected.fails == "never" and told == {409}:
            raise AssertionError(
                f"create: a 409 for what was asked before is no error: {outcome.error!r}"
            ) from outcome.error
        if outcome.error is not None or not expected.like_before:
            return outcome
        repeated = any(call.reply.status == 409 for call in asked)
        if made and not repeated:
            wanted = self._flow.made(made[0].reply.value)
            assert outcome.result == wanted, (
                f"create: the reply's id is {wanted!r}, and the client says {outcome.result!r}"
            )
        elif not repeated:
            raise AssertionError(f"create: nothing was made, and the client says {outcome.result!r}")
        handle = outcome.result if isinstance(outcome.result, str) and outcome.result else None
        return Outcome("create", outcome.result, None, outcome.calls, handle)

    def poll(self, handle: str, expected: Expected) -> Outcome:
        """One look at how far it is."""
        truth = self._truth(handle)
        outcome = self._judged("poll", expected, self._client.poll, handle)
        if outcome.error is None:
            # A client that waited before it asked again may have seen either.
            truth |= self._truth(handle)
            self._check_state("poll", handle, outcome.result, truth, strictly=expected.like_before)
        return outcome

    def poll_told(self, handle: str, allowed: frozenset[State], phase: Json) -> None:
        """A look at a clip when the server says a phase."""
        outcome = self._judged("poll", Expected("may", injected=True), self._client.poll, handle)
        self._mock.clear()
        if outcome.error is None:
            said = outcome.result
            assert said in allowed, f"poll: the server says {phase!r}, and the client takes it for {said!r}"

    def wait(self, handle: str, expected: Expected = _MAY, *, surely: bool = False) -> Outcome | None:
        """Wait until it ends; `surely`: it becomes ready, if only it was asked for rightly."""
        try:
            outcome = self._judged("wait", expected, self._client.wait, handle)
        except NotImplementedError:
            return None
        self._check_end(outcome)
        truth = self._truth(handle)
        assert not (surely and truth == {State.FAILED}), f"wait: {handle} failed: it was not asked for as it has to be"
        if outcome.error is not None:
            assert truth != {State.READY}, f"wait: {handle} is ready, and the client gave up: {outcome.error!r}"
            return outcome
        assert outcome.result is not State.WAITING, f"wait: came back although {handle} has not ended"
        self._check_state("wait", handle, outcome.result, truth, strictly=True)
        return outcome

    def _check_end(self, outcome: Outcome) -> None:
        """Who was told that it has ended does not ask for long."""
        ended = [
            call.operation
            for call in outcome.calls
            if call.reply.status == 200 and (phase := self._flow.phases.get(call.operation or "")) is not None
            if State.WAITING not in phase.of(call.reply.value)
        ]
        for operation in set(ended):
            again = ended.count(operation)
            assert again <= _MOST_AFTER_END, (
                f"wait: {operation} said {again} times that it has ended, and still it waits"
            )

    def wait_through(self, handle: str, operation: str) -> None:
        """Wait although the server fails once on the way."""
        self._mock.reply_next(operation, Reply.json(503, {"errors": ["try again"]}))
        try:
            outcome = self._judged("wait", Expected("may", injected=True), self._client.wait, handle)
        except NotImplementedError:
            return
        if outcome.error is not None and self._truth(handle) != {State.FAILED}:
            answers = [call.reply.status for call in outcome.calls]
            assert len(answers) > 1, f"wait: one 503 on the way, and the client gave up: {outcome.error!r}"

    def delete(self, handle: str, expected: Expected) -> bool:
        """Delete it; whether it is gone. False too if the client has no such function."""
        try:
            return self._judged("delete", expected, self._client.delete, handle).error is None
        except NotImplementedError:
            return False

    def delete_again(self, handle: str) -> None:
        """Delete what is gone: that is what was wanted, whatever the server says."""
        outcome = self._judged("delete", Expected("may"), self._client.delete, handle)
        assert outcome.error is None, f"delete: {handle} is gone already, and the client fails: {outcome.error!r}"

    def list(
        self, source: str, handles: Sequence[str], expected: Expected, plain: Outcome | None = None, pages: int = 1
    ) -> Outcome:
        """What there is: all that was made, each once; with `plain`, all that was listed without the trouble."""
        outcome = self._judged("list", expected, self._client.list, source)
        if pages > 1:
            asked = [call for call in outcome.calls if call.operation]
            assert len(asked) <= pages, f"list: there are {pages} pages, and the client asks for another"
        if outcome.error is not None or not expected.like_before:
            return outcome
        found = [*outcome.result]
        assert len(found) == len(set(found)), f"list: names something twice: {found}"
        wanted = {*handles, *(plain.result if plain is not None and plain.error is None else ())}
        lost = wanted - {*found}
        what = f"the server sent {pages} pages, and the client lost" if pages > 1 else "the client does not list"
        assert not lost, f"list: {what} {', '.join(sorted(lost))}"
        return outcome

    def download(self, handle: str, expected: Expected) -> Outcome:
        """Where to download it. Before it is ready, the client may say so in an error or with nothing."""
        truth = self._truth(handle)
        ready = truth == {State.READY}
        outcome = self._judged("download", expected if ready else _loosely(expected), self._client.download, handle)
        if outcome.error is None and expected.like_before and ready:
            if isinstance(outcome.result, bytes):
                assert outcome.result, f"download: {handle} is ready, and the client has nothing of it"
                return outcome
            urls = [outcome.result] if isinstance(outcome.result, str) else [*(outcome.result or ())]
            assert urls, f"download: {handle} is ready, and the client names no URL"
            for url in urls:
                parts = urlsplit(str(url))
                status = self._mock.call(Request("GET", parts.path, parts.query)).status
                assert status == 200, f"download: {url} answers {status}"
        return outcome

    def _truth(self, handle: str) -> frozenset[State]:
        """How far it is in truth; nothing certain if the server doesn't say."""
        reply = self._mock.call(self._flow.looking(self._mock.key, handle))
        return self._flow.state(reply.value) if reply.status == 200 else frozenset(State)

    def _check_state(self, verb: str, handle: str, said: object, truth: frozenset[State], *, strictly: bool) -> None:
        assert isinstance(said, State), f"{verb}: returned {said!r}, which is no State"
        right = said in truth or not strictly
        wanted = " or ".join(state.name for state in truth)
        assert right, f"{verb}: {handle} is {wanted}, and the client says {said.name}"

    def _check_span(self, request: Request, span: Span) -> None:
        body = parse(request.body)
        sent = self._flow.sent(body)
        for name in self._flow.unasked:
            assert not body.get(name), f"create: nobody asked for `{name}`, and the client sends it"
        for name, asked, told in zip(("start", "end"), span, sent, strict=True):
            same = asked is told or (asked is not None and told is not None and abs(asked - told) < _SAME)
            assert same, f"create: asked for {name}={asked} s, and the server was told {told} s"

    def _judged(self, verb: str, expected: Expected, method: Callable[..., Json], *arguments: Json) -> Outcome:
        before = len(self._mock.calls())
        self._clock.begin()
        result, error = None, None
        try:
            result = self._run(method, *arguments)
        except self._client.errors as raised:
            error = raised
        except NotImplementedError:
            raise
        except Endless as raised:
            raise AssertionError(f"{verb}: does not end: {raised}") from None
        except Exception as raised:
            raise AssertionError(f"{verb}: not the client's own error came out, but {raised!r}") from raised
        calls = tuple(self._mock.calls()[before:])
        self._mock.clear()
        outcome = Outcome(verb, result, error, calls)
        self._check(outcome, expected)
        return outcome

    def _check(self, outcome: Outcome, expected: Expected) -> None:
        verb, error = outcome.verb, outcome.error
        for call in outcome.calls:
            for violation in call.violations:
                raise AssertionError(f"{verb}: the client broke the contract: {violation}")
            if not call.operation:
                told = any(self._mock.key in text for _, text in call.request.headers)
                assert not told, f"{verb}: the key is sent to where files are stored: {call.request.path}"
        if error is not None:
            assert self._mock.key not in f"{error} {error!r}", f"{verb}: the client's error shows the key"
            refused = any(call.reply.status >= 400 for call in outcome.calls)
            if expected.fails == "never" and not refused:
                raise AssertionError(f"{verb}: nothing is wrong, and the client failed: {error!r}") from error
        elif expected.fails == "must" and any(call.reply.status >= 400 for call in outcome.calls):
            raise AssertionError(f"{verb}: the server refused it, and the client says {outcome.result!r}")
        self._check_repeats(outcome, expected)

    def _check_repeats(self, outcome: Outcome, expected: Expected) -> None:
        for operation in {call.operation for call in outcome.calls}:
            same = [call for call in outcome.calls if call.operation == operation]
            struck = [call for call in same if call.reply.status >= 400]
            if expected.calls is not None and struck:
                assert len(same) <= expected.calls, (
                    f"{outcome.verb}: {operation} was refused ({struck[0].reply.status}) and called {len(same)} times"
                )
            if expected.pause and struck and struck[0].reply.status == 429:
                later = [call.at - struck[0].at for call in same if call is not struck[0]]
                assert all(ms >= expected.pause for ms in later), (
                    f"{outcome.verb}: told to wait {expected.pause} ms, the client came back after {min(later)} ms"
                )
            if operation == self._flow.token:
                assert not struck, f"{outcome.verb}: the client asked for a token with what is used up"

    def _run(self, method: Callable[..., Json], *arguments: Json) -> Json:
        """The method's result; of a coroutine, what it comes to. Raises Endless when it takes too long."""
        with _alarm(self._patience, self._clock):
            made = method(*arguments)
            if inspect.isawaitable(made):
                self._loop = self._loop or asyncio.new_event_loop()
                return self._loop.run_until_complete(_awaited(made))
            return made


async def _awaited(made: Json) -> Json:
    return await made


def _loosely(expected: Expected) -> Expected:
    """For what may as well fail: nothing is ready yet."""
    if expected.fails == "must":
        return expected
    return Expected("may", expected.calls, expected.pause, expected.like_before, expected.injected)


@contextmanager
def _alarm(seconds: float, clock: Clock) -> Iterator[None]:
    """Raises Endless in here after so many real seconds without a pause; never where there are no signals.

    A client that pauses gets on, however slow the machine is: the clock itself ends its patience.
    """
    if current_thread() is not main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    seen = clock.pauses

    def ring(number: int, frame: object) -> None:
        nonlocal seen
        if clock.pauses != seen:
            seen = clock.pauses
            return
        raise Endless(f"one call took more than {seconds:g} s of real time")

    previous = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, previous)
