from __future__ import annotations

import gzip
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import dump
from mockserver.engine.difference import difference, fits
from mockserver.engine.query import Query
from tests.engine.entries import AT, VIOLATION, entry

ASKED = entry(
    body={"text": "hello", "tags": ["a", 1]},
    target="/tiny/notes?limit=5&q=a%20b",
    headers=[("X-Trace", "abc-1")],
    serial=7,
)

MISSES: list[tuple[dict[str, Any], str]] = [
    ({"provider": "other"}, "the provider is tiny, not other"),
    ({"world": "w"}, "the world is test_me, not w"),
    ({"operation": "getNote"}, "the operation is createNote, not getNote"),
    ({"method": "GET"}, "the method is POST, not GET"),
    ({"path": "/tiny/notes/{id}"}, "the path is /tiny/notes, not /tiny/notes/{id}"),
    ({"status": 404}, "the status is 201, not 404"),
    ({"status": "4xx"}, "the status is 201, not 4xx"),
    ({"headers": {"x-none": "a"}}, "the header x-none is missing"),
    ({"headers": {"x-trace": "b*"}}, 'the header x-trace is "abc-1", not "b*"'),
    ({"headers": {"x-trace": None}}, 'the header x-trace is there: "abc-1"'),
    ({"arguments": {"limit": "6"}}, 'the argument limit is "5", not "6"'),
    ({"body": {"/text": "bye"}}, 'the request\'s body has "hello" at /text, not "bye"'),
    ({"body": {"/tags/1": True}}, "the request's body has 1 at /tags/1, not true"),
    ({"body": {"/none": 1}}, "the request's body has nothing at /none, not 1"),
    ({"reply": {"/id": "n2"}}, 'the reply\'s body has "n1" at /id, not "n2"'),
    ({"text": "bye"}, 'neither its body nor the reply\'s holds "bye"'),
    ({"violations": True}, "it has no violations"),
    ({"violations": "C201"}, "it has no violations, not C201"),
    ({"fault": True}, "it met no fault"),
    ({"fault": "reset"}, "it met no fault, not reset"),
    ({"since": AT + 1}, "it came at 2026-11-22T11:51:40.000Z, before 2026-11-22T11:51:40.001Z"),
    ({"until": AT - 1}, "it came at 2026-11-22T11:51:40.000Z, after 2026-11-22T11:51:39.999Z"),
    ({"after": 7}, "its serial is 7, not after 7"),
    ({"before": 7}, "its serial is 7, not before 7"),
]


@pytest.mark.parametrize(("wanted", "told"), MISSES, ids=lambda given: str(given)[:40])
def test_what_is_otherwise_is_told_in_a_clause(wanted: dict[str, Any], told: str) -> None:
    assert difference(Query(**wanted), ASKED) == [told]
    assert not Query(**wanted)(ASKED)


FITS: list[dict[str, Any]] = [
    {},
    {"provider": "tiny", "world": "test_me", "operation": "createNote", "method": "POST", "path": "/tiny/notes"},
    {"world": "tiny/test_me"},
    {"path": "/*/notes", "status": "2xx"},
    {"status": 201, "headers": {"X-TRACE": "abc*", "x-none": None}},
    {"arguments": {"limit": "*", "q": "a b", "none": None}},
    {"body": {"/text": "hello", "/tags/1": 1.0, "/tags": ["a", 1]}, "reply": {"": {"id": "n1"}}},
    {"text": "hell"},
    {"text": "n1"},
    {"violations": False, "fault": False},
    {"since": AT, "until": AT, "after": 6, "before": 8},
]


@pytest.mark.parametrize("wanted", FITS, ids=str)
def test_what_holds_in_every_part_matches(wanted: dict[str, Any]) -> None:
    assert difference(Query(**wanted), ASKED) == []
    assert Query(**wanted)(ASKED)


def test_violations_and_faults_are_found_by_name() -> None:
    spoilt = entry(violations=(VIOLATION,), fault="reset")
    assert Query(violations="C201", fault="reset")(spoilt)
    assert Query(violations=True, fault=True)(spoilt)
    wanted = Query(violations="C110", fault="hang")
    assert difference(wanted, spoilt) == [
        "it has the violations C201, not C110",
        "it met the fault reset, not hang",
    ]
    assert difference(Query(violations=False, fault=False), spoilt) == [
        "it has violations: C201",
        "it met the fault reset",
    ]


def test_a_form_and_a_packed_body_are_looked_into_too() -> None:
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    assert Query(body={"/a": "b c"})(entry(headers=form, sent=b"a=b+c"))
    packed = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    sent = entry(headers=packed, sent=gzip.compress(dump({"a": "hello"})))
    assert Query(body={"/a": "hello"}, text="hello")(sent)


def test_a_body_nobody_can_read_is_said_to_be_none() -> None:
    broken = entry(headers=[("Content-Type", "application/json")], sent=b'{"a"')
    assert difference(Query(body={"/a": 1}), broken) == ["the request has no body that is JSON or a form"]


@pytest.mark.parametrize(
    ("wanted", "path", "fit"),
    [
        ("/a/b", "/a/b", True),
        ("/a/b", "/a/b/", False),
        ("/a/{id}", "/a/x", True),
        ("/a/{id}", "/a/", False),
        ("/a/{id}", "/a/x/y", False),
        ("/a/{id}.{form}", "/a/x.y.json", True),
        ("/a/*", "/a/", True),
        ("/a/*/c", "/a/b/c", True),
        ("/a/**", "/a", True),
        ("/a/**", "/a/b/c", True),
        ("/**/c", "/a/b/c", True),
        ("/**/b/**/d", "/a/b/c/b/d", True),
        ("/**/b*d", "/b/x/bcd", True),
        ("**", "/anything", True),
        ("/a.b", "/axb", False),
    ],
)
def test_a_path_is_one_as_sent_or_a_template_or_has_wildcards(wanted: str, path: str, fit: bool) -> None:
    assert fits(wanted, path) is fit


@given(st.lists(st.sampled_from(["a", "b", "*", "**", "/"]), max_size=12).map("".join), st.text("ab/", max_size=12))
def test_wildcards_in_any_number_mean_what_trying_every_way_finds(wanted: str, path: str) -> None:
    def tried(asked: list[str], sent: list[str]) -> bool:
        if not asked:
            return not sent
        if asked[0] == "**":
            return any(tried(asked[1:], sent[at:]) for at in range(len(sent) + 1))
        return bool(sent) and spelled(asked[0], sent[0]) and tried(asked[1:], sent[1:])

    def spelled(one: str, other: str) -> bool:
        if not one.startswith("*"):
            return one == other if not one else other[:1] == one[0] and spelled(one[1:], other[1:])
        return any(spelled(one.lstrip("*"), other[at:]) for at in range(len(other) + 1))

    assert fits(wanted, path) is tried(wanted.split("/"), path.split("/"))


def test_no_query_takes_long_on_any_text() -> None:
    long = "a" * 8_000
    sent = entry(target="/" + long, headers=[("X-Long", long)])
    assert not Query(headers={"x-long": "*a" * 30 + "b"})(sent)
    assert not fits("/" + "*a" * 30 + "b", sent.request.path)
    assert not fits("/**/x" * 30, "/a" * 4_000)


def test_a_reply_that_is_no_json_has_no_value_to_compare() -> None:
    page = entry(reply=Reply.text(200, "hello"), request=Request("GET", "/", headers=Headers()))
    assert difference(Query(reply={"/id": 1}), page) == ["the reply has no body that is JSON or a form"]
