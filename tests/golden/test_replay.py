"""The recorded exchanges of the real server, replayed: status, body and listed headers are the recorded ones."""

from __future__ import annotations

from functools import cache

import pytest

from tests.golden.differences import KNOWN
from tests.golden.livepeer import TRANSPORTS, groups, more, rerun, unexplained
from tests.golden.replay import Run

GROUPS = sorted(groups(*more()))
# Where the recorder let clips age between two steps, by setting their time back; we let the time pass instead.
AGED = {"cases4": [196, 207], "cases6": [272, 284]}


@cache
def played(group: str, transport: str) -> Run:
    return rerun(group, transport, *more())


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("group", GROUPS)
def test_a_recorded_run_is_answered_as_it_was(group: str, transport: str) -> None:
    assert not (found := unexplained(played(group, transport))), "\n".join(map(str, found))


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.skipif(bool(more()), reason="where clips aged depends on which exchanges were recorded")
def test_time_had_to_pass_only_where_the_recorder_let_clips_age(group: str) -> None:
    assert played(group, "in process").aged == AGED.get(group, [])


def test_no_difference_on_the_list_is_gone() -> None:
    found = {(one.n, one.what, one.pointer) for group in GROUPS for one in played(group, "in process").found}
    assert {(one.n, one.what, one.pointer) for one in KNOWN} <= found
