from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.delivery import Answered, Sending
from mockserver.core.http import Reply
from mockserver.core.provider import Claim
from mockserver.core.text import parse
from mockserver.core.world import Outcome, WorldId
from mockserver.engine import custody
from mockserver.engine.blunder import Blunder
from mockserver.engine.course import attempt, next_due
from mockserver.engine.engine import Engine
from tests.engine import posting
from tests.engine.asking import ask, create, notes, run
from tests.engine.asking import request as asking
from tests.engine.posting import told
from tests.engine.tiny import NOW


async def fails_all(sending: Sending) -> Answered:
    return Answered(503, "Service Unavailable")


def test_steps_and_deliveries_happen_in_the_order_of_their_instants() -> None:
    seen: list[tuple[str, int]] = []

    async def receive(sending: Sending) -> Answered:
        value = parse(sending.body)
        seen.append((value["event"], value["at"]))
        return Answered(200)

    served = posting.engine(receive)
    create(served, "a")
    run(served.advance(500))
    create(served, "b")
    run(served.advance(10_000))
    instants = [("made", 0), ("made", 500), ("ripe", 1_000), ("ripe", 1_500), ("done", 3_000), ("done", 3_500)]
    assert seen == [(event, NOW + after) for event, after in instants]


def test_who_is_told_and_asks_back_finds_the_world_as_it_is_then() -> None:
    states: list[tuple[str, str]] = []

    async def receive(sending: Sending) -> Answered:
        reply = await served.respond(asking("GET", "/tiny/notes"))
        states.append((parse(sending.body)["event"], reply.value[0]["state"]))
        return Answered(200)

    served = posting.engine(receive)
    create(served, "a")
    run(served.advance(10_000))
    assert states == [("made", "new"), ("ripe", "ripe"), ("done", "done")]


def test_a_request_never_waits_for_a_delivery() -> None:
    async def never(sending: Sending) -> Answered:
        raise AssertionError("sent while a request was answered")

    served = posting.engine(never)
    create(served, "a")
    served.clock.advance(5_000)
    assert notes(served)[0]["state"] == "done"
    assert [state for _, _, state, _ in told(served)] == ["pending"] * 3


def test_a_retry_comes_after_pauses_that_double_and_then_no_more() -> None:
    served = posting.engine(fails_all)
    create(served, "a")
    run(served.advance(60_000))
    made = next(iter(served.outbox)).delivery
    assert (made.state, [attempt.at - NOW for attempt in made.attempts]) == ("failed", [0, 500, 1_500, 3_500])


@pytest.mark.parametrize(("pace", "after"), [(10.0, [0, 50, 150, 350]), (0.0, [0, 500, 1_500, 3_500])])
def test_the_pace_is_that_of_retries_too(pace: float, after: list[int]) -> None:
    served = posting.engine(fails_all, pace=pace)
    create(served, "a")
    run(served.advance(60_000))
    made = next(iter(served.outbox)).delivery
    assert [attempt.at - NOW for attempt in made.attempts] == after


def test_what_became_of_an_attempt_is_in_the_world() -> None:
    served = posting.engine(fails_all)
    create(served, "a")
    run(served.advance(400))
    assert _logs(served) == [{"id": "1.1", "at": NOW, "status": 503}]


def test_settling_waits_for_the_last_retry() -> None:
    served = posting.engine(fails_all)
    create(served, "a")
    run(served.settle())
    assert {state for _, _, state, _ in told(served)} == {"failed"}
    assert served.clock.now() == NOW + 3_000 + 3_500


def test_a_target_that_may_not_be_called_is_not_tried_again() -> None:
    async def refuses(sending: Sending) -> Answered:
        return Answered(failure="refused", error="not there")

    served = posting.engine(refuses)
    create(served, "a")
    run(served.advance(0))
    assert told(served) == [("made", NOW, "refused", [None])]


def test_a_bug_in_sending_ends_the_delivery_and_is_reported() -> None:
    async def broken(sending: Sending) -> Answered:
        raise ZeroDivisionError("a bug")

    served = posting.engine(broken)
    create(served, "a")
    run(served.advance(0))
    (posted,) = served.outbox
    assert posted.delivery.state == "failed"
    assert posted.delivery.attempts[0].answered.error == "mockserver failed to send this: ZeroDivisionError: a bug"


def test_what_comes_of_a_delivery_to_a_world_dropped_meanwhile_is_nothing() -> None:
    async def drops(sending: Sending) -> Answered:
        await served.worlds.home(served.services["tiny"].provider, Claim(key="test_y"))
        return Answered(200)

    served = posting.engine(drops, most_private=1)
    create(served, "a", "test_x")
    run(served.advance(0))
    assert [state for _, _, state, _ in told(served, "test_x")] == ["withdrawn"]


