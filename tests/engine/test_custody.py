from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.delivery import Delivery
from mockserver.core.world import WorldId
from mockserver.engine import custody, snapshots
from mockserver.engine.custody import Plan
from mockserver.engine.documents import world_of
from mockserver.engine.engine import Engine
from mockserver.engine.keeping import take_on
from mockserver.engine.snapshots import Snapshots
from mockserver.errors import WorldError, WorldExists, WorldMissing, WorldsFull
from tests.engine.asking import ask, create, notes, opened, run
from tests.engine.tiny import NOW, READINGS, engine, provider

ALICE = WorldId("tiny", "test_alice")
START = WorldId("tiny", "default")


def texts(served: Engine, key: str = "test_alice") -> list[str]:
    return [note["text"] for note in notes(served, key)]


def made(served: Engine, name: str = "test_alice", **plan: Any) -> None:
    run(custody.create(served, "tiny", name, Plan(**plan)))


@pytest.fixture
def served() -> Engine:
    return opened(engine())


@pytest.fixture
def frozen() -> Engine:
    """An engine whose clock stands, with a world in it."""
    served = opened(engine())
    served.clock.freeze()
    made(served)
    return served


# ---- snapshot and restore


def test_a_restored_world_gives_the_bytes_it_gave_before(frozen: Engine) -> None:
    run(custody.snapshot(frozen, ALICE, "before"))
    first = [create(frozen, text, "test_alice") for text in "ab"]
    run(custody.restore(frozen, ALICE, "before"))
    assert texts(frozen) == ["before", "hello"]
    assert [create(frozen, text, "test_alice") for text in "ab"] == first


def test_a_restored_world_goes_on_at_the_snapshots_instant_on_a_clock_of_its_own(frozen: Engine) -> None:
    run(custody.snapshot(frozen, ALICE, "before"))
    run(frozen.advance(60_000))
    home = run(custody.restore(frozen, ALICE, "before"))
    assert (home.clock.now(), home.clock.frozen) == (NOW, True)
    assert home.clock is not frozen.clock
    assert frozen.clock.now() == NOW + 60_000


def test_a_world_restored_where_the_servers_clock_still_stands_goes_on_living_by_it(frozen: Engine) -> None:
    run(custody.snapshot(frozen, ALICE, "before"))
    assert run(custody.restore(frozen, ALICE, "before")).clock is frozen.clock


def test_a_snapshot_holds_pace_and_readings_too(frozen: Engine) -> None:
    run(custody.snapshot(frozen, ALICE, "before"))
    frozen.worlds.change(ALICE, pace=10.0, readings={"twice": "201"})
    home = run(custody.restore(frozen, ALICE, "before"))
    assert (home.pace, home.readings) == (1.0, {"twice": "409"})


def test_a_snapshot_is_taken_of_what_is_due_by_now(frozen: Engine) -> None:
    create(frozen, "a", "test_alice")
    frozen.clock.advance(1_000)
    run(custody.snapshot(frozen, ALICE, "ripe"))
    run(custody.restore(frozen, ALICE, "ripe"))
    assert next(note for note in notes(frozen, "test_alice") if note["text"] == "a")["state"] == "ripe"


def test_the_start_world_can_be_put_back_and_made_as_new(frozen: Engine) -> None:
    run(custody.snapshot(frozen, START, "before"))
    create(frozen, "a")
    run(custody.restore(frozen, START, "before"))
    assert texts(frozen, "main") == ["before", "hello"]
    create(frozen, "b")
    run(custody.reset(frozen, START))
    assert texts(frozen, "main") == ["before", "hello"]


def test_a_snapshot_brings_back_a_world_that_had_to_make_room() -> None:
    served = opened(engine(most_private=1))
    create(served, "mine", "test_alice")
    run(custody.snapshot(served, ALICE, "mine"))
    notes(served, "test_bob")
    run(custody.restore(served, ALICE, "mine"))
    assert "mine" in texts(served)


