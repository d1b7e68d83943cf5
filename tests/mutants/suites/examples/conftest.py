"""An account a test, and clients of it that don't really wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Generic, TypeVar

import pytest

from tests.mutants.clients.api import Connection
from tests.mutants.clients.livepeer import LivepeerClient
from tests.mutants.clients.restream import RestreamClient
from tests.mutants.hosts import ours
from tests.mutants.mutation import Provider
from tests.mutants.patience import Fence
from tests.mutants.trial import Host, Trial

T = TypeVar("T", bound=LivepeerClient | RestreamClient)


class Account(Generic[T]):
    """`connection` is how clients of the account are made; `waited` how many seconds they say they waited."""

    def __init__(self, client: type[T], host: Host, provider: Provider) -> None:
        self.make = client
        self.clock = host.clock()
        self.stateless = host.stateless
        url = host.url(provider)
        self.fence = Fence(url)
        self.connection = Connection(url, host.account(), self.clock.wait, self.clock.now, 5.0, transport=self.fence)

    def client(self, role: str = "", *, prefer: str = "", key: str = "", path: str = "") -> T:
        """`role` is another user of the account; `prefer` asks a mock that has no state for what is to happen."""
        connection = replace(
            self.connection,
            url=self.connection.url + path,
            key=key or f"{self.connection.key}{role}",
            headers={"Prefer": prefer} if prefer and self.stateless else {},
        )
        return self.make(connection)


@pytest.fixture(scope="session")
def host(trial: Trial) -> Iterator[Callable[[], Host]]:
    """The host, once somebody asks for it."""
    with ExitStack() as stack:
        started: list[Host] = []

        def find() -> Host:
            if not started:
                started.append(trial.host() if trial.host is not None else stack.enter_context(ours()))
            return started[0]

        yield find


@pytest.fixture
def livepeer(livepeer_client: type[LivepeerClient], host: Callable[[], Host]) -> Account[LivepeerClient]:
    return Account(livepeer_client, host(), "livepeer")


@pytest.fixture
def restream(restream_client: type[RestreamClient], host: Callable[[], Host]) -> Account[RestreamClient]:
    return Account(restream_client, host(), "restream")
