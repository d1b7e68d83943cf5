"""The law of the diff: what it calls harmless does no harm. The compiled check is the judge.

`NO` narrowing means that all that fitted the old schema fits the new one, for who sends no property that its document
does not name; `NO` widening the same the other way round.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from mockserver.conformance.diff.schemas import schema_changes
from mockserver.contract.dialect import Direction
from mockserver.contract.schema import Shape
from mockserver.contract.spot import Spot
from mockserver.core.text import Json
from mockserver.errors import DocumentError
from tests.conformance.diff.drawing import PLACE, candidates, closed, document, endless
from tests.conformance.diff.foci import FOCI


def shape(schema: Json, direction: Direction) -> Shape:
    return Shape(Spot.of(document(schema), PLACE), direction)


@pytest.mark.parametrize("focus", FOCI)
def test_what_is_called_harmless_does_no_harm(focus: str) -> None:
    judged(focus)


def judged(focus: str, examples: int = 60) -> None:
    """Draw so many pairs of schemas, and values that fit one side."""

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None, database=None)
    @given(st.data(), FOCI[focus], st.sampled_from(("request", "reply")))
    def law(data: st.DataObject, pair: tuple[Json, Json], direction: Direction) -> None:
        old, new = pair
        assume(old != new and not endless(old) and not endless(new))
        changes = schema_changes(Spot.of(document(old), PLACE), Spot.of(document(new), PLACE), direction)
        narrows, widens = (any(getattr(change, what) for change in changes) for what in ("narrows", "widens"))
        assume(not (narrows and widens))
        try:
            shapes = [(shape(each, direction), shape(closed(each), direction)) for each in pair]
        except DocumentError:
            return
        for value in (data.draw(candidates(old, new)) for _ in range(10)):
            for surely, sender, receiver in ((not narrows, shapes[0], shapes[1]), (not widens, shapes[1], shapes[0])):
                if surely and all(each.holds(value) for each in sender):
                    event("judged")
                    assert receiver[0].holds(value), f"{value!r} fitted one side only; changes: {changes}"

    law()
