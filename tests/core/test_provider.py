from __future__ import annotations

import math

import pytest

from mockserver.core.chance import Chance
from mockserver.core.provider import Moment


@pytest.mark.parametrize(("pace", "length"), [(1, 80_000), (60, 1_333), (0.5, 160_000), (0, 80_000), (math.inf, 0)])
def test_eighty_seconds_of_life_last_this_long_at_a_pace(pace: float, length: int) -> None:
    assert Moment(now=0, chance=Chance.of(0), pace=pace).lasting(80_000) == length
