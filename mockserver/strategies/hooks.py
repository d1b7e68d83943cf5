"""Webhooks in a client's hands: registered, and delivered as the server does it, twice, in any order, or by a stranger.

What has to come of it is known without the order: a clip's end is acted on once, and nobody else is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from hypothesis import strategies as st

from mockserver.core.text import Json, dump, parse
from mockserver.strategies.client import Hooks, Receiver, State
from mockserver.strategies.clock import Endless
from mockserver.strategies.flow import Hooked, asking_for, value_of
from mockserver.strategies.judging import Outcome
from mockserver.strategies.laying import Draw
from mockserver.strategies.spelling import SPELLINGS, Spelling
from mockserver.strategies.trial import Trial
from mockserver.strategies.troubles import Expected

# Long enough for every job that ends (s).
_LIFE: Final = 3_600
_NAME: Final = "Überraschung ✂"


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery as a client gets it. `wrong` says why it may not be believed; an `odd` one may be refused or not."""

    headers: Mapping[str, str]
    body: bytes
    wrong: str = ""
    odd: bool = False

    @property
    def event(self) -> str:
        return str(parse(self.body)["event"])


class Away(Exception):
    """What the client is to do can't be done just now."""


@dataclass(frozen=True, slots=True)
class Post:
    """How letters are signed, and with what."""

    hooked: Hooked
    secret: str
    now: int

    def signed(self, letter: Letter, secret: str = "", at: int = 0) -> Mapping[str, str]:
        """Its headers with another signature."""
        name, said = self.hooked.sign(secret or self.secret, letter.body, at or self.now)
        return {**self.bare(letter), name: said}

    def bare(self, letter: Letter) -> Mapping[str, str]:
        """Its headers without the signature."""
        name = self.hooked.sign("", b"", 0)[0].lower()
        return {key: said for key, said in letter.headers.items() if key.lower() != name}


Way = Callable[[Sequence[Letter], Post, Draw[Json]], Iterable[Letter]]


@dataclass(frozen=True, slots=True)
class Fate:
    """A clip that was made and ended: how, and what was told of it, signed with a secret."""

    handle: str
    truth: frozenset[State]
    secret: str
    letters: Sequence[Letter]


def told(trial: Trial, hooked: Hooked, fate: Fate, way: str, draw: Draw[Json]) -> None:
    """All that webhooks tell of a clip, in one of the WAYS, to a receiver of its own."""
    handle, truth, letters = fate.handle, fate.truth, fate.letters
    ended: list[tuple[str, State]] = []
    failing = way == _FAILING

    def end(clip: str, state: State) -> None:
        nonlocal failing
        if failing:
            failing = False
            raise Away("the database is away")
        ended.append((clip, state))

    receive: Receiver = trial.client.receiver(fate.secret, end)
    for letter in WAYS[way](letters, Post(hooked, fate.secret, trial.clock.ms), draw):
        before, could_fail = len(ended), failing
        status = _received(trial, receive, letter)
        if could_fail and not failing:
            assert status >= 500, (
                f"receiver: what is to be done failed, and the client answers {status}: it won't be told again"
            )
            status = _received(trial, receive, letter)
        good = 200 <= status < 300
        if letter.wrong:
            assert not good, f"receiver: answers {status} to a delivery {letter.wrong}"
            assert len(ended) == before, f"receiver: believes a delivery {letter.wrong}"
        assert good or letter.wrong or letter.odd, f"receiver: refuses a genuine {letter.event} with {status}"
    said = [state for clip, state in ended if clip == handle]
    wanted = " or ".join(state.name for state in truth)
    assert said, f"receiver: {handle} is {wanted}, and the client was told and did nothing"
    assert {*said} <= truth, f"receiver: {handle} is {wanted}, and the client takes it for {said[0].name}"
    assert len(said) == 1, f"receiver: {handle} is {wanted}, and the client does what is to be done {len(said)} times"


def happened(trial: Trial, hooks: Hooks, hooked: Hooked, source: str) -> Fate:
    """Let a clip of a source be made and end, and listen."""
    mock, flow = trial.mock, trial.flow
    # What is in progress ends first: there is a limit to how much may be.
    trial.clock.pass_by(_LIFE)
    before = len(hooks.received)
    webhook = hooks.register()
    request = flow.asking(mock.key, source, flow.spans[0])
    named = replace(request, body=dump({**parse(request.body), "name": _NAME}))
    made = flow.made(value_of(mock.call(named)))
    trial.clock.pass_by(_LIFE)
    truth = flow.state(value_of(mock.call(flow.looking(mock.key, made))))
    mock.call(asking_for(mock.key, f"{hooked.path}/{webhook}", "DELETE"))
    came = [Letter(dict(each.headers), each.body) for each in hooks.received[before:]]
    letters = [letter for letter in came if made.encode() in letter.body]
    assert letters, f"the mock tells nothing of {made} by webhooks"
    return Fate(made, truth, hooks.secret, letters)


