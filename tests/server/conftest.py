"""Servers of tiny notes for tests of the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine import tiny


@pytest.fixture
def tiny_server() -> Iterator[ThreadedServer]:
    """A server of tiny notes whose clock stands; bodies have a fifth of a second to arrive."""
    with ThreadedServer(Settings(port=0), engine=tiny.engine(), body_seconds=0.2) as server:
        yield server
