from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.http import Reply
from mockserver.core.text import Json, Record
from mockserver.core.world import (
    Change,
    Due,
    Index,
    Interrupted,
    Kind,
    Outcome,
    Put,
    Remove,
    Store,
    View,
    WorldId,
    gathered,
)
from mockserver.stores.memory import MemoryStore
from tests.stores.making import Make, run

HERE = WorldId("p", "here")
THERE = WorldId("p", "there")

KINDS = {
    "clip": Kind(
        "clip",
        {
            "by_user": Index(lambda clip: (clip["user"], clip["at"]) if clip["user"] else None),
            "by_handle": Index(lambda clip: (clip["handle"], 0), public=True),
        },
        lambda clip: clip["due"],
    ),
    "plain": Kind("plain"),
}


def clip(user: str = "u", at: Json = 0, handle: str = "h", due: Json = None) -> Record:
    return {"user": user, "at": at, "handle": handle, "due": due}


@pytest.fixture
def store(make: Make) -> Store:
    store = make({"p": KINDS})
    run(store.create(HERE, ()))
    return store


def commit(store: Store, *changes: Change, world: WorldId = HERE, counted: bool = True) -> None:
    run(store.transact(world, lambda view: Outcome(Reply(204), changes), counted=counted))


def read(store: Store, question: Any, world: WorldId = HERE) -> Any:
    found: list[Any] = []

    def look(view: View) -> Outcome:
        answer = question(view)
        found.append(list(answer) if isinstance(answer, Iterator) else answer)
        return Outcome(Reply(204))

    run(store.transact(world, look))
    return found[0]


def everything(store: Store, world: WorldId = HERE) -> Any:
    return read(store, lambda view: (view.serial, list(view.find("clip", "by_user", "u")), view.next_due()), world)


records = st.builds(
    clip,
    user=st.sampled_from(["", "u", "v"]),
    at=st.integers(0, 5),
    handle=st.sampled_from("xyz"),
    due=st.none() | st.integers(0, 5),
)
changes = st.one_of(
    st.builds(Put, st.just("clip"), st.sampled_from("abcd"), records),
    st.builds(Remove, st.just("clip"), st.sampled_from("abcd")),
)
places = st.tuples(st.integers(0, 5), st.sampled_from("abcd"))


@given(st.lists(st.lists(changes, max_size=4), max_size=12), st.none() | places, st.booleans())
def test_a_view_answers_like_a_plain_dictionary(
    make: Make, commits: list[list[Change]], after: tuple[int, str] | None, reverse: bool
) -> None:
    store = make({"p": KINDS})
    run(store.create(HERE, ()))
    model: dict[str, Record] = {}
    for batch in commits:
        commit(store, *batch)
        for change in batch:
            if isinstance(change, Put):
                model[change.id] = change.record
            else:
                model.pop(change.id, None)

    def check(view: View) -> Outcome:
        for id in "abcd":
            assert view.get("clip", id) == model.get(id)
        for user in "uv":
            mine = sorted(((one["at"], id) for id, one in model.items() if one["user"] == user), reverse=reverse)
            assert view.count("clip", "by_user", user) == len(mine)
            left = [p for p in mine if after is None or (p < after if reverse else p > after)]
            found = view.find("clip", "by_user", user, reverse=reverse, after=after)
            assert list(found) == [model[id] for _, id in left]
        due = [Due(one["due"], "clip", id) for id, one in model.items() if one["due"] is not None]
        assert view.next_due() == min(due, default=None)
        assert view.serial == sum(bool(batch) for batch in commits)
        return Outcome(Reply(204))

    run(store.transact(HERE, check))
    for handle in "xyz":
        held = any(one["handle"] == handle for one in model.values())
        assert run(store.whose("p", "clip", "by_handle", handle)) == (HERE if held else None)


def test_a_decision_that_raises_changes_nothing(store: Store) -> None:
    def fail(view: View) -> Outcome:
        raise ZeroDivisionError

    before = everything(store)
    with pytest.raises(ZeroDivisionError):
        run(store.transact(HERE, fail))
    assert everything(store) == before


@pytest.mark.parametrize(
    "broken",
    [
        Put("clip", "b", {"user": "u"}),
        Put("clip", "b", clip(at=None)),
        Put("clip", "b", clip(at="a text")),
        Put("clip", "b", clip(user=7)),  # type: ignore[arg-type]
        Put("clip", "b", clip(due="soon")),
        Put("clip", 7, clip()),  # type: ignore[arg-type]
        Put("nonsense", "b", clip()),
    ],
    ids=["entry raises", "no order", "order of another type", "key no text", "due no instant", "id no text", "no kind"],
)
def test_a_change_that_cannot_be_made_takes_the_others_with_it(store: Store, broken: Change) -> None:
    commit(store, Put("clip", "old", clip(at=3, due=4)))
    before = everything(store)
    with pytest.raises((KeyError, TypeError)):
        commit(store, Put("clip", "a", clip(due=1)), Remove("clip", "old"), broken)
    assert everything(store) == before
    assert read(store, lambda view: view.get("clip", "a")) is None


