"""Every store there is."""

from __future__ import annotations

import pytest

from tests.stores.making import Make, makers


@pytest.fixture(params=["memory", "sqlite"], scope="session")
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes stores of one sort."""
    return makers(tmp_path_factory.mktemp(request.param))[request.param]
