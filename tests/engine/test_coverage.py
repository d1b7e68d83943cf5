from __future__ import annotations

import pytest

from mockserver.contract.check import compile_contract
from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.engine.coverage import Coverage, coverage_json
from tests.engine import tiny
from tests.engine.entries import VIOLATION, entry

SIMULATED = frozenset(tiny.OPERATIONS) - {"lie"}


@pytest.fixture
def coverage() -> Coverage:
    return Coverage({"tiny": compile_contract(tiny.DOCUMENT).operations}, {"tiny": SIMULATED})


def tried(coverage: Coverage, operation: str) -> Json:
    (found,) = [each for each in coverage_json(coverage)["tiny"]["tried"] if each["operation"] == operation]
    return found


def test_before_the_first_call_nothing_is_covered(coverage: Coverage) -> None:
    told = coverage_json(coverage)["tiny"]
    assert told["operations"] == {"called": 0, "of": len(SIMULATED)}
    assert (told["statuses"]["met"], told["calls"], told["unmatched"]) == (0, 0, 0)
    assert {each["operation"] for each in told["tried"]} == set(tiny.OPERATIONS)


def test_calls_are_counted_by_the_documented_status_they_met(coverage: Coverage) -> None:
    for status in (201, 201, 409, 422):
        coverage.add(entry(reply=Reply(status)))
    found = tried(coverage, "createNote")
    assert (found["calls"], found["statuses"]) == (4, {"201": 2, "409": 1, "422": 1})
    assert (found["met"], found["never"]) == (["201", "4XX"], [])
    assert (found["method"], found["path"], found["simulated"]) == ("POST", "/tiny/notes", True)


def test_what_was_never_met_is_named(coverage: Coverage) -> None:
    coverage.add(entry(operation="getNote", reply=Reply(404)))
    assert (tried(coverage, "getNote")["met"], tried(coverage, "getNote")["never"]) == (["4XX"], ["200"])
    assert tried(coverage, "listNotes")["never"] == ["200", "4XX"]


def test_a_status_the_document_has_not_is_counted_and_met_by_nothing(coverage: Coverage) -> None:
    coverage.add(entry(reply=Reply(503)))
    found = tried(coverage, "createNote")
    assert (found["statuses"], found["met"]) == ({"503": 1}, [])


def test_calls_that_break_rules_are_counted_with_the_codes(coverage: Coverage) -> None:
    coverage.add(entry(violations=(VIOLATION, VIOLATION)))
    coverage.add(entry())
    found = tried(coverage, "createNote")
    assert (found["calls"], found["violating"], found["violations"]) == (2, 1, {"C201": 1})


def test_calls_without_an_operation_are_counted_and_their_paths_are_not_kept(coverage: Coverage) -> None:
    for n in range(100):
        coverage.add(entry(target=f"/nowhere/{n}", operation=None))
    told = coverage_json(coverage)["tiny"]
    assert (told["unmatched"], told["calls"], "nowhere" in str(told)) == (100, 0, False)


def test_what_nobody_simulates_is_listed_and_not_missed(coverage: Coverage) -> None:
    coverage.add(entry(operation="lie"))
    assert (tried(coverage, "lie")["simulated"], tried(coverage, "lie")["calls"]) == (False, 1)
    assert coverage_json(coverage)["tiny"]["operations"]["called"] == 0


def test_it_can_begin_anew(coverage: Coverage) -> None:
    fresh = coverage_json(coverage)
    coverage.add(entry())
    coverage.add(entry(operation=None))
    coverage.clear()
    assert coverage_json(coverage) == fresh


def test_what_several_have_counted_is_added_and_none_of_them_is_changed(coverage: Coverage) -> None:
    other = Coverage({"tiny": compile_contract(tiny.DOCUMENT).operations}, {"tiny": SIMULATED})
    coverage.add(entry(violations=(VIOLATION,)))
    for each in (entry(reply=Reply(409)), entry(violations=(VIOLATION,)), entry(operation=None)):
        other.add(each)
    other.strike("tiny", ["status"])
    both = coverage.together(other.counts(), {"another": {}})
    found = tried(both, "createNote")
    assert (found["statuses"], found["violating"], found["violations"]) == ({"201": 2, "409": 1}, 2, {"C201": 2})
    assert (found["met"], found["never"]) == (["201", "4XX"], [])
    told = coverage_json(both)["tiny"]
    assert (told["calls"], told["unmatched"], told["faults"]["met"]) == (3, 1, {"status": 1})
    assert tried(coverage, "createNote")["calls"] == 1
