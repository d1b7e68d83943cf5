from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.conformance import verify
from mockserver.conformance.finding import Finding
from mockserver.core.text import Json
from tests.conformance.traffic.making import asset, line, lines, reading

WAITING = asset("waiting", 1795347487803)


def drift(folder: Path, old: list[Json], new: list[Json]) -> list[Finding]:
    report = verify("livepeer", lines(folder, *new), against=[lines(folder, *old, name="old.jsonl")])
    return [finding for check in report.checks if check.name == "drift" for finding in check.findings]


def told(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.level) for finding in found]


def test_the_same_recording_has_not_drifted(tmp_path: Path) -> None:
    assert drift(tmp_path, [reading(WAITING)], [reading(WAITING)] * 3) == []


def test_a_new_field_is_a_note(tmp_path: Path) -> None:
    (found,) = drift(tmp_path, [reading(WAITING)], [reading({**WAITING, "shade": {"deep": 1}})])
    assert (found.rule, found.level) == ("drift-field-new", "note")
    assert (found.title, found.evidence) == ("In replies 200: a new field /shade", "/shade: {...}, in 1 of 1")


def test_a_field_that_always_came_and_does_not_now_is_a_warning(tmp_path: Path) -> None:
    (found,) = drift(tmp_path, [reading({**WAITING, "size": 3})] * 2, [reading(WAITING)])
    assert (found.rule, found.level) == ("drift-field-gone", "warning")
    assert found.evidence == "/size: 3 before, in all 2; in none of 1 now"
    assert found.document == "/components/schemas/asset/properties/size"


def test_a_field_that_only_sometimes_came_may_be_missing(tmp_path: Path) -> None:
    assert drift(tmp_path, [reading(WAITING), reading({**WAITING, "size": 3})], [reading(WAITING)]) == []


def test_a_field_that_now_comes_sometimes_is_a_warning(tmp_path: Path) -> None:
    sized = reading({**WAITING, "size": 3})
    assert told(drift(tmp_path, [sized], [sized, reading(WAITING)])) == [("drift-field-sometimes", "warning")]


def test_another_type_is_an_error(tmp_path: Path) -> None:
    (found,) = drift(tmp_path, [reading({**WAITING, "note": 3})], [reading({**WAITING, "note": "3"})])
    assert (found.rule, found.level) == ("drift-type", "error")
    assert found.evidence == '/note: number before (3), string now ("3")'


def test_one_type_more_is_a_warning(tmp_path: Path) -> None:
    three, text = reading({**WAITING, "note": 3}), reading({**WAITING, "note": "3"})
    assert told(drift(tmp_path, [three], [three, text])) == [("drift-type", "warning")]


def test_null_where_there_was_none_is_a_warning(tmp_path: Path) -> None:
    (found,) = drift(tmp_path, [reading({**WAITING, "note": 3})], [reading({**WAITING, "note": None})])
    assert (found.rule, found.level, found.places[0].entry) == ("drift-null", "warning", 1)


def test_a_word_that_the_document_lists_and_nobody_met_is_a_warning(tmp_path: Path) -> None:
    (found,) = drift(tmp_path, [reading(WAITING)], [reading(asset("processing", 1795347487900))])
    assert (found.rule, found.evidence) == (
        *("drift-value-new",),
        '/status/phase: "processing" now; before waiting',
    )


def test_names_are_no_words_of_a_list(tmp_path: Path) -> None:
    assert drift(tmp_path, [reading(WAITING)], [reading({**WAITING, "name": "Other"})]) == []


def test_words_that_came_again_and_again_are_a_list(tmp_path: Path) -> None:
    old = [reading({**WAITING, "mood": mood}) for mood in ("glad", "sad")] * 5
    assert told(drift(tmp_path, old, [reading({**WAITING, "mood": "mad"})])) == [("drift-value-new", "warning")]


def test_a_status_that_is_new_is_a_warning_and_one_that_is_gone_a_note(tmp_path: Path) -> None:
    missing = reading({"errors": ["Asset not found"]}, 404)
    assert told(drift(tmp_path, [reading(WAITING)], [missing])) == [
        ("drift-status-new", "warning"),
        ("drift-status-gone", "note"),
    ]


@pytest.mark.parametrize(("turned", "rule"), [(False, "drift-header-new"), (True, "drift-header-gone")])
def test_headers_are_compared(tmp_path: Path, turned: bool, rule: str) -> None:
    plain, tagged = reading(WAITING), reading(WAITING)
    tagged["response"]["headers"] = {**tagged["response"]["headers"], "ETag": 'W/"1"'}
    old, new = ([tagged], [plain]) if turned else ([plain], [tagged])
    assert [rule] == [finding.rule for finding in drift(tmp_path, old, new)]


def test_another_media_type_is_an_error(tmp_path: Path) -> None:
    other = reading("asset")
    other["response"]["headers"] = {"content-type": "text/plain"}
    assert told(drift(tmp_path, [reading(WAITING)], [other])) == [("drift-media-type", "error")]


def test_elements_of_lists_are_compared_together(tmp_path: Path) -> None:
    old = line("GET", "/api/asset", 200, [WAITING, WAITING])
    new = line("GET", "/api/asset", 200, [WAITING, {**WAITING, "shade": 1}])
    assert [finding.title for finding in drift(tmp_path, [old], [new])] == ["In replies 200: a new field /*/shade"]


def test_what_only_one_of_them_called_is_not_compared(tmp_path: Path) -> None:
    assert drift(tmp_path, [line("GET", "/api/asset", 200, [])], [reading(WAITING)]) == []


def test_examples_hold_no_secrets(tmp_path: Path) -> None:
    key = "hush-hush-9"
    found = drift(tmp_path, [reading(WAITING)], [reading({**WAITING, "streamKey": key})])
    assert found and key not in repr(found)


def test_two_runs_tell_the_same(tmp_path: Path) -> None:
    old = [reading({**WAITING, "b": 1, "a": 2})]
    new = [reading({**WAITING, "z": 1, "y": 2, "a": "2"}), reading({"errors": ["x"]}, 404)]
    assert drift(tmp_path, old, new) == drift(tmp_path, old, new)
