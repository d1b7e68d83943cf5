from __future__ import annotations

import pytest

from mockserver.core.http import Headers
from mockserver.testing import LivepeerMock, Server
from mockserver.testing.webhooks import is_signed
from tests.testing.conftest import clip


def test_deliveries_are_kept_and_their_signatures_checked(livepeer: LivepeerMock) -> None:
    livepeer.webhooks.register("asset.created", "asset.ready")
    clip(livepeer)
    livepeer.clock.settle()
    received = livepeer.webhooks.received
    assert [each.event for each in received] == ["asset.created", "asset.ready"]
    assert all(each.signed for each in received)
    assert received[1].payload["asset"]["snapshot"]["status"]["phase"] == "ready"
    assert len(livepeer.calls) == 1


def test_a_forged_signature_is_told(livepeer: LivepeerMock) -> None:
    livepeer.webhooks.register("asset.created")
    livepeer.faults.add(signature="wrong", deliveries={"event": "asset.created"})
    clip(livepeer)
    livepeer.clock.settle()
    assert [each.signed for each in livepeer.webhooks.of("asset.created")] == [False]


def test_an_unsigned_webhook_is_not_signed(livepeer: LivepeerMock) -> None:
    livepeer.webhooks.register("asset.created", signed=False)
    clip(livepeer)
    livepeer.clock.settle()
    assert livepeer.webhooks.received[0].signed is False


def test_a_receiver_that_is_down_is_tried_again(livepeer: LivepeerMock) -> None:
    livepeer.webhooks.register("asset.created")
    livepeer.webhooks.answer_next(503)
    clip(livepeer)
    livepeer.clock.settle()
    first, second = livepeer.webhooks.of("asset.created")
    assert first.id == second.id
    livepeer.webhooks.clear()
    assert livepeer.webhooks.received == ()


def test_while_time_runs_a_test_waits_for_what_it_expects(livepeer: LivepeerMock) -> None:
    livepeer.webhooks.register()
    clip(livepeer)
    assert livepeer.webhooks.wait("asset.created", seconds=10)[0].signed
    with pytest.raises(TimeoutError, match="did not come 1 times within 0 s; what came: asset"):
        livepeer.webhooks.wait("asset.deleted", seconds=0)


def test_idle_is_when_nothing_is_left_to_deliver(server: Server) -> None:
    with server.world("livepeer", pace="inf") as mock:
        mock.webhooks.register("asset.ready")
        clip(mock)
        mock.webhooks.wait_idle()
        assert len(mock.webhooks.received) == 1


def test_an_event_there_isnt_is_refused(livepeer: LivepeerMock) -> None:
    with pytest.raises(ValueError, match='did you mean "asset'):
        livepeer.webhooks.register("asset.redy")


def test_a_signature_is_of_the_very_bytes() -> None:
    signed = Headers.of([("Livepeer-Signature", "t=1,v1=" + "0" * 64)])
    assert not is_signed(signed, b"{}", "secret")
    assert not is_signed(Headers(), b"{}", "secret")
