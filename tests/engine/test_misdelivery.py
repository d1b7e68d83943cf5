from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.delivery import Answered, Sending
from mockserver.core.text import Json, parse
from mockserver.engine.engine import Engine
from mockserver.engine.fault_reader import FaultError, fault_from
from mockserver.engine.fault_schema import FAULT_SCHEMA
from tests.engine import posting, tiny
from tests.engine.asking import ask, create, run
from tests.engine.posting import told
from tests.engine.tiny import NOW

SCHEMA = jsonschema_rs.validator_for(FAULT_SCHEMA)


class Post:
    """What came, by event and instant."""

    def __init__(self) -> None:
        self.got: list[tuple[str, int]] = []

    async def __call__(self, sending: Sending) -> Answered:
        value = parse(sending.body)
        self.got.append((value["event"], value["at"] - NOW))
        return Answered(200)


def played(*faults: Json, keys: tuple[str, ...] = ("main",), hooks: tuple[str, ...] = ("a",)) -> tuple[Post, Engine]:
    """What a receiver gets of one note in each world, from beginning to end, with these faults set."""
    post = Post()
    served = posting.engine(post, hooks=hooks)
    for fault in faults:
        served.faults.add(fault_from({"deliveries": {}, **fault}))
    for key in keys:
        create(served, "a", key)
    run(served.advance(10_000))
    return post, served


RIGHT = [("made", 0), ("ripe", 1_000), ("done", 3_000)]


@pytest.mark.parametrize(
    ("fault", "got"),
    [
        ({"drop": True, "turns": {"nth": 2}}, [("made", 0), ("done", 3_000)]),
        ({"delay": 2_500, "turns": {"first": 1}}, [("ripe", 1_000), ("made", 2_500), ("done", 3_000)]),
        ({"duplicate": 1, "deliveries": {"event": "ripe"}}, [("made", 0), *[("ripe", 1_000)] * 2, ("done", 3_000)]),
        ({"drop": True, "deliveries": {"event": ["made", "done"]}}, [("ripe", 1_000)]),
        ({"drop": True, "deliveries": {"webhook": "a"}}, []),
        ({"drop": True, "deliveries": {"webhook": "b"}}, RIGHT),
        ({"drop": True, "deliveries": {"world": "default", "provider": "tiny"}}, []),
        ({"drop": True, "deliveries": {"world": "test_x"}}, RIGHT),
    ],
)
def test_a_fault_befalls_the_deliveries_it_is_about(fault: Json, got: list[tuple[str, int]]) -> None:
    assert played(fault)[0].got == got


def test_occurrences_are_counted_in_each_world_apart() -> None:
    _, served = played({"drop": True, "turns": {"nth": 1}}, keys=("test_x", "test_y"))
    for key in ("test_x", "test_y"):
        assert [state for _, _, state, _ in told(served, key)] == ["dropped", "delivered", "delivered"]


@pytest.mark.parametrize(("order", "hooks"), [("first", ["b", "a", "c"]), ("last", ["a", "c", "b"])])
def test_order_is_that_among_what_happens_at_one_instant(order: str, hooks: list[str]) -> None:
    fault = {"order": order, "deliveries": {"webhook": "b", "event": "made"}}
    _, served = played(fault, hooks=("a", "b", "c"))
    assert [posted.delivery.webhook for posted in list(served.outbox)[:3]] == hooks


def test_a_fault_that_was_used_is_in_the_journal() -> None:
    _, served = played({"name": "lost", "drop": True, "turns": {"nth": 1}}, {"stale": 5, "turns": {"nth": 2}})
    assert [posted.delivery.faults for posted in served.outbox] == [("lost",), ("fault-1",), ()]
    assert [(each.met, each.used) for each in served.faults.standing()] == [(3, 1), (3, 1)]


def test_a_copy_is_a_delivery_of_its_own_with_retries_of_its_own() -> None:
    seen = 0

    async def fails_once(sending: Sending) -> Answered:
        nonlocal seen
        seen += 1
        return Answered(503 if seen == 1 else 200)

    served = posting.engine(fails_once)
    served.faults.add(fault_from({"deliveries": {"event": "made"}, "duplicate": 1}))
    create(served, "a")
    run(served.advance(900))
    assert [(posted.delivery.id, posting.statuses(posted.delivery)) for posted in served.outbox] == [
        ("1", [503, 200]),
        ("1~2", [200]),
    ]


def test_what_is_wrong_with_each_attempt_reaches_the_provider() -> None:
    _, served = played({"signature": "wrong", "stale": 600_000}, {"tamper": True})
    spoiling = next(iter(served.outbox)).delivery.spoiling
    assert (spoiling.forged, spoiling.stale, spoiling.tampered) == (True, 600_000, True)


