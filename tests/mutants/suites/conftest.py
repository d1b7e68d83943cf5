"""What every suite is given: the clients it is to judge. Without a runner they are the honest ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutants.clients.livepeer import LivepeerClient
from tests.mutants.clients.restream import RestreamClient
from tests.mutants.trial import TRIAL, Trial


@pytest.fixture(scope="session")
def trial(request: pytest.FixtureRequest) -> Trial:
    return request.config.stash.get(TRIAL, Trial())


@pytest.fixture(scope="session")
def livepeer_client(trial: Trial) -> type[LivepeerClient]:
    found = trial.clients["livepeer"]
    assert issubclass(found, LivepeerClient)
    return found


@pytest.fixture(scope="session")
def restream_client(trial: Trial) -> type[RestreamClient]:
    found = trial.clients["restream"]
    assert issubclass(found, RestreamClient)
    return found


@pytest.fixture(scope="session")
def quick(request: pytest.FixtureRequest) -> settings:
    """As usual, but without the minutes that shrinking takes: nobody reads why a mutant died.

    Plain pytest only sees that the suite works.
    """
    return settings(
        max_examples=100 if TRIAL in request.config.stash else 10,
        stateful_step_count=15,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
