"""What a run of a suite is about: which clients it gets, and where their provider is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from tests.mutants.mutation import HONEST, Client, Mutant, Provider
from tests.mutants.patience import Clock


class Host(Protocol):
    """Somewhere a provider is faked. `account` gives a key that nobody else has used.

    A `stateless` one has to be told with each request what is to happen.
    """

    stateless: bool

    def url(self, provider: Provider) -> str: ...

    def account(self) -> str: ...

    def clock(self) -> Clock: ...


@dataclass(frozen=True, slots=True)
class Trial:
    """`host` starts what the suite runs against; None if the suite brings its own."""

    clients: dict[Provider, Client] = field(default_factory=lambda: dict(HONEST))
    host: Callable[[], Host] | None = None

    def of(self, mutant: Mutant) -> Trial:
        return Trial({**self.clients, mutant.provider: mutant.client}, self.host)


TRIAL = pytest.StashKey[Trial]()