def test_faults_of_deliveries_leave_calls_alone() -> None:
    served = posting.engine()
    served.faults.add(fault_from({"deliveries": {}, "drop": True}))
    assert (served.faults.any, served.faults.any_of_deliveries) == (False, True)
    served.faults.add(fault_from({"status": 503}))
    assert ask(served, "GET", "/tiny/notes").status == 503
    assert [each.met for each in served.faults.standing()] == [0, 1]
    served.faults.clear()
    assert (served.faults.any, served.faults.any_of_deliveries) == (False, False)


@given(st.lists(st.integers(0, 1_500), max_size=5), st.integers(0, 5))
def test_many_small_jumps_equal_one_large_jump_with_faults_too(jumps: list[int], seed: int) -> None:
    def outcome(jumps: list[int]) -> Any:
        served = posting.engine(seed=seed)
        for fault in ({"drop": True, "turns": {"chance": 0.3}}, {"delay": 700, "duplicate": 1, "turns": {"every": 2}}):
            served.faults.add(fault_from({"deliveries": {}, **fault}))
        create(served, "a", "test_x")
        for jump in (*jumps, 0):
            run(served.advance(jump))
        return [posted.delivery for posted in served.outbox]

    assert outcome(jumps) == outcome([sum(jumps)])


# ---- how they are written


def problems(value: Json) -> dict[str, str]:
    with pytest.raises(FaultError) as caught:
        fault_from(value)
    return dict(caught.value.problems)


@pytest.mark.parametrize(
    ("value", "where", "what"),
    [
        ({}, "", "nothing goes wrong here; say one of delay, duplicate"),
        ({"drop": True, "delay": 5}, "/delay", "what is dropped is never sent"),
        ({"drop": False}, "/drop", "expected `true`"),
        ({"order": "middle"}, "/order", "there are: first, last"),
        ({"status": 503}, "/status", 'no fault of deliveries "status"'),
        ({"deliveries": {"events": "made"}, "drop": True}, "/deliveries/events", 'did you mean "event"'),
        ({"deliveries": {"event": []}, "drop": True}, "/deliveries/event", "expected an event or a list of them"),
        ({"deliveries": [], "drop": True}, "/deliveries", "expected a mapping"),
        ({"duplicate": 11}, "/duplicate", "expected a whole number from 1 to 10"),
        ({"calls": {}, "drop": True}, "/calls", 'no fault of deliveries "calls"'),
    ],
)
def test_what_is_no_fault_is_told_where_and_why(value: Json, where: str, what: str) -> None:
    said = {"deliveries": {}, **value}
    assert what in problems(said)[where]
    assert not SCHEMA.is_valid(said)


@pytest.mark.parametrize(
    ("about", "where", "what"),
    [
        ({"provider": "tniy"}, "/deliveries/provider", 'did you mean "tiny"'),
        ({"event": ["made", "reddy"]}, "/deliveries/event", 'no event "reddy"'),
    ],
)
def test_what_is_not_served_is_refused(about: Json, where: str, what: str) -> None:
    with pytest.raises(FaultError) as caught:
        posting.engine().faults.add(fault_from({"deliveries": about, "drop": True}))
    assert what in dict(caught.value.problems)[where]


def test_an_api_without_webhooks_has_no_deliveries_to_spoil() -> None:
    for about in ({}, {"provider": "tiny"}):
        with pytest.raises(FaultError, match="webhooks"):
            tiny.engine().faults.add(fault_from({"deliveries": about, "drop": True}))


spelled = st.fixed_dictionaries(
    {
        "deliveries": st.fixed_dictionaries(
            {},
            optional={
                "event": st.sampled_from(["made", ["made", "done"], [], 5]),
                "webhook": st.sampled_from(["a", "", None]),
                "world": st.just("test_x"),
            },
        )
        | st.just([])
    },
    optional={
        "name": st.sampled_from(["a-b", "", "ä"]),
        "turns": st.sampled_from([{}, {"nth": 2}, {"nth": 0}]),
        "delay": st.sampled_from([0, 5, 2.0, -1, "x"]),
        "duplicate": st.sampled_from([1, 0, 11]),
        "order": st.sampled_from(["first", "middle"]),
        "drop": st.sampled_from([True, False]),
        "signature": st.sampled_from(["wrong", "right"]),
        "stale": st.sampled_from([1, 0]),
        "tamper": st.sampled_from([True, 1]),
        "status": st.just(503),
    },
)


@given(spelled)
def test_schema_and_reader_agree_and_what_is_read_is_spelled_the_same(value: Json) -> None:
    try:
        fault = fault_from(value)
    except FaultError:
        assert not SCHEMA.is_valid(value)
    else:
        assert SCHEMA.is_valid(value)
        assert fault_from(fault.to_json()) == fault
