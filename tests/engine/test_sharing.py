"""Several servers on one store: what is set on one holds on all, and each delivery has one keeper."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.control.control import Control
from mockserver.core.delivery import Answered, Sending
from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.core.world import Store, WorldId
from mockserver.engine import course
from mockserver.engine.claims import LEASE_MS, claim_all
from mockserver.engine.engine import Engine
from mockserver.engine.kept import DELIVERY, PERHAPS, kinds_of
from mockserver.stores.redis import RedisStore
from mockserver.stores.sqlite import SqliteStore
from tests.engine import posting
from tests.engine.asking import ask, create, notes, request, run
from tests.engine.tiny import NOW

Serve = Callable[..., Engine]
ALICE = WorldId("tiny", "test_alice")


@pytest.fixture(params=["sqlite", "redis"])
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Serve:
    """Starts one of several servers on one file, or one Redis."""
    kinds = kinds_of([posting.PROVIDER])

    def start(name: str, send: Any = posting.takes_all, **options: Any) -> Engine:
        if request.param == "redis":
            url = f"{request.getfixturevalue('redis').url}?prefix={tmp_path.name}"
            store: Store = RedisStore(url, kinds)
        else:
            store = SqliteStore(tmp_path / "worlds.db", kinds)
        return posting.engine(send, store=store, name=name, **options)

    return start


def control(engine: Engine, method: str, path: str, body: Json = None) -> Reply:
    reply = run(Control(engine).respond(request(method, f"/__admin{path}", None, body)))
    assert reply.status < 300, reply.value
    return reply


def state(engine: Engine, path: str) -> Json:
    return control(engine, "GET", path).value


@pytest.fixture
def pair(serve: Serve) -> tuple[Engine, Engine]:
    return serve("one"), serve("two")


Pair = tuple[Engine, Engine]


def test_a_clock_that_is_moved_or_stopped_on_one_is_so_on_the_other(pair: Pair) -> None:
    one, two = pair
    control(one, "POST", "/clock/freeze")
    control(two, "POST", "/clock/advance", {"by": "5s"})
    control(one, "POST", "/clock/advance", {"by": "1s"})
    assert [state(each, "/clock")["now"] for each in pair] == [NOW + 6_000] * 2
    assert all(state(each, "/clock")["frozen"] for each in pair)
    assert create(two, "late", "test_alice").value["createdAt"] == NOW + 6_000


def test_a_world_of_one_is_the_other_s_with_its_own_clock_pace_and_readings(pair: Pair) -> None:
    one, two = pair
    create(one, "hers", "test_alice")
    control(two, "POST", "/worlds/tiny/test_alice/clock/advance", {"by": "2s"})
    control(one, "PUT", "/worlds/tiny/test_alice/clock/pace", {"pace": 3})
    create(two, "hers too", "test_alice")
    assert [note["text"] for note in notes(one, "test_alice")] == [note["text"] for note in notes(two, "test_alice")]
    seen = [state(each, "/worlds/tiny/test_alice/clock") for each in pair]
    assert [(clock["now"], clock["pace"], clock["of"]) for clock in seen] == [(NOW + 2_000, 3, "world")] * 2


def test_a_world_that_is_reset_or_dropped_on_one_is_so_on_the_other(pair: Pair) -> None:
    one, two = pair
    create(one, "gone", "test_alice")
    notes(two, "test_alice")
    control(two, "POST", "/worlds/tiny/test_alice/reset")
    assert "gone" not in [note["text"] for note in notes(one, "test_alice")]
    control(one, "DELETE", "/worlds/tiny/test_alice")
    assert [world["world"] for world in state(two, "/worlds")["worlds"]] == ["default"]
    assert ask(two, "GET", "/tiny/notes", "test_alice").status == 200


def test_a_fault_of_one_strikes_on_both_and_its_turns_are_counted_together(pair: Pair) -> None:
    one, two = pair
    fault = {"status": {"code": 503}, "turns": {"first": 3}}
    control(one, "POST", "/faults", fault)
    statuses = [ask(engine, "GET", "/tiny/notes", "test_alice").status for engine in (one, two, two, one, two)]
    assert statuses == [503, 503, 503, 200, 200]
    (standing,) = state(two, "/faults")["faults"]
    assert (standing["met"], standing["used"]) == (5, 3)
    control(two, "DELETE", "/faults")
    assert state(one, "/faults")["faults"] == []


def test_faults_set_on_both_at_once_all_stand(pair: Pair) -> None:
    async def both() -> list[Reply]:
        fault = request("POST", "/__admin/faults", None, {"status": {"code": 503}, "turns": {"first": 1}})
        return list(await asyncio.gather(*(Control(each).respond(fault) for _ in range(3) for each in pair)))

    assert {reply.status for reply in run(both())} == {201}
    named = [[fault["id"] for fault in state(each, "/faults")["faults"]] for each in pair]
    assert named[0] == named[1]
    assert sorted(named[0]) == [f"fault-{number}" for number in range(1, 7)]


def test_faults_removed_and_set_on_both_at_once_are_gone_and_there(pair: Pair) -> None:
    fault = {"status": {"code": 503}, "name": "new"}
    for each in pair:
        for _ in range(4):
            control(each, "POST", "/faults", {"status": {"code": 503}})
    ids = [said["id"] for said in state(pair[0], "/faults")["faults"]]

    async def both() -> list[Reply]:
        calls = [request("DELETE", f"/__admin/faults/{id}", None) for id in ids]
        calls += [request("POST", "/__admin/faults", None, fault) for _ in range(4)]
        return list(await asyncio.gather(*(Control(pair[at % 2]).respond(call) for at, call in enumerate(calls))))

    new = {reply.value["id"] for reply in run(both()) if reply.status == 201}
    assert len(new) == 4
    assert [{said["id"] for said in state(each, "/faults")["faults"]} for each in pair] == [new, new]


def test_a_reply_that_is_laid_ready_on_one_is_given_once_by_whoever_is_called(pair: Pair) -> None:
    one, two = pair
    for status in (418, 451):
        control(one, "POST", "/worlds/tiny/test_alice/replies", {"operation": "listNotes", "status": status})
    assert [ask(each, "GET", "/tiny/notes", "test_alice").status for each in (two, one, two)] == [418, 451, 200]
    control(two, "POST", "/worlds/tiny/test_alice/replies", {"operation": "listNotes", "status": 418})
    control(one, "DELETE", "/worlds/tiny/test_alice/replies")
    assert ask(two, "GET", "/tiny/notes", "test_alice").status == 200


def test_a_snapshot_of_one_is_put_back_by_the_other(pair: Pair) -> None:
    one, two = pair
    create(one, "before", "test_alice")
    control(one, "POST", "/worlds/tiny/test_alice/snapshot", {"name": "good"})
    create(two, "after", "test_alice")
    control(two, "POST", "/worlds/tiny/test_alice/restore", {"snapshot": "good"})
    assert [note["text"] for note in notes(one, "test_alice")][-1] == "before"


def test_a_server_that_joins_later_finds_all_that_is_set(serve: Serve) -> None:
    one = serve("one")
    control(one, "POST", "/clock/freeze")
    control(one, "PUT", "/clock/pace", {"pace": 9})
    control(one, "POST", "/faults", {"status": {"code": 503}})
    control(one, "POST", "/worlds/tiny/test_alice/replies", {"operation": "listNotes", "status": 418})
    two = serve("two", at=NOW + 60_000)
    assert (state(two, "/clock")["now"], state(two, "/clock")["pace"]) == (NOW, 9)
    assert len(state(two, "/faults")["faults"]) == 1
    assert ask(two, "GET", "/tiny/notes", "test_alice").status == 418


def test_who_moves_the_clock_makes_the_deliveries_that_wait_on_the_other(serve: Serve) -> None:
    sent: list[str] = []

    def receiver(name: str) -> Any:
        async def takes(sending: Sending) -> Answered:
            sent.append(f"{name} {sending.headers.first('x-event')}")
            return Answered(200, "OK")

        return takes

    one, two = serve("one", receiver("one")), serve("two", receiver("two"))
    create(one, "x", "test_alice")
    control(two, "POST", "/clock/advance", {"by": "10s"})
    assert sent == ["two made", "two ripe", "two done"]
    run(one.advance(0))
    assert len(sent) == 3


def test_a_delivery_of_one_that_died_is_made_by_the_other_and_says_so(serve: Serve) -> None:
    now = [NOW]

    async def dies(sending: Sending) -> Answered:
        raise KeyboardInterrupt

    one = serve("one", dies, source=lambda: now[0])
    two = serve("two", source=lambda: now[0])
    create(one, "x", "test_alice")
    with pytest.raises(KeyboardInterrupt):
        run(one.advance(0))
    assert two.sharing is not None
    run(two.sharing.stay())
    assert len(two.outbox) == 0  # it may be at it still
    now[0] += LEASE_MS + 1
    run(two.sharing.stay())
    run(two.advance(0))
    posted = next(iter(two.outbox))
    assert [attempt.answered.error for attempt in posted.delivery.attempts] == [PERHAPS, None]


def test_who_takes_the_place_of_a_dead_one_makes_its_deliveries_at_once(serve: Serve) -> None:
    create(serve("one"), "x", "test_alice")
    assert len(serve("two").outbox) == 0
    assert [posted.delivery.event for posted in serve("three", dead=("one",)).outbox] == ["made"]


def kept_of_deliveries(engine: Engine) -> tuple[list[str], list[str]]:
    """The deliveries that wait in her world, and what is noted there of attempts."""
    records = run(engine.store.contents(ALICE)).records
    return list(records.get(DELIVERY, {})), sorted(records.get("log", {}))


def test_who_was_stopped_during_an_attempt_notes_nothing_of_what_another_has_repeated(serve: Serve) -> None:
    now = [NOW]

    async def late(sending: Sending) -> Answered:
        now[0] += LEASE_MS + 1
        assert two.sharing is not None
        await two.sharing.stay()
        await two.advance(0)
        return Answered(500)

    one = serve("one", late, source=lambda: now[0])
    two = serve("two", source=lambda: now[0])
    create(one, "x", "test_alice")
    run(one.advance(0))
    run(one.advance(1_000))
    assert kept_of_deliveries(two) == ([], ["1.2", "2.1", "3.1"]), "a repeat of the first, and no other attempt at it"


def test_who_was_stopped_before_it_sent_leaves_that_to_who_has_taken_over(serve: Serve) -> None:
    now, sent = [NOW], []

    async def sends(sending: Sending) -> Answered:
        sent.append(sending.headers.first("x-event"))
        return Answered(200)

    class Stops:
        """A store on which a process is stopped when it has let it be known that its first attempt is under way."""

        def __init__(self, store: Store) -> None:
            self.store = store

        def __getattr__(self, name: str) -> Any:
            return getattr(self.store, name)

        async def transact(self, world: WorldId, *words: Any, **options: Any) -> Any:
            done = await self.store.transact(world, *words, **options)
            begun = [change.record for change in done.changes if change.kind == DELIVERY and change.record is not None]
            if now == [NOW] and any(record["begun"] for record in begun):
                now[0] += LEASE_MS + 1
                assert two.sharing is not None
                await two.sharing.stay()
                await two.advance(0)
            return done

    one = serve("one", sends, source=lambda: now[0])
    two = serve("two", source=lambda: now[0])
    create(one, "x", "test_alice")
    one.store = Stops(one.store)
    run(one.advance(0))
    assert sent == []
    assert kept_of_deliveries(two) == ([], ["1.2", "2.1", "3.1"])


async def emptied(engine: Engine) -> None:
    """Somebody else has taken all worlds out of the store, the servers' own too."""
    for world in await engine.store.worlds():
        await engine.store.drop(world)


