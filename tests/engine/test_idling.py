"""Waiting for several servers, which give each other something to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mockserver.core.peers import Silent
from mockserver.core.text import Json, Record
from mockserver.engine.engine import Engine
from mockserver.engine.idling import idle_everywhere
from mockserver.engine.kept import kinds_of
from mockserver.stores.sqlite import SqliteStore
from tests.engine import posting
from tests.engine.asking import run
from tests.engine.together import Together

Serve = Callable[[str], Engine]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Starts one of several servers on one file, which can ask each other."""
    together = Together()

    def start(name: str) -> Engine:
        store = SqliteStore(tmp_path / "worlds.db", kinds_of([posting.PROVIDER]))
        return together.take(posting.engine(store=store, name=name))

    return start


def working(engine: Engine, *turns: Callable[[], bool]) -> list[str]:
    """Let an engine be idle or not as these say, one after the other, and idle then; how often it was waited for."""
    left, waits = list(turns), []

    async def idle(seconds: float | None) -> bool:
        waits.append("for ever" if seconds is None else f"{seconds:g} s")
        return left.pop(0)() if seconds is not None and left else True

    engine.ports = replace(engine.ports, idle=idle)
    return waits


def test_one_server_alone_is_waited_for_as_long_as_it_takes(serve: Serve) -> None:
    alone = posting.engine()
    waits = working(alone)
    run(idle_everywhere(alone))
    assert waits == ["for ever"]


def test_servers_that_are_busy_are_asked_until_all_are_idle_twice(serve: Serve) -> None:
    one, two = serve("one"), serve("two")
    waits = working(two, lambda: True, lambda: False, lambda: True)
    run(idle_everywhere(one))
    assert waits == ["1 s"] * 4


def test_who_was_idle_both_times_and_busy_in_between_is_asked_again(serve: Serve) -> None:
    one, two = serve("one"), serve("two")

    def is_idle_after_an_attempt() -> bool:
        two.outbox.begun += 1
        return True

    waits = working(two, lambda: True, is_idle_after_an_attempt)
    run(idle_everywhere(one))
    assert len(waits) == 3


def test_a_clock_that_jumps_waits_for_what_is_under_way_on_the_others(serve: Serve) -> None:
    one, two = serve("one"), serve("two")
    waited: list[int] = []

    async def landed() -> None:
        waited.append(one.clock.now())

    two.ports = replace(two.ports, landed=landed)
    before = one.clock.now()
    run(one.advance(1_000))
    assert waited == [before]


def test_a_clock_does_not_wait_for_who_stands_still(serve: Serve) -> None:
    one = serve("one")

    class Still:
        async def ask(self, question: Record, *, crew: bool = False) -> list[Json]:
            raise Silent("two does not answer")

    one.peers = Still()  # type: ignore[assignment]
    before = one.clock.now()
    assert run(one.advance(1_000)) == before + 1_000
