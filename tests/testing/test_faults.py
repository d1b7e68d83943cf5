from __future__ import annotations

import pytest

from mockserver.core.fault import Calls, Effect, Fault, Status, Turns
from mockserver.errors import RefusedError, UsageError
from mockserver.testing import LivepeerMock, Server
from tests.testing.conftest import ask, clip


def test_a_fault_strikes_the_calls_of_its_own_world_only(server: Server) -> None:
    with server.world("livepeer") as one, server.world("livepeer") as other:
        id = one.faults.add(status={"code": 503}, calls={"operation": "createClip"}, turns={"first": 2})
        assert [clip(one).status_code for _ in range(3)] == [503, 503, 200]
        assert [clip(other).status_code for _ in range(2)] == [200, 200]
        assert one.faults.used(id) == 2
        one.faults.remove(id)


def test_a_fault_can_be_a_value(livepeer: LivepeerMock) -> None:
    livepeer.add_fault(Fault(Effect(status=Status(502)), Calls(operations=("createClip",)), Turns(nth=2)))
    assert [clip(livepeer).status_code for _ in range(3)] == [200, 502, 200]


def test_a_plan_is_set_for_this_world(server: Server) -> None:
    with server.world("livepeer") as mock, server.world("livepeer") as other:
        assert mock.faults.plan("retry-storm")
        assert all(each["fault"]["calls"]["world"] == mock.key for each in server.driver.ask("GET", "faults")["faults"])
        assert ask(other, "GET", "/asset").status_code == 200
        mock.faults.clear()
        assert server.driver.ask("GET", "faults") == {"faults": []}


def test_what_is_no_fault_is_refused_with_all_that_is_wrong(livepeer: LivepeerMock) -> None:
    with pytest.raises(RefusedError, match="statsu"):
        livepeer.faults.add(statsu={"code": 503})
    with pytest.raises(UsageError, match="retry-storm"):
        livepeer.faults.plan("retry-strom")
    with pytest.raises(UsageError, match="not both"):
        livepeer.faults.add({}, status={"code": 503})


def test_a_call_struck_by_a_fault_names_it(livepeer: LivepeerMock) -> None:
    id = livepeer.faults.add(name="down", status={"code": 503})
    clip(livepeer)
    assert (livepeer.calls.last.fault, livepeer.calls.last.status) == (id, 503)
    livepeer.clear()
    assert clip(livepeer).status_code == 200
