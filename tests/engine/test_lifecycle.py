from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.world import Notice, WorldId
from mockserver.engine.blunder import Blunder
from mockserver.engine.engine import Engine
from mockserver.engine.ports import Ports
from tests.engine.asking import ask, create, notes, opened, run
from tests.engine.tiny import NOW, engine

Told = list[tuple[WorldId, str, int]]


def listening(told: Told, **options: Any) -> Engine:
    def notify(world: WorldId, notices: tuple[Notice, ...]) -> None:
        told.extend((world, notice.event, notice.at) for notice in notices)

    return opened(engine(ports=Ports(notify=notify), **options))


def state_of(served: Engine, text: str, key: str = "main") -> str:
    found: str = next(note["state"] for note in notes(served, key) if note["text"] == text)
    return found


def test_a_step_happens_when_it_is_due_and_not_before() -> None:
    served = opened(engine())
    create(served, "a")
    run(served.advance(999))
    assert state_of(served, "a") == "new"
    run(served.advance(1))
    assert state_of(served, "a") == "ripe"


def test_steps_happen_at_their_own_instants_however_late_they_are_seen() -> None:
    told: Told = []
    served = listening(told, section={"keys": ["main"]})
    create(served, "a")
    run(served.advance(1_000_000))
    world = WorldId("tiny", "default")
    assert told == [(world, "made", NOW), (world, "ripe", NOW + 1_000), (world, "done", NOW + 3_000)]


def test_a_request_sees_every_step_that_was_due_before_it() -> None:
    served = opened(engine())
    create(served, "a")
    served.clock.advance(3_000)
    assert state_of(served, "a") == "done"


def outcome(jumps: list[int], ask_between: bool) -> Any:
    told: Told = []
    served = listening(told)
    create(served, "a", "test_x")
    create(served, "b")
    for jump in jumps:
        run(served.advance(jump))
        if ask_between:
            notes(served, "test_x")
    return notes(served), notes(served, "test_x"), sorted(told)


@given(st.lists(st.integers(0, 1_500), max_size=8), st.booleans())
def test_many_small_jumps_equal_one_large_jump(jumps: list[int], ask_between: bool) -> None:
    assert outcome(jumps, ask_between) == outcome([sum(jumps)], False)


def test_settling_runs_until_nothing_is_due_anywhere() -> None:
    served = opened(engine())
    create(served, "a", "test_x")
    assert run(served.settle()) == NOW + 3_000
    assert state_of(served, "a", "test_x") == "done"
    assert state_of(served, "hello") == "done"


@pytest.mark.parametrize(("pace", "after"), [(1.0, 1_000), (10.0, 100), (0.5, 2_000), (0.0, 1_000)])
def test_the_pace_says_how_much_faster_than_life_jobs_go(pace: float, after: int) -> None:
    served = opened(engine(pace=pace))
    create(served, "a")
    run(served.advance(after - 1))
    assert state_of(served, "a") == "new"
    run(served.advance(1))
    assert state_of(served, "a") == "ripe"


def test_at_infinite_pace_a_job_is_done_at_the_next_look() -> None:
    served = opened(engine(pace=float("inf")))
    create(served, "a")
    assert state_of(served, "a") == "done"


def test_a_step_that_raises_is_a_500_that_names_it_and_leaves_other_worlds_alone() -> None:
    blunders: list[Exception] = []
    served = opened(engine(ports=Ports(blundered=blunders.append)))
    made = create(served, "poison", "test_x").value
    served.clock.advance(1_000)
    reply = ask(served, "GET", "/tiny/notes", "test_x")
    assert reply.status == 500
    assert f"the step of note {made['id']}: ZeroDivisionError: a bad step" in reply.value["errors"][0]
    assert len(blunders) == 1
    assert ask(served, "GET", "/tiny/notes").status == 200


def test_a_step_that_gets_nowhere_is_stopped() -> None:
    served = opened(engine())
    create(served, "stuck")
    with pytest.raises(Blunder, match=r"1000 steps at .* left it due at that very instant"):
        run(served.advance(1_000))
