from __future__ import annotations

import pytest
from hypothesis.errors import InvalidArgument

from mockserver.core.fault import Calls, Effect, Fault, Status, Turns, conflict
from mockserver.strategies import fault_plans
from tests.strategies.drawing import least, some


def test_what_is_planned_can_happen_at_once() -> None:
    plans = some(fault_plans("createClip", "getAsset", hangs=True), 120)
    assert not [fault for plan in plans for fault in plan if conflict(fault.effect) is not None]


def test_a_plan_shrinks_to_one_503_for_the_first_call() -> None:
    plain = Fault(Effect(status=Status(503)), Calls(operations=("createClip",)), Turns(nth=1))
    assert least(fault_plans("createClip", "getAsset"), bool) == (plain,)


def test_jobs_fail_only_where_a_call_begins_one() -> None:
    plans = some(fault_plans("createClip", "getAsset"), 150)
    begun = {fault.calls.operations for plan in plans for fault in plan if fault.effect.job is not None}
    assert begun == {("createClip",)}


def test_nothing_hangs_unless_asked_for() -> None:
    plans = some(fault_plans("createClip"), 150)
    assert not [fault for plan in plans for fault in plan if fault.effect.hang is not None]


def test_without_operations_any_call_is_meant() -> None:
    assert {fault.calls for plan in some(fault_plans(), 20) for fault in plan} == {Calls()}


def test_sizes_that_can_t_be_are_named() -> None:
    with pytest.raises(InvalidArgument, match="min_size=2 and max_size=1"):
        least(fault_plans(min_size=2, max_size=1))
