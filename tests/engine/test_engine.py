from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json
from mockserver.core.world import Outcome
from mockserver.engine.coverage import coverage_json
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.engine.ports import Ports
from tests.engine import tiny
from tests.engine.asking import ask, create, notes, opened, request, run
from tests.engine.tiny import NOW, engine


def last(served: Engine) -> Entry:
    *_, entry = served.journal.since(0)
    return entry


def test_a_call_is_answered_and_its_changes_are_there() -> None:
    served = opened(engine())
    made = create(served, "a")
    assert made.status == 201
    assert ask(served, "GET", f"/tiny/notes/{made.value['id']}").value == made.value


def test_an_exchange_is_recorded_with_its_world_and_operation() -> None:
    ticks = iter(range(0, 10**9, 5_000))
    served = opened(engine(ports=Ports(stopwatch=lambda: next(ticks))))
    create(served, "a", "test_x")
    entry = last(served)
    assert (entry.at, entry.provider, entry.world, entry.operation) == (NOW, "tiny", "test_x", "createNote")
    assert (entry.reply.status, entry.violations, entry.microseconds) == (201, (), 5)


def test_whoever_watches_sees_each_entry() -> None:
    seen: list[Entry] = []
    served = opened(engine(ports=Ports(watch=seen.append)))
    create(served, "a", "test_x")
    assert [(entry.serial, entry.world, entry.reply.status) for entry in seen] == [(1, "test_x", 201)]


def test_a_request_that_breaks_the_contract_is_recorded_as_the_clients_fault() -> None:
    served = opened(engine())
    reply = ask(served, "POST", "/tiny/notes", "main", {"text": 5})
    assert reply.status == 422
    assert [(violation.party, violation.pointer) for violation in last(served).violations] == [("client", "/text")]


def test_a_call_nothing_matches_still_gets_the_providers_words() -> None:
    served = opened(engine())
    assert ask(served, "GET", "/tiny/nowhere").value == {"tiny": "no such path"}
    assert last(served).operation is None


def test_a_path_the_document_has_not_is_recorded_with_the_nearest_it_has() -> None:
    served = opened(engine())
    ask(served, "GET", "/tiny/note")
    (violation,) = last(served).violations
    assert (violation.party, violation.place) == ("client", "route")
    assert "Nearest is `/tiny/notes`" in str(violation)


def test_a_reply_says_how_many_rules_its_request_broke_and_where_it_stands_which() -> None:
    served = opened(engine())
    ask(served, "GET", "/tiny/notes")
    reply = ask(served, "POST", "/tiny/notes", "main", {"text": 5})
    assert reply.headers[-2:] == (("Mockserver-Violations", "1"), ("Mockserver-Entry", "/__admin/requests/2"))
    assert ask(served, "GET", "/tiny/nowhere").header("mockserver-entry") == "/__admin/requests/3"
    assert last(served).reply.header("mockserver-violations") is None


def test_a_reply_to_a_good_call_has_nothing_of_ours() -> None:
    served = opened(engine())
    assert [name for name, _ in create(served, "a").headers if name.startswith("Mockserver")] == []


def test_where_entries_are_not_served_no_reply_leads_there() -> None:
    served = opened(engine())
    served.entries = ""
    reply = ask(served, "POST", "/tiny/notes", "main", {"text": 5})
    assert (reply.header("mockserver-violations"), reply.header("mockserver-entry")) == ("1", None)


def test_what_clients_try_is_counted() -> None:
    served = opened(engine())
    create(served, "a")
    ask(served, "POST", "/tiny/notes", "main", {"text": 5})
    ask(served, "GET", "/tiny/nowhere")
    served.refuse(Request("GET", "/tiny/x"), 408, "too slow")
    told = coverage_json(served.coverage)["tiny"]
    assert (told["calls"], told["unmatched"], told["operations"]["called"]) == (2, 2, 1)


def test_head_is_answered_as_get() -> None:
    served = opened(engine())
    assert ask(served, "HEAD", "/tiny/notes").body == ask(served, "GET", "/tiny/notes").body
    assert last(served).operation == "listNotes"


def test_a_reply_that_breaks_the_contract_is_our_fault_and_changes_nothing() -> None:
    served = opened(engine())
    before = notes(served)
    reply = ask(served, "POST", "/tiny/lies")
    assert reply.status == 500
    assert reply.value["mockserver"]["failed"] == "lie"
    assert [broken["pointer"] for broken in reply.value["mockserver"]["violations"]] == ["/text"]
    assert [violation.party for violation in last(served).violations] == ["server"]
    assert notes(served) == before


