"""A mutant: an honest client with one bug. Bugs are classes; `@bug(...)` puts them on the list, in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from tests.mutants.clients.deliveries import Deliveries
from tests.mutants.clients.livepeer import LivepeerClient
from tests.mutants.clients.restream import RestreamClient

Provider = Literal["livepeer", "restream"]
Client = type[LivepeerClient] | type[RestreamClient]
C = TypeVar("C", bound=type[LivepeerClient | RestreamClient | Deliveries])

PROVIDERS: tuple[Provider, ...] = ("livepeer", "restream")
HONEST: dict[Provider, Client] = {"livepeer": LivepeerClient, "restream": RestreamClient}


@dataclass(frozen=True, slots=True)
class Mutant:
    """`about`: what differs from the honest client; `why`: what its user has of it; `source`: the class that is it."""

    name: str
    provider: Provider
    about: str
    why: str
    client: Client
    source: type

    def __str__(self) -> str:
        return f"{self.provider}/{self.name}"


class Bugs:
    """The list of mutants; calling it gives a class decorator that adds one."""

    def __init__(self) -> None:
        self.all: list[Mutant] = []

    def __call__(self, why: str) -> Callable[[C], C]:
        def add(found: C) -> C:
            name = re.sub(r"(?<!^)(?=[A-Z0-9])(?<![0-9])", "-", found.__name__).lower()
            about = " ".join((found.__doc__ or "").split())
            client = _client(found)
            provider: Provider = "livepeer" if issubclass(client, LivepeerClient) else "restream"
            self.all.append(Mutant(name, provider, about, why, client, found))
            return found

        return add


def _client(found: type) -> Client:
    """A bug of a receiver makes a client that uses it."""
    if issubclass(found, Deliveries):
        return type(found.__name__, (LivepeerClient,), {"deliveries": found})
    assert issubclass(found, LivepeerClient | RestreamClient)
    return found


bug = Bugs()
