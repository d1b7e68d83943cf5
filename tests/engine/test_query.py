from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.text import Json
from mockserver.engine.query import QUERY_SCHEMA, Query, QueryError, query_from

ALL: Json = {
    "provider": "livepeer",
    "world": "test_me",
    "operation": "createClip",
    "method": "post",
    "path": "/api/**",
    "status": "4XX",
    "headers": {"Content-Type": "application/json*", "Origin": None},
    "arguments": {"limit": "5"},
    "body": {"/name": "x", "": {}},
    "reply": {"/errors/0": "not found"},
    "text": "found",
    "violations": "C210",
    "fault": True,
    "since": "2026-11-22T11:50:00Z",
    "until": 1_795_348_300_000,
    "after": 1,
    "before": 9,
}


def problems(value: Json) -> list[tuple[str, str]]:
    with pytest.raises(QueryError) as caught:
        query_from(value)
    return caught.value.problems


def test_every_part_of_a_query_can_be_written_as_json() -> None:
    read = query_from(ALL)
    assert set(QUERY_SCHEMA["properties"]) == set(ALL) == set(Query.__dataclass_fields__)
    assert (read.method, read.status, read.since, read.until) == ("POST", "4xx", 1_795_348_200_000, 1_795_348_300_000)
    assert (read.headers, read.body) == (ALL["headers"], ALL["body"])


def test_nothing_asks_for_everything() -> None:
    assert query_from({}) == Query()


def test_a_status_may_be_a_text() -> None:
    assert query_from({"status": "404"}) == query_from({"status": 404}) == Query(status=404)


def test_the_schema_is_one_and_its_examples_keep_it() -> None:
    jsonschema_rs.meta.validate(QUERY_SCHEMA)
    for name, part in QUERY_SCHEMA["properties"].items():
        for example in part.get("examples", ()):
            query_from({name: example})


def test_an_unknown_part_is_refused_with_the_nearest_name() -> None:
    ((where, what),) = problems({"metod": "GET"})
    assert where == "/metod"
    assert what.startswith('no part of a query "metod"; did you mean "method"?')


@pytest.mark.parametrize(
    ("value", "where", "told"),
    [
        ({"status": "9xx"}, "/status", 'expected a status from 100 to 599, or a class such as `4xx`, got "9xx".'),
        ({"status": 99}, "/status", "expected a status from 100 to 599, or a class such as `4xx`, got 99."),
        ({"status": True}, "/status", "expected a status from 100 to 599, or a class such as `4xx`, got true."),
        ({"path": "api"}, "/path", 'expected a path that begins with `/`, or a wildcard, got "api".'),
        ({"headers": {"a": 1}}, "/headers/a", "expected text or null, got 1."),
        ({"body": {"name": 1}}, "/body", "expected JSON Pointers for names, such as `/name`, or `/0/id` in a list"),
        ({"after": -1}, "/after", "expected at least 0, got -1."),
        ([], "", "expected an object, got an empty array."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(value: Json, where: str, told: str) -> None:
    assert problems(value) == [(where, told)]


def test_an_instant_that_is_none_is_refused() -> None:
    ((where, what),) = problems({"since": "tomorrow"})
    assert (where, what.startswith("expected an instant such as")) == ("/since", True)
    assert [where for where, _ in problems({"until": True})] == ["/until"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    error = QueryError(problems({"world": 1, "metod": 1, "since": 5}))
    assert [line.split(":")[0] for line in str(error).splitlines()] == ["/metod", "/world", "/since"]


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda items: st.lists(items, max_size=2))
PARTS = st.dictionaries(
    st.sampled_from(sorted(ALL)), JSON | st.dictionaries(st.text(max_size=3), JSON, max_size=2), max_size=3
)


@given(PARTS | JSON)
def test_no_json_ever_raises_anything_but_a_query_error(value: Json) -> None:
    try:
        query_from(value)
    except QueryError as error:
        assert error.problems
