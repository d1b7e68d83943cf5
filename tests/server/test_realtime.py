from __future__ import annotations

from mockserver.server.realtime import milliseconds, stopwatch


def test_milliseconds_are_whole_and_never_go_back() -> None:
    now = milliseconds()
    instants = [now() for _ in range(1_000)]
    assert instants == sorted(instants)
    assert all(type(instant) is int for instant in instants)
    assert instants[0] > 1_700_000_000_000


def test_the_stopwatch_runs() -> None:
    assert stopwatch() <= stopwatch()
