"""Explores a client in worlds of a server for tests. Imports Hypothesis: loaded when a test first asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from mockserver.core.text import Json
from mockserver.strategies import Client, ClientMachine, Clock
from mockserver.testing.mock import Mock
from mockserver.testing.serving import Server

Settings: TypeAlias = settings


def explore(
    server: Server,
    provider: str,
    name: str,
    client: Callable[..., Client],
    chosen: settings | None,
    options: Mapping[str, Json],
) -> None:
    """Run the machine on a client, a new world of this name for each example."""

    class Explored(ClientMachine):
        def mock(self) -> Mock:
            return server.world(provider, name, frozen=True, pace=1)

        def client(self, mock: Mock, clock: Clock) -> Client:  # type: ignore[override]
            return client(mock, clock)

    Explored.provider = provider
    for option, value in options.items():
        setattr(Explored, option, value)
    try:
        run_state_machine_as_test(Explored, settings=chosen or ClientMachine.TestCase.settings)
    finally:
        server.world(provider, name).close()
