"""What becomes of a client's tokens: they are over, revoked, refused, and who gives new ones may be down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from hypothesis import strategies as st

from mockserver.core.fault import Effect
from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.strategies.book import page_of
from mockserver.strategies.client import Tokens
from mockserver.strategies.flow import Signing
from mockserver.strategies.judging import Outcome, brief
from mockserver.strategies.laying import Draw, answer_next, strike_next
from mockserver.strategies.replies import examples
from mockserver.strategies.trial import Trial
from mockserver.strategies.troubles import Expected

# Past an access token's life (s), far from that of a refresh token.
_OVER: Final = 7_200
# Who asks for tokens again more often than that at one call will not stop.
_MOST_REFRESHES: Final = 2
_MOST_TRIES: Final = 8
_MAY: Final = Expected("may", like_before=False)


@dataclass
class SignedIn:
    """A client with a user's tokens. `saved` are the pairs it kept, the newest last; `again` makes another client."""

    signing: Signing
    again: Callable[[], Trial]
    source: str
    tokens: Tokens
    trial: Trial
    saved: list[Tokens] = field(default_factory=list)

    @classmethod
    def of(cls, signing: Signing, again: Callable[[], Trial], source: str) -> SignedIn:
        trial = again()
        tokens = signing.begin(trial.mock)
        made = cls(signing, again, source, tokens, trial)
        made._give(tokens)
        return made

    def _give(self, tokens: Tokens) -> None:
        self.trial.secrets += [tokens.access, tokens.refresh, tokens.client_secret]
        self.trial.run(self.trial.client.sign_in, tokens, self._save)

    def _save(self, access: str, refresh: str) -> None:
        self.saved.append(replace(self.tokens, access=access, refresh=refresh))
        self.trial.secrets += [access, refresh]

    def restart(self) -> None:
        """The client's next start, with what was saved."""
        self.trial.close()
        self.trial = self.again()
        self._give(self.saved[-1] if self.saved else self.tokens)

    def list(self, expected: Expected = _MAY) -> Outcome:
        """A call that needs a token."""
        return self.trial.judged("list", expected, self.trial.client.list, self.source)

    def asked(self, outcome: Outcome) -> int:
        """How often it asked for new tokens."""
        return len(outcome.of(self.signing.operation))


def _renewed(one: SignedIn, draw: Draw[Json]) -> None:
    """The access token is over, again and again; then the client starts anew."""
    for turn in range(1, draw(st.integers(1, 2)) + 1):
        one.trial.clock.pass_by(_OVER)
        _check_renewed(one, f"the access token was over (time {turn})")
        assert one.saved, "list: has new tokens and saved none: at its next start the old ones are dead"
    one.restart()
    one.trial.clock.pass_by(_OVER)
    _check_renewed(one, "started anew with the tokens it saved")


def _check_renewed(one: SignedIn, what: str) -> None:
    outcome = one.list()
    error, asked = outcome.error, one.asked(outcome)
    assert error is None, f"list: {what}, and the client fails: {error!r}"
    assert asked <= 1, f"list: {what}, and the client asked for new ones {asked} times"


def _revoked(one: SignedIn, draw: Draw[Json]) -> None:
    """The user disconnects the application."""
    one.signing.revoke(one.trial.mock, one.tokens)
    outcome = one.list()
    _check_no_storm(one, outcome)
    _check_failed(outcome, "both tokens are dead")
    _check_sent_to_sign_in(one, outcome, True, "both tokens are dead")


def _refused(one: SignedIn, draw: Draw[Json]) -> None:
    """No token is good enough, however new."""
    said = [reply for _, reply in examples(page_of(_first(one))) if reply.status == 401]
    answer_next(one.trial.mock, _first(one), draw(st.sampled_from(said)), _MOST_TRIES)
    outcome = one.list()
    _check_no_storm(one, outcome)
    _check_failed(outcome, "no token is good enough")


def _forbidden(one: SignedIn, draw: Draw[Json]) -> None:
    """The token lacks a scope: new ones lack it, too."""
    operation = _first(one)
    (said,) = (reply for name, reply in examples(page_of(operation)) if name == one.signing.scope)
    answer_next(one.trial.mock, operation, said)
    outcome = one.list()
    asked = one.asked(outcome)
    assert not asked, f"list: the token lacks a scope, and the client asked for another one {asked} times"
    _check_failed(outcome, "the token lacks a scope")
    _check_sent_to_sign_in(one, outcome, False, "the token lacks a scope")


def _down(one: SignedIn, draw: Draw[Json]) -> None:
    """The endpoint for tokens fails; later all is well."""
    made = draw(st.sampled_from((Reply.json(503, {"error": "x"}), Reply.empty(502), Reply.text(500, "<html>"))))
    one.trial.clock.pass_by(_OVER)
    answer_next(one.trial.mock, one.signing.operation, made, _MOST_TRIES)
    outcome = one.list()
    asked = one.asked(outcome)
    assert asked < _MOST_TRIES, f"list: the token endpoint answers {made.status}, and was asked {asked} times"
    _check_sent_to_sign_in(one, outcome, False, f"the token endpoint answers {made.status}")
    _check_renewed(one, "the token endpoint was down and is up again")


def _unheard(one: SignedIn, draw: Draw[Json]) -> None:
    """The reply with the new tokens is lost, or breaks off."""
    effects = Effect(reset="after"), Effect(json="html"), Effect(json="malformed"), Effect(reset="before")
    one.trial.clock.pass_by(_OVER)
    strike_next(one.trial.mock, one.signing.operation, draw(st.sampled_from(effects)))
    _check_no_storm(one, one.list())


def _first(one: SignedIn) -> str:
    """The operation a list begins with."""
    calls = [call.operation for call in one.list().calls if call.operation not in (None, one.signing.operation)]
    assert calls, "list: asks the server nothing"
    return str(calls[0])


def _check_failed(outcome: Outcome, what: str) -> None:
    assert outcome.error is not None, f"list: {what}, and the client says {brief(outcome.result)}"


def _check_no_storm(one: SignedIn, outcome: Outcome) -> None:
    asked = one.asked(outcome)
    assert asked <= _MOST_REFRESHES, f"list: the client asked for new tokens {asked} times in one call"


def _check_sent_to_sign_in(one: SignedIn, outcome: Outcome, wanted: bool, what: str) -> None:
    kinds, error = one.trial.client.must_sign_in, outcome.error
    if not kinds or error is None:
        return
    said = isinstance(error, kinds)
    assert said or not wanted, f"list: {what}, and the client does not send the user to sign in: {error!r}"
    assert wanted or not said, f"list: {what}, and the client sends the user to sign in: {error!r}"


TALES: Final[Mapping[str, Callable[[SignedIn, Draw[Json]], None]]] = {
    "renewed": _renewed,
    "revoked": _revoked,
    "refused": _refused,
    "forbidden": _forbidden,
    "token endpoint down": _down,
    "new tokens lost": _unheard,
}
