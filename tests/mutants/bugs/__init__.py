"""All mutants, in the order they are told of."""

from __future__ import annotations

from tests.mutants.bugs import livepeer, restream, webhooks
from tests.mutants.mutation import Mutant, Provider, bug

__all__ = ["MUTANTS", "livepeer", "mutants_of", "restream", "webhooks"]

MUTANTS: tuple[Mutant, ...] = tuple(bug.all)


def mutants_of(provider: Provider) -> tuple[Mutant, ...]:
    return tuple(mutant for mutant in MUTANTS if mutant.provider == provider)
