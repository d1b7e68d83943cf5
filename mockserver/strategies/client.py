"""What the client machine needs to know of a client, and of the server it talks to: two small seams."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Sequence
from enum import Enum
from typing import ClassVar, Final, Protocol, TypeAlias, TypeVar

from mockserver.core.fault import Fault
from mockserver.core.http import Reply, Request
from mockserver.core.violation import Violation

T = TypeVar("T")
# What a method of a client may be: plain, or a coroutine function.
Maybe: TypeAlias = Awaitable[T] | T


class State(Enum):
    """How far a clip is, as a client sees it."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Client(ABC):
    """A client under test, in the machine's words. Every method may be plain or `async`; none catches anything.

    `errors` are the client's own exceptions: what else comes out of a method is a bug. Whatever the client waits with
    has to be the machine's clock: give it `clock.sleep` (or `clock.asleep`) and `clock.time`.

    >>> class Adapter(Client):
    ...     errors = (ClipError,)
    ...     def __init__(self, mock, clock): self.api = MyClient(mock.url, mock.key, sleep=clock.sleep)
    ...     def create(self, source, start, end): return self.api.create_clip(source, start, end).id
    ...     def poll(self, handle): return State(self.api.get(handle).phase_in_three_words())
    ...     def list(self, source): return [clip.id for clip in self.api.clips_of(source)]
    ...     def download(self, handle): return self.api.get(handle).download_url
    """

    errors: ClassVar[tuple[type[Exception], ...]] = ()

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
    def download(self, handle: str) -> Maybe[bytes | str | Sequence[str]]:
        """What is ready: the file, or where to download it (a URL, or several)."""

    def wait(self, handle: str) -> Maybe[State]:
        """Poll until it ends, as the client does it. Left as it is: the client has no such function."""
        raise NotImplementedError

    def delete(self, handle: str) -> Maybe[None]:
        """Delete it; what is gone already is no error. Left as it is: the client has no such function."""
        raise NotImplementedError

    def close(self) -> Maybe[None]:
        """Let go of connections; nothing if the client has none."""
        return None


class Called(Protocol):
    """A call the server has on record. `at` is in Unix ms of the server's clock."""

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


class Mock(Protocol):
    """A private world of a server, as a test holds it.

    `add_fault` lets something go wrong with calls from here on. `reply_next` has the next call of an operation answered
    with a reply, undecided: nothing changes, but it is on record. `clear` drops faults and replies that were not used.
    `call` asks the world directly, past all of these and off the record. `calls` is what clients sent, oldest first.
    """

    @property
    def url(self) -> str: ...
    @property
    def key(self) -> str: ...
    def advance(self, ms: int, /) -> object: ...
    def add_fault(self, fault: Fault, /) -> object: ...
    def reply_next(self, operation: str, reply: Reply, /) -> object: ...
    def clear(self) -> object: ...
    def call(self, request: Request, /) -> Reply: ...
    def calls(self) -> Sequence[Called]: ...


# Who looks every ten seconds for five hours has not paused as often.
MOST_PAUSES: Final = 2_000


class Endless(BaseException):
    """The client waits longer than any job takes. No client's `except Exception` takes it for its own."""


class Clock:
    """The mock's clock in a client's hands: sleeping moves it. Nothing waits in real time."""

    def __init__(self, mock: Mock, most: float) -> None:
        self._mock = mock
        self._most = most
        self._slept = 0.0
        self._since = 0.0
        self.pauses = 0

    def time(self) -> float:
        """Seconds since the machine began, by the mock's clock."""
        return self._slept

    def begin(self) -> None:
        """A new call: patience starts over."""
        self._since = self._slept
        self.pauses = 0

    def pass_by(self, seconds: float) -> None:
        """Let time go by between calls."""
        self._slept += seconds
        self._mock.advance(int(seconds * 1000))

    def sleep(self, seconds: float) -> None:
        """Let time go by; raises Endless when one call has slept longer or more often than any job takes."""
        self._slept += max(seconds, 0.001)
        self.pauses += 1
        if self.pauses > MOST_PAUSES:
            raise Endless(f"one call paused {self.pauses} times, {self._slept - self._since:.0f} s in all")
        if self._slept - self._since > self._most:
            raise Endless(f"one call slept for {self._slept - self._since:.0f} s of the mock's clock")
        self._mock.advance(max(1, int(seconds * 1000)))

    async def asleep(self, seconds: float) -> None:
        """As `sleep`, for coroutines."""
        self.sleep(seconds)
