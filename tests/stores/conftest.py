"""Every store there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stores.making import Make, maker
from tests.stores.running import redis_server


@pytest.fixture(params=["memory", "sqlite", "redis"], scope="session")
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """Makes stores of one sort."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "redis":
        with redis_server("--appendonly", "no") as running:
            yield maker("redis", folder, running)
    else:
        yield maker(request.param, folder, None)
