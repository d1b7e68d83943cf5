"""The pytest plugin's way to the machine, on a real server, a real client and real webhooks."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import Phase, settings

from mockserver.strategies import Clock, Mock
from mockserver.testing import LivepeerMock
from mockserver.testing.session import Mocks
from tests.mutants.bugs import MUTANTS
from tests.mutants.clients.livepeer import LivepeerClient
from tests.mutants.suites.kit.test_livepeer import Livepeer

FEW = settings(
    max_examples=400, stateful_step_count=10, phases=[Phase.generate], derandomize=True, deadline=None, database=None
)


def explore(mocks: Mocks[LivepeerMock], bug: str) -> None:
    (mutant,) = (each for each in MUTANTS if str(each) == f"livepeer/{bug}")
    assert issubclass(mutant.client, LivepeerClient)
    mocks.explore(partial(Livepeer, mutant.client), settings=FEW)


BUGS = (
    ("accepts-only-200", "register: nothing is wrong, and the client failed"),
    ("sends-the-key-to-the-storage", "the key is sent to where files are stored"),
    ("signs-the-time-too", "receiver: refuses a genuine"),
)


@pytest.mark.parametrize(("bug", "said"), BUGS)
def test_a_bug_that_shows_on_the_wire_is_found(bug: str, said: str, livepeer_mocks: Mocks[LivepeerMock]) -> None:
    with pytest.raises(AssertionError, match=said):
        explore(livepeer_mocks, bug)


def test_each_example_has_a_world_of_its_own_whose_time_stands(livepeer_mocks: Mocks[LivepeerMock]) -> None:
    seen: list[tuple[str, bool]] = []

    def client(mock: Mock, clock: Clock) -> Livepeer:
        assert isinstance(mock, LivepeerMock)
        seen.append((mock.key, mock.clock.frozen))
        assert not mock.calls
        return Livepeer(LivepeerClient, mock, clock)

    livepeer_mocks.explore(client, settings=settings(FEW, max_examples=2, stateful_step_count=2))
    assert len(seen) >= 2
    assert len(set(seen)) == 1
    assert seen[0][1]
