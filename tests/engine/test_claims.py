"""Each of several servers has a slot for its serials, and goes on after those that others gave."""

from __future__ import annotations

import pytest

from mockserver.core.world import Put, Remove, StoreError
from mockserver.engine.engine import Engine
from mockserver.engine.keeping import note
from mockserver.engine.kept import kinds_of
from mockserver.engine.serials import SLOTS
from mockserver.engine.shared_kept import LEASE
from mockserver.stores.memory import MemoryStore
from tests.engine import tiny
from tests.engine.asking import create, opened, run


def beside(store: MemoryStore, name: str, *, ahead: int = 0) -> Engine:
    """A server whose clock is so many ms ahead of real time."""
    return opened(tiny.engine(store=store, name=name, at=None, source=lambda: tiny.NOW + ahead))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(kinds_of([tiny.PROVIDER]))


def slot(engine: Engine) -> int:
    assert engine.serials is not None
    return engine.serials.slot


def test_no_two_servers_give_the_same_serial(store: MemoryStore) -> None:
    servers = [beside(store, name) for name in "abc"]
    for engine in servers:
        create(engine, engine.worlds.keeper)
    assert sorted(engine.journal.last for engine in servers) == [1_000, 1_001, 1_002]


def test_a_server_that_comes_when_all_are_gone_goes_on_after_their_serials(store: MemoryStore) -> None:
    fast = beside(store, "fast", ahead=2_000)
    assert fast.sharing is not None
    create(fast, "a")
    run(fast.sharing.leave())
    slow = beside(store, "slow")
    create(slow, "b")
    assert slow.journal.last > fast.journal.last


def test_a_server_that_was_taken_for_dead_keeps_its_slot(store: MemoryStore) -> None:
    late, other = beside(store, "late"), beside(store, "other")
    run(note(store, Remove(LEASE, "late")))
    assert late.sharing is not None
    run(late.sharing.stay())
    assert (slot(late), slot(other)) == (0, 1)


def test_a_slot_that_was_given_to_another_meanwhile_is_not_taken_back(store: MemoryStore) -> None:
    late, other = beside(store, "late"), beside(store, "other")
    run(note(store, Remove(LEASE, "late")))
    assert slot(beside(store, "new")) == 0
    assert late.sharing is not None
    run(late.sharing.stay())
    assert (slot(late), slot(other)) == (2, 1)


def test_when_there_are_no_slots_left_another_server_can_t_start(store: MemoryStore) -> None:
    beside(store, "one")
    leases = [Put(LEASE, f"{n}", {"name": f"{n}", "until": 2 * tiny.NOW, "slot": n}) for n in range(1, SLOTS)]
    run(note(store, *leases))
    with pytest.raises(StoreError, match="1,000 servers are on this store already"):
        beside(store, "one more")
