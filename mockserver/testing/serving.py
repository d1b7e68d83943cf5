"""A server for tests and the worlds on it: in a thread of this process, or one that runs already."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeAlias, TypeVar, Unpack, overload

from mockserver.contract.check import compile_contract
from mockserver.contract.document import effective
from mockserver.core.contract import Contract
from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.engine.journal import Entry
from mockserver.errors import UsageError, unknown
from mockserver.options import OPTIONS, Given
from mockserver.providers import registry
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from mockserver.testing.driver import Driver, InProcess, OverHttp
from mockserver.testing.livepeer import LivepeerMock
from mockserver.testing.mock import Mock, Start
from mockserver.testing.restream import RestreamMock

M = TypeVar("M", bound=Mock)
Codes: TypeAlias = Collection[str]

# A test may call more often than a server that runs for days wants to remember.
_ENTRIES: Final = 10_000
_BYTES: Final = 64 * 1024 * 1024

_UNFIT: Final = re.compile(r"[^A-Za-z0-9._~-]+")
_LONGEST: Final = 120


class Server:
    """Hands out worlds. `driver` is how they reach the server; `over` is told what was called in each that ends."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.over: Callable[[Sequence[Entry]], None] | None = None
        self._open: dict[str, list[Mock]] = {}
        self._start: dict[str, str] = {}
        self._count = 0

    @property
    def url(self) -> str:
        """The server's URL, without a path."""
        return self.driver.origin

    @overload
    def world(
        self,
        provider: Literal["livepeer"],
        name: str | None = ...,
        *,
        allow: Collection[str] = ...,
        **start: Unpack[Start],
    ) -> LivepeerMock: ...
    @overload
    def world(
        self,
        provider: Literal["restream"],
        name: str | None = ...,
        *,
        allow: Collection[str] = ...,
        **start: Unpack[Start],
    ) -> RestreamMock: ...
    @overload
    def world(self, provider: str, name: str | None = ..., *, allow: Codes = ..., **start: Unpack[Start]) -> Mock: ...
    def world(self, provider: str, name: str | None = None, *, allow: Codes = (), **start: Unpack[Start]) -> Mock:
        """A private world, as new: a context manager that checks what the client did when its block ends.

        `name` becomes part of its key; the same name and calls give the same ids, and an earlier world of that name is
        closed: so a state machine may ask for one again and again, without a block. `allow` are the codes of rules the
        client may break (`"*"` for all). Raises UsageError for a provider that isn't served.
        """
        self._count += 1
        key = keyed(name if name is not None else f"world-{self._count}")
        codes = frozenset([allow] if isinstance(allow, str) else allow)
        kind: type[Mock] = KINDS.get(provider, Mock)
        return kind(self, provider, _mount(provider), key, start, codes)

    @contextmanager
    def fresh(self, outer: M, start: Start) -> Iterator[M]:
        """See `Mock.fresh`: named after the mock it is asked of, and how many such are open at once."""
        name = self.nested(outer.provider, outer.key.removeprefix("test_"))
        inner = type(outer)(self, outer.provider, _mount(outer.provider), name, start, outer.allowed)
        with inner:
            yield inner

    def nested(self, provider: str, name: str) -> str:
        """A name for a world besides that of this name: the same one again once it is closed."""
        depth = sum(mock.key.startswith(f"test_{name}.") for mock in self._open.get(provider, ()))
        return f"{name}.{depth + 1}"

    def begin(self, mock: Mock, start: Start) -> int:
        """A mock begins: its world as it is to be at first; the serial its calls come after."""
        there = self._open.setdefault(mock.provider, [])
        for earlier in [each for each in there if each.world == mock.world]:
            earlier.close()
        there.append(mock)
        driver, (provider, name) = self.driver, mock.world
        if start or not driver.private:
            driver.ask("POST", "worlds", body=_plan(provider, name, start))
        if isinstance(driver, InProcess):
            return driver.last
        return max((entry.serial for entry in driver.entries([mock.world], 0)), default=0)

    def ended(self, mock: Mock) -> None:
        """A mock is done with."""
        if self.over is not None:
            self.over(self.driver.entries(self.worlds_of(mock), mock.after))
        there = self._open.get(mock.provider, [])
        if mock in there:
            there.remove(mock)

    def worlds_of(self, mock: Mock) -> list[WorldId]:
        """Whose calls are a mock's: its world's, and those without a world of their own if it is the newest one.

        Those end in the start world; on a server that others use, nobody knows whose they are.
        """
        there = self._open.get(mock.provider, [])
        if self.driver.private and there and there[-1] is mock:
            return [mock.world, WorldId(mock.provider, self._start_world(mock.provider))]
        return [mock.world]

    def contracts(self) -> Mapping[str, Contract]:
        """By provider, for those that can be looked up here."""
        return {name: _contract(name) for name in registry.names()}

    def operations(self, provider: str) -> list[str]:
        return list(_contract(provider).operations)

    def _start_world(self, provider: str) -> str:
        if provider not in self._start:
            told = self.driver.ask("GET", "worlds", query={"provider": provider})["worlds"]
            self._start[provider] = next(world["world"] for world in told if world["start"])
        return self._start[provider]


