from __future__ import annotations

import pytest

from mockserver.control.control import Control
from mockserver.core.text import Json
from tests.control.asking import ask, refused, served, told
from tests.engine.asking import ask as request

CLIP: Json = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725}
BUSY: Json = {"calls": {"operation": "createClip"}, "turns": {"first": 1}, "status": {"code": 503}}


def clip(driven: Control) -> int:
    return request(driven.desk.engine, "POST", "/api/clip", "test_me", CLIP).status


def test_a_fault_strikes_until_it_is_used_up_and_tells_how_often() -> None:
    driven = served("livepeer")
    added = ask(driven, "POST", "/faults", BUSY)
    assert (added.status, added.header("location")) == (201, f"/__admin/faults/{added.value['id']}")
    assert [clip(driven), clip(driven)] == [503, 200]
    standing = told(driven, "GET", f"/faults/{added.value['id']}")
    assert (standing["met"], standing["used"], standing["fault"]) == (2, 1, BUSY)
    assert told(driven, "GET", "/faults") == {"faults": [standing]}


def test_the_journal_names_the_fault_that_was_used() -> None:
    driven = served("livepeer")
    id = told(driven, "POST", "/faults", {**BUSY, "name": "busy"})["id"]
    clip(driven)
    assert told(driven, "GET", "/requests/1")["fault"] == id == "busy"


def test_a_fault_is_taken_away_however_often_one_tries() -> None:
    driven = served("livepeer")
    id = told(driven, "POST", "/faults", BUSY)["id"]
    assert [ask(driven, "DELETE", f"/faults/{id}").status for _ in range(2)] == [204, 204]
    assert refused(driven, "GET", f"/faults/{id}")["status"] == 404
    assert clip(driven) == 200


def test_all_faults_are_taken_away_at_once() -> None:
    driven = served("livepeer")
    for _ in range(3):
        told(driven, "POST", "/faults", BUSY)
    assert ask(driven, "DELETE", "/faults").status == 204
    assert told(driven, "GET", "/faults") == {"faults": []}


@pytest.mark.parametrize(
    ("fault", "pointer"),
    [
        ({}, ""),
        ({"status": {"code": 99}}, "/status/code"),
        ({"delay": {"ms": -1}}, "/delay/ms"),
        ({"statsu": {"code": 503}}, "/statsu"),
        ({"calls": {"operation": "creatClip"}, "status": {"code": 503}}, "/calls/operation"),
    ],
)
def test_what_is_no_fault_is_refused_where_it_stands(fault: Json, pointer: str) -> None:
    driven = served("livepeer")
    problem = refused(driven, "POST", "/faults", fault)
    assert (problem["status"], problem["pointer"], problem["rule"]) == (422, pointer, "fault")
    assert told(driven, "GET", "/faults") == {"faults": []}


def test_every_plan_can_be_set_and_is_told_of() -> None:
    driven = served("livepeer", "restream")
    plans = told(driven, "GET", "/faults/plans")["plans"]
    assert "retry-storm" in [plan["name"] for plan in plans]
    for plan in plans:
        added = told(driven, "POST", f"/faults/plans/{plan['name']}")["faults"]
        assert [standing["fault"] for standing in added] == plan["faults"]


@pytest.mark.parametrize("name", ["retry-strom", "..%2Fworlds%2Fdefault", "%2Fetc%2Fpasswd", "retry-storm.yaml"])
def test_a_plan_is_found_by_its_name_alone(name: str) -> None:
    problem = refused(served("livepeer"), "POST", f"/faults/plans/{name}")
    assert (problem["status"], problem["pointer"]) == (404, "name")
