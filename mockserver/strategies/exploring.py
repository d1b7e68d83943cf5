"""What the machine's rules are made of: the world and the client of a run, what was made there, and troubles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.stateful import RuleBasedStateMachine, initialize

from mockserver.contract.check import CompiledContract
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json
from mockserver.errors import unknown
from mockserver.strategies.book import page_of
from mockserver.strategies.client import Client, Hooks, Mock
from mockserver.strategies.clock import Clock
from mockserver.strategies.flow import Flow, Span, bearer
from mockserver.strategies.flows import FLOWS
from mockserver.strategies.judging import Outcome
from mockserver.strategies.laying import Dice, answer_next
from mockserver.strategies.trial import Trial
from mockserver.strategies.troubles import TROUBLES, Expected, Scene

# From a fixed range, however much there is to pick from: what a world holds may differ from run to run.
ANY = st.integers(0, 30)


class Exploring(RuleBasedStateMachine):
    """See ClientMachine, which has the rules."""

    provider: ClassVar[str] = ""
    flow: ClassVar[Flow | None] = None
    contract: ClassVar[CompiledContract | None] = None
    patience: ClassVar[float] = 10.0
    longest: ClassVar[float] = 86_400.0
    persistent: ClassVar[bool] = True

    def mock(self) -> Mock:
        """A fresh world, with its time standing still."""
        raise NotImplementedError("ClientMachine.mock: return a fresh world of your mock server")

    def client(self, mock: Mock, clock: Clock) -> Client:
        """The client under test, as an adapter."""
        raise NotImplementedError("ClientMachine.client: return your client as a mockserver.strategies.Client")

    def __init__(self) -> None:
        super().__init__()
        if self.flow is None and self.provider not in FLOWS:
            raise InvalidArgument(unknown("provider with a flow", self.provider, FLOWS) + "; or set `flow`")
        self._flow: Flow = self.flow or FLOWS[self.provider]
        # What the client has made: id by id its source, and for each source the ids.
        self._made: dict[str, str] = {}
        self._of: dict[str, list[str]] = {}
        self._count = 0

    @initialize()
    def begin(self) -> None:
        """A fresh world and a fresh client."""
        self._mock = self.mock()
        self._clock = Clock(self._mock, self.longest)
        self._trial = self._another()
        self._hooks: Hooks | None = getattr(self._mock, "webhooks", None)

    def teardown(self) -> None:
        if hasattr(self, "_trial"):
            self._trial.close()

    def _another(self) -> Trial:
        """Another client of the same world."""
        return Trial(self._mock, self.client(self._mock, self._clock), self._clock, self._flow, self.patience)

    def _can(self, name: str) -> bool:
        """Whether the client has a function."""
        return self._trial.client.can(name)

    def _create(self, source: str, times: Span, expected: Expected, *, single: bool = False) -> Outcome:
        outcome = self._trial.create(source, times, expected, single=single)
        if outcome.handle is not None:
            known = self._of.setdefault(source, [])
            if self._flow.conflicts and known:
                assert outcome.handle == known[0], f"two projects for {source}: {known[0]} and {outcome.handle}"
            known.append(outcome.handle)
            self._made[outcome.handle] = source
        return outcome

    def _create_in_trouble(self, source: str, times: Span, trouble: str, draw: Dice) -> None:
        flow, real = self._flow, None
        if trouble == "twisted":
            # The clip is made here, so that there is something behind the reply.
            real = self._mock.call(flow.asking(self._mock.key, source, times))
            if real.status >= 300:
                return
        expected = self._arm(trouble, flow.create, real, draw)
        if expected is not None:
            self._create(source, times, expected)

    def _handle(self, pick: int) -> str:
        """One of what was made; if there is nothing yet, the client makes something."""
        sources = self._flow.sources
        for at in range(len(sources)):
            # There may be enough in progress of one, or a project that the client has no word of.
            if not self._made:
                self._create(sources[(pick + at) % len(sources)], self._flow.spans[0], Expected())
        if not self._made:
            reject()
        handles = list(self._made)
        return handles[pick % len(handles)]

    def _arm(self, trouble: str, operation: str, real: Reply | None, draw: Dice) -> Expected | None:
        page = page_of(operation, self.contract)
        return TROUBLES[trouble](Scene(self._mock, self._flow, page, real, self._clock.ms), draw)

    def _in_the_way(
        self,
        plain: Outcome,
        troubles: Sequence[str],
        draw: Dice,
        again: Callable[[Expected], object],
        *,
        last: bool = False,
    ) -> None:
        """The same once more for each trouble, which gets in the way of one of the calls it makes."""
        calls = [call for call in plain.calls if call.operation]
        if plain.error is not None or not calls:
            return
        for trouble in troubles:
            call = calls[-1 if last else draw(ANY) % len(calls)]
            real = self._mock.call(_asked_again(call.request, self._mock.key))
            expected = self._arm(trouble, call.operation or "", real, draw)
            if expected is not None and trouble != "none":
                again(expected)

    def _poll_in_a_phase(self, handle: str, phase: int) -> None:
        plain = self._trial.poll(handle, Expected())
        told = next((call for call in reversed(plain.calls) if call.operation in self._flow.phases), None)
        if told is None or told.operation is None or told.reply.status >= 300:
            return
        known = self._flow.phases[told.operation]
        values: Sequence[Json] = ["queued", *known.values]
        value = values[phase % len(values)]
        said = set_at(told.reply.value, known.pointer, value)
        answer_next(self._mock, told.operation, Reply.json(told.reply.status, said))
        self._trial.poll_told(handle, known.of(said), value)

    def _hidden(self, plain: Outcome, expected: Expected) -> Expected:
        """Lets the next reply leave out the URLs that are to be found elsewhere."""
        for call in plain.calls[-1:]:
            said = call.reply.value
            for pointer in self._flow.elsewhere.get(call.operation or "", ()):
                said = without(said, pointer)
            if said is not call.reply.value and call.operation:
                answer_next(self._mock, call.operation, Reply.json(call.reply.status, said))
        return expected


def _asked_again(request: Request, key: str) -> Request:
    """The request with its key, which the server's record may have lost."""
    rest = [pair for pair in request.headers if pair[0].lower() != "authorization"]
    return replace(request, headers=Headers.of((*rest, *bearer(key))))


def set_at(value: Json, pointer: str, new: Json) -> Json:
    """The value with something else at a pointer into objects."""
    name, _, rest = pointer[1:].partition("/")
    return {**value, name: set_at(value[name], f"/{rest}", new) if rest else new}


def without(value: Json, pointer: str) -> Json:
    """The value without what is at a pointer into objects."""
    name, _, rest = pointer[1:].partition("/")
    if name not in value:
        return value
    if rest:
        return {**value, name: without(value[name], f"/{rest}")}
    return {key: item for key, item in value.items() if key != name}


def turned(value: Json) -> Json:
    """The value with every list in it turned round."""
    if isinstance(value, list):
        return [turned(item) for item in reversed(value)]
    if isinstance(value, dict):
        return {name: turned(item) for name, item in value.items()}
    return value
