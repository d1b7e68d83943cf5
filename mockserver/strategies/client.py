"""What the client machine needs to know of a client, and of the server it talks to: two small seams."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Protocol, TypeAlias, TypeVar

from mockserver.core.fault import Fault
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.violation import Violation

T = TypeVar("T")
# What a method of a client may be: plain, or a coroutine function.
Maybe: TypeAlias = Awaitable[T] | T


class State(Enum):
    """How far a clip is, as a client sees it."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Tokens:
    """An OAuth application and a user's tokens for it. The access token is over after an hour or so."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


Save: TypeAlias = Callable[[str, str], None]
"""Keeps an access token and a refresh token for the client's next start."""

Ended: TypeAlias = Callable[[str, State], None]
"""Does what is to be done when a clip (its id) is READY or FAILED."""

Receiver: TypeAlias = Callable[[Mapping[str, str], bytes], Maybe[int]]
"""Takes a webhook's headers and raw body; the status to answer with."""


class Client(ABC):
    """A client under test, in the machine's words. Every method may be plain or `async`; none catches anything.

    Leave out what the client has no function for: the machine then does without. `errors` are the client's own
    exceptions: what else comes out of a method is a bug. Of them, `must_sign_in` send the user to sign in again, and
    `at_limit` say that a limit is reached; left empty, nobody looks. Whatever the client waits with has to be the
    machine's clock: give it `clock.sleep` (or `clock.asleep`) and `clock.time`, or `clock.now` if it wants Unix time.

    >>> class Adapter(Client):
    ...     errors = (ClipError,)
    ...     def __init__(self, mock, clock): self.api = MyClient(mock.url, mock.key, sleep=clock.sleep)
    ...     def create(self, source, start, end): return self.api.create_clip(source, start, end).id
    ...     def poll(self, handle): return State(self.api.get(handle).phase_in_three_words())
    ...     def list(self, source): return [clip.id for clip in self.api.clips_of(source)]
    ...     def download(self, handle): return self.api.get(handle).download_url
    """

    errors: ClassVar[tuple[type[Exception], ...]] = ()
    must_sign_in: ClassVar[tuple[type[Exception], ...]] = ()
    at_limit: ClassVar[tuple[type[Exception], ...]] = ()

    @abstractmethod
    def create(self, source: str, start: float | None, end: float | None) -> Maybe[str | None]:
        """Ask for a clip (or project) of a source, from `start` to `end` in seconds as the provider counts them.

        Returns its id: what `poll` takes. None where the provider says it has been made before and the client leaves
        it at that.
        """

    @abstractmethod
    def poll(self, handle: str) -> Maybe[State]:
        """One look at how far it is."""

    @abstractmethod
    def list(self, source: str) -> Maybe[Sequence[str]]:
        """The ids of what has been made of a source, or of everything there is; all pages."""

    @abstractmethod
    def download(self, handle: str) -> Maybe[bytes | str | Sequence[bytes | str]]:
        """What is ready: the file, or where to download it (a URL); or several of them."""

    def wait(self, handle: str) -> Maybe[State]:
        """Poll until it ends, as the client does it."""
        raise NotImplementedError

    def delete(self, handle: str) -> Maybe[None]:
        """Delete it; what is gone already is no error."""
        raise NotImplementedError

    def create_single(self, source: str, start: float | None, end: float | None) -> Maybe[str | None]:
        """As `create`, but one clip that is exactly the span."""
        raise NotImplementedError

    def play(self, handle: str) -> Maybe[str]:
        """The URL a player is given for what is ready: a manifest."""
        raise NotImplementedError

    def files(self) -> Maybe[Sequence[str]]:
        """The ids of all videos clips can be made of, whatever their state."""
        raise NotImplementedError

    def register(self, url: str, secret: str) -> Maybe[str]:
        """Have events delivered to a URL, signed with a secret; the webhook's id."""
        raise NotImplementedError

    def receiver(self, secret: str, ended: Ended) -> Receiver:
        """What takes deliveries: it calls `ended` once for each clip, whose errors are its own to answer for."""
        raise NotImplementedError

    def sign_in(self, tokens: Tokens, save: Save) -> Maybe[None]:
        """Be a client with these tokens from here on, which gets itself new ones and has each pair saved."""
        raise NotImplementedError

    def close(self) -> Maybe[None]:
        """Let go of connections; nothing if the client has none."""
        return None

    def can(self, name: str) -> bool:
        """Whether the client has this function."""
        return getattr(type(self), name) is not getattr(Client, name)


class Called(Protocol):
    """A call the server has on record. `at` is in Unix ms of the server's clock. Secrets may have been taken out."""

    @property
    def at(self) -> int: ...
    @property
    def operation(self) -> str | None: ...
    @property
    def request(self) -> Request: ...
    @property
    def reply(self) -> Reply: ...
    @property
    def violations(self) -> Sequence[Violation]: ...


class Delivered(Protocol):
    """A webhook delivery as it came."""

    @property
    def headers(self) -> Headers: ...
    @property
    def body(self) -> bytes: ...


class Hooks(Protocol):
    """A receiver of webhooks beside a mock: what comes is signed with `secret`. `register` subscribes to all events."""

    @property
    def secret(self) -> str: ...
    def register(self) -> str: ...
    @property
    def received(self) -> Sequence[Delivered]: ...


class Mock(Protocol):
    """A private world of a server, as a test holds it; its time stands still at `now` (Unix ms).

    `add_fault` lets something go wrong with calls from here on. `reply_next` has the next call of an operation answered
    with a reply, undecided: nothing changes, but it is on record. `clear` drops faults and replies that were not used.
    `call` asks the world directly, past all of these and off the record. `calls` is what clients sent, oldest first.
    One that has `webhooks` (see Hooks) is asked for deliveries, too.
    """

    @property
    def url(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def now(self) -> int: ...
    def advance(self, ms: int, /) -> object: ...
    def add_fault(self, fault: Fault, /) -> object: ...
    def reply_next(self, operation: str, reply: Reply, /) -> object: ...
    def clear(self) -> object: ...
    def call(self, request: Request, /) -> Reply: ...
    def calls(self) -> Sequence[Called]: ...
