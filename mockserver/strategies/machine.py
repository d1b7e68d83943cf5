"""Explores a client against a model of its provider: calls, time, faults and twisted replies, in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.strategies import DataObject

from mockserver.contract.check import CompiledContract
from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.errors import unknown
from mockserver.strategies.book import Page, page_of
from mockserver.strategies.client import Client, Clock, Mock, State
from mockserver.strategies.flows import FLOWS, Flow, Span
from mockserver.strategies.trial import Outcome, Trial
from mockserver.strategies.troubles import TROUBLES, Expected, Scene, paged

_ANY = st.integers(0, 30)
# Twists come in many kinds, so they get more turns.
_TROUBLES = st.sampled_from([*TROUBLES, "twisted", "twisted"])
_JUMPS = st.sampled_from((1, 15, 60, 600, 86_400))
# Enough to meet most troubles with each call. One bug at a time: the next run shows the next one. It is not explained:
# that takes as long as all the rest, and names lines of ours.
_SETTINGS = settings(
    max_examples=100,
    stateful_step_count=15,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


class ClientMachine(RuleBasedStateMachine):
    """A state machine for any client of a provider: give it a world and an adapter, and it looks for the client's bugs.

    `provider` is `"livepeer"` or `"restream"`; for another, set `flow` and `contract`. `patience` is how many real
    seconds one call may go without a pause (more than the client's timeout), `longest` how many of the mock's clock it
    may wait. `persistent`: who waits for a clip is not put off by a single 503.

    What has to hold: nothing but the client's own errors comes out, and no key in them; requests keep the contract; no
    call is made twice that the server may have heard; a refused one is not repeated; `Retry-After` is kept; a 409 for
    what has been asked before is no error, and there is one project for one source; waiting ends; what is said to be
    ready is, and can be downloaded; lists are whole, and name nothing twice.

    >>> class Restream(ClientMachine):
    ...     provider = "restream"
    ...     def mock(self): return server.world()
    ...     def client(self, mock, clock): return Adapter(mock, clock)
    ...
    >>> TestRestream = Restream.TestCase
    """

    provider: ClassVar[str] = ""
    flow: ClassVar[Flow | None] = None
    contract: ClassVar[CompiledContract | None] = None
    patience: ClassVar[float] = 5.0
    longest: ClassVar[float] = 86_400.0
    persistent: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        # Each machine has a TestCase of its own, which takes no settings over.
        super().__init_subclass__()
        cls.TestCase.settings = _SETTINGS

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

    @initialize()
    def begin(self) -> None:
        """A fresh world and a fresh client."""
        self._mock = self.mock()
        self._clock = Clock(self._mock, self.longest)
        self._trial = Trial(self._mock, self.client(self._mock, self._clock), self._clock, self._flow, self.patience)

    def teardown(self) -> None:
        if hasattr(self, "_trial"):
            self._trial.close()

    @rule(pick=_ANY, span=_ANY, trouble=_TROUBLES, data=st.data())
    def create(self, pick: int, span: int, trouble: str, data: DataObject) -> None:
        """Ask for a clip of a source that may have been asked for before."""
        flow = self._flow
        sources = (*flow.sources, *flow.failing, *flow.stuck)
        source, times = sources[pick % len(sources)], flow.spans[span % len(flow.spans)]
        real = None
        if trouble == "twisted":
            # The clip is made here, so that there is something behind the reply.
            real = self._mock.call(flow.asking(self._mock.key, source, times))
            if real.status >= 300:
                return
        expected = self._arm(trouble, flow.create, real, data)
        if expected is not None:
            self._create(source, times, expected)

    def _create(self, source: str, times: Span, expected: Expected) -> None:
        outcome = self._trial.create(source, times, expected)
        if outcome.handle is not None:
            known = self._of.setdefault(source, [])
            if self._flow.conflicts and known:
                assert outcome.handle == known[0], f"two projects for {source}: {known[0]} and {outcome.handle}"
            known.append(outcome.handle)
            self._made[outcome.handle] = source

    @precondition(lambda self: self._made)
    @rule(pick=_ANY, trouble=_TROUBLES, data=st.data())
    def poll(self, pick: int, trouble: str, data: DataObject) -> None:
        """One look at a clip."""
        handle = self._handle(pick)
        plain = self._trial.poll(handle, Expected())
        self._in_the_way(plain, trouble, data, lambda expected: self._trial.poll(handle, expected))

    @precondition(lambda self: self._made)
    @rule(pick=_ANY, phase=_ANY)
    def poll_in_a_phase(self, pick: int, phase: int) -> None:
        """A look at a clip in any state the document knows, and in one it doesn't."""
        handle = self._handle(pick)
        plain = self._trial.poll(handle, Expected())
        told = next((call for call in reversed(plain.calls) if call.operation in self._flow.phases), None)
        if told is None or told.operation is None or told.reply.status >= 300:
            return
        known = self._flow.phases[told.operation]
        values: Sequence[Json] = [*known.values, "queued"]
        value = values[phase % len(values)]
        self._mock.reply_next(
            told.operation, Reply.json(told.reply.status, _set(told.reply.value, known.pointer, value))
        )
        self._trial.poll_told(handle, known.values.get(value, frozenset((State.WAITING, State.FAILED))), value)

    @precondition(lambda self: self._made)
    @rule(pick=_ANY, trouble=st.sampled_from(("none", "other conflict")), data=st.data())
    def create_again(self, pick: int, trouble: str, data: DataObject) -> None:
        """Ask once more for what has been asked for."""
        expected = self._arm(trouble, self._flow.create, None, data)
        if expected is not None:
            self._create(self._made[self._handle(pick)], self._flow.spans[0], expected)

    @precondition(lambda self: self._made and self.persistent)
    @rule(pick=_ANY)
    def wait_through_a_failure(self, pick: int) -> None:
        """Wait for a clip while the server fails once: whoever waits asks again."""
        handle = self._handle(pick)
        plain = self._trial.poll(handle, Expected())
        if plain.error is None and plain.calls and plain.calls[0].operation and plain.result is State.WAITING:
            self._trial.wait_through(handle, plain.calls[0].operation)

    @precondition(lambda self: self._made)
    @rule(pick=_ANY)
    def wait(self, pick: int) -> None:
        """Wait for a clip: it ends, whatever comes of it."""
        handle = self._handle(pick)
        self._trial.wait(handle, surely=self._made[handle] in self._flow.sources)

    @rule(pick=_ANY, span=_ANY, data=st.data())
    def see_through(self, pick: int, span: int, data: DataObject) -> None:
        """Ask for a clip that will fail, never end or become ready, wait for it, and look at what came of it."""
        flow = self._flow
        sources = (*flow.failing[:1], *flow.stuck, *flow.sources[:2])
        source = sources[pick % len(sources)]
        self._create(source, flow.spans[span % len(flow.spans)], Expected())
        for handle in self._of.get(source, [])[-1:]:
            waited = self._trial.wait(handle, surely=source in flow.sources)
            if waited is not None and waited.result is not None:
                self._in_the_way(waited, "twisted", data, partial(self._trial.wait, handle), last=True)
            plain = self._trial.download(handle, Expected())
            self._in_the_way(plain, "twisted", data, partial(self._trial.download, handle))

    @precondition(lambda self: self._made)
    @rule(pick=_ANY, trouble=_TROUBLES, data=st.data())
    def list(self, pick: int, trouble: str, data: DataObject) -> None:
        """What there is."""
        source = self._made[self._handle(pick)]
        plain = self._trial.list(source, self._of[source], Expected())
        self._in_the_way(
            plain, trouble, data, lambda expected: self._trial.list(source, self._of[source], expected, plain)
        )

    @precondition(lambda self: self._made)
    @rule(pick=_ANY)
    def list_in_pages(self, pick: int) -> None:
        """A list that comes in two pages."""
        source = self._made[self._handle(pick)]
        plain = self._trial.list(source, self._of[source], Expected())
        calls = [call for call in plain.calls if call.operation == plain.calls[-1].operation]
        pages = paged(calls[0].reply, calls[0].request) if calls and plain.error is None else None
        if pages is None or calls[0].operation is None:
            return
        for page in pages:
            self._mock.reply_next(calls[0].operation, page)
        # Who read several pages before has seen more than is in the first, which these two are made of.
        whole = plain if len(calls) == 1 else None
        self._trial.list(source, self._of[source], Expected(injected=True), whole, pages=len(pages))

    @precondition(lambda self: self._made)
    @rule(pick=_ANY, trouble=_TROUBLES, data=st.data())
    def download(self, pick: int, trouble: str, data: DataObject) -> None:
        """What is ready can be downloaded, what isn't can't."""
        handle = self._handle(pick)
        plain = self._trial.download(handle, Expected())
        self._in_the_way(plain, trouble, data, lambda expected: self._trial.download(handle, expected))

    @precondition(lambda self: self._made and self._flow.delete)
    @rule(pick=_ANY, trouble=st.sampled_from(("none", "refused", "conflict")), data=st.data())
    def delete(self, pick: int, trouble: str, data: DataObject) -> None:
        """Delete a clip, and once more."""
        handle = self._handle(pick)
        expected = self._arm(trouble, self._flow.delete or "", None, data)
        if expected is not None and self._trial.delete(handle, expected) and trouble == "none":
            self._of[self._made.pop(handle)].remove(handle)
            self._trial.delete_again(handle)

    @rule(seconds=_JUMPS)
    def jump(self, seconds: int) -> None:
        """Time goes by."""
        self._clock.pass_by(seconds)

    def _handle(self, pick: int) -> str:
        handles = list(self._made)
        return handles[pick % len(handles)]

    def _arm(self, trouble: str, operation: str, real: Reply | None, data: DataObject) -> Expected | None:
        scene = Scene(self._mock, self._flow, self._page(operation), real)
        return TROUBLES[trouble](scene, data.draw)

    def _page(self, operation: str) -> Page:
        return page_of(operation, self.contract)

    def _in_the_way(
        self,
        plain: Outcome,
        trouble: str,
        data: DataObject,
        again: Callable[[Expected], Outcome | None],
        *,
        last: bool = False,
    ) -> None:
        """The same once more, with something in the way of one of the calls it makes."""
        calls = [call for call in plain.calls if call.operation]
        if trouble == "none" or plain.error is not None or not calls:
            return
        # From a fixed range, however many calls there are: what a world answers may differ from run to run.
        call = calls[-1 if last else data.draw(_ANY, label="call") % len(calls)]
        assert call.operation is not None
        real = self._mock.call(call.request)
        expected = self._arm(trouble, call.operation, real, data)
        if expected is not None:
            again(expected)


def _set(value: Json, pointer: str, new: Json) -> Json:
    """The value with something else at a pointer into objects."""
    name, _, rest = pointer[1:].partition("/")
    return {**value, name: _set(value[name], f"/{rest}", new) if rest else new}


ClientMachine.TestCase.settings = _SETTINGS
