"""One test run: the server it uses, the worlds of the test that runs now, and what was met in all of it.

Everything the pytest plugin does but for pytest: loaded when a test first asks for a mock.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypedDict, TypeVar, Unpack
from zlib import crc32

from mockserver.contract.codes import CODES
from mockserver.core.text import Json
from mockserver.engine.journal import Entry
from mockserver.errors import UsageError, unknown
from mockserver.settings import load
from mockserver.testing import coverage, lived, sent
from mockserver.testing.mock import Mock, Start
from mockserver.testing.serving import Server, keyed, live, serve
from mockserver.testing.verdict import ANY

if TYPE_CHECKING:
    from mockserver.contract.check import CompiledContract
    from mockserver.strategies import Client, Clock, Flow
    from mockserver.testing.exploration import Settings

M = TypeVar("M", bound=Mock)


class Options(TypedDict, total=False):
    """Options of `mockserver.strategies.ClientMachine`; see there."""

    flow: Flow
    contract: CompiledContract
    patience: float
    longest: float
    persistent: bool


_LONGEST: Final = 80
# So many calls are told of a test that failed, the last ones.
_MOST_CALLS: Final = 20


@dataclass
class Run:
    """`met`, `parts`, `refused` and `edges` are the coverage of what is over, in this process and in others."""

    met: Json = field(default_factory=dict)
    parts: sent.Parts = field(default_factory=dict)
    refused: sent.Parts = field(default_factory=dict)
    edges: sent.Parts = field(default_factory=dict)
    # Of the test that runs: its name, the rules its client may break, its worlds, and what it was told of them.
    name: str = ""
    allowed: frozenset[str] = frozenset()
    mocks: list[Mock] = field(default_factory=list)
    told: str | None = None

    def begin(self, name: str, allowed: frozenset[str]) -> None:
        """Another test."""
        if name != self.name:
            self.name, self.told, self.mocks = name, None, []
        self.allowed = allowed

    def world(self, server: Server, provider: str, start: Start) -> Mock:
        """The private world of the test that runs."""
        mock = server.world(provider, key_of(self.name, server), allow=self.allowed, **start)
        self.mocks.append(mock)
        return mock

    def end(self, mock: Mock) -> str | None:
        """A world is over: what is wrong with it that nobody was told of yet."""
        self.mocks.remove(mock)
        try:
            said = mock.verdict()
        finally:
            mock.close()
        return None if said is None or (self.told is not None and said in self.told) else said

    def verdict(self) -> str | None:
        """What was wrong in the worlds of the test that runs; None if nothing was."""
        said = [each for mock in self.mocks if (each := mock.verdict()) is not None]
        self.told = "\n\n".join(said) or None
        return self.told

    def story(self) -> str | None:
        """What the clients of the test that runs called, a line each; None if that was nothing."""
        return "\n".join(line for mock in self.mocks for line in _story(mock)) or None

    @property
    def coverage(self) -> Json:
        """What was met, sent, refused and seen, by provider."""
        return lived.joined(sent.joined(self.met, self.parts), self.refused, self.edges)

    def handed_over(self) -> Json:
        """For the process that this one works for."""
        return {"met": self.met, "parts": self.parts, "refused": self.refused, "edges": self.edges}

    def take(self, handed_over: Json) -> None:
        """From a process that works for this one."""
        self.met = coverage.merged(self.met, handed_over["met"])
        self.parts = sent.merged(self.parts, handed_over["parts"])
        self.refused = sent.merged(self.refused, handed_over["refused"])
        self.edges = sent.merged(self.edges, handed_over["edges"])

    @contextmanager
    def serving(self, folder: Path, url: str | None, given: Mapping[str, str]) -> Iterator[Server]:
        """The server of this run. `given` are options by name; the rest is found as `mockserver serve` finds it."""
        settings = load(given, os.environ, folder)
        with live(url, settings.admin_token) if url else serve(settings) as server:
            before = server.driver.ask("GET", "coverage")["providers"] if url else {}
            server.over = self._over
            try:
                yield server
            finally:
                met = coverage.less(server.driver.ask("GET", "coverage")["providers"], before)
                self.met = coverage.merged(self.met, met)

    def _over(self, entries: Sequence[Entry]) -> None:
        """A world is over: what its client sent and saw."""
        sent.counted(self.parts, entries)
        lived.refusals(self.refused, entries)
        lived.edges(self.edges, entries)


class Mocks(Generic[M]):
    """Makes worlds of one provider: for `@given`, and wherever a test wants more than one."""

    def __init__(self, run: Run, server: Server, provider: str, kind: type[M]) -> None:
        self._run = run
        self._server = server
        self._provider = provider
        self._kind = kind

    def __repr__(self) -> str:
        return f"<{self._provider} worlds at {self._server.url}>"

    @contextmanager
    def fresh(self, **start: Unpack[Start]) -> Iterator[M]:
        """A world, as new, for as long as a `with` block lasts: see `Mock.fresh`."""
        name = self._server.nested(self._provider, key_of(self._run.name, self._server))
        with self._server.world(self._provider, name, allow=self._run.allowed, **start) as mock:
            assert isinstance(mock, self._kind)
            yield mock

    def explore(
        self, client: Callable[[M, Clock], Client], *, settings: Settings | None = None, **options: Unpack[Options]
    ) -> None:
        """Look for the bugs of a client with `mockserver.strategies.ClientMachine`, in worlds whose time stands still.

        `client` makes the adapter of a world and the clock it has to wait with; `settings` are Hypothesis'. Raises
        AssertionError with the shortest way to a bug.

        >>> def test_my_client(livepeer_mocks):
        ...     livepeer_mocks.explore(Adapter)
        """
        from mockserver.testing.exploration import explore

        name = self._server.nested(self._provider, key_of(self._run.name, self._server))
        explore(self._server, self._provider, name, client, settings, options)


def key_of(test: str, server: Server) -> str:
    """What a test's worlds are called: the same in every run, unless others use the server too."""
    name = f"{keyed(test)[-_LONGEST:].lstrip('-.')}-{crc32(test.encode()):08x}"
    if server.driver.private:
        return name
    return f"{name}-{os.getpid()}"


def codes(named: tuple[str, ...]) -> frozenset[str]:
    """The codes of rules, all of them if none is named. Raises UsageError with the nearest code."""
    for code in named:
        if code not in CODES:
            raise UsageError(unknown("code of a rule", code, CODES))
    return frozenset(named or (ANY,))


def rival() -> str | None:
    """What to say when another project's package of our name lies in the same place."""
    for folder in map(Path, sys.path):
        if any(folder.glob("mockserver_client-*.dist-info")):
            return (
                f"mockserver-client is installed too, in {folder}. Both own the Python package `mockserver`, and its "
                "pytest plugin has fixtures of its own: give each project an environment of its own."
            )
    return None


def _story(mock: Mock) -> Iterator[str]:
    calls = mock.calls
    if len(calls) > _MOST_CALLS:
        yield f"... and {len(calls) - _MOST_CALLS} calls before these:"
    yield from (str(call) for call in calls[-_MOST_CALLS:])
