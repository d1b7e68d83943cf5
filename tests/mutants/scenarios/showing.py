"""Scenarios by the bug they show. `@shows(bug)` says which that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tests.mutants.mutation import HONEST, Client, Mutant, Provider
from tests.mutants.scenes import LivepeerScene, RestreamScene
from tests.mutants.stub import Stub

F = TypeVar("F", bound=Callable[[LivepeerScene], None] | Callable[[RestreamScene], None])
SCENARIOS: dict[type, Callable[..., None]] = {}


def shows(bug: type) -> Callable[[F], F]:
    def add(scenario: F) -> F:
        assert bug not in SCENARIOS, f"{bug.__name__} has a scenario already"
        SCENARIOS[bug] = scenario
        return scenario

    return add


def play(scenario: Callable[..., None], provider: Provider, client: Client) -> None:
    """Raises whatever tells the client from the honest one."""
    with Stub() as stub:
        scenario((LivepeerScene if provider == "livepeer" else RestreamScene)(client, stub))  # type: ignore[arg-type]


def honest_fails(mutant: Mutant) -> BaseException | None:
    return _failure(mutant, HONEST[mutant.provider])


def mutant_fails(mutant: Mutant) -> BaseException | None:
    return _failure(mutant, mutant.client)


def _failure(mutant: Mutant, client: Client) -> BaseException | None:
    try:
        play(SCENARIOS[mutant.source], mutant.provider, client)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # pytest's own failures and Endless are no Exceptions
        return error
    return None