def test_a_bug_in_a_provider_is_a_500_that_names_the_operation_and_reaches_the_log() -> None:
    blunders: list[Exception] = []
    served = opened(engine(ports=Ports(blundered=blunders.append)))
    reply = ask(served, "POST", "/tiny/bugs")
    assert reply.status == 500
    assert reply.value["errors"][0].startswith("mockserver failed in fail: ZeroDivisionError: a bug.")
    assert [type(error) for error in blunders] == [ZeroDivisionError]


def test_a_bug_before_any_operation_is_known_names_the_request() -> None:
    def broken(request: Request) -> Any:
        raise ZeroDivisionError

    served = opened(engine(provider=tiny.provider(claim=broken)))
    assert "failed in GET /tiny/notes" in ask(served, "GET", "/tiny/notes").value["errors"][0]


REFUSED: list[tuple[str, str, str, Json]] = [
    ("POST", "/tiny/notes", "nope", {"text": "a"}),
    ("POST", "/tiny/notes", "main", {"text": 5}),
    ("POST", "/tiny/notes", "main", {"text": "hello"}),
    ("POST", "/tiny/lies", "main", None),
    ("POST", "/tiny/bugs", "main", None),
    ("DELETE", "/tiny/nowhere", "main", None),
]


@pytest.mark.parametrize("call", REFUSED, ids=lambda call: " ".join(map(str, call)))
def test_a_refused_call_changes_nothing_not_even_what_chance_gives_next(call: tuple[str, str, str, Json]) -> None:
    asked, other = opened(engine()), opened(engine())
    assert ask(asked, *call).status >= 400
    assert create(asked, "next").body == create(other, "next").body
    assert notes(asked) == notes(other)


def test_what_the_wire_refuses_is_in_the_providers_words_and_on_record() -> None:
    served = opened(engine())
    reply = served.refuse(Request("GET", "/tiny/x"), 408, "too slow")
    assert (reply.status, reply.value) == (408, {"tiny": "too slow"})
    assert last(served).reply.status == 408


def test_the_origin_of_a_request_is_the_moments() -> None:
    def answer(view: Any, call: Any, moment: Any) -> Any:
        return Outcome(Reply.text(404, moment.origin))

    served = opened(engine(provider=replace(tiny.provider(), answer=answer)))
    reply = run(served.respond(request("GET", "/tiny/notes", origin="http://me.example:99")))
    assert reply.body == b"http://me.example:99"


def story(seed: int) -> bytes:
    """Everything a client can see of a fixed sequence of calls."""
    served = opened(engine(seed=seed))
    seen = []
    for key in ("main", "test_a", "test_b", "test_a"):
        for text in ("one", "two", "one"):
            seen.append(create(served, f"{text}", key))
        run(served.advance(700))
        seen.append(ask(served, "GET", "/tiny/notes", key))
    return b"\n".join(b"%d %r %b" % (reply.status, tuple(reply.headers), reply.body) for reply in seen)


def test_same_seed_and_calls_give_the_same_bytes_in_every_process() -> None:
    code = "import sys; from tests.engine.test_engine import story; sys.stdout.buffer.write(story(7))"
    here = story(7)
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        assert ran.stdout == here
    assert story(7) == here


def test_another_seed_gives_other_bytes() -> None:
    assert story(7) != story(8)


def test_what_one_world_draws_does_not_shift_what_another_draws() -> None:
    alone, beside = opened(engine()), opened(engine())
    for _ in range(3):
        create(beside, "x", "test_other")
    assert create(alone, "a", "test_a").body == create(beside, "a", "test_a").body


def test_two_engines_share_nothing() -> None:
    one, other = opened(engine()), opened(engine())
    create(one, "mine")
    run(one.advance(5_000))
    assert other.clock.now() == NOW
    assert "mine" not in [note["text"] for note in notes(other)]
    assert len(other.journal) == 1


def test_a_header_with_bytes_beyond_ascii_is_no_trouble() -> None:
    served = opened(engine())
    headers = Headers.of([("Authorization", "Bearer \xff\udcff")])
    assert run(served.respond(Request("GET", "/tiny/notes", headers=headers))).status == 401
