"""The replay's own eyes: made-up ids and times are learned, anything else that differs is seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockserver.core.http import Reply
from mockserver.core.text import Json
from tests.golden.exchanges import Recorded, load
from tests.golden.matching import Names, differences
from tests.golden.replay import instants, start

A, B = "0a0a0a0a-1111-4111-8111-111111111111", "0b0b0b0b-2222-4222-8222-222222222222"
NOW = 1_795_348_300_000


def found(recorded: Json, ours: Json, names: Names | None = None, status: int = 200) -> list[tuple[str, str]]:
    """What differs between two bodies, as (what, pointer)."""
    told = differences(1, Recorded(200, recorded, {}), Reply.json(status, ours), names or Names(), ())
    return [(one.what, one.pointer) for one in told]


@pytest.mark.parametrize(
    ("recorded", "ours", "differs"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [("body", "/a")]),
        ({"a": None}, {}, [("body", "/a")]),
        ({}, {"a": None}, [("body", "/a")]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, [("order", "")]),
        ([1, 2], [2, 1], [("body", "/0"), ("body", "/1")]),
        ([1], [1, 2], [("body", "")]),
        ({"id": A}, {"id": B}, []),
        ({"id": A}, {"id": "no uuid"}, [("body", "/id")]),
        ({"id": A, "again": A}, {"id": B, "again": B}, []),
        ({"id": A, "name": f"clip-{A}"}, {"id": B, "name": f"clip-{B}"}, []),
        ({"id": A, "name": f"clip-{A}"}, {"id": B, "name": f"clip-{A}"}, [("body", "/name")]),
        ({"createdAt": NOW}, {"createdAt": NOW + 5}, []),
        ({"createdAt": NOW, "updatedAt": NOW}, {"createdAt": NOW, "updatedAt": NOW + 1}, [("body", "/updatedAt")]),
        ({"createdAt": NOW, "updatedAt": NOW + 9}, {"createdAt": NOW, "updatedAt": NOW - 1}, [("body", "/updatedAt")]),
        ({"createdAt": 5, "updatedAt": 14}, {"createdAt": 5, "updatedAt": 9999}, [("body", "/updatedAt")]),
        ({"startTime": NOW}, {"startTime": NOW + 5}, [("body", "/startTime")]),
        ("Unexpected token x in JSON", "Unexpected character in JSON", []),
        ("Error: Unexpected token x in JSON", "Unexpected token x in JSON", [("body", "")]),
    ],
)  # fmt: skip
def test_only_what_a_run_makes_up_may_differ(recorded: Json, ours: Json, differs: list[tuple[str, str]]) -> None:
    assert found(recorded, ours) == differs


def test_an_id_of_the_world_is_the_same_in_both() -> None:
    assert found({"id": A}, {"id": B}, Names(frozenset([A]))) == [("body", "/id")]


def test_an_id_once_learned_stays_what_it_is() -> None:
    names = Names()
    assert found({"id": A}, {"id": B}, names) == []
    assert found({"id": A}, {"id": A}, names) == [("body", "/id")]
    assert names.translate(f"/api/asset/{A}") == f"/api/asset/{B}"


def test_a_status_and_a_header_are_compared_too() -> None:
    recorded = Recorded(200, {}, {"vary": "Origin", "link": None})
    told = differences(1, recorded, Reply.json(201, {}, [("Link", "<x>")]), Names(), ())
    assert [one.what for one in told] == ["status", "vary", "link"]


def test_a_place_named_by_shape_is_compared_by_type() -> None:
    recorded = Recorded(200, {"clips": [{"name": "a"}, {"name": "b"}]}, {})
    ours = Reply.json(200, {"clips": [{"name": "c"}, {"name": 5}]})
    told = differences(1, recorded, ours, Names(), ("/clips/*/name",))
    assert [one.pointer for one in told] == ["/clips/1/name"]


def line(n: int, response: Json, body: str | None = None) -> str:
    request = {"method": "POST", "path": "/api/clip", "headers": {"a": "b"}, "body": body}
    return json.dumps({"n": n, "group": "g", "request": request, "response": {"status": 200, "body": response}})


def test_files_are_merged_in_order_and_the_first_one_counts(tmp_path: Path) -> None:
    (tmp_path / "one").write_text(line(2, "two") + "\n\n" + line(4, "four"))
    (tmp_path / "two").write_text(line(3, "three") + "\n" + line(2, "other"))
    loaded = load([tmp_path / "one", tmp_path / "two"])
    assert [(one.n, one.reply.body) for one in loaded] == [(2, "two"), (3, "three"), (4, "four")]


def test_a_line_that_is_no_exchange_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text(line(1, {}) + '\n{"n": 2}')
    with pytest.raises(ValueError, match=r"bad:2: not a recorded exchange"):
        load([tmp_path / "bad"])


def test_the_clock_follows_the_times_in_replies_and_never_goes_back(tmp_path: Path) -> None:
    lines = [line(1, {}, f'{{"startTime": {NOW}}}'), line(2, {"createdAt": NOW + 70_000}), line(3, {"updatedAt": NOW})]
    (tmp_path / "file").write_text("\n".join(lines))
    exchanges = load([tmp_path / "file"])
    assert start(exchanges) == NOW + 60_000
    assert list(instants(exchanges, start(exchanges))) == [NOW + 60_000, NOW + 70_000, NOW + 70_000]
