"""One call of a client and what has to hold whatever it was: whose error came out, what it says, what was repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from mockserver.core.text import Json
from mockserver.strategies.client import Called, Client, Mock
from mockserver.strategies.clock import Clock, Endless
from mockserver.strategies.flow import Flow
from mockserver.strategies.running import Running
from mockserver.strategies.troubles import Expected

# What is said of a value: no more than a line.
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: its result or the client's own error, and the calls the server saw meanwhile."""

    verb: str
    result: Json
    error: Exception | None
    calls: tuple[Called, ...]
    handle: str | None = None

    def of(self, operation: str | None) -> list[Called]:
        """The calls of one operation."""
        return [call for call in self.calls if call.operation == operation]


class Judging:
    """Makes the calls of one client in one world, and judges each. What is wrong is an AssertionError that says it."""

    def __init__(self, mock: Mock, client: Client, clock: Clock, flow: Flow, patience: float) -> None:
        self.mock, self.client, self.clock, self.flow = mock, client, clock, flow
        self.run = Running(clock, patience)
        # What may stand in no error.
        self.secrets = [mock.key]
        # Where files are stored is no part of the API.
        self._base = urlsplit(mock.url).path.rstrip("/")

    def close(self) -> None:
        self.run(self.client.close)
        self.run.close()

    def judged(self, verb: str, expected: Expected, method: Callable[..., Json], *arguments: Json) -> Outcome:
        """Call a method of the client."""
        before = len(self.mock.calls())
        self.clock.begin()
        result, error = None, None
        try:
            result = self.run(method, *arguments)
        except self.client.errors as raised:
            error = raised
        except Endless as raised:
            raise AssertionError(f"{verb}: does not end: {raised}") from None
        except Exception as raised:
            raise AssertionError(f"{verb}: not the client's own error came out, but {raised!r}") from raised
        calls = tuple(self.mock.calls()[before:])
        self.mock.clear()
        outcome = Outcome(verb, result, error, calls)
        self._check(outcome, expected)
        return outcome

    def _check(self, outcome: Outcome, expected: Expected) -> None:
        verb, error = outcome.verb, outcome.error
        for call in outcome.calls:
            # Who is told what no server says may well ask for what is nowhere.
            ours = expected.like_before and (call.operation or call.request.path.startswith(f"{self._base}/"))
            for violation in call.violations if ours else ():
                raise AssertionError(f"{verb}: the client broke the contract: {violation}")
            served = not call.operation and 200 <= call.reply.status < 300
            if served and call.request.header("authorization") is not None:
                raise AssertionError(f"{verb}: the key is sent to where files are stored: {call.request.path}")
        if error is not None:
            told = f"{error} {error!r}"
            assert not any(secret in told for secret in self.secrets), f"{verb}: the client's error shows a secret"
            refused = any(call.reply.status >= 400 for call in outcome.calls)
            if expected.fails == "never" and not refused:
                raise AssertionError(f"{verb}: nothing is wrong, and the client failed: {error!r}") from error
        elif expected.fails == "must" and any(call.reply.status >= 400 for call in outcome.calls):
            raise AssertionError(f"{verb}: the server refused it, and the client says {brief(outcome.result)}")
        if expected.limit is not None and error is not None and self.client.at_limit:
            self._check_limit(verb, error, expected.limit)
        for operation in dict.fromkeys(call.operation for call in outcome.calls):
            self._check_repeats(operation, outcome, expected)

    def _check_limit(self, verb: str, error: Exception, reached: bool) -> None:
        said = isinstance(error, self.client.at_limit)
        if said and not reached:
            raise AssertionError(f"{verb}: no limit is reached, and the client says so: {error!r}") from error
        if reached and not said:
            raise AssertionError(f"{verb}: a limit is reached, and the client does not say so: {error!r}") from error

    def _check_repeats(self, operation: str | None, outcome: Outcome, expected: Expected) -> None:
        same = outcome.of(operation)
        struck = [call for call in same if call.reply.status >= 400]
        if not struck:
            return
        status, at = struck[0].reply.status, struck[0].at
        if expected.calls is not None:
            assert len(same) <= expected.calls, (
                f"{outcome.verb}: {operation} was refused ({status}) and called {len(same)} times"
            )
        if expected.pause and status == 429:
            later = [call.at - at for call in same if call is not struck[0]]
            assert all(ms >= expected.pause for ms in later), (
                f"{outcome.verb}: told to wait {expected.pause} ms, the client came back after {min(later)} ms"
            )


def brief(value: Json) -> str:
    """A value in a sentence."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