def test_snapshots_have_names_of_their_own_in_each_world(frozen: Engine) -> None:
    assert [run(custody.snapshot(frozen, ALICE)).name for _ in range(2)] == ["snapshot-1", "snapshot-2"]
    run(custody.snapshot(frozen, START, "snapshot-1"))
    assert [snapshot.name for snapshot in run(frozen.snapshots.of(ALICE))] == ["snapshot-1", "snapshot-2"]
    with pytest.raises(WorldMissing, match='no snapshot of test_alice "snapshot-3"; did you mean "snapshot-'):
        run(custody.restore(frozen, ALICE, "snapshot-3"))
    with pytest.raises(WorldError, match="/name: `a/b` is no name for a snapshot"):
        run(custody.snapshot(frozen, ALICE, "a/b"))


def test_of_too_many_snapshots_the_oldest_go(frozen: Engine) -> None:
    frozen.snapshots = Snapshots(frozen.store, most=2)
    for name in ("a", "b", "c", "b"):
        run(custody.snapshot(frozen, ALICE, name))
    assert [snapshot.name for snapshot in run(frozen.snapshots.of(ALICE))] == ["c", "b"]


def test_of_too_large_snapshots_the_oldest_go_and_one_too_large_by_itself_is_refused(frozen: Engine) -> None:
    size = run(custody.snapshot(frozen, ALICE)).size
    frozen.snapshots = Snapshots(frozen.store, most_bytes=2 * size)
    for name in ("a", "b", "c"):
        run(custody.snapshot(frozen, ALICE, name))
    assert [snapshot.name for snapshot in run(frozen.snapshots.of(ALICE))] == ["b", "c"]
    frozen.snapshots = Snapshots(frozen.store, most_bytes=size - 1)
    with pytest.raises(WorldsFull, match=rf"takes some {size:,} bytes, and at most {size - 1:,} are kept"):
        run(custody.snapshot(frozen, ALICE))


def test_the_size_of_a_snapshot_is_about_that_of_its_text(frozen: Engine) -> None:
    for place in range(300):
        create(frozen, f"{place:03d}" * 100, "test_alice")
    contents = run(frozen.store.contents(ALICE))
    exact = sum(len(str(record)) for records in contents.records.values() for record in records.values())
    assert 0.8 < (snapshots.size_of(contents) - 200 * 303) / exact < 1.2


def waiting(served: Engine) -> list[str]:
    return [delivery.id for delivery in served.outbox.of(ALICE)]


def test_what_waits_to_be_delivered_is_part_of_a_snapshot(frozen: Engine) -> None:
    first, second = (Delivery(id, "made", "hook", "http://127.0.0.1:9", NOW, NOW + 9, None) for id in ("one", "two"))
    run(take_on(frozen, ALICE, [first]))
    run(custody.snapshot(frozen, ALICE, "before"))
    run(take_on(frozen, ALICE, [second]))
    run(custody.restore(frozen, ALICE, "before"))
    assert waiting(frozen) == ["one"]
    run(custody.reset(frozen, ALICE))
    assert waiting(frozen) == []


def test_nothing_is_delivered_of_a_world_that_was_dropped(frozen: Engine) -> None:
    frozen.outbox.add(ALICE, [Delivery("one", "made", "hook", "http://127.0.0.1:9", NOW, NOW + 9, None)])
    run(custody.drop(frozen, ALICE))
    assert waiting(frozen) == []


# ---- reset


def test_a_reset_world_is_as_one_that_is_made_now(served: Engine) -> None:
    create(served, "mine", "test_alice")
    run(served.advance(5_000))
    served.worlds.change(ALICE, pace=3.0, readings={"twice": "201"})
    home = run(custody.reset(served, ALICE))
    assert (home.pace, home.readings, home.clock) == (1.0, {"twice": "409"}, served.clock)
    assert notes(served, "test_alice") == notes(opened(engine(at=NOW + 5_000)), "test_alice")


def test_a_reset_world_keeps_its_clock(frozen: Engine) -> None:
    clock = frozen.clock.fork(NOW + 7_000)
    frozen.worlds.change(ALICE, clock=clock)
    assert run(custody.reset(frozen, ALICE)).clock is clock
    assert notes(frozen, "test_alice")[-1]["createdAt"] == NOW + 7_000


