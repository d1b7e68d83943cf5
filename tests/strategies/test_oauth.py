from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis.strategies import SearchStrategy

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, TextError, dump, parse
from mockserver.strategies import Clock, Save, Tokens
from mockserver.strategies.flows import FLOWS
from mockserver.strategies.laying import Draw
from mockserver.strategies.oauth import TALES, SignedIn
from mockserver.strategies.trial import Trial
from tests.strategies.clients import Api, ClipError, RestreamClient
from tests.strategies.drawing import least
from tests.strategies.standin import StandIn

FLOW = FLOWS["restream"]
FORM = ("Content-Type", "application/x-www-form-urlencoded")


class SignInAgain(ClipError):
    pass


class Renewing(Api):
    """Gets itself new tokens, honestly but for its bugs."""

    tokens: Tokens
    save: Save

    def once(self, method: str, path: str, body: Json) -> Reply:
        reply = self.with_token(method, path, body)
        over = (401, 403) if "any refusal" in self.bugs else (401,)
        for _ in range(5 if "storm" in self.bugs else 1):
            if reply.status in over:
                self.renew()
                reply = self.with_token(method, path, body)
        if b"insufficient_scope" in reply.body and "scope is sign-in" in self.bugs:
            raise SignInAgain("sign in again")
        return reply

    def with_token(self, method: str, path: str, body: Json) -> Reply:
        path, _, query = path.partition("?")
        headers = Headers.of([("Authorization", f"Bearer {self.tokens.access}")])
        return self.mock.send(Request(method, path, query, headers, dump(body) if body is not None else b""))

    def renew(self) -> None:
        app = {"client_id": self.tokens.client_id, "client_secret": self.tokens.client_secret}
        form = urlencode({**app, "grant_type": "refresh_token", "refresh_token": self.tokens.refresh}).encode()
        try:
            reply = self.mock.send(Request("POST", "/oauth/token", headers=Headers.of([FORM]), body=form))
            pair = parse(reply.body) if reply.body else {}
        except (ConnectionError, TextError) as error:
            raise ClipError("no new tokens came") from error
        if reply.status in (400, 401) or (reply.status >= 400 and "down is sign-in" in self.bugs):
            said = self.tokens.refresh if "tells" in self.bugs else "sign in again"
            raise (ClipError if "no sign-in" in self.bugs else SignInAgain)(said)
        if reply.status != 200:
            raise ClipError(f"no new tokens: {reply.status}")
        refresh = self.tokens.refresh if "first token" in self.bugs else pair["refresh_token"]
        self.tokens = Tokens(pair["access_token"], refresh, self.tokens.client_id, self.tokens.client_secret)
        if "does not save" not in self.bugs:
            self.save(pair["access_token"], self.tokens.refresh if "saves the first" in self.bugs else refresh)


class SignedInClient(RestreamClient):
    must_sign_in = (SignInAgain,)

    def sign_in(self, tokens: Tokens, save: Save) -> None:
        self.api = Renewing(self.api.mock, self.api.clock, self.bugs)
        self.api.tokens, self.api.save = tokens, save


def drawing(*values: Json) -> Draw[Json]:
    """Draws these, then the simplest."""
    left: Iterator[Json] = iter(values)

    def draw(strategy: SearchStrategy[Json]) -> Json:
        return next(left, None) or least(strategy)

    return draw


def tell(tale: str, *bugs: str, draw: Draw[Json] = least) -> None:
    mock = StandIn()
    clock = Clock(mock, 86_400)
    assert FLOW.signing is not None

    def again() -> Trial:
        return Trial(mock, SignedInClient(mock, clock, frozenset(bugs)), clock, FLOW, 5.0)

    TALES[tale](SignedIn.of(FLOW.signing, again, FLOW.sources[0]), draw)


@pytest.mark.parametrize("tale", TALES)
def test_an_honest_client_comes_through(tale: str) -> None:
    tell(tale)


def test_it_does_time_after_time() -> None:
    tell("renewed", draw=drawing(2))


BUGS = (
    ("renewed", "does not save", "has new tokens and saved none"),
    ("revoked", "tells", "the client's error shows a secret"),
    ("revoked", "no sign-in", "both tokens are dead, and the client does not send the user to sign in"),
    ("refused", "storm", "the client asked for new tokens 5 times in one call"),
    ("forbidden", "any refusal", "the token lacks a scope, and the client asked for another one 1 times"),
    ("forbidden", "scope is sign-in", "the token lacks a scope, and the client sends the user to sign in"),
    ("token endpoint down", "down is sign-in", "the token endpoint answers 503, and the client sends the user"),
)


@pytest.mark.parametrize(("tale", "bug", "said"), BUGS)
def test_a_bug_is_told(tale: str, bug: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        tell(tale, bug)


def test_a_second_renewal_with_the_first_token_is_told() -> None:
    with pytest.raises(AssertionError, match=r"the access token was over \(time 2\), and the client fails"):
        tell("renewed", "first token", draw=drawing(2))


def test_tokens_that_were_not_the_last_ones_are_no_good_at_the_next_start() -> None:
    with pytest.raises(AssertionError, match="started anew with the tokens it saved, and the client fails"):
        tell("renewed", "first token")
