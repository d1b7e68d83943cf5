from __future__ import annotations

import pytest

from mockserver.core.http import REASONS, Headers, Reply, Request, decode_segment, media_type


def test_header_names_ignore_case_and_keep_their_spelling() -> None:
    headers = Headers.of([("X-One", "1"), ("x-one", "2")])
    assert headers.first("X-ONE") == "1"
    assert headers.every("x-One") == ["1", "2"]
    assert headers[0] == ("X-One", "1")


def test_a_missing_header_is_none() -> None:
    assert Headers().first("x") is None


def test_query_arguments_keep_their_order_and_empty_values() -> None:
    assert Request("GET", "/", "b=&a=1&b=%C3%A9").arguments() == [("b", ""), ("a", "1"), ("b", "é")]


def test_the_target_is_path_and_query() -> None:
    assert Request("GET", "/a", "b=1").target == "/a?b=1"
    assert Request("GET", "/a").target == "/a"


def test_an_encoded_slash_belongs_to_the_segment() -> None:
    assert decode_segment("a%2Fb") == "a/b"


def test_a_json_reply_keeps_its_value_and_its_bytes() -> None:
    reply = Reply.json(200, {"b": 1, "a": None})
    assert reply.body == b'{"b":1,"a":null}'
    assert reply.value == {"b": 1, "a": None}
    assert reply.header("content-type") == "application/json; charset=utf-8"


def test_more_headers_come_last() -> None:
    assert Reply.empty(204, [("A", "1")]).with_headers(("B", "2")).headers == (("A", "1"), ("B", "2"))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("application/JSON; Charset=UTF-8", ("application/json", {"charset": "UTF-8"})),
        ('text/plain; charset="a"; x', ("text/plain", {"charset": "a", "x": ""})),
        (None, ("", {})),
        (";", ("", {})),
    ],
)
def test_a_content_type_is_split(header: str | None, expected: tuple[str, dict[str, str]]) -> None:
    assert media_type(header) == expected


@pytest.mark.parametrize(
    ("status", "reason"), [(413, "Payload Too Large"), (422, "Unprocessable Entity"), (404, "Not Found")]
)
def test_reasons_are_those_of_node_whatever_this_python_calls_them(status: int, reason: str) -> None:
    assert REASONS[status] == reason