KINDS: Final[Mapping[str, type[Mock]]] = {"livepeer": LivepeerMock, "restream": RestreamMock}


@contextmanager
def serve(settings: Settings | None = None, **changed: Json) -> Iterator[Server]:
    """A server in a thread of this process, on a free port, until the block ends.

    `changed` are options of `Settings`: `serve(seed=7, pace="inf")`. Raises UsageError for one there is not.

    >>> with serve() as server, server.world("livepeer") as mock:
    ...     client = MyClient(mock.url, mock.key)
    """
    usual = replace(settings or Settings(), port=0, host="127.0.0.1", ready_file=None, admin=True, **_read(changed))
    usual = replace(
        usual,
        journal_entries=max(usual.journal_entries, _ENTRIES),
        journal_bytes=max(usual.journal_bytes, _BYTES),
    )
    with ThreadedServer(usual) as server:
        yield Server(InProcess(server))


def _read(changed: Mapping[str, Json]) -> Mapping[str, Json]:
    """The options, a `pace` or a `store` in words read as everywhere else."""
    known = {field.name for field in fields(Settings)}
    for name in changed:
        if name not in known:
            raise UsageError(f"serve: {unknown('option', name, known)}")
    read = dict(changed)
    for name in ("pace", "store"):
        if isinstance(changed.get(name), str):
            try:
                read[name] = OPTIONS[name].parse(Given(name, changed[name], Path()))
            except ValueError as error:
                raise UsageError(f"serve: {name}: {error}") from None
    return read


@contextmanager
def live(url: str, token: str | None = None) -> Iterator[Server]:
    """A server that runs already; `token` is that of its `--admin-token`. Raises UnreachableError or RefusedError.

    All works but `next_reply`, `replying` and `webhooks.wait_idle`; calls with a wrong key are not seen.
    """
    driver = OverHttp(url, token)
    driver.ask("GET", "clock")
    yield Server(driver)


def keyed(name: str) -> str:
    """A name as it may stand in a key: what can't is replaced, of a long one the end is kept."""
    return _UNFIT.sub("-", name)[-_LONGEST:].strip("-") or "world"


def _plan(provider: str, name: str, start: Start) -> Json:
    said: dict[str, Json] = dict(start)
    if "world" in said:
        said["from"] = said.pop("world")
    if isinstance(said.get("pace"), float) and math.isinf(said["pace"]):
        said["pace"] = "inf"
    return {"provider": provider, "name": name, "replace": True, **said}


@cache
def _contract(provider: str) -> Contract:
    found = registry.find([provider])[0]
    return compile_contract(effective(found.name, found.specs).value)


@cache
def _mount(provider: str) -> str:
    names = registry.names()
    if provider not in names:
        raise UsageError(unknown("provider", provider, names))
    return registry.find([provider])[0].mounts[0]