def test_a_world_made_on_demand_is_made_of_the_same_again(served: Engine) -> None:
    made(served, overrides={"notes": [{"id": "first", "text": "changed"}]}, readings={"tiny.twice": "201"}, pace=2.0)
    create(served, "mine", "test_alice")
    home = run(custody.reset(served, ALICE))
    assert texts(served) == ["before", "changed"]
    assert (home.pace, home.readings) == (2.0, {"twice": "201"})


# ---- create and drop


def test_a_world_is_made_of_a_document_in_place_of_the_servers(served: Engine) -> None:
    value = {"tiny": {"keys": ["k"], "notes": [{"id": "n", "text": "given"}]}, "readings": {"tiny.twice": "201"}}
    document = world_of(value, "body", "body", providers=[provider()], installed=list, readings=READINGS)
    made(served, document=document)
    assert texts(served) == ["given"]
    assert [create(served, "x", "test_alice").status for _ in range(2)] == [201, 201]


def test_a_world_may_begin_at_an_instant_of_its_own(served: Engine) -> None:
    made(served, at=1_000_000, frozen=True)
    assert notes(served, "test_alice")[-1]["createdAt"] == 1_000_000
    run(served.advance(5_000))
    assert create(served, "x", "test_alice").value["createdAt"] == 1_000_000


@pytest.mark.parametrize(
    ("name", "plan", "problem"),
    [
        ("test_a+b", {}, ("/name", "`test_a+b` is no name for a world")),
        ("a/b", {}, ("/name", "`a/b` is no name for a world")),
        ("", {}, ("/name", "`` is no name for a world")),
        ("a", {"overrides": {"nots": []}}, ("/tiny/nots", 'no field "nots"; did you mean "notes"?')),
        ("a", {"overrides": {"notes": [{"id": "first", "ago": "x"}]}}, ("/tiny/notes/0/ago", '"x" is not of type')),
        ("a", {"overrides": {"notes": {"bad": {}}}}, ("/tiny/notes/2/id", "bad is no id")),
        ("a", {"readings": {"tiny.twise": "1"}}, ("/readings/tiny.twise", 'no reading "tiny.twise"; did you mean')),
        ("a", {"pace": -1}, ("/pace", "a pace is 0 (jobs wait for the clock) or more, not -1")),
        ("default", {}, ("/name", "`default` is there already")),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_pointer(
    served: Engine, name: str, plan: Any, problem: tuple[str, str]
) -> None:
    before = run(served.store.worlds())
    with pytest.raises(WorldError) as caught:
        made(served, name, **plan)
    (found,) = caught.value.problems
    assert found[0] == problem[0]
    assert found[1].startswith(problem[1])
    assert run(served.store.worlds()) == before


def test_there_are_so_many_named_worlds_and_no_more(served: Engine) -> None:
    for place in range(custody.MOST_NAMED):
        made(served, f"world-{place}")
    with pytest.raises(WorldsFull, match="there are 1,000 named worlds, which is the most"):
        made(served, "one-more")
    made(served, "test_c")


def test_a_world_that_is_let_go_takes_its_snapshots_along(served: Engine) -> None:
    made(served, "named")
    run(custody.snapshot(served, WorldId("tiny", "named")))
    run(custody.drop(served, WorldId("tiny", "named")))
    assert run(served.snapshots.of(WorldId("tiny", "named"))) == []
    assert run(served.store.worlds("tiny")) == [START]
    with pytest.raises(WorldMissing, match='no tiny world "named"'):
        run(custody.reset(served, WorldId("tiny", "named")))


def test_a_private_world_that_is_let_go_is_made_anew_when_its_key_comes_again(served: Engine) -> None:
    made(served, overrides={"notes": None})
    assert texts(served) == []
    run(custody.drop(served, ALICE))
    assert texts(served) == ["before", "hello"]


def test_the_start_world_is_not_let_go(served: Engine) -> None:
    with pytest.raises(WorldError, match="reset it instead"):
        run(custody.drop(served, START))
    assert ask(served, "GET", "/tiny/notes").status == 200


def test_a_world_made_twice_is_there_once(served: Engine) -> None:
    made(served)
    with pytest.raises(WorldExists, match="there is a tiny world test_alice already"):
        made(served)
