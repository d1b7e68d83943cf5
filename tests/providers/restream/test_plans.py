from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.chance import Chance
from mockserver.providers.restream.plans import (
    FIRST_CLIP,
    LONGEST_HIGHLIGHT,
    MOST_HIGHLIGHTS,
    SHORTEST_HIGHLIGHT,
    Plan,
    Span,
    plan_highlights,
    plan_nothing,
    plan_single,
)

MINUTE = 60_000

seconds = st.one_of(st.integers(0, 20_000), st.floats(0, 20_000, allow_nan=False))
lengths = st.one_of(st.integers(10, 30), st.floats(10, 30), seconds)
spans = (
    st.tuples(seconds, lengths)
    .map(lambda pair: Span(pair[0], pair[0] + pair[1]))
    .filter(lambda span: span.length >= 10)
)


@given(spans, st.integers(0, 2**32))
def test_highlights_lie_in_the_span_in_order_and_none_over_another(span: Span, seed: int) -> None:
    clips = plan_highlights(span, Chance.of(seed)).clips
    assert 1 <= len(clips) <= MOST_HIGHLIGHTS
    ends = [span.start]
    for _, start, end in clips:
        assert ends[-1] <= start < end
        ends.append(end)
    assert ends[-1] <= span.end


@given(spans, st.integers(0, 2**32))
def test_highlights_are_of_a_length_people_watch(span: Span, seed: int) -> None:
    for _, start, end in plan_highlights(span, Chance.of(seed)).clips:
        length = Span(start, end).length
        assert min(Decimal(SHORTEST_HIGHLIGHT), span.length) <= length <= LONGEST_HIGHLIGHT


@given(spans, st.integers(0, 2**32))
def test_clips_come_one_by_one_within_two_to_ten_minutes(span: Span, seed: int) -> None:
    plan = plan_highlights(span, Chance.of(seed))
    arrivals = [at for at, _, _ in plan.clips]
    assert arrivals == sorted(set(arrivals))
    assert arrivals[0] >= FIRST_CLIP
    assert arrivals[-1] < plan.ends
    assert 2 * MINUTE <= plan.ends <= 10 * MINUTE


def test_an_hour_takes_about_as_long_as_in_the_documented_sample() -> None:
    plan = plan_highlights(Span(0, 3600), Chance.of(0))
    assert 5 * MINUTE < plan.ends < 7 * MINUTE
    assert 12 <= len(plan.clips) <= 20


@given(spans)
def test_a_single_clip_is_the_span_itself(span: Span) -> None:
    plan = plan_single(span)
    assert [(start, end) for _, start, end in plan.clips] == [(span.start, span.end)]
    assert MINUTE <= plan.ends <= 2 * MINUTE


def test_whole_numbers_of_seconds_are_integers() -> None:
    ((_, start, end),) = plan_single(Span(5.0, 15.0)).clips
    assert (type(start), type(end)) == (int, int)


@pytest.mark.parametrize(("start", "end"), [(10.3, 20.3), (0.1, 10.1), (1000.3, 1010.3), (5, 15.0), (1.2, 11.2)])
def test_ten_seconds_in_decimals_are_ten_seconds(start: float, end: float) -> None:
    assert Span(start, end).length == 10


def test_a_hair_less_than_ten_seconds_is_less() -> None:
    assert Span(0, 9.999999999999998).length < 10
    assert Span(10**15, 10**15 + 10).length == Decimal(10)


def test_a_plan_can_be_cut_short() -> None:
    plan = Plan(((1, 0, 10), (2, 10, 20)), 9)
    assert plan.cut_to(1) == Plan(((1, 0, 10),), 9)
    assert plan_nothing(Span(0, 60)).clips == ()