def test_a_store_that_was_emptied_is_one_that_begins_anew(serve: Serve) -> None:
    one, two = serve("one"), serve("two")
    control(one, "POST", "/clock/advance", {"by": "5s"})
    control(one, "POST", "/faults", {"status": {"code": 503}})
    control(one, "POST", "/worlds/tiny/test_alice/replies", {"operation": "listNotes", "status": 418})
    assert create(two, "gone", "test_bob").status == 503
    run(emptied(one))
    assert [ask(each, "GET", "/tiny/notes", "test_alice").status for each in (two, one)] == [200, 200]
    assert [state(each, "/faults")["faults"] for each in (one, two)] == [[], []]
    assert [state(each, "/clock")["now"] for each in (one, two, serve("three"))] == [NOW + 5_000] * 3
    assert create(one, "new", "test_bob").status == 201
    assert [note["text"] for note in notes(two, "test_bob")][-1] == "new"


def test_what_is_set_after_a_store_was_emptied_holds_on_all(serve: Serve) -> None:
    one, two = serve("one"), serve("two")
    for _ in range(3):
        control(one, "POST", "/clock/advance", {"by": "5s"})
    state(two, "/clock")
    run(emptied(one))
    control(one, "POST", "/faults", {"status": {"code": 503}})
    assert ask(two, "GET", "/tiny/notes", "test_alice").status == 503
    control(two, "POST", "/clock/advance", {"by": "5s"})
    assert state(one, "/clock")["now"] == NOW + 20_000


def test_the_clock_can_be_moved_in_a_store_that_was_emptied(serve: Serve) -> None:
    one = serve("one")
    create(one, "gone", "test_alice")
    run(emptied(one))
    control(one, "POST", "/clock/advance", {"by": "5s"})
    control(one, "POST", "/clock/settle")
    assert [world["world"] for world in state(one, "/worlds")["worlds"]] == ["default"]
    assert ask(one, "GET", "/tiny/notes", "test_alice").status == 200


def test_a_delivery_that_went_to_another_server_and_came_back_is_made_once(serve: Serve) -> None:
    sent: list[str | None] = []

    async def takes(sending: Sending) -> Answered:
        sent.append(sending.headers.first("x-event"))
        if len(sent) == 1:
            await course.attempt(one, queued)  # its turn comes behind others of its webhook
        return Answered(200)

    one, two = serve("one", takes), serve("two")
    create(one, "x", "test_alice")
    (queued,) = one.outbox.due(ALICE, NOW)
    assert one.outbox.start(queued)
    state(two, "/worlds")
    for each in (two, one):
        run(claim_all(each))
    run(one.advance(0))
    assert sent == ["made"]