def _received(trial: Trial, receive: Receiver, letter: Letter) -> int:
    """The status of an answer; what a receiver lets out is a 500 where it is the work's own."""
    what = f"a delivery {letter.wrong}" if letter.wrong else f"a genuine {letter.event}"
    try:
        status = trial.run(receive, letter.headers, letter.body)
    except Away:
        return 500
    except (Exception, Endless) as raised:
        raise AssertionError(f"receiver: {what} comes in, and out comes {raised!r}") from raised
    assert isinstance(status, int), f"receiver: returned {status!r} for {what}, which is no status"
    return status


def _as_they_came(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    return letters


def _twice(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    return [*letters, *letters] if draw(st.booleans()) else [letter for letter in letters for _ in range(2)]


def _backwards(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    return reversed(letters)


def _last_first(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    ends = [letter for letter in letters if letter.event in post.hooked.ends]
    return [*ends, *(letter for letter in letters if letter not in ends)]


def _shuffled(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    left = [*letters]
    # From a fixed range, however many there are: a world may tell more or less from run to run.
    return [left.pop(draw(st.integers(0, 30)) % len(left)) for _ in letters]


def _alone(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    """Only the end is told: the client may have registered for nothing else."""
    return [letter for letter in letters if letter.event in post.hooked.ends]


def _in_another_case(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    how = draw(st.sampled_from((str.lower, str.upper, str.title)))
    return [replace(one, headers={how(name): said for name, said in one.headers.items()}) for one in letters]


def _respelt(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    """Another spelling of the same JSON, and signed as it is."""
    spelling = Spelling.nth(draw(st.integers(1, SPELLINGS - 1)))
    anew = [replace(one, body=spelling.write(parse(one.body))) for one in letters]
    return [replace(one, headers=post.signed(one)) for one in anew]


def _unsigned(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    return _after(letters, [replace(one, headers=post.bare(one), wrong="that is not signed") for one in letters])


def _forged(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    secret = draw(st.sampled_from(("a guess", f"{post.secret}.", "é")))
    wrong = "that somebody else signed"
    return _after(letters, [replace(one, headers=post.signed(one, secret), wrong=wrong) for one in letters])


def _garbled(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    """Something stands where the signature does."""
    name = post.hooked.sign("", b"", 0)[0]
    said = draw(st.sampled_from(("", "nonsense", "t=,v1=", "t=1", ",,=,", "v1=é")))
    wrong = f"whose signature is {said!r}"
    return _after(letters, [replace(one, headers={**post.bare(one), name: said}, wrong=wrong) for one in letters])


def _tampered(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    wrong = "that was changed after it was signed"
    return _after(letters, [replace(one, body=one.body[:-1] + b',"tampered":true}', wrong=wrong) for one in letters])


def _stale(letters: Sequence[Letter], post: Post, draw: Draw[Json]) -> Iterable[Letter]:
    """A copy comes again after a day, signed as of then or as of now: whether it is refused is the client's choice."""
    old = [replace(one, headers=post.signed(one, at=post.now - 86_400_000), odd=True) for one in letters]
    return [*letters, *old]


def _after(letters: Sequence[Letter], wrong: Iterable[Letter]) -> Iterable[Letter]:
    """Each after one that is wrong."""
    return chain.from_iterable(zip(wrong, letters, strict=True))


_FAILING: Final = "what is to be done fails once"
WAYS: Final[Mapping[str, Way]] = {
    "as they came": _as_they_came,
    "twice": _twice,
    "backwards": _backwards,
    "the end first": _last_first,
    "the end alone": _alone,
    "shuffled": _shuffled,
    "headers in another case": _in_another_case,
    "respelt": _respelt,
    "unsigned": _unsigned,
    "forged": _forged,
    "garbled": _garbled,
    "tampered": _tampered,
    "stale": _stale,
    _FAILING: _alone,
}


def register(trial: Trial, hooked: Hooked, expected: Expected, number: int) -> Outcome:
    """Register a webhook; it is there as it was meant, once."""
    mock, url, secret = trial.mock, f"https://client.example/hooks/{number}", f"a webhook's secret {number}"
    outcome = trial.judged("register", expected, trial.client.register, url, secret)
    there = [hook for hook in value_of(mock.call(asking_for(mock.key, hooked.path))) if hook["url"] == url]
    for hook in there:
        mock.call(asking_for(mock.key, f"{hooked.path}/{hook['id']}", "DELETE"))
    assert len(there) <= 1, f"register: one webhook was asked for and {len(there)} are there: a call was sent again"
    if outcome.error is None and expected.like_before and not expected.injected:
        assert there, f"register: no webhook is there, and the client says {outcome.result!r}"
        assert outcome.result == there[0]["id"], f"register: the id is {there[0]['id']}, not {outcome.result!r}"
        kept = there[0].get(hooked.kept)
        assert kept is not None, "register: the webhook has no secret: its deliveries are not signed"
        assert kept == secret, "register: the webhook has another secret than it was given"
    return outcome
