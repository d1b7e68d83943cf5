"""A server for each test: in the recorded world, at the time of the recording, its clock standing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.golden.replay import DEFAULT_START
from tests.golden.talk import Talk
from tests.golden.target import in_process


@pytest.fixture
def livepeer() -> Iterator[Talk]:
    """Livepeer as it was recorded."""
    with in_process("livepeer-recorded", DEFAULT_START) as target:
        yield Talk(target)
