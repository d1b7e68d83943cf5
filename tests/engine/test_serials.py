from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockserver.engine.serials import SLOTS, Gone, Serials

YEAR_MS = 366 * 24 * 3600 * 1000


class Time:
    def __init__(self, now: int = 0) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def test_serials_rise_even_when_the_clock_stands_or_goes_back() -> None:
    time = Time(1_000)
    serials = Serials(time, founded=0, slot=7)
    given = [serials.give(), serials.give()]
    time.now = 10
    given += [serials.give(), serials.give()]
    assert given == sorted(set(given))
    assert {serial % SLOTS for serial in given} == {7}


def test_serials_of_two_servers_whose_clocks_agree_are_in_the_order_of_time() -> None:
    time = Time()
    one, two = Serials(time, 0, 0), Serials(time, 0, 1)
    given = []
    for serials in (one, two, two, one, two):
        time.now += 1
        given.append(serials.give())
    assert given == sorted(given)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10**6)), max_size=30))
def test_nothing_is_given_up_to_what_was_heard(steps: list[tuple[bool, int]]) -> None:
    time = Time()
    serials = Serials(time, 0, 3)
    floor = 0
    for hears, number in steps:
        if hears:
            serials.heard(number)
            floor = max(floor, number)
        else:
            time.now = number
            serial = serials.give()
            assert serial > floor
            floor = serial
        assert serials.last == floor


def test_a_store_that_was_founded_by_a_clock_ahead_of_ours_counts_from_its_first_tick() -> None:
    assert Serials(Time(0), founded=60_000, slot=2).give() == SLOTS + 2


def test_after_ten_years_javascript_still_counts_them() -> None:
    assert Serials(Time(10 * YEAR_MS), 0, SLOTS - 1).give() < 2**53


@given(st.lists(st.integers(0, 50), unique=True), st.integers(0, 60))
def test_what_is_gone_after_a_serial_is_counted(gone: list[int], serial: int) -> None:
    known = Gone()
    for each in gone:
        known.add(each)
    assert known.after(serial) == sum(each > serial for each in gone)


def test_of_long_ago_it_is_known_how_many_are_gone_and_no_more() -> None:
    known = Gone(most=3)
    for serial in (10, 20, 30, 40, 50):
        known.add(serial)
    assert [known.after(serial) for serial in (0, 25, 30, 45)] == [5, 5, 2, 1]


def test_what_another_has_lost_is_lost_here_too() -> None:
    one, two = Gone(most=2), Gone()
    for serial in (1, 3, 5):
        one.add(serial)
    two.add(4)
    two.inherit(one.record())
    assert [two.after(serial) for serial in (0, 3, 4, 5)] == [4, 2, 1, 0]
