"""What one server answers to another."""

from __future__ import annotations

import pytest

from mockserver.core.text import Json
from mockserver.core.world import StoreError
from mockserver.engine.asking import answer
from mockserver.engine.claims import claim_all
from mockserver.engine.engine import Engine
from mockserver.engine.kept import kinds_of
from mockserver.stores.memory import MemoryStore
from tests.engine import posting
from tests.engine.asking import create, run


def pair() -> tuple[Engine, Engine]:
    """Two servers on one store."""
    store = MemoryStore(kinds_of([posting.PROVIDER]))
    return posting.engine(store=store, name="one"), posting.engine(store=store, name="two")


def asked(engine: Engine, name: str, **of: Json) -> Json:
    return run(answer(engine, {"ask": name, **of}))


def test_it_says_who_it_is_and_the_greatest_serial_it_knows() -> None:
    one, _ = pair()
    create(one, "a")
    told = asked(one, "last")
    assert (told["name"], told["said"]) == ("one", None)
    assert told["last"] >= one.journal.last > 0


def test_what_is_recorded_after_a_question_has_a_serial_after_it() -> None:
    one, _ = pair()
    far = 10**12
    assert asked(one, "entries", until=far)["last"] == far
    create(one, "a")
    assert one.journal.last > far


def test_entries_are_told_between_two_serials_the_oldest_first() -> None:
    one, _ = pair()
    for text in "abcd":
        create(one, text)
    serials = [entry.serial for entry in one.journal.since(0)]
    told = asked(one, "entries", since=serials[0], until=serials[2], limit=5)["said"]
    assert [each["serial"] for each in told["found"]] == serials[1:3]
    assert asked(one, "serials", query={"text": '"a"'})["said"] == serials[:1]


def test_a_delivery_that_another_server_makes_is_not_told_any_more() -> None:
    one, two = pair()
    create(one, "a")
    waiting = asked(one, "deliveries")["said"]["found"]
    assert {each["state"] for each in waiting} == {"pending"}
    run(claim_all(two))
    assert asked(one, "deliveries")["said"]["found"] == []
    assert [each["delivery"]["id"] for each in asked(two, "deliveries")["said"]["found"]] == [
        each["delivery"]["id"] for each in waiting
    ]


def test_one_that_is_about_to_end_takes_nothing_over() -> None:
    one, _ = pair()
    one.state = "draining"
    with pytest.raises(StoreError, match="about to end"):
        asked(one, "inherit", entries=[])


def test_what_it_took_over_counts_as_coverage_and_in_no_figures() -> None:
    one, two = pair()
    create(one, "a")
    asked(two, "inherit", coverage=asked(one, "coverage")["said"])
    own, inherited = asked(two, "coverage")["said"]
    assert (own["tiny"]["operations"], list(inherited["tiny"]["operations"])) == ({}, ["createNote"])
    assert asked(two, "figures")["said"]["coverage"]["tiny"]["operations"] == {}