def test_a_view_is_of_no_use_after_its_transaction(store: Store) -> None:
    commit(store, Put("clip", "a", clip()), Put("clip", "b", clip()))
    kept: list[View] = []
    walks: list[Iterator[Record]] = []

    def keep(view: View) -> Outcome:
        kept.append(view)
        walks.append(view.find("clip", "by_user", "u"))
        next(walks[-1])
        return Outcome(Reply(204))

    run(store.transact(HERE, keep))
    for use in (lambda: kept[-1].get("clip", "a"), lambda: kept[-1].serial, lambda: next(walks[-1])):
        with pytest.raises(RuntimeError, match="transaction was over"):
            use()


def test_records_in_memory_are_handed_out_not_copied() -> None:
    store = MemoryStore({"p": KINDS})
    run(store.create(HERE, ()))
    record = clip()
    commit(store, Put("clip", "a", record))
    assert read(store, lambda view: view.get("clip", "a")) is record


def test_the_serial_counts_calls_that_changed_something(store: Store) -> None:
    commit(store, Put("clip", "a", clip()))
    commit(store)
    commit(store, Put("clip", "b", clip()), counted=False)
    commit(store, Put("clip", "c", clip()), Put("clip", "d", clip()))
    assert read(store, lambda view: view.serial) == 2


def test_a_kind_that_does_not_exist_is_named_with_those_that_do(store: Store) -> None:
    with pytest.raises(KeyError, match="no kind 'clips'; its kinds are clip, plain"):
        read(store, lambda view: view.get("clips", "a"))


def test_worlds_are_islands(store: Store) -> None:
    run(store.create(THERE, [Put("clip", "a", clip(handle="theirs"))]))
    commit(store, Put("clip", "a", clip(handle="ours")))
    commit(store, Remove("clip", "a"))
    assert read(store, lambda view: view.get("clip", "a"), THERE) == clip(handle="theirs")


def test_a_world_is_made_once(store: Store) -> None:
    assert run(store.create(THERE, [Put("clip", "a", clip())])) is True
    assert run(store.create(THERE, [Put("clip", "a", clip(user="v"))])) is False
    assert read(store, lambda view: view.get("clip", "a"), THERE) == clip()


def test_a_world_that_cannot_be_filled_does_not_exist(store: Store) -> None:
    with pytest.raises(KeyError):
        run(store.create(THERE, [Put("clip", "a", {})]))
    assert run(store.exists(THERE)) is False


def test_a_world_that_does_not_exist_raises_key_error(store: Store) -> None:
    with pytest.raises(KeyError):
        commit(store, world=THERE)


def test_worlds_are_listed_oldest_first_and_by_provider(store: Store) -> None:
    run(store.create(THERE, ()))
    assert run(store.worlds()) == [HERE, THERE]
    assert run(store.worlds("q")) == []


def test_the_oldest_world_owns_a_public_key_until_it_is_dropped(store: Store) -> None:
    run(store.create(THERE, [Put("clip", "a", clip(handle="h"))]))
    commit(store, Put("clip", "late", clip(handle="h")))
    assert run(store.whose("p", "clip", "by_handle", "h")) == HERE
    assert run(store.drop(HERE)) is True
    assert run(store.whose("p", "clip", "by_handle", "h")) == THERE
    assert run(store.drop(THERE)) is True
    assert run(store.whose("p", "clip", "by_handle", "h")) is None
    assert run(store.drop(THERE)) is False


batches = st.lists(st.lists(changes, max_size=4), max_size=6)


def answers(store: Store) -> Any:
    """What a view of a world says to every question, and whose its public keys are."""

    def ask(view: View) -> Json:
        found = [[*view.find("clip", "by_user", user)] for user in ("", "u", "v")]
        return view.serial, found, [view.get("clip", id) for id in "abcd"], view.next_due()

    return read(store, ask), [run(store.whose("p", "clip", "by_handle", handle)) for handle in "xyz"]


@given(batches, batches)
def test_contents_put_back_make_the_world_what_it_was(
    make: Make, before: list[list[Change]], after: list[list[Change]]
) -> None:
    store = make({"p": KINDS})
    run(store.create(HERE, ()))
    for batch in before:
        commit(store, *batch)
    seen, kept = answers(store), run(store.contents(HERE))
    for batch in after:
        commit(store, *batch)
    run(store.replace(HERE, kept))
    assert answers(store) == seen
    assert run(store.contents(HERE)) == kept


