from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.contract import Operation
from mockserver.core.fault import Struck
from mockserver.core.http import Headers, Request
from mockserver.core.payload import Payload
from mockserver.core.provider import Call
from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.engine.faults import MOST_FAULTS, FaultError, Faults, fault_from
from tests.engine import tiny

HERE = WorldId("tiny", "test_a")
THERE = WorldId("tiny", "test_b")
CREATE = Operation("createNote", "POST", "/tiny/notes/{id}", "")


def call(path: str = "/tiny/notes/5", body: Json = None, operation: Operation | None = CREATE, **fields: Any) -> Call:
    headers = Headers.of(fields.pop("headers", {}).items())
    return Call(Request("POST", path, headers=headers), Payload("application/json", body), operation)


def standing(*values: Json, seed: int = 0) -> Faults:
    faults = Faults(seed)
    for value in values:
        faults.add(fault_from({"reset": "before", **value}))
    return faults


def struck(faults: Faults, calls: int, world: WorldId = HERE) -> str:
    """A digit for each call: whether it was struck."""
    return "".join(str(len(faults.strike(world, call(), job=True).ids)) for _ in range(calls))


@pytest.mark.parametrize(
    ("turns", "strikes"),
    [
        ({}, "11111111"),
        ({"nth": 3}, "00100000"),
        ({"first": 2}, "11000000"),
        ({"after": 3}, "00011111"),
        ({"every": 3}, "00100100"),
        ({"after": 2, "first": 3}, "00111000"),
        ({"after": 1, "every": 2}, "00101010"),
        ({"chance": 0}, "00000000"),
        ({"chance": 1}, "11111111"),
    ],
)
def test_a_fault_strikes_in_its_turns(turns: Json, strikes: str) -> None:
    assert struck(standing({"turns": turns}), 8) == strikes


@pytest.mark.parametrize(
    "calls",
    [
        {"provider": "tiny"},
        {"operation": "createNote"},
        {"operation": ["getNote", "createNote"]},
        {"world": "test_a"},
        {"method": "post"},
        {"path": "/tiny/notes/{id}"},
        {"path": "/tiny/notes/5"},
        {"path": "/tiny/*"},
        {"path": "*notes*"},
        {"path": "/t*/n*/5"},
        {"headers": {"x-take": "1"}},
        {"body": {"/name": "n", "/list/1": 2}},
        {"body": {"": {"name": "n", "list": [1, 2]}}},
    ],
)
def test_a_call_is_told_by_what_is_said_of_it(calls: Json) -> None:
    asked = call(body={"name": "n", "list": [1, 2]}, headers={"X-Take": "1"})
    assert standing({"calls": calls}).strike(HERE, asked, job=True).ids == ("fault-1",)


@pytest.mark.parametrize(
    "calls",
    [
        {"provider": "other"},
        {"operation": "getNote"},
        {"world": "test_b"},
        {"method": "GET"},
        {"path": "/tiny/notes"},
        {"path": "/tiny/notes/*/5"},
        {"path": "/tiny/notes/5*5"},
        {"path": "*/6"},
        {"headers": {"X-Take": "2"}},
        {"headers": {"X-Other": "1"}},
        {"body": {"/name": "m"}},
        {"body": {"/list/5": 1}},
        {"body": {"/list/0": True}},
    ],
)
def test_another_call_is_left_alone_and_not_counted(calls: Json) -> None:
    faults = standing({"calls": calls})
    asked = call(body={"name": "n", "list": [1, 2]}, headers={"X-Take": "1"})
    assert faults.strike(HERE, asked, job=True).ids == ()
    assert faults.standing()[0].met == 0


def test_a_call_that_matched_nothing_has_no_operation_and_a_path() -> None:
    nothing = call("/tiny/nowhere", operation=None)
    faults = standing({"calls": {"operation": "createNote"}}, {"calls": {"path": "/tiny/nowhere"}})
    assert faults.strike(HERE, nothing, job=False).ids == ("fault-2",)


def test_each_world_counts_for_itself() -> None:
    faults = standing({"turns": {"first": 1}})
    assert [struck(faults, 2, HERE), struck(faults, 2, THERE)] == ["10", "10"]
    (fault,) = faults.standing()
    assert (fault.met, fault.used) == (4, 2)


def test_a_world_that_is_gone_is_counted_anew() -> None:
    faults = standing({"turns": {"first": 1}})
    found = struck(faults, 2, HERE)
    faults.forget(HERE)
    assert found + struck(faults, 2, HERE) == "1010"


