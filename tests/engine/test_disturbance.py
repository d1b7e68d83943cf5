from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.fault import Effect, Struck
from mockserver.core.http import JSON_MEDIA, Reply
from mockserver.core.text import Json, TextError, parse
from mockserver.engine.disturbance import damaged
from mockserver.engine.engine import Engine
from mockserver.engine.faults import FaultError, fault_from
from mockserver.engine.journal import Entry
from tests.engine import tiny
from tests.engine.asking import ask, create, notes, opened, run

ALICE = "test_alice"
BOB = "test_bob"


def engine(*faults: Json, **fields: Any) -> Engine:
    made = opened(tiny.engine(**fields))
    for fault in faults:
        made.faults.add(fault_from(fault))
    return made


def last(engine: Engine) -> Entry:
    *_, entry = engine.journal.since(0)
    return entry


def texts(engine: Engine, key: str = "main") -> list[str]:
    engine.faults.clear()
    return [note["text"] for note in notes(engine, key)]


@pytest.mark.parametrize("fault", [{"reset": "before"}, {"empty": "before"}, {"hang": "before"}, {"status": 503}])
def test_what_strikes_before_the_call_changes_nothing(fault: Json) -> None:
    made = engine(fault)
    create(made, "a")
    assert "a" not in texts(made)


@pytest.mark.parametrize(
    "fault",
    [
        {"reset": "after"},
        {"empty": "after"},
        {"hang": "after"},
        {"status": {"code": 504, "when": "after"}},
        {"delay": 5},
    ],
)
def test_what_strikes_after_the_call_leaves_it_done(fault: Json) -> None:
    made = engine(fault)
    create(made, "a")
    assert "a" in texts(made)


def test_a_call_that_was_never_answered_stands_in_the_journal_with_status_0() -> None:
    made = engine({"reset": "before", "name": "cut"})
    create(made, "a")
    entry = last(made)
    assert (entry.reply.status, entry.fault, entry.operation) == (0, "cut", "createNote")


def test_a_lost_reply_stands_in_the_journal_as_it_was_meant() -> None:
    made = engine({"reset": "after", "calls": {"method": "POST"}}, {"json": "html", "calls": {"method": "GET"}})
    create(made, "a")
    assert (last(made).reply.status, last(made).fault) == (201, "fault-1")
    reply = ask(made, "GET", "/tiny/notes")
    assert reply.body.startswith(b"<html>")
    assert isinstance(last(made).reply.value, list)


def test_without_a_fault_nothing_is_noted() -> None:
    made = engine({"reset": "before", "calls": {"method": "GET"}})
    assert create(made, "a").manner is None
    assert last(made).fault is None


def test_a_status_takes_the_documents_example_or_the_providers_shape() -> None:
    made = engine({"status": {"code": 503, "message": "out to lunch"}})
    assert ask(made, "GET", "/tiny/notes").value == {"tiny": "out to lunch"}


def test_a_success_may_be_made_up_and_fits_the_document() -> None:
    made = engine({"status": 201})
    reply = create(made, "a")
    assert reply.status == 201
    assert (
        made.services["tiny"].contract.check_reply(made.services["tiny"].contract.operations["createNote"], reply) == ()
    )
    assert texts(made) == ["before", "hello"]


@pytest.mark.parametrize(("form", "told"), [("seconds", "120"), ("date", "Sun, 22 Nov 2026 11:53:40 GMT")])
def test_retry_after_is_told_in_seconds_or_as_a_date_of_the_servers_clock(form: str, told: str) -> None:
    made = engine({"status": {"code": 429, "retryAfter": 120, "retryAfterAs": form}})
    assert create(made, "a").header("retry-after") == told


def test_a_fault_may_wait_for_the_replys_status() -> None:
    made = engine({"calls": {"status": "409"}, "status": {"code": 500, "when": "after"}})
    assert [create(made, "a").status, create(made, "a").status] == [201, 500]


def test_what_a_call_broke_is_noted_under_a_fault_too() -> None:
    made = engine({"status": 503})
    ask(made, "POST", "/tiny/notes", body={})
    assert [violation.rule for violation in last(made).violations] == ["required"]


def test_a_call_no_operation_matches_can_be_struck() -> None:
    made = engine({"status": 502, "calls": {"path": "/tiny/no*"}})
    assert ask(made, "GET", "/tiny/nowhere").status == 502


