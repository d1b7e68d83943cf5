from __future__ import annotations

import pytest

from tests.control.asking import control, refused, told
from tests.engine import tiny
from tests.engine.asking import create


def names(worlds: list[dict[str, object]]) -> list[object]:
    return [world["world"] for world in worlds]


def test_worlds_are_listed_start_worlds_first() -> None:
    driven = control()
    create(driven.desk.engine, "a", "test_b")
    create(driven.desk.engine, "a", "test_a")
    assert names(told(driven, "GET", "/worlds")["worlds"]) == ["default", "test_b", "test_a"]
    assert names(told(driven, "GET", "/worlds", query="provider=tiny")["worlds"]) == ["default", "test_b", "test_a"]


def test_a_world_tells_what_happens_next() -> None:
    driven = control()
    create(driven.desk.engine, "a", "test_me")
    world = told(driven, "GET", "/worlds/tiny/test_me")
    assert (world["start"], world["due"], world["calls"]) == (False, tiny.NOW + 1_000, 1)
    assert world["dueIso"] == "2026-11-22T11:51:41.000Z"
    assert world["records"]["note"] == 3


def test_a_key_with_a_role_is_the_same_world() -> None:
    driven = control()
    create(driven.desk.engine, "a", "test_me")
    assert told(driven, "GET", "/worlds/tiny/test_me+guest")["world"] == "test_me"


@pytest.mark.parametrize(
    "path", ["/worlds/tiny/nowhere", "/worlds/tiny/test_new", "/worlds/tiny/..%2F..%2Fetc%2Fpasswd"]
)
def test_a_world_that_is_not_there_is_named_with_those_that_are(path: str) -> None:
    problem = refused(control(), "GET", path)
    assert problem["status"] == 404
    assert "default" in problem["detail"]


def test_a_provider_that_is_not_served_is_named_with_those_that_are() -> None:
    assert (
        refused(control(), "GET", "/worlds/tinny/start")["detail"]
        == 'no provider "tinny"; did you mean "tiny"? There are: tiny'
    )
    assert refused(control(), "GET", "/worlds", query="provider=x")["status"] == 404


def test_who_drives_a_private_world_makes_it_as_its_first_call_would() -> None:
    driven = control()
    told(driven, "POST", "/worlds/tiny/test_new/clock/freeze")
    assert names(told(driven, "GET", "/worlds")["worlds"]) == ["default", "test_new"]


def test_who_only_looks_makes_no_world() -> None:
    driven = control()
    refused(driven, "GET", "/worlds/tiny/test_new/clock")
    assert names(told(driven, "GET", "/worlds")["worlds"]) == ["default"]
