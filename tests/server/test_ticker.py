from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mockserver.core.delivery import Answered, Sending
from mockserver.core.text import parse
from mockserver.engine.engine import Engine
from mockserver.server import realtime
from mockserver.server.serving import serving
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine import posting
from tests.engine.asking import request
from tests.engine.posting import told
from tests.engine.tiny import NOW


class Post:
    """A receiver that is a function: what came, and when enough has come."""

    def __init__(self, *, wanted: int = 0) -> None:
        self.events: list[str] = []
        self.wanted = wanted
        self.enough = asyncio.Event()

    async def __call__(self, sending: Sending) -> Answered:
        self.events.append(parse(sending.body)["event"])
        if len(self.events) == self.wanted:
            self.enough.set()
        return Answered(200)


def running(send: Any, **options: Any) -> Engine:
    """An engine whose clock runs from NOW on."""
    start = realtime.milliseconds()
    began = start()
    return posting.engine(send, source=lambda: NOW + start() - began, at=None, **options)


def served(engine: Engine, go: Callable[[], Any]) -> None:
    async def serve() -> None:
        async with serving(engine, "127.0.0.1", 0):
            async with asyncio.timeout(20):
                await go()

    asyncio.run(serve())


async def a_turn() -> None:
    """Everything that is ready to run now has run."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, None)
    await future


async def create(engine: Engine, text: str = "a", key: str = "main") -> None:
    reply = await engine.respond(request("POST", "/tiny/notes", key, {"text": text}))
    assert reply.status == 201


def test_on_a_running_clock_deliveries_and_the_jobs_behind_them_happen_by_themselves() -> None:
    post = Post(wanted=3)
    engine = running(post, pace=20.0)

    async def go() -> None:
        await create(engine)
        await post.enough.wait()

    served(engine, go)
    assert post.events == ["made", "ripe", "done"]


def test_a_retry_happens_by_itself() -> None:
    seen: list[bytes] = []
    again = asyncio.Event()

    async def fails_once(sending: Sending) -> Answered:
        seen.append(sending.body)
        if len(seen) == 1:
            return Answered(503)
        again.set()
        return Answered(200)

    engine = running(fails_once, pace=50.0)

    async def go() -> None:
        await create(engine)
        await again.wait()
        await engine.idle()

    served(engine, go)
    first = next(iter(engine.outbox)).delivery
    assert (first.state, [made.at for made in first.attempts]) == ("delivered", [first.at, first.at + 10])


def test_jobs_that_nobody_hears_of_wait_for_a_request() -> None:
    engine = running(Post(), hooks=(), pace=float("inf"))
    stepped: list[Any] = []
    engine.ports = engine.ports.__class__(notify=lambda world, notices: stepped.extend(notices))

    async def go() -> None:
        await create(engine)
        await engine.idle()

    served(engine, go)
    assert [notice.event for notice in stepped] == ["made"]


def test_idle_returns_when_all_that_is_due_was_attempted() -> None:
    post = Post()
    engine = posting.engine(post)

    async def go() -> None:
        await create(engine)
        await engine.idle()
        assert post.events == ["made"]
        engine.clock.advance(3_000)
        await engine.idle()

    served(engine, go)
    assert post.events == ["made", "ripe", "done"]


def test_a_clock_that_stands_waits_and_goes_on_when_it_runs() -> None:
    post = Post(wanted=3)
    engine = running(post, pace=20.0)
    engine.clock.freeze()

    async def go() -> None:
        await create(engine)
        await engine.idle()
        assert post.events == ["made"]
        engine.clock.run()
        await post.enough.wait()

    served(engine, go)
    assert post.events == ["made", "ripe", "done"]


def test_a_world_with_a_clock_of_its_own_goes_by_that() -> None:
    post = Post(wanted=4)
    engine = running(post, pace=20.0)
    engine.clock.freeze()

    async def go() -> None:
        await create(engine, "a", "test_x")
        await create(engine, "b", "test_y")
        await engine.idle()
        world = next(home.world for home in engine.worlds.homes() if home.world.name == "test_x")
        own = engine.worlds.change(world, clock=engine.clock.fork()).clock
        own.run()
        await post.enough.wait()
        await engine.idle()

    served(engine, go)
    assert [event for event, *_ in told(engine, "test_x")] == ["made", "ripe", "done"]
    assert [event for event, *_ in told(engine, "test_y")] == ["made"]


def test_a_receiver_that_hangs_holds_up_nobody_else() -> None:
    hung, post = asyncio.Event(), Post(wanted=1)

    async def receive(sending: Sending) -> Answered:
        if sending.url == "http://a.test/":
            hung.set()
            await asyncio.Event().wait()
        return await post(sending)

    engine = posting.engine(receive, hooks=("a", "b"))

    async def go() -> None:
        await create(engine)
        await hung.wait()
        await post.enough.wait()

    served(engine, go)
    assert [state for _, _, state, _ in told(engine)] == ["pending", "delivered"]


def test_one_webhook_gets_its_deliveries_in_order_and_one_at_a_time() -> None:
    under_way, most, events = 0, 0, []

    async def receive(sending: Sending) -> Answered:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await a_turn()
        events.append(parse(sending.body)["event"])
        under_way -= 1
        return Answered(200)

    engine = posting.engine(receive, pace=float("inf"))

    async def go() -> None:
        await create(engine)
        await engine.idle()

    served(engine, go)
    assert (events, most) == (["made", "ripe", "done"], 1)


def test_a_jump_waits_for_what_is_under_way_and_then_keeps_the_order() -> None:
    post, begun, go_on = Post(), asyncio.Event(), asyncio.Event()

    async def slow(sending: Sending) -> Answered:
        begun.set()
        await go_on.wait()
        return await post(sending)

    engine = posting.engine(slow)

    async def go() -> None:
        await create(engine)
        await begun.wait()
        jump = asyncio.ensure_future(engine.advance(3_000))
        await a_turn()
        assert not jump.done()
        go_on.set()
        await jump
        assert post.events == ["made", "ripe", "done"]

    served(engine, go)


def test_a_receiver_may_move_the_clock_it_is_called_by() -> None:
    events: list[str] = []

    async def moves(sending: Sending) -> Answered:
        event = parse(sending.body)["event"]
        events.append(event)
        if event == "made":
            await engine.advance(1_000)
        return Answered(200)

    engine = posting.engine(moves)

    async def go() -> None:
        await create(engine)
        await engine.idle()

    served(engine, go)
    assert events == ["made", "ripe"]


def test_a_world_whose_step_fails_is_reported_once_and_left_alone() -> None:
    blunders: list[Exception] = []
    post = Post()
    engine = posting.engine(post)
    engine.ports = engine.ports.__class__(send=post, blundered=blunders.append)

    async def go() -> None:
        await create(engine, "poison", "test_x")
        await create(engine, "fine", "test_y")
        engine.clock.advance(3_000)
        await engine.idle()

    served(engine, go)
    assert [str(error).split(": ")[1] for error in blunders] == ["ZeroDivisionError"]
    assert [event for event, *_ in told(engine, "test_y")] == ["made", "ripe", "done"]


def test_a_stop_breaks_off_what_is_under_way_at_once() -> None:
    begun = asyncio.Event()

    async def hangs(sending: Sending) -> Answered:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    engine = posting.engine(hangs)

    async def go() -> None:
        await create(engine)
        await begun.wait()

    served(engine, go)
    assert engine.outbox.flying() == frozenset()
    assert [state for _, _, state, _ in told(engine)] == ["pending"]


def test_nothing_is_looked_at_while_nothing_happens() -> None:
    """What falls due in an hour costs nothing until then: no look at the clock, which is how a poll would show."""
    looks = 0

    def source() -> int:
        nonlocal looks
        looks += 1
        return NOW

    engine = posting.engine(Post(), source=source, pace=0.000_1)

    async def go() -> None:
        await create(engine)
        await engine.idle()
        before = looks
        for _ in range(1_000):
            await a_turn()
        assert looks == before

    served(engine, go)


@contextmanager
def threaded(engine: Engine) -> Iterator[ThreadedServer]:
    with ThreadedServer(Settings(port=0), engine=engine) as server:
        yield server


def test_a_clock_moved_from_another_thread_wakes_the_server() -> None:
    arrived = threading.Event()

    async def receive(sending: Sending) -> Answered:
        if parse(sending.body)["event"] == "done":
            arrived.set()
        return Answered(200)

    engine = posting.engine(receive)
    with threaded(engine) as server:
        server.run(engine.respond(request("POST", "/tiny/notes", "main", {"text": "a"})))
        engine.clock.advance(3_000)
        assert arrived.wait(20)


def test_a_server_that_stopped_gives_the_engine_its_ports_back() -> None:
    engine = posting.engine(Post())
    before = engine.ports
    with threaded(engine):
        assert engine.ports != before
    assert engine.ports == before


def test_a_bad_turn_is_reported_and_not_the_last() -> None:
    blunders: list[Exception] = []
    post = Post()
    engine = posting.engine(post)
    engine.ports = engine.ports.__class__(send=post, blundered=blunders.append)

    async def go() -> None:
        store, engine.store = engine.store, object()  # type: ignore[assignment]
        engine.ports.wake(engine.worlds.homes()[0].world)
        await engine.idle()
        engine.store = store
        await create(engine)
        await engine.idle()

    served(engine, go)
    assert [type(error) for error in blunders] == [AttributeError]
    assert post.events == ["made"]


@pytest.mark.parametrize("pace", [float("inf"), 0.0])
def test_at_any_pace_a_receiver_that_is_down_is_given_up_in_the_end(pace: float) -> None:
    async def down(sending: Sending) -> Answered:
        return Answered(failure="connection", error="nobody there")

    engine = posting.engine(down, pace=pace)

    async def go() -> None:
        await create(engine)
        await engine.settle()

    served(engine, go)
    assert {(state, len(statuses)) for _, _, state, statuses in told(engine)} == {("failed", 4)}