def test_several_faults_are_set_together_or_not_at_all() -> None:
    faults = tiny.engine().faults
    with pytest.raises(FaultError) as caught:
        faults.add_all(fault_from({"calls": {"provider": name}, "reset": "after"}) for name in ("tiny", "huge"))
    ((where, _),) = caught.value.problems
    assert (where, faults.any) == ("/1/calls/provider", False)
    assert [each.id for each in faults.add_all([fault_from({"reset": "after"})] * 2)] == ["fault-1", "fault-2"]


def test_nobody_sets_faults_without_end() -> None:
    faults = standing(*[{}] * MOST_FAULTS)
    with pytest.raises(FaultError, match="there are 1,000 faults already"):
        faults.add(fault_from({"reset": "after"}))


def test_a_fault_that_waits_for_the_reply_strikes_by_its_status() -> None:
    faults = Faults()
    faults.add(fault_from({"calls": {"status": "2XX"}, "reset": "after"}))
    faults.add(fault_from({"calls": {"status": "404"}, "delay": 5}))
    assert faults.strike(HERE, call(), job=True) == Struck()
    assert faults.strike_reply(HERE, call(), 201, Struck()).ids == ("fault-1",)
    assert faults.strike_reply(HERE, call(), 404, Struck()).delay == 5
    assert faults.strike_reply(HERE, call(), 400, Struck()).ids == ()


def test_faults_that_go_together_strike_together() -> None:
    faults = Faults()
    for value in ({"delay": 40}, {"status": 503}):
        faults.add(fault_from(value))
    found = faults.strike(HERE, call(), job=True)
    assert (found.ids, found.delay, list(found.effect)) == (("fault-1", "fault-2"), 40, ["delay", "status"])


def test_a_fault_that_does_not_go_with_an_earlier_one_stands_back() -> None:
    faults = standing({}, {"reset": "after"})
    assert faults.strike(HERE, call(), job=True).ids == ("fault-1",)
    assert [each.used for each in faults.standing()] == [1, 0]


def test_a_fault_of_jobs_meets_only_calls_that_begin_one() -> None:
    faults = Faults()
    faults.add(fault_from({"job": {"fail": 80}, "turns": {"first": 1}}))
    assert faults.strike(HERE, call(), job=False).ids == ()
    assert faults.strike(HERE, call(), job=True).ids == ("fault-1",)


def test_ids_are_names_and_never_twice_the_same() -> None:
    faults = standing({}, {"name": "storm"}, {"name": "storm"}, {})
    assert [each.id for each in faults.standing()] == ["fault-1", "storm", "storm-2", "fault-2"]


def test_a_fault_that_was_removed_strikes_no_more() -> None:
    faults = standing({}, {"name": "b"})
    assert (faults.remove("fault-1"), faults.remove("fault-1"), faults.any) == (True, False, True)
    assert faults.strike(HERE, call(), job=True).ids == ("b",)
    faults.clear()
    assert (faults.any, faults.standing(), faults.get("b")) == (False, [], None)


def test_a_standing_fault_is_told_in_json() -> None:
    faults = standing({"name": "b", "turns": {"nth": 1}})
    assert faults.standing()[0].to_json() == {
        "id": "b",
        "met": 0,
        "used": 0,
        "fault": {"name": "b", "turns": {"nth": 1}, "reset": "before"},
    }


WORLDS = st.lists(st.sampled_from([HERE, THERE]), max_size=60)
CHANCE: Json = {"turns": {"chance": 0.5}, "delay": {"median": 50, "sigma": 1}}


@given(st.integers(), WORLDS)
def test_the_same_seed_and_calls_give_the_same_faults(seed: int, worlds: list[WorldId]) -> None:
    one, other = standing(CHANCE, seed=seed), standing(CHANCE, seed=seed)
    assert [one.strike(world, call(), job=True) for world in worlds] == [
        other.strike(world, call(), job=True) for world in worlds
    ]


@given(WORLDS)
def test_what_strikes_in_a_world_does_not_depend_on_another(worlds: list[WorldId]) -> None:
    mixed, alone = standing(CHANCE), standing(CHANCE)
    found = [(world, mixed.strike(world, call(), job=True)) for world in worlds]
    assert [each for world, each in found if world == HERE] == [
        alone.strike(HERE, call(), job=True) for world in worlds if world == HERE
    ]


@given(WORLDS)
def test_a_fault_of_one_world_never_strikes_in_another(worlds: list[WorldId]) -> None:
    faults = standing({"calls": {"world": "test_a"}})
    assert [bool(faults.strike(world, call(), job=True).ids) for world in worlds] == [w == HERE for w in worlds]


def test_a_chance_strikes_as_often_as_it_says() -> None:
    assert 400 < struck(standing({"turns": {"chance": 0.3}}), 1500).count("1") < 500
