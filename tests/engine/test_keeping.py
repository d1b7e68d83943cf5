"""What a server leaves in a store that outlives it, and the next one finds there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.control.control import Control
from mockserver.core.delivery import Answered, Sending
from mockserver.core.world import Store, WorldId
from mockserver.engine import custody
from mockserver.engine.custody import Plan
from mockserver.engine.engine import Engine
from mockserver.engine.fault_reader import fault_from
from mockserver.engine.kept import PERHAPS, REPEAT, kinds_of
from mockserver.stores.redis import RedisStore
from mockserver.stores.sqlite import SqliteStore
from tests.engine import posting, tiny
from tests.engine.asking import create, notes, opened, request, run
from tests.engine.tiny import NOW

Serve = Callable[..., Engine]
ALICE = WorldId("tiny", "test_alice")


def texts(engine: Engine) -> list[str]:
    return [note["text"] for note in notes(engine, "test_alice")]


@pytest.fixture(params=["sqlite", "redis"])
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Serve:
    """Starts a server on the file, or in the same Redis, as if the one before had been killed."""
    kinds = kinds_of([posting.PROVIDER])

    def start(send: Any = None, **options: Any) -> Engine:
        if request.param == "redis":
            url = f"{request.getfixturevalue('redis').url}?prefix={tmp_path.name}"
            store: Store = RedisStore(url, kinds)
        else:
            store = SqliteStore(tmp_path / "worlds.db", kinds)
        if send is None:
            return opened(tiny.engine(store=store, **options))
        return posting.engine(send, store=store, **options)

    return start


def test_worlds_are_there_again_with_what_is_in_them(serve: Serve) -> None:
    create(serve(), "mine", "test_alice")
    later = serve()
    assert [home.world.name for home in later.worlds.homes()] == ["default", "test_alice"]
    assert "mine" in texts(later)


class Dropping(SqliteStore):
    """Another server drops each private world as soon as it was listed."""

    async def worlds(self, provider: str | None = None) -> list[WorldId]:
        found = await super().worlds(provider)
        for world in found:
            if world.name.startswith("test_"):
                await self.drop(world)
        return found


def test_a_world_that_another_server_drops_while_one_starts_is_begun_anew(tmp_path: Path) -> None:
    path, kinds = tmp_path / "worlds.db", kinds_of([posting.PROVIDER])
    create(opened(tiny.engine(store=SqliteStore(path, kinds))), "mine", "test_alice")
    later = opened(tiny.engine(store=Dropping(path, kinds)))
    assert texts(later) == texts(opened(tiny.engine()))


def test_ids_do_not_repeat(serve: Serve) -> None:
    first = create(serve(), "one", "test_alice").value["id"]
    assert create(serve(), "two", "test_alice").value["id"] != first


def test_the_same_calls_give_the_same_bytes_as_if_nobody_had_stopped_the_server(serve: Serve) -> None:
    here = [create(serve(), text, "test_alice").body for text in ("one", "two", "three")]
    without = opened(tiny.engine())
    assert here == [create(without, text, "test_alice").body for text in ("one", "two", "three")]


def test_the_servers_clock_goes_on_where_it_was(serve: Serve) -> None:
    run(serve().advance(5_000))
    assert serve().clock.now() == NOW + 5_000


def test_a_frozen_clock_stays_so(serve: Serve) -> None:
    first = serve()
    first.clock.freeze()
    run(first.keep())
    assert serve().clock.frozen


def test_a_server_that_is_started_again_with_an_instant_does_not_go_back_to_it(serve: Serve) -> None:
    serve(at=NOW + 1_000, source=lambda: NOW)
    assert serve(at=NOW + 1_000, source=lambda: NOW + 60_000).clock.now() == NOW + 61_000


def test_one_that_dies_while_it_moves_its_clock_is_where_it_was_going(serve: Serve) -> None:
    first = serve()
    create(first, "poison", "test_alice")  # its step raises
    create(first, "good", "test_bob")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    first.store.live = dies  # type: ignore[assignment,method-assign]
    with pytest.raises(KeyboardInterrupt):
        run(first.advance(10_000))
    later = serve()
    assert later.clock.now() == NOW + 10_000
    assert "done" in {note["state"] for note in notes(later, "test_bob")}


def test_a_clock_of_ones_own_a_pace_and_readings_are_kept(serve: Serve) -> None:
    first = serve()
    create(first, "one", "test_alice")
    own = first.worlds.change(ALICE, clock=first.clock.fork(), pace=7.0, readings={"twice": "201"}).clock
    run(first.advance(9_000, own))
    home = serve().worlds.find(ALICE)
    assert home is not None
    assert (home.clock.now(), home.pace, home.readings) == (NOW + 9_000, 7.0, {"twice": "201"})


def test_a_world_made_on_demand_is_made_of_the_same_again(serve: Serve) -> None:
    overrides = {"notes": {"*": None, "only": {"text": "mine"}}}
    run(custody.create(serve(), "tiny", "test_alice", Plan(overrides=overrides, at=NOW + 5, frozen=True)))
    later = serve()
    create(later, "more", "test_alice")
    home = run(custody.reset(later, ALICE))
    assert (texts(later), home.clock.frozen, home.clock.now()) == (["mine"], True, NOW + 5)


def test_snapshots_are_there_again(serve: Serve) -> None:
    first = serve()
    create(first, "before", "test_alice")
    run(custody.snapshot(first, ALICE, "good"))
    create(first, "after", "test_alice")
    later = serve()
    run(custody.restore(later, ALICE, "good"))
    assert "before" in texts(later) and "after" not in texts(later)
    assert run(later.snapshots.next_name(ALICE)) == "snapshot-2"


def test_the_private_world_longest_unused_goes_first_after_a_restart_too(serve: Serve) -> None:
    clock = [NOW]
    first = serve(source=lambda: clock[0])
    for name in ("test_a", "test_b", "test_a"):
        clock[0] += 120_000
        notes(first, name)
    later = serve(most_private=2)
    notes(later, "test_c")
    assert [home.world.name for home in later.worlds.homes()] == ["default", "test_a", "test_c"]
    assert later.store.lasts


def test_a_private_world_that_nobody_uses_for_long_goes_when_another_is_made(serve: Serve) -> None:
    clock = [NOW]
    options: Any = {"source": lambda: clock[0], "ttl": 600_000}
    for served in (serve(**options), opened(tiny.engine(**options))):
        for name in ("test_a", "test_b"):
            notes(served, name)
        clock[0] += 599_000
        notes(served, "test_b")
        clock[0] += 2_000
        notes(served, "test_c")
        assert [home.world.name for home in served.worlds.homes()] == ["default", "test_b", "test_c"]


def test_a_private_world_that_another_server_uses_stays(serve: Serve) -> None:
    clock = [NOW]
    one, other = (serve(source=lambda: clock[0], ttl=600_000) for _ in range(2))
    notes(one, "test_a")
    clock[0] += 590_000
    notes(other, "test_a")
    clock[0] += 20_000
    notes(one, "test_b")
    assert [home.world.name for home in one.worlds.homes()] == ["default", "test_a", "test_b"]
    clock[0] += 700_000
    assert [home.world.name for home in serve(source=lambda: clock[0], ttl=600_000).worlds.homes()] == ["default"]


def test_a_delivery_that_was_waiting_is_made(serve: Serve) -> None:
    create(serve(posting.takes_all), "one", "test_alice")
    later = serve(posting.takes_all)
    assert [posted.delivery.event for posted in later.outbox] == ["made"]
    run(later.advance(0))
    assert [posted.delivery.state for posted in later.outbox] == ["delivered"]
    assert len(serve(posting.takes_all).outbox) == 0


def test_a_retry_goes_on_with_the_attempts_before_it(serve: Serve) -> None:
    async def fails(sending: Sending) -> Answered:
        return Answered(500, "Oops", body=b"\xff")

    first = serve(fails)
    create(first, "one", "test_alice")
    run(first.advance(0))
    (before,) = first.outbox
    (after,) = serve(posting.takes_all).outbox
    assert after.delivery == before.delivery
    assert after.delivery.attempts[0].answered.body == b"\xff"


def test_an_attempt_that_a_dying_server_made_is_made_again_and_marked(serve: Serve) -> None:
    async def dies(sending: Sending) -> Answered:
        raise KeyboardInterrupt

    first = serve(dies)
    create(first, "one", "test_alice")
    with pytest.raises(KeyboardInterrupt):
        run(first.advance(0))
    later = serve(posting.takes_all)
    run(later.advance(0))
    (posted,) = later.outbox
    assert [attempt.answered.error for attempt in posted.delivery.attempts] == [PERHAPS, None]
    assert posted.delivery.state == "delivered"
    assert [attempt.sending.headers.first(REPEAT) for attempt in posted.delivery.attempts] == [None, "perhaps"]


def test_a_delivery_that_a_fault_dropped_does_not_come_back(serve: Serve) -> None:
    first = serve(posting.takes_all)
    first.faults.add(fault_from({"deliveries": {"event": "made"}, "drop": True}))
    create(first, "one", "test_alice")
    assert len(serve(posting.takes_all).outbox) == 0


def test_the_copies_that_a_fault_makes_come_back_too(serve: Serve) -> None:
    first = serve(posting.takes_all)
    first.faults.add(fault_from({"deliveries": {"event": "made"}, "duplicate": 2}))
    create(first, "one", "test_alice")
    assert [posted.delivery.id for posted in serve(posting.takes_all).outbox] == ["1", "1~2", "1~3"]


def test_nothing_of_a_world_that_was_let_go_comes_back(serve: Serve) -> None:
    first = serve(posting.takes_all)
    create(first, "one", "test_alice")
    run(custody.drop(first, ALICE))
    later = serve(posting.takes_all)
    assert [home.world.name for home in later.worlds.homes()] == ["default"]
    assert len(later.outbox) == 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/clock/advance", 200),
        ("POST", "/clock/settle", 200),
        ("POST", "/worlds/tiny/test_alice/clock/advance", 200),
        ("POST", "/worlds/tiny/test_alice/snapshot", 201),
        ("POST", "/worlds/tiny/test_alice/reset", 200),
        ("DELETE", "/worlds/tiny/test_alice", 204),
    ],
)
def test_worlds_that_somebody_else_took_out_of_the_store_are_made_anew(
    serve: Serve, method: str, path: str, status: int
) -> None:
    served = serve()
    create(served, "gone", "test_alice")
    for world in run(served.store.worlds()):
        run(served.store.drop(world))
    body = {"by": "5s"} if path.endswith("advance") else None
    assert run(Control(served).respond(request(method, f"/__admin{path}", None, body))).status == status
    assert create(served, "new", "test_alice").status == 201
    assert "gone" not in texts(served)


def test_of_too_many_private_worlds_none_goes_that_another_server_uses(serve: Serve) -> None:
    clock = [NOW]
    one, other = (serve(source=lambda: clock[0], most_private=2) for _ in range(2))
    notes(one, "test_a")
    notes(one, "test_b")
    clock[0] += 100_000
    notes(other, "test_a")
    notes(one, "test_c")
    assert [home.world.name for home in one.worlds.homes()] == ["default", "test_a", "test_c"]


def test_of_several_servers_one_lets_a_world_go_and_it_is_the_next_call_s_from_there(serve: Serve) -> None:
    clock = [NOW]
    one, other = (serve(source=lambda: clock[0], ttl=600_000) for _ in range(2))
    for served in (one, other):
        create(served, "old", "test_a")
    clock[0] += 601_000
    notes(one, "test_b")
    create(one, "new", "test_a")
    notes(other, "test_c")
    assert "new" in texts_of(other, "test_a") and "old" not in texts_of(other, "test_a")


def test_a_call_that_comes_while_its_world_is_let_go_is_not_lost(serve: Serve) -> None:
    clock = [NOW]
    one, other = (serve(source=lambda: clock[0], ttl=600_000) for _ in range(2))
    notes(one, "test_a")
    notes(other, "test_a")
    clock[0] += 601_000
    drop = one.store.drop

    async def late(world: WorldId, **options: Any) -> bool:
        await other.respond(request("POST", "/tiny/notes", "test_a", {"text": "just in time"}))
        return await drop(world, **options)

    one.store.drop = late  # type: ignore[method-assign]
    notes(one, "test_b")
    assert "just in time" in texts_of(one, "test_a")


def texts_of(engine: Engine, key: str) -> list[str]:
    return [note["text"] for note in notes(engine, key)]