def test_contents_are_plain_values(store: Store) -> None:
    commit(store, Put("clip", "a", clip()), Put("plain", "b", {"x": 1}))
    kept = run(store.contents(HERE))
    assert json.loads(json.dumps(kept.records)) == {"clip": {"a": clip()}, "plain": {"b": {"x": 1}}}
    assert kept.serial == 1


def test_a_replaced_world_keeps_its_place_among_the_owners_of_a_key(store: Store) -> None:
    run(store.create(THERE, [Put("clip", "a", clip(handle="h"))]))
    run(store.replace(HERE, gathered([Put("clip", "a", clip(handle="h"))])))
    assert run(store.worlds()) == [HERE, THERE]
    assert run(store.whose("p", "clip", "by_handle", "h")) == HERE


def test_contents_of_a_world_that_is_gone_make_it_again(store: Store) -> None:
    commit(store, Put("clip", "a", clip()))
    kept = run(store.contents(HERE))
    run(store.drop(HERE))
    with pytest.raises(KeyError):
        run(store.contents(HERE))
    run(store.replace(HERE, kept))
    assert run(store.contents(HERE)) == kept


def test_contents_that_cannot_be_held_change_nothing(store: Store) -> None:
    commit(store, Put("clip", "a", clip(due=3)))
    before = answers(store)
    for broken in (Put("clip", "b", clip(due="soon")), Put("clip", "b", {}), Put("clip", "b", clip(at=None))):
        with pytest.raises((KeyError, TypeError)):
            run(store.replace(HERE, gathered([Put("clip", "a", clip()), broken])))
    assert answers(store) == before


def lived(store: Store, outcomes: list[Outcome], asked: list[Any] | None = None) -> list[Outcome]:
    """Commit these as many decisions of one life; `asked` gets what a look into the indexes said before each."""
    left = iter(outcomes)

    def decide(view: View) -> Outcome | None:
        if asked is not None:
            asked.append([[*view.find("clip", "by_user", user)] for user in "uv"])
        return next(left, None)

    found: list[Outcome] = run(store.live(HERE, decide))
    return found


@settings(max_examples=40)
@given(batches, st.booleans(), st.integers(0, 100))
def test_many_decisions_at_once_come_to_what_they_come_to_one_by_one(
    make: Make, many: list[list[Change]], looking: bool, more: int
) -> None:
    crowd: list[list[Change]] = [[Put("clip", f"{place}", clip(at=place, handle=f"{place}"))] for place in range(more)]
    outcomes = [Outcome(Reply(204), tuple(batch)) for batch in [*crowd, *many]]
    together, apart = make({"p": KINDS}), make({"p": KINDS})
    for store in (together, apart):
        run(store.create(HERE, [Put("clip", "a", clip(due=2))]))
    assert lived(together, outcomes, [] if looking else None) == outcomes
    for outcome in outcomes:
        commit(apart, *outcome.changes, counted=False)
    assert answers(together) == answers(apart)
    assert run(together.contents(HERE)) == run(apart.contents(HERE))


def test_a_decision_sees_what_those_before_it_changed(store: Store) -> None:
    seen: list[Any] = []

    def decide(view: View) -> Outcome | None:
        seen.append((view.get("clip", "a"), view.next_due(), view.count("clip", "by_user", "u"), view.serial))
        changes: dict[int, Change] = {1: Put("clip", "a", clip(due=5)), 2: Remove("clip", "a")}
        change = changes.get(len(seen))
        return None if change is None else Outcome(Reply(204), (change,))

    run(store.live(HERE, decide))
    assert seen == [(None, None, 0, 0), (clip(due=5), Due(5, "clip", "a"), 1, 0), (None, None, 0, 0)]


@pytest.mark.parametrize(
    "broken", [Put("clip", "b", clip(at="a text")), Put("clip", "b", clip(due="soon")), Put("nonsense", "b", clip())]
)
def test_of_many_decisions_those_before_one_that_cannot_be_committed_are_done(store: Store, broken: Change) -> None:
    commit(store, Put("clip", "b", clip(at=1, due=7)))
    good = [Outcome(Reply(204), (Put("clip", "a", clip(at=place, due=place)),)) for place in range(3)]
    with pytest.raises(Interrupted) as caught:
        lived(store, [*good, Outcome(Reply(204), (broken,)), Outcome(Reply(204), (Remove("clip", "a"),))])
    assert list(caught.value.done) == good
    assert everything(store) == (1, [clip(at=1, due=7), clip(at=2, due=2)], Due(2, "clip", "a"))


def test_of_many_decisions_those_before_one_that_raises_are_done(store: Store) -> None:
    first = Outcome(Reply(204), (Put("clip", "a", clip()),))

    def decide(view: View) -> Outcome | None:
        if view.get("clip", "a") is not None:
            raise ZeroDivisionError
        return first

    with pytest.raises(Interrupted) as caught:
        run(store.live(HERE, decide))
    assert caught.value.done == (first,)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert read(store, lambda view: view.get("clip", "a")) == clip()
