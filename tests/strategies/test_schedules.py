from __future__ import annotations

import pytest
from hypothesis.errors import InvalidArgument

from mockserver.strategies import CallStep, FaultStep, JumpStep, RestartStep, Step, schedules
from tests.strategies.drawing import broken_by, least, some


def test_calls_jumps_faults_and_restarts_come_in_any_order() -> None:
    kinds = {type(step) for steps in some(schedules("createClip", restarts=True)) for step in steps}
    assert kinds == {CallStep, JumpStep, FaultStep, RestartStep}


def test_faults_and_restarts_can_be_left_out() -> None:
    kinds = {type(step) for steps in some(schedules("createClip", faults=False)) for step in steps}
    assert kinds == {CallStep, JumpStep}


def test_calls_keep_the_contract() -> None:
    for steps in some(schedules("createClip", "getAsset"), 30):
        for step in steps:
            if isinstance(step, CallStep):
                assert broken_by(step.operation, step.request) == ()


def test_a_schedule_shrinks_to_the_steps_that_hurt() -> None:
    def hurts(steps: list[Step]) -> bool:
        at = next((i for i, step in enumerate(steps) if isinstance(step, FaultStep)), len(steps))
        return any(isinstance(step, CallStep) for step in steps[at:])

    *before, fault, call = least(schedules("createClip"), hurts)
    assert len(before) <= 1
    assert isinstance(fault, FaultStep)
    assert isinstance(call, CallStep)
    assert call.request.body == b'{"playbackId":"","startTime":0}'


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        (schedules(), "needs at least one operation"),
        (schedules("createClip", min_size=3, max_size=2), "min_size=3 and max_size=2"),
    ],
)
def test_arguments_that_can_t_be_right_are_named(strategy: object, said: str) -> None:
    with pytest.raises(InvalidArgument, match=said):
        least(strategy)  # type: ignore[arg-type]
