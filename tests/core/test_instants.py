from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.instants import LAST, duration_from, instant_from, iso, spoken
from mockserver.core.text import Json


@given(st.integers(10**11, LAST))
def test_an_instant_as_text_is_that_instant(at: int) -> None:
    assert instant_from(iso(at)) == at


@given(st.integers(0, 10**12))
def test_a_duration_in_words_is_that_duration(ms: int) -> None:
    assert duration_from(spoken(ms)) == ms


@pytest.mark.parametrize("value", ["", "m", "-5m", "5m5", "5 m x", "1e3s", "5M3", True, None, -1, 1.5, "٣m", "1" * 41])
def test_what_is_no_duration_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="expected a duration such as 5m"):
        duration_from(value)


def test_the_calendar_ends_with_the_year_9999() -> None:
    assert iso(LAST + 1) == iso(LAST) == "9999-12-31T23:59:59.999Z"
    assert iso(-1) == "1970-01-01T00:00:00.000Z"
