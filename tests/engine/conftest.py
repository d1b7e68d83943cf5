"""A real Redis for those who ask for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stores.running import RedisServer, redis_server


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """It keeps nothing; tests stay apart by the prefix of their keys."""
    with redis_server("--appendonly", "no") as server:
        yield server
