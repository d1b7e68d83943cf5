"""Explores a client against a model of its provider: calls, time, faults and twisted replies, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from mockserver.core.fault import Effect
from mockserver.core.http import Reply, decode_segment
from mockserver.strategies import hooks, oauth
from mockserver.strategies.book import page_of
from mockserver.strategies.client import Called, State
from mockserver.strategies.exploring import ANY, Exploring, turned
from mockserver.strategies.judging import Outcome
from mockserver.strategies.laying import Dice, answer_next, dice, strike_next
from mockserver.strategies.pages import CURSORS, paged
from mockserver.strategies.replies import examples
from mockserver.strategies.troubles import AGAIN, TROUBLES, Expected

# Twists come in many kinds, so they get more turns; to hang takes real time, so it gets fewer. Several in one step find
# more in the same time.
_TURNS = [*4 * [name for name in TROUBLES if name != "hung"], *8 * ["twisted"], *2 * ["hung"]]
_TROUBLES = st.lists(st.sampled_from(_TURNS), min_size=1, max_size=4)
_OF_WEBHOOKS = ("refused", "lost", "crashed", "broken", "cut")
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
# Longer than any job that ends takes, and than any link to a file is good for (s).
_ENDED, _LATER = 3_600, 8 * 86_400
_STRIDE = 20
# Ids are opaque: what means something in a URL has to be percent-encoded (RFC 3986, 2.1).
_ODD = ("a/b", "a?b=c", "a#b", "a b", "a%2Fb", "é")


class ClientMachine(Exploring):
    """A state machine for any client of a provider: give it a world and an adapter, and it looks for the client's bugs.

    `provider` is `"livepeer"` or `"restream"`; for another, set `flow` and `contract`. `patience` is how many real
    seconds one call may go without a pause (more than the client's timeout), `longest` how many of the mock's clock it
    may wait. `persistent`: who waits for a clip is not put off by a single 503.

    What has to hold: nothing but the client's own errors comes out, and no secret in them; requests keep the contract;
    no call is made twice that the server may have heard; a refused one is not repeated; `Retry-After` is kept; a 409
    for what has been asked before is no error, and there is one project for one source; waiting ends; what is said to
    be ready is, can be played and downloaded, and nobody who stores it is shown a key; lists are whole, and name
    nothing twice. Of tokens: they are renewed when they are over and then saved, and not when that is no use. Of
    webhooks: each clip's end is acted on once, in any order, and nothing is believed that is not signed.

    >>> class Restream(ClientMachine):
    ...     provider = "restream"
    ...     def mock(self): return server.world("restream", "machine", frozen=True, pace=1)
    ...     def client(self, mock, clock): return Adapter(mock, clock)
    ...
    >>> TestRestream = Restream.TestCase
    """

    def __init_subclass__(cls) -> None:
        # Each machine has a TestCase of its own, which takes no settings over.
        super().__init_subclass__()
        cls.TestCase.settings = _SETTINGS

    # ---- clips

    @rule(pick=ANY, span=ANY, troubles=_TROUBLES, draw=dice())
    def create(self, pick: int, span: int, troubles: Sequence[str], draw: Dice) -> None:
        """Ask for clips of sources that may have been asked for before."""
        sources, spans = (*self._flow.sources, *self._flow.failing), self._flow.spans
        for at, trouble in enumerate(troubles):
            self._create_in_trouble(sources[(pick + at) % len(sources)], spans[span % len(spans)], trouble, draw)

    @rule(pick=ANY, heard=st.booleans())
    def create_unheard(self, pick: int, heard: bool) -> None:
        """Ask twice for clips of a source; the second reply is lost, and perhaps the second call, too."""
        source, times = self._flow.sources[pick % len(self._flow.sources)], self._flow.spans[-1]
        self._create(source, times, Expected())
        lost = Effect(reset="after" if heard else "before")
        strike_next(self._mock, self._flow.create, lost)
        self._create(source, times, Expected("may"))

    @rule(pick=ANY, trouble=st.sampled_from(("none", "other conflict")), draw=dice())
    def create_again(self, pick: int, trouble: str, draw: Dice) -> None:
        """Ask once more for what has been asked for."""
        source = self._made[self._handle(pick)]
        expected = self._arm(trouble, self._flow.create, None, draw)
        if expected is not None:
            self._create(source, self._flow.spans[0], expected)

    @rule(pick=ANY, shown=st.lists(ANY, min_size=1, max_size=3))
    def create_refused(self, pick: int, shown: Sequence[int]) -> None:
        """Ask for clips, and be refused in ways the document shows."""
        flow, page = self._flow, page_of(self._flow.create, self.contract)
        known = [(name, reply) for name, reply in examples(page) if reply.status >= 400 and reply.status not in AGAIN]
        for at in shown if known else ():
            name, reply = known[at % len(known)]
            answer_next(self._mock, flow.create, reply)
            expected = Expected("must", calls=1, limit=name in flow.limits, injected=True)
            self._create(flow.sources[pick % len(flow.sources)], flow.spans[0], expected)

    @precondition(lambda self: self._can("create_single"))
    @rule(pick=ANY, span=ANY)
    def create_single(self, pick: int, span: int) -> None:
        """Ask for one clip of a whole span."""
        sources, spans = self._flow.sources, self._flow.spans
        self._create(sources[pick % len(sources)], spans[span % len(spans)], Expected("may"), single=True)

    @rule(pick=ANY, after=_JUMPS, troubles=_TROUBLES, draw=dice())
    def poll(self, pick: int, after: int, troubles: Sequence[str], draw: Dice) -> None:
        """One look at a clip, so many seconds later."""
        handle = self._handle(pick)
        self._clock.pass_by(after)
        plain = self._trial.poll(handle, Expected())
        self._in_the_way(plain, troubles, draw, partial(self._trial.poll, handle))

    @rule(pick=ANY, phases=st.lists(ANY, min_size=1, max_size=4))
    def poll_in_phases(self, pick: int, phases: Sequence[int]) -> None:
        """Looks at a clip in any state the document knows, and in one it doesn't."""
        for phase in phases:
            self._poll_in_a_phase(self._handle(pick), phase)

    @precondition(lambda self: self._flow.any_id)
    @rule(odds=st.lists(st.sampled_from(_ODD), min_size=1, unique=True), verb=st.sampled_from(("poll", "download")))
    def look_for_odd_ones(self, odds: Sequence[str], verb: str) -> None:
        """Looks at what has odd ids: there are no such clips, and the server is asked for these very ids."""
        for odd in odds:
            outcome = self._trial.judged(verb, Expected("must"), getattr(self._trial.client, verb), odd)
            for call in outcome.calls:
                asked = [decode_segment(part) for part in call.request.path.split("/")]
                assert odd in asked, f"{verb}: the id is {odd!r}, and the client asks for {call.request.target}"

    @precondition(lambda self: self.persistent and self._can("wait"))
    @rule(pick=ANY, status=st.sampled_from((503, 502, 504, 500)))
    def wait_through_a_failure(self, pick: int, status: int) -> None:
        """Wait for a clip while the server fails once: whoever waits asks again."""
        handle = self._handle(pick)
        plain = self._trial.poll(handle, Expected())
        endless = self._made[handle] in self._flow.stuck
        if plain.calls and plain.calls[0].operation and plain.result is State.WAITING and not endless:
            self._trial.wait_through(handle, plain.calls[0].operation, status)

    @precondition(lambda self: self._can("wait"))
    @rule(pick=ANY, span=ANY, twists=st.integers(1, 4), draw=dice())
    def see_through(self, pick: int, span: int, twists: int, draw: Dice) -> None:
        """Ask for a clip, whatever its fate, wait for it, and look at what came of it."""
        flow = self._flow
        ending = (*flow.sources, *flow.failing)
        sources = (*ending, *flow.stuck * (1 + len(ending) // 4))
        source = sources[pick % len(sources)]
        self._create(source, flow.spans[span % len(flow.spans)], Expected())
        for handle in self._of.get(source, [])[-1:]:
            # For what never ends nobody has to wait long.
            self._clock.stride = _STRIDE if source in flow.stuck else 1
            waited = self._trial.wait(handle, surely=source in flow.sources)
            self._clock.stride = 1
            if waited.result is not None:
                self._in_the_way(waited, twists * ["twisted"], draw, partial(self._trial.wait, handle), last=True)
            plain = self._trial.download(handle, Expected())
            self._in_the_way(plain, twists * ["twisted"], draw, partial(self._trial.download, handle))

    @rule(pick=ANY, later=st.booleans(), troubles=_TROUBLES, draw=dice())
    def download(self, pick: int, later: bool, troubles: Sequence[str], draw: Dice) -> None:
        """What is ready can be downloaded, what isn't can't; also later, when links that were good are so no more."""
        handle = self._handle(pick)
        plain = self._trial.download(handle, Expected())
        if later:
            self._clock.pass_by(_LATER)
            plain = self._trial.download(handle, Expected())
            self._clock.pass_by(_LATER)
            plain = self._trial.download(handle, Expected())
        self._in_the_way(plain, troubles, draw, partial(self._trial.download, handle))

    @rule(pick=ANY, verb=st.sampled_from(("download", "play")), backwards=st.booleans())
    def find_elsewhere(self, pick: int, verb: str, backwards: bool) -> None:
        """Play or download what is ready, when the first reply has no URL; another one names several, in any order."""
        handle, ways = self._handle(pick), {"download": self._trial.download, "play": self._trial.play}
        if not self._can(verb):
            return
        self._clock.pass_by(_ENDED)
        plain = self._trial.poll(handle, Expected())
        if plain.result is not State.READY:
            return
        ways[verb](handle, Expected())
        told = ways[verb](handle, self._hidden(plain, Expected("may")))
        for call in told.calls[-1:] if backwards else ():
            # Asked anew: from what is on record, secrets such as the signature of a URL are removed.
            real = self._mock.call(call.request)
            if call.operation and isinstance(real.value, dict):
                self._hidden(plain, Expected("may"))
                answer_next(self._mock, call.operation, Reply.json(real.status, turned(real.value)))
                ways[verb](handle, Expected("may"))

    @precondition(lambda self: self._flow.delete and self._can("delete"))
    @rule(pick=ANY, trouble=st.sampled_from(("none", "refused", "conflict")), draw=dice())
    def delete(self, pick: int, trouble: str, draw: Dice) -> None:
        """Delete a clip, and once more."""
        handle = self._handle(pick)
        expected = self._arm(trouble, self._flow.delete or "", None, draw)
        if expected is not None and self._trial.delete(handle, expected) and trouble == "none":
            self._of[self._made.pop(handle)].remove(handle)
            self._trial.delete_again(handle)

    # ---- lists

    @rule(pick=ANY, troubles=_TROUBLES, draw=dice())
    def list(self, pick: int, troubles: Sequence[str], draw: Dice) -> None:
        """What there is."""
        source = self._made[self._handle(pick)]
        plain = self._trial.list(source, self._of[source], Expected())
        # Of what came in several pages, what is in the way may cut off the rest.
        whole = plain if len(_same(plain)) == 1 else None
        self._in_the_way(plain, troubles, draw, lambda expected: self._trial.list(source, (), expected, whole))

    @rule(pick=ANY, cursor=st.sampled_from(CURSORS))
    def list_in_pages(self, pick: int, cursor: str) -> None:
        """A list that comes in two pages."""
        source = self._made[self._handle(pick)]
        plain = self._trial.list(source, self._of[source], Expected())
        calls = _same(plain)
        pages = paged(calls[0].reply, calls[0].request, cursor) if calls and plain.error is None else None
        if pages is None or calls[0].operation is None:
            return
        for page in pages:
            answer_next(self._mock, calls[0].operation, page)
        # Who read several pages before has seen more than is in the first, which these two are made of.
        whole = plain if len(calls) == 1 else None
        self._trial.list(source, self._of[source], Expected(injected=True), whole, cursor)

    @precondition(lambda self: self._flow.files and self._can("files"))
    @rule(troubles=_TROUBLES, draw=dice())
    def files(self, troubles: Sequence[str], draw: Dice) -> None:
        """What clips can be made of."""
        plain = self._trial.files(Expected())
        self._in_the_way(plain, troubles, draw, self._trial.files)

    # ---- tokens and webhooks

    @precondition(lambda self: self._flow.signing and self._can("sign_in"))
    @rule(tales=st.lists(st.sampled_from([*oauth.TALES]), min_size=1, unique=True), draw=dice())
    def sign_in(self, tales: Sequence[str], draw: Dice) -> None:
        """Another client with tokens, and what becomes of them."""
        assert self._flow.signing is not None
        for tale in tales:
            signed_in = oauth.SignedIn.of(self._flow.signing, self._another, self._flow.sources[0])
            try:
                oauth.TALES[tale](signed_in, draw)
            finally:
                signed_in.trial.close()

    @precondition(lambda self: self._flow.hooked and self._can("register"))
    @rule(troubles=st.lists(st.sampled_from(_OF_WEBHOOKS), max_size=4), draw=dice())
    def register(self, troubles: Sequence[str], draw: Dice) -> None:
        """Register webhooks."""
        hooked = self._flow.hooked
        assert hooked is not None
        for trouble in ("none", *troubles):
            expected = self._arm(trouble, hooked.operation, None, draw)
            if expected is not None:
                self._count += 1
                hooks.register(self._trial, hooked, expected, self._count)

    @precondition(lambda self: self._hooks and self._flow.hooked and self._can("receiver"))
    @rule(fails=st.booleans(), ways=st.lists(st.sampled_from([*hooks.WAYS]), min_size=1, unique=True), draw=dice())
    def receive(self, fails: bool, ways: Sequence[str], draw: Dice) -> None:
        """What webhooks tell of a clip that becomes ready or fails, in each of these ways to another receiver."""
        hooked, flow = self._flow.hooked, self._flow
        assert hooked is not None and self._hooks is not None
        fate = hooks.happened(self._trial, self._hooks, hooked, flow.failing[0] if fails else flow.sources[0])
        for way in ways:
            hooks.told(self._trial, hooked, fate, way, draw)


def _same(outcome: Outcome) -> list[Called]:
    """The calls of the operation that the last one is of: the pages of a list."""
    return [call for call in outcome.calls if call.operation == outcome.calls[-1].operation]


ClientMachine.TestCase.settings = _SETTINGS
