"""Checked by mypy, never run: the types of what a test is handed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type

from mockserver.core.fault import Effect, Fault, Status
from mockserver.testing import (
    Call,
    Calls,
    LivepeerMock,
    Mock,
    Received,
    Reply,
    RestreamMock,
    Server,
    Violation,
    live,
    serve,
)


def worlds(server: Server, name: str) -> None:
    assert_type(server.world("livepeer"), LivepeerMock)
    assert_type(server.world("restream", frozen=True, at="2026-11-22T11:50:00Z"), RestreamMock)
    assert_type(server.world(name, readings={"usage-limit": "402"}), Mock)
    with server.world("livepeer") as mock, mock.fresh(pace=0) as inner:
        assert_type(inner, LivepeerMock)


def livepeer(mock: LivepeerMock) -> None:
    mock.add_stream(playbackId="brandnew00000000", clips="fails-once")
    mock.add_stream(playbackID="brandnew00000000")  # type: ignore[call-arg]
    mock.settle_clips("no-fate")  # type: ignore[arg-type]
    assert_type(mock.webhooks.received, tuple[Received, ...])


def restream(mock: RestreamMock) -> None:
    mock.add_file("Just uploaded.mp4", durationSeconds=900)
    mock.use_up_quota()
    mock.favourite("6ece2c7f-6fc5-4545-8cec-37db6a79a0e0")
    mock.add_file()  # type: ignore[call-arg]
    _ = mock.webhooks  # type: ignore[attr-defined]


def calls(mock: Mock) -> None:
    assert_type(mock.calls, Calls)
    assert_type(mock.calls("createClip", status="2xx", body={"/name": "mine"}), Calls)
    assert_type(mock.calls.last, Call)
    assert_type(mock.calls[0], Call)
    assert_type(mock.calls[:2], Calls)
    assert_type(mock.violations, tuple[Violation, ...])
    mock.calls("createClip", statsu=200)  # type: ignore[call-arg]
    mock.expect("createClip", times=1, fault=False)
    sequence: Sequence[Call] = mock.calls
    assert_type(sequence.count(mock.calls[0]), int)


def time_and_trouble(mock: Mock) -> None:
    assert_type(mock.clock.advance("5m"), int)
    assert_type(mock.clock.now, int)
    assert_type(mock.faults.add(Fault(Effect(status=Status(503)))), str)
    with mock.replying("createClip", Reply.json(200, {})):
        mock.next_reply("createClip", {"task": {}}, status=201)


def servers() -> None:
    with serve(pace=0) as here, live("http://127.0.0.1:4080", token=None) as there:
        assert_type(here, Server)
        assert_type(there, Server)
