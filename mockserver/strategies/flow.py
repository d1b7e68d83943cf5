"""What the client machine has to know of a provider: how clips are asked for, and where it is said what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, dump, resolve
from mockserver.strategies.client import Mock, State, Tokens

Span = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a reply says how far a clip is, and what a client may make of each value. Of others: anything but READY."""

    pointer: str
    values: Mapping[Json, frozenset[State]]

    def of(self, reply: Json) -> frozenset[State]:
        """What a client may make of a reply."""
        try:
            return self.values.get(resolve(reply, self.pointer), frozenset((State.WAITING, State.FAILED)))
        except KeyError:
            return frozenset(State)


@dataclass(frozen=True, slots=True)
class Signing:
    """OAuth at a provider: the operation that gives tokens, a fresh pair of a user's, and the end of a pair.

    `scope` is the documented example of a refusal for want of a scope.
    """

    operation: str
    begin: Callable[[Mock], Tokens]
    revoke: Callable[[Mock, Tokens], object]
    scope: str


@dataclass(frozen=True, slots=True)
class Hooked:
    """Webhooks at a provider: the operation that registers one, the path of them all, and how a delivery is signed.

    `sign` makes the header of a secret, a body and the instant (Unix ms) that it says. `ends` are the events that tell
    of a clip's end, `kept` is where a webhook's record says its secret.
    """

    operation: str
    path: str
    sign: Callable[[str, bytes, int], tuple[str, str]]
    ends: tuple[str, ...]
    kept: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The way of a clip at a provider.

    `sources` become ready, `failing` ones don't, `stuck` ones never end; all of the default world. `spans` are times to
    ask for, in seconds. `body` makes a request's body of a source and a span, `sent` reads the span back; `unasked` are
    properties that mean more than was asked for, `single` the one that asks for one clip of the whole span. `handle` is
    where a created reply says the id, `look` the path that tells how far it is, and `state` reads it. `conflicts`:
    asking twice is answered with 409. `phases` say how far it is, by operation; `kept` are the places a client may
    build on although the document leaves them optional. `limits` are the documented examples of refusals that say that
    a limit is reached. `elsewhere` are URLs of what is ready that a reply may leave out, and another operation tells.
    `any_id`: ids are any text. `pieces` counts the files of what is ready, `files` asks for the ids of all sources
    there are, `delete` is the operation that deletes a clip.
    """

    create: str
    path: str
    sources: tuple[str, ...]
    failing: tuple[str, ...]
    stuck: tuple[str, ...]
    spans: tuple[Span, ...]
    body: Callable[[str, float | None, float | None], Json]
    sent: Callable[[Json], Span]
    handle: str
    look: str
    state: Callable[[Json], frozenset[State]]
    conflicts: bool
    phases: Mapping[str, Phase] = field(default_factory=dict)
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unasked: tuple[str, ...] = ()
    single: str | None = None
    limits: tuple[str, ...] = ()
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pieces: Callable[[Json], int] = lambda reply: 1
    files: Callable[[Mock], Sequence[str]] | None = None
    delete: str | None = None
    any_id: bool = False
    signing: Signing | None = None
    hooked: Hooked | None = None

    @property
    def token(self) -> str | None:
        """The operation that gives new tokens."""
        return self.signing.operation if self.signing is not None else None

    def asking(self, key: str, source: str, span: Span) -> Request:
        """The request for a clip, as an honest client would send it."""
        headers = [*bearer(key), ("Content-Type", "application/json")]
        return Request("POST", self.path, headers=Headers.of(headers), body=dump(self.body(source, *span)))

    def looking(self, key: str, handle: str) -> Request:
        """The request that tells how far a clip is."""
        return asking_for(key, self.look.format(quote(handle, safe="")))

    def made(self, reply: Json) -> str:
        """The id a created reply says."""
        return str(resolve(reply, self.handle))


def bearer(key: str) -> list[tuple[str, str]]:
    return [("Authorization", f"Bearer {key}")]


def asking_for(key: str, path: str, method: str = "GET") -> Request:
    """A request without a body."""
    return Request(method, path, headers=Headers.of(bearer(key)))


def value_of(reply: Reply) -> Json:
    """What a successful reply says. Raises AssertionError: the mock is no mock of this provider."""
    assert reply.status < 300, f"the mock answers {reply.status} {reply.value}"
    return reply.value