def test_a_mistake_of_ours_is_told_under_a_fault_too() -> None:
    made = engine({"delay": 5})
    assert ask(made, "POST", "/tiny/bugs").status == 500


@pytest.mark.parametrize(
    ("fault", "where", "says"),
    [
        ({"calls": {"provider": "tinny"}}, "/calls/provider", 'did you mean "tiny"?'),
        ({"calls": {"operation": "createNotes"}}, "/calls/operation", 'did you mean "createNote"?'),
        ({"calls": {"path": "/tiny/notes/{nid}"}}, "/calls/path", 'did you mean "/tiny/notes/{id}"?'),
        (
            {"calls": {"operation": "getNote"}, "status": 301},
            "/status",
            "the document has no 301 for getNote; it has 200",
        ),
        ({"calls": {"operation": "getNote"}, "job": {"fail": 5}}, "/job", "getNote begins no job"),
        ({"job": {"fail": 5}}, "/job", "no operation that is served begins a job"),
    ],
)
def test_a_fault_that_names_what_is_not_served_is_refused(fault: Json, where: str, says: str) -> None:
    with pytest.raises(FaultError) as caught:
        engine({"delay": 1, **fault})
    assert says in dict(caught.value.problems)[where]


@pytest.mark.parametrize(
    "fault",
    [
        {"calls": {"operation": "getNote"}, "status": 404},
        {"calls": {"operation": "getNote"}, "status": 503},
        {"status": 301},
    ],
)
def test_a_status_of_a_class_of_a_gateway_or_of_no_operation_is_taken(fault: Json) -> None:
    assert engine(fault).faults.any


STEPS = st.lists(st.tuples(st.sampled_from([ALICE, BOB]), st.sampled_from("abc")), max_size=12)
FAULTS: Json = st.sampled_from(
    [
        {"reset": "before"},
        {"reset": "after"},
        {"status": 503, "turns": {"every": 2}},
        {"hang": "before", "turns": {"chance": 0.5}},
        {"json": "html", "delay": {"median": 5, "sigma": 1}},
    ]
)


def talk(engine: Engine, steps: list[tuple[str, str]]) -> list[tuple[str, Reply]]:
    return [(key, create(engine, text, key)) for key, text in steps]


@given(STEPS, FAULTS, st.integers(0, 9))
def test_the_same_seed_and_calls_give_the_same_replies(steps: list[tuple[str, str]], fault: Json, seed: int) -> None:
    assert talk(engine(fault, seed=seed), steps) == talk(engine(fault, seed=seed), steps)


@given(STEPS, FAULTS)
def test_a_fault_of_one_world_never_touches_another(steps: list[tuple[str, str]], fault: Json) -> None:
    struck, well = engine({**fault, "calls": {"world": ALICE}}), engine()
    told = [[reply for key, reply in talk(each, steps) if key == BOB] for each in (struck, well)]
    assert told[0] == told[1]
    assert texts(struck, BOB) == texts(well, BOB)


@given(STEPS)
def test_before_nothing_has_changed_and_after_everything_has(steps: list[tuple[str, str]]) -> None:
    before, after, well = engine({"reset": "before"}), engine({"reset": "after"}), engine()
    for each in (before, after, well):
        talk(each, steps)
    assert texts(after, ALICE) == texts(well, ALICE)
    assert texts(before, ALICE) == texts(engine(), ALICE)


def test_a_struck_call_is_timed_by_the_wire_not_by_the_clock() -> None:
    made = engine({"delay": {"mean": 50, "deviation": 10}})
    reply = create(made, "a")
    assert reply.manner is not None
    assert 0 < reply.manner.delay < 100
    assert run(made.advance(0)) == tiny.NOW


VALUES: Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(VALUES, st.sampled_from(["malformed", "html", "empty"]))
def test_a_spoilt_body_is_never_json(value: Json, how: Json) -> None:
    spoilt = damaged(Reply.json(200, value, [("ETag", "x")]), Struck(Effect(json=how)))
    assert (spoilt.status, spoilt.header("etag"), spoilt.header("content-type")) == (200, None, JSON_MEDIA)
    with pytest.raises(TextError):
        parse(spoilt.body)
