from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective
from mockserver.core.http import Reply
from mockserver.engine.near import near_misses, why_unmatched
from mockserver.engine.query import Query
from tests.engine import tiny
from tests.engine.entries import entry


@cache
def contracts() -> dict[str, CompiledContract]:
    real = {name: compile_contract(effective(name).value) for name in ("livepeer", "restream")}
    return {"tiny": compile_contract(tiny.DOCUMENT), **real}


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("PUT /api/clip", "PUT is no method of `/api/clip` at livepeer, which has POST there."),
        ("HEAD /api/clip", "HEAD is no method of `/api/clip` at livepeer, which has POST there."),
        ("POST /clip", "The base path `/api` is missing: `POST /api/clip` is livepeer's createClip."),
        ("POST /api/api/clip", "The base path `/api` is there twice: `POST /api/clip` is livepeer's createClip."),
        ("POST /api//clip", "A slash is doubled: `POST /api/clip` is livepeer's createClip."),
        (
            "GET /v2/user/clips/projects/",
            "The slash at the end is one too many: `GET /v2/user/clips/projects` is restream's listClipProjects.",
        ),
        (
            "GET /v2/User/Clips/projects/Ab",
            "Upper and lower case are not as written: `GET /v2/user/clips/projects/Ab` is restream's getClipProject.",
        ),
        (
            "POST //notes",
            "A slash is doubled and the base path `/tiny` is missing: `POST /tiny/notes` is tiny's createNote.",
        ),
        (
            "PATCH /notes/7",
            "The base path `/tiny` is missing, and PATCH is no method of `/tiny/notes/7` at tiny, which has GET and "
            "DELETE there.",
        ),
        (
            "GET /api/clips",
            "No operation is `GET /api/clips`: `clips` is no segment there, `clip` is; the nearest is "
            "`POST /api/clip`, livepeer's createClip.",
        ),
        (
            "GET /v2/user/clips",
            "No operation is `GET /v2/user/clips`: `projects` is missing at its end; the nearest is "
            "`GET /v2/user/clips/projects`, restream's listClipProjects.",
        ),
        (
            "GET /tiny/notes/7/more",
            "No operation is `GET /tiny/notes/7/more`: `more` at its end is too much; the nearest is "
            "`GET /tiny/notes/{id}`, tiny's getNote.",
        ),
        (
            "GET /tiny/notes/",
            "The slash at the end is one too many: `GET /tiny/notes` is tiny's listNotes.",
        ),
        ("GET /favicon.ico", "No path is like `GET /favicon.ico`; `mockserver routes` lists those there are."),
        ("- /", "What came was no HTTP request that could be read."),
    ],
)
def test_why_a_call_matched_nothing_is_one_sentence(call: str, why: str) -> None:
    method, _, path = call.partition(" ")
    assert why_unmatched(method, path, contracts()) == why


@given(st.sampled_from(["GET", "PUT", "BREW"]), st.text("/aA.{}%ptiny", max_size=300).map(lambda path: "/" + path))
def test_there_is_a_sentence_for_every_path(method: str, path: str) -> None:
    assert why_unmatched(method, path, contracts()).endswith(".")


def test_of_the_entries_nobody_found_the_nearest_come_first() -> None:
    entries = [
        entry("GET", "/other", operation=None, serial=1),
        entry(body={"text": "a"}, serial=2),
        entry(body={"text": "a"}, serial=3, reply=Reply(409)),
        entry("GET", "/tiny/notes/7", operation="getNote", serial=4),
    ]
    query = Query(method="POST", path="/tiny/notes", status=201, body={"/text": "b"})
    misses = near_misses(query, entries)
    assert [miss.entry.serial for miss in misses] == [2, 3, 4]
    assert str(misses[0]) == 'Entry 2, POST /tiny/notes with 201: the request\'s body has "a" at /text, not "b".'
    assert misses[1].differences[0] == "the status is 409, not 201"


def test_of_equals_the_newest_comes_first() -> None:
    misses = near_misses(Query(method="GET"), [entry(serial=serial) for serial in range(1, 6)], most=2)
    assert [miss.entry.serial for miss in misses] == [5, 4]


def test_what_matches_is_no_near_miss() -> None:
    assert near_misses(Query(method="POST"), [entry()]) == []
