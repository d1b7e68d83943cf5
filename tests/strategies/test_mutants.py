"""The machine on real clients over httpx: honest ones pass; of the mutants, those that are quick to tell apart die.

All of them are `make mutants`' business.
"""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.mutants.bugs import MUTANTS
from tests.mutants.mutation import HONEST, Provider
from tests.strategies.adapters import machine
from tests.strategies.drawing import QUICK

GENERATE = settings(QUICK, max_examples=80, stateful_step_count=15, phases=[Phase.generate], report_multiple_bugs=False)
QUICK_TO_TELL = (
    "livepeer/sends-seconds",
    "livepeer/sends-null",
    "livepeer/retries-every-method",
    "livepeer/ignores-failure",
    "livepeer/dies-on-a-null-hash",
    "livepeer/deletes-quietly",
    "livepeer/stops-at-the-first-page",
    "restream/takes-a-repetition-for-a-failure",
    "restream/always-forces",
    "restream/cuts-fractions",
    "restream/takes-zero-for-nothing",
    "restream/stops-at-the-first-clip",
)


@pytest.mark.parametrize("provider", HONEST)
def test_an_honest_client_passes(provider: Provider) -> None:
    run_state_machine_as_test(machine(HONEST[provider]), settings=settings(GENERATE, max_examples=10))


@pytest.mark.parametrize("name", QUICK_TO_TELL)
def test_a_mutant_dies(name: str) -> None:
    (mutant,) = (mutant for mutant in MUTANTS if str(mutant) == name)
    with pytest.raises(AssertionError):
        # It ends with the first that fails; time is real here, so how many that takes is not the same each time.
        run_state_machine_as_test(machine(mutant.client), settings=settings(GENERATE, max_examples=500))
