"""Each mutant differs from the honest client in what somebody can see."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants.bugs import MUTANTS, mutants_of
from tests.mutants.mutation import Mutant
from tests.mutants.scenarios import livepeer, restream, webhooks
from tests.mutants.scenarios.showing import SCENARIOS, honest_fails, mutant_fails
from tests.mutants.survivors import BECAUSE

assert livepeer and restream and webhooks  # importing them writes the list


def test_there_are_enough_and_each_has_a_scenario() -> None:
    assert len(mutants_of("livepeer")) >= 22
    assert len(mutants_of("restream")) >= 18
    assert {mutant.source for mutant in MUTANTS} == set(SCENARIOS)


def test_no_two_mutants_share_a_name_or_a_description() -> None:
    words = [word for mutant in MUTANTS for word in (str(mutant), f"{mutant.provider} {mutant.about}")]
    assert [word for word, times in Counter(words).items() if times > 1] == []


def test_each_says_what_it_does_and_what_that_does_to_its_user() -> None:
    assert [str(mutant) for mutant in MUTANTS if not (mutant.about.endswith(".") and mutant.why.endswith("."))] == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_the_honest_client_comes_through(mutant: Mutant) -> None:
    failure = honest_fails(mutant)
    if failure is not None:
        raise failure


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_the_bug_shows(mutant: Mutant) -> None:
    assert mutant_fails(mutant) is not None


def test_only_mutants_there_are_have_a_reason_to_survive() -> None:
    names = {str(mutant) for mutant in MUTANTS}
    assert {name for _, name in BECAUSE} <= names
    assert [why for why in BECAUSE.values() if not why.endswith(".")] == []
