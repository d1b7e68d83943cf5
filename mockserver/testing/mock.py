"""A private world of a fake API as a test holds it: where it is, what happens in it, and what a client did there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypedDict, Unpack

from mockserver.core.fault import Fault
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.secrecy import REMOVED
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.core.world import WorldId
from mockserver.errors import RefusedError
from mockserver.testing.calls import Call, Calls, Wanted, query_of
from mockserver.testing.clock import WorldClock
from mockserver.testing.expectations import Expectation
from mockserver.testing.faults import WorldFaults
from mockserver.testing.readings import WorldReadings
from mockserver.testing.replying import Replying
from mockserver.testing.verdict import ContractBroken, verdict

if TYPE_CHECKING:
    from mockserver.testing.serving import Server


class Start(TypedDict, total=False):
    """What a world is to be at first; what is left out is as in every other world of the server.

    `world` names a world that comes with us, `overrides` is laid over it (a merge patch by names), `document` is a
    world document of your own in place of both. `readings` are options by name. Its clock starts `at` an instant (Unix
    ms or ISO 8601) and stands if `frozen`. Jobs go `pace` times faster than life; 0 holds them and the clock, `"inf"`
    ends them at once.
    """

    world: str
    document: Json
    overrides: Json
    readings: Mapping[str, str]
    at: int | str
    frozen: bool
    pace: float | str


class Mock:
    """A fake account with a key, a clock, faults and a journal of its own.

    `url` is what a client takes for the API's base URL, `key` what it authenticates with. `clock` is a WorldClock,
    `faults` are WorldFaults, `readings` WorldReadings. As a context manager it raises ContractBroken at the end if
    `violations` or unmet expectations are left, and then the world is gone.
    """

    def __init__(self, home: Server, provider: str, mount: str, name: str, start: Start, allow: frozenset[str]) -> None:
        self.provider = provider
        self.origin = home.driver.origin
        self.url = self.origin + mount
        self.key = f"test_{name}"
        self.allowed = allow
        self.world = WorldId(provider, self.key)
        self.clock = WorldClock(self._ask)
        self.faults = WorldFaults(home.driver, self.world)
        self.readings = WorldReadings(provider, self._ask)
        self._home = home
        self._driver = home.driver
        self._expected: list[Expectation] = []
        self._open = True
        self.after = home.begin(self, start)

    @property
    def headers(self) -> dict[str, str]:
        """What authenticates a request."""
        return {"Authorization": f"Bearer {self.key}"}

    def env(self, *, url: str | None = None, key: str | None = None) -> dict[str, str]:
        """The environment of a client: its URL and key under `LIVEPEER_API_URL` and `LIVEPEER_API_KEY`, or as named.

        >>> monkeypatch.setenv(...), or subprocess.run([...], env={**os.environ, **mock.env(key="LP_TOKEN")})
        """
        name = self.provider.upper().replace("-", "_")
        return {url or f"{name}_API_URL": self.url, key or f"{name}_API_KEY": self.key}

    # ---- what happens in the world

    def do(self, verb: str, /, **said: Json) -> Json:
        """Let something happen that no call of the API can do; what came of it. Raises RefusedError.

        `mockserver ctl worlds verbs WORLD` lists them. The typed mocks have a method for each.
        """
        told: Json = self._ask("POST", "verbs", verb, body=said)["result"]
        return told

    def snapshot(self, name: str | None = None) -> str:
        """Keep the world as it is now, under a name or the next free one; the name."""
        return str(self._ask("POST", "snapshot", body={} if name is None else {"name": name})["name"])

    def restore(self, name: str) -> None:
        """Put a snapshot back; from here the same calls give the same bytes. What was called stays on record."""
        self._ask("POST", "restore", body={"snapshot": name})

    def reset(self) -> None:
        """Make the world as new, at the now of its clock."""
        self._ask("POST", "reset")

    def fresh(self, **start: Unpack[Start]) -> AbstractContextManager[Self]:
        """Another world, as new, for as long as a `with` block lasts: one for each example of `@given`.

        The next one has the same key, so the same calls give the same ids. Its violations end the block with
        ContractBroken, so that Hypothesis shrinks them.
        """
        return self._home.fresh(self, start)

    # ---- replies

    def next_reply(
        self, operation: str, reply: Reply | Json, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer the next call of an operation with this: a Reply, or a JSON value. Several stand in line.

        Nothing is decided, changed or checked; the call is on record. Raises ValueError for an unknown operation.
        """
        self._check(operation)
        made = reply if isinstance(reply, Reply) else Reply.json(status, reply, (headers or {}).items())
        self._driver.next_reply(self.world, operation, made)

    def replying(
        self, operation: str, reply: Reply | Json, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Replying:
        """`next_reply` for the calls of a `with` block: what was not asked for in it is taken back at its end."""
        return Replying(self, operation, reply, status, headers)

    # ---- what the client did

    @property
    def calls(self) -> Calls:
        """What the client called, oldest first.

        Calls without a key that owns a world count too, where nobody but the test can have made them.
        """
        entries = self._driver.entries(self._home.worlds_of(self), self.after)
        return self._calls_of([Call(entry, self.origin, self.key) for entry in entries])

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The rules of the contract that the client broke, in the order of its calls."""
        return tuple(each for call in self.calls for each in call.violations if each.party == "client")

    def expect(
        self,
        operation: str | None = None,
        /,
        *,
        times: int | None = None,
        at_least: int = 1,
        at_most: int | None = None,
        **wanted: Unpack[Wanted],
    ) -> None:
        """Fail at the end unless an operation was called, as wanted: exactly `times`, or `at_least` to `at_most`.

        >>> mock.expect("createClip", times=1, body={"/name": "highlight"})
        """
        self._calls_of([])(operation, **wanted)  # what is no query is told here, not at the end
        self._expected.append(Expectation(operation, wanted, times, at_least, at_most))

    def allow_violations(self, *codes: str) -> None:
        """Let the client break these rules, or all if none is named, without failing the test."""
        self.allowed |= frozenset(codes or ("*",))

    def verdict(self) -> str | None:
        """What was wrong with what the client did so far, as a text; None if nothing was."""
        calls = self.calls
        lost = self._driver.missed(self.after)
        said = verdict(self.provider, calls, self._expected, self.allowed, self._home.contracts)
        if lost and (said or self._expected):
            said = f"{said or ''}\n\nOf the server's calls, the {lost} oldest are no longer on record.".strip()
        return said

    def check(self) -> None:
        """Raises ContractBroken if the client did something wrong so far."""
        said = self.verdict()
        if said is not None:
            raise ContractBroken(said)

    def close(self) -> None:
        """Let the world go, unchecked."""
        if self._open:
            self._open = False
            self._home.ended(self)
            self.faults.clear()
            self._driver.drop_replies(self.world)
            self._driver.ask("DELETE", "worlds", *self.world)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        try:
            said = self.verdict()
        finally:
            self.close()
        if said is None:
            return
        if error is None:
            raise ContractBroken(said)
        error.add_note(f"\n{said}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key} at {self.url}>"

    # ---- as `mockserver.strategies` asks for it

    @property
    def now(self) -> int:
        """`clock.now`."""
        return self.clock.now

    def advance(self, ms: int | str, /) -> int:
        """`clock.advance`."""
        return self.clock.advance(ms)

    def add_fault(self, fault: Fault, /) -> str:
        """`faults.add`."""
        return self.faults.add(fault)

    def reply_next(self, operation: str, reply: Reply, /) -> None:
        """`next_reply`."""
        self.next_reply(operation, reply)

    def clear(self) -> None:
        """Take back the faults and replies that were set and not used."""
        self.faults.clear()
        self._driver.drop_replies(self.world)

    def call(self, request: Request, /) -> Reply:
        """Ask the world past all faults and off the record, as the test's own look.

        In a request of `calls` the key that was removed from it is put back.
        """
        removed = f"Bearer {REMOVED}"
        own = ((name, f"Bearer {self.key}" if value == removed else value) for name, value in request.headers)
        return self._driver.look(replace(request, headers=Headers.of(own)))

    def take_back(self, operation: str) -> None:
        """Take back the replies that are ready for an operation and were not asked for."""
        self._driver.drop_replies(self.world, operation)

    def wait_idle(self) -> None:
        """Returns when nothing is due any more on the server, by any clock, and no delivery under way."""
        self._driver.wait_idle()

    # ---- inside

    def _ask(self, method: str, *path: str, body: Json = None, making: bool = False) -> Json:
        """A call of the control API about this world. `making`: what it reads needs a world that is there."""
        try:
            return self._driver.ask(method, "worlds", *self.world, *path, body=body)
        except RefusedError as error:
            if not making or not isinstance(error.problem, dict) or error.problem.get("status") != 404:
                raise
        self._driver.ask("POST", "worlds", *self.world, "clock", "advance", body={"by": 0})
        return self._driver.ask(method, "worlds", *self.world, *path, body=body)

    def _operations(self) -> list[str]:
        return self._home.operations(self.provider)

    def _calls_of(self, calls: list[Call]) -> Calls:
        return Calls(calls, self._operations)

    def _check(self, operation: str) -> None:
        query_of(operation, {}, self._operations)
