from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.world import Due
from mockserver.stores.agenda import LONG, Agenda

settings = st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.integers(0, 20)), max_size=300)


@given(settings)
def test_the_earliest_is_that_of_the_latest_dates(settings: list[tuple[str, int | None]]) -> None:
    agenda = Agenda()
    dates: dict[str, int | None] = {}
    for id, at in settings:
        agenda.set("note", id, at)
        dates[id] = at
        due = [Due(at, "note", id) for id, at in dates.items() if at is not None]
        assert agenda.first() == min(due, default=None)


def test_of_two_at_one_instant_kind_and_id_decide() -> None:
    agenda = Agenda()
    for kind, id in (("task", "a"), ("clip", "b"), ("clip", "a")):
        agenda.set(kind, id, 5)
    assert agenda.first() == Due(5, "clip", "a")


def test_a_date_moved_again_and_again_takes_no_more_room() -> None:
    agenda = Agenda()
    for at in range(100_000):
        agenda.set("note", "one", at)
    assert len(agenda._heap) <= LONG + 3
    assert agenda.first() == Due(99_999, "note", "one")
