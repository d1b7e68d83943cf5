from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from mockserver.core.http import Reply, Request
from mockserver.strategies.pages import CURSORS, paged

LIST = Request("GET", "/api/clip/s1", "limit=3&cursor=old", origin="http://mock.example")


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_link_leads_to_the_next_page_whatever_its_cursor(cursor: str) -> None:
    pages = paged(Reply.json(200, [{"id": "a"}, {"id": "b"}]), LIST, cursor)
    assert pages is not None
    link = (pages[0].header("Link") or "").partition(">")[0].removeprefix("<")
    assert parse_qs(urlsplit(link).query) == {"limit": ["3"], "cursor": [cursor]}


def test_the_first_page_is_full_and_what_moved_is_on_both() -> None:
    pages = paged(Reply.json(200, [{"id": "a"}, {"id": "b"}]), LIST, "next")
    assert pages is not None
    assert [len(page.value) for page in pages] == [3, 2]
    assert pages[0].value[0] == pages[1].value[0] == {"id": "a"}


def test_a_last_page_has_a_cursor_that_leads_nowhere() -> None:
    projects = [{"projectId": "a"}, {"projectId": "b"}, {"projectId": "c"}]
    pages = paged(Reply.json(200, {"projects": projects, "pagination": {}}), LIST, "b+w/kA==")
    assert pages is not None
    assert [page.value["pagination"]["hasMore"] for page in pages] == [True, False]
    assert {page.value["pagination"]["nextCursor"] for page in pages} == {"b+w/kA=="}
    assert [len(page.value["projects"]) for page in pages] == [1, 2]


@pytest.mark.parametrize("value", [[], [{"id": "a"}], {"projects": []}, {"id": "a"}, "a list"])
def test_there_are_no_pages_of_less_than_two(value: object) -> None:
    assert paged(Reply.json(200, value), LIST, "next") is None