def test_a_world_whose_step_fails_does_not_hold_up_the_others() -> None:
    served = posting.engine()
    create(served, "poison", "test_x")
    create(served, "fine", "test_y")
    with pytest.raises(Blunder, match="a bad step"):
        run(served.advance(5_000))
    assert served.clock.now() == NOW + 5_000
    assert notes(served, "test_y")[0]["state"] == "done"
    assert [event for event, _, state, _ in told(served, "test_y") if state == "delivered"] == ["made", "ripe", "done"]


def test_only_worlds_of_the_clock_that_is_moved_go_on() -> None:
    served = posting.engine()
    create(served, "a", "test_x")
    create(served, "b", "test_y")
    home = next(home for home in served.worlds.homes() if home.world.name == "test_x")
    own = served.worlds.change(home.world, clock=served.clock.fork()).clock
    run(served.advance(5_000, own))
    assert len(told(served, "test_x")) == 3
    assert [state for _, _, state, _ in told(served, "test_y")] == ["pending"]


def test_a_step_back_is_refused() -> None:
    with pytest.raises(ValueError, match="the clock never goes back"):
        run(posting.engine().advance(-1))


def test_steps_that_nobody_hears_of_are_not_looked_for_unless_asked() -> None:
    served = posting.engine(hooks=())
    create(served, "a")
    home = served.worlds.homes()[0]
    assert run(next_due(served, home)) == NOW + 1_000
    assert run(next_due(served, home, unheard=False)) is None


def test_a_world_of_which_nobody_hears_is_moved_all_the_same() -> None:
    served = posting.engine(hooks=())
    create(served, "a")
    run(served.advance(5_000))
    assert run(next_due(served, served.worlds.homes()[0])) is None
    assert notes(served)[0]["state"] == "done"


# ---- the law: many small jumps and one big one leave the same behind

answers = st.sampled_from([200, 404, 500, 503])


def outcome(jumps: list[int], statuses: list[int], pace: float) -> Any:
    """State and deliveries after some jumps; what a receiver answers follows from what it is sent."""

    async def receive(sending: Sending) -> Answered:
        status = statuses[sum(sending.body) % len(statuses)]
        return Answered(status, microseconds=len(sending.body))

    served = posting.engine(receive, hooks=("a", "b"), pace=pace)
    create(served, "one", "test_x")
    create(served, "two")
    for jump in (*jumps, 0):
        run(served.advance(jump))
    posts = sorted(
        (posted.world, posted.delivery.at, posted.delivery.id, repr(posted.delivery)) for posted in served.outbox
    )
    return notes(served, "test_x"), notes(served), posts, served.clock.now(), _logs(served)


def _logs(served: Engine) -> Any:
    found: list[Any] = []
    for home in served.worlds.homes():

        def look(view: Any) -> Any:
            found.extend(view.find("log", "all", ""))
            return Outcome(Reply(204))

        run(served.store.transact(home.world, look, counted=False))
    return found


@given(
    st.lists(st.integers(0, 1_500), max_size=6),
    st.lists(answers, min_size=1, max_size=4),
    st.sampled_from([1.0, 7.0, 0.0, float("inf")]),
)
def test_many_small_jumps_equal_one_large_jump(jumps: list[int], statuses: list[int], pace: float) -> None:
    assert outcome(jumps, statuses, pace) == outcome([sum(jumps)], statuses, pace)


def test_without_subscribers_a_request_finds_nothing_to_send() -> None:
    served = posting.engine(hooks=())
    assert create(served, "a").status == 201
    assert ask(served, "GET", "/tiny/notes").status == 200
    assert len(served.outbox) == 0


@pytest.mark.parametrize("change", [custody.drop, custody.reset])
def test_a_delivery_whose_world_is_gone_when_its_turn_comes_is_neither_sent_nor_under_way_for_ever(change: Any) -> None:
    sent: list[Sending] = []

    async def receive(sending: Sending) -> Answered:
        sent.append(sending)
        return Answered(200)

    served, world = posting.engine(receive), WorldId("tiny", "test_x")
    create(served, "a", "test_x")
    posted = served.outbox.take(world, NOW)
    assert posted is not None
    run(change(served, world))
    run(attempt(served, posted))
    assert (sent, served.outbox.flying(), served.outbox.next_due(world)) == ([], frozenset(), None)
