"""Restream's documented requests and replies, and those inferred from them, in order; ids and times mapped."""

from __future__ import annotations

import pytest

from mockserver import resources
from tests.golden.exchanges import by_group, load
from tests.golden.matching import Names
from tests.golden.replay import replay
from tests.golden.target import in_process

GROUPS = by_group(load([resources.fixtures() / "exchanges" / "restream.jsonl"]))
# When the documented project had just been made: it is the newest, so it leads the documented page.
START = 1_769_616_000_000


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_documented_is_answered(group: str) -> None:
    with in_process("default", START) as target:
        run = replay(GROUPS[group], target, Names())
    assert not run.found, "\n".join(map(str, run.found))
