from __future__ import annotations

import json
from base64 import b64decode, b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.core.text import Json
from tests.providers.restream.desk import EVENT, NOW, PROJECTS, Desk, error


def desk_with(instants: list[int]) -> Desk:
    desk = Desk({"keys": [{"key": "main"}], "projects": [{"title": "x", "createdAt": at - NOW} for at in instants]})
    assert len(desk.listed(limit=100)["projects"]) == min(len(instants), 100)
    return desk


def walk(desk: Desk, limit: int, sort: str = "CreatedAt") -> list[Json]:
    """As Restream's n8n node walks: while there is more, with the cursor of the page before."""
    found: list[Json] = []
    cursor: dict[str, str] = {}
    while True:
        page = desk.listed(limit=limit, sortBy=sort, **cursor)
        assert len(page["projects"]) <= limit
        found += page["projects"]
        assert len(found) <= 100, "the walk goes round in circles"
        if page["pagination"]["hasMore"] is not True:
            assert page["pagination"]["nextCursor"] is None
            return found
        assert len(page["projects"]) == limit
        cursor = {"cursor": page["pagination"]["nextCursor"]}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(NOW - 5, NOW), max_size=30), st.integers(1, 7), st.sampled_from(["CreatedAt", "LastActivity"])
)
def test_a_walk_gives_every_project_once_newest_first(instants: list[int], limit: int, sort: str) -> None:
    desk = desk_with(instants)
    walked = walk(desk, limit, sort)
    assert walked == desk.listed(limit=100, sortBy=sort)["projects"]
    assert len({project["projectId"] for project in walked}) == len(instants)
    created = [project["createdAt"] for project in walked]
    assert created == sorted(created, reverse=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(NOW - 5, NOW), min_size=1, max_size=20),
    st.lists(st.integers(NOW - 7, NOW + 3), max_size=8),
    st.integers(1, 4),
)
def test_a_walk_loses_and_repeats_nothing_while_projects_are_added(
    instants: list[int], added: list[int], limit: int
) -> None:
    desk = desk_with(instants)
    there = {project["projectId"] for project in desk.listed(limit=100)["projects"]}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    more = True
    while more:
        page = desk.listed(limit=limit, **cursor)
        seen += [project["projectId"] for project in page["projects"]]
        cursor, more = {"cursor": page["pagination"]["nextCursor"] or ""}, page["pagination"]["hasMore"]
        if added:
            at = added.pop()
            some = next(iter(there))
            desk.make("project", f"{len(added):08}-0000-4000-8000-00000000adde", like=some, createdAt=at)
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def test_a_cursor_is_base64_of_json_whose_first_key_is_sort_value() -> None:
    cursor = Desk().listed(limit=1)["pagination"]["nextCursor"]
    assert cursor.startswith("eyJzb3J0VmFsdWUi")
    assert list(json.loads(b64decode(cursor))) == ["sortValue", "id"]


def test_a_cursor_need_not_name_a_project_that_is_there() -> None:
    desk = Desk()
    first, second = desk.listed(limit=2)["projects"]
    cursor = desk.listed(limit=1)["pagination"]["nextCursor"]
    desk.remove("project", first["projectId"])
    assert desk.listed(limit=1, cursor=cursor)["projects"] == [second]


def test_a_cursor_works_without_its_padding() -> None:
    desk = Desk()
    cursor = desk.listed(limit=1)["pagination"]["nextCursor"]
    assert desk.listed(limit=1, cursor=cursor.rstrip("=")) == desk.listed(limit=1, cursor=cursor)


def test_an_empty_cursor_is_none() -> None:
    desk = Desk()
    assert desk.listed(cursor="") == desk.listed()


def encoded(value: Json) -> str:
    return b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "%%%",
        "eyJzb3J0VmFsdWUi...",
        encoded({}),
        encoded([]),
        encoded(None),
        encoded({"sortValue": "yesterday", "id": EVENT}),
        encoded({"sortValue": 1, "id": EVENT}),
        encoded({"sortValue": "2026-01-28T15:50:30.420Z"}),
        encoded({"sortValue": "2026-01-28T15:50:30.420Z", "id": 1}),
        encoded(json.loads("[" * 200 + "]" * 200)),
        b64encode(b"[" * 100_000).decode(),
        b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_cursor_that_no_page_gave_is_refused(cursor: str) -> None:
    assert error(Desk().get(PROJECTS, cursor=cursor)) == (400, "InvalidQueryParams")


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1.5", "ten", "", "1e1", "9" * 5000, "٣"])
def test_a_limit_out_of_range_is_refused(limit: str) -> None:
    assert error(Desk().get(PROJECTS, limit=limit)) == (400, "InvalidQueryParams")


@pytest.mark.parametrize("limit", ["1", "100"])
def test_the_limits_of_the_limit_are_allowed(limit: str) -> None:
    assert len(Desk().listed(limit=limit)["projects"]) == min(int(limit), 33)


@pytest.mark.parametrize(("limit", "length"), [("0", 1), ("-5", 1), ("999", 33), ("ten", 20)])
def test_read_leniently_a_limit_becomes_the_nearest_allowed(limit: str, length: int) -> None:
    desk = Desk(readings={"bad-list-query": "clamp"})
    assert len(desk.listed(limit=limit)["projects"]) == length


@pytest.mark.parametrize("sort", ["createdAt", "", "Title", "CreatedAt,LastActivity"])
def test_an_unknown_sort_is_refused(sort: str) -> None:
    assert error(Desk().get(PROJECTS, sortBy=sort)) == (400, "InvalidQueryParams")


def test_arguments_it_does_not_know_are_ignored() -> None:
    desk = Desk()
    assert desk.listed(page=2) == desk.listed()


def test_the_documented_event_project_is_listed_as_documented() -> None:
    (event,) = [one for one in Desk().listed(limit=100)["projects"] if one["projectId"] == EVENT]
    assert {key: value for key, value in event.items() if key != "clipThumbnails"} == {
        "projectId": EVENT,
        "sourceTypeName": "Event",
        "sourceIdentifier": "61c2559a-2acf-4420-ac01-78786d06da5c",
        "title": "My first live stream",
        "clipsCount": 3,
        "generatingClipsNow": False,
        "createdAt": "2026-01-28T15:50:30.420Z",
    }
    assert len(event["clipThumbnails"]) == 3
