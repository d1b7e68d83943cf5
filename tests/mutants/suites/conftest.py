"""What every suite is given: the clients it is to judge. Without a runner they are the honest ones."""

from __future__ import annotations

import pytest

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
