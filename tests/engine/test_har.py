from __future__ import annotations

import gzip
import json
import os
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json
from mockserver.engine.har import har, har_entry
from mockserver.engine.journal import Entry
from tests.engine.entries import AT, VIOLATION, entry
from tests.house.source import CHECKOUT

SCHEMAS = CHECKOUT / "tests" / "clients" / "node_modules" / "har-schema" / "lib"
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@cache
def schema() -> jsonschema_rs.Draft6Validator:
    """HAR 1.2 as npm's har-schema has it, of which har-validator is made."""
    if not SCHEMAS.is_dir():
        reason = "needs har-schema: `make clients` (npm ci in tests/clients)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def read(file: Path) -> tuple[str, Json]:
        address = f"https://har.example/{file.name}"
        return address, {**json.loads(file.read_text()), "$id": address}

    registry = jsonschema_rs.Registry([read(file) for file in SCHEMAS.glob("*.json") if file.name != "index.json"])
    whole = {"$ref": "https://har.example/har.json"}
    return jsonschema_rs.Draft6Validator(whole, registry=registry, validate_formats=True)


def archive(*entries: Entry) -> Json:
    return json.loads(b"".join(har(entries, "1.2.3")))


def test_an_archive_says_what_made_it_and_of_which_version() -> None:
    log = archive()["log"]
    assert (log["version"], log["creator"]) == ("1.2", {"name": "mockserver", "version": "1.2.3"})
    assert log["entries"] == []


def test_an_exchange_is_whole_in_an_archive() -> None:
    headers = [("X-A", "1"), ("x-a", "2")]
    found = har_entry(entry(target="/tiny/notes?a=1&a=b%20c&d", headers=headers, body={"text": "hi"}))
    assert (found["startedDateTime"], found["time"], found["cache"]) == ("2026-11-22T11:51:40.000Z", 0.143, {})
    assert found["timings"] == {"send": 0, "wait": 0.143, "receive": 0}
    request, response = found["request"], found["response"]
    assert (request["method"], request["url"]) == ("POST", "http://127.0.0.1/tiny/notes?a=1&a=b%20c&d")
    assert [(pair["name"], pair["value"]) for pair in request["headers"]][:2] == headers
    assert [(pair["name"], pair["value"]) for pair in request["queryString"]] == [("a", "1"), ("a", "b c"), ("d", "")]
    assert request["postData"] == {"mimeType": "application/json", "text": '{"text":"hi"}'}
    assert (response["status"], response["statusText"], response["redirectURL"]) == (201, "Created", "")
    assert response["content"] == {"size": 11, "mimeType": "application/json; charset=utf-8", "text": '{"id":"n1"}'}


def test_what_is_ours_stands_apart() -> None:
    found = har_entry(entry(violations=(VIOLATION,), fault="slow", serial=9))["_mockserver"]
    assert (found["serial"], found["provider"], found["world"]) == (9, "tiny", "test_me")
    assert (found["operation"], found["fault"]) == ("createNote", "slow")
    assert [(each["code"], each["text"]) for each in found["violations"]] == [("C201", str(VIOLATION))]


def test_a_url_is_one_whatever_the_client_sent() -> None:
    found = har_entry(entry(target='/a%zz"?token=abc&x=%20'))
    assert found["request"]["url"] == "http://127.0.0.1/a%25zz%22?token=%5Bremoved%5D&x=%20"


def test_a_redirect_says_where_to() -> None:
    found = har_entry(entry(reply=Reply.empty(302, [("Location", "https://app.example/?state=a")])))
    assert found["response"]["redirectURL"] == "https://app.example/?state=a"


def test_bytes_that_are_no_text_are_base64() -> None:
    film = Reply(200, Headers.of([("Content-Type", "video/mp4")]), b"\0\xff")
    found = har_entry(entry(sent=b"\xff\0", headers=[("Content-Type", "video/mp4")], reply=film))
    assert found["response"]["content"] == {"size": 2, "mimeType": "video/mp4", "text": "AP8=", "encoding": "base64"}
    assert found["request"]["postData"] == {"mimeType": "video/mp4", "text": "/wA=", "_encoding": "base64"}


def test_a_packed_body_is_shown_unpacked() -> None:
    headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    packed = gzip.compress(b'{"a":1}')
    found = har_entry(entry(sent=packed, headers=headers))["request"]
    assert (found["postData"]["text"], found["bodySize"]) == ('{"a":1}', len(packed))


def test_a_form_is_told_by_its_fields_too() -> None:
    posted = har_entry(entry(sent=b"a=1&b=x+y", headers=[FORM]))["request"]["postData"]
    assert posted["params"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "x y"}]


def test_a_reply_to_head_has_no_content() -> None:
    assert har_entry(entry("HEAD"))["response"]["content"]["size"] == 0


def test_an_archive_comes_in_pieces_that_are_no_larger_than_an_entry() -> None:
    pieces = har((entry(body={"text": "x" * 1_000}, serial=serial) for serial in range(1, 200)), "1")
    assert max(map(len, pieces)) < 4_000


TEXT = st.text(max_size=12)
PAIRS = st.lists(st.tuples(st.text("abcX-", min_size=1, max_size=9), TEXT), max_size=3)
MEDIA = st.sampled_from(
    ["", "application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-16", "video/mp4"]
)


@given(
    request=st.builds(
        Request,
        st.sampled_from(["GET", "POST", "HEAD"]),
        st.text("/ab%20\xff", max_size=9).map(lambda text: "/" + text),
        st.text("a=&%\xe9", max_size=9),
        st.builds(lambda pairs, media: Headers.of([*pairs, ("Content-Type", media)]), PAIRS, MEDIA),
        st.binary(max_size=20) | st.just(b'{"a":"\\ud800"}'),
    ),
    reply=st.builds(
        Reply,
        st.integers(100, 999),
        st.builds(lambda pairs, media: Headers.of([*pairs, ("Content-Type", media)]), PAIRS, MEDIA),
        st.binary(max_size=20),
    ),
    fields=st.fixed_dictionaries(
        {
            "at": st.sampled_from([0, 5, AT, 10**15]),
            "operation": st.none() | TEXT,
            "fault": st.none() | TEXT,
            "violations": st.sampled_from([(), (VIOLATION,)]),
        }
    ),
)
def test_every_archive_keeps_the_schema(request: Request, reply: Reply, fields: dict[str, Any]) -> None:
    text = archive(entry(request=request, reply=reply, **fields), entry())
    assert [str(error) for error in schema().iter_errors(text)] == []


def test_the_schema_would_notice() -> None:
    text = archive(entry())
    del text["log"]["entries"][0]["response"]["content"]["mimeType"]
    text["log"]["entries"][0]["startedDateTime"] = "yesterday"
    assert len(list(schema().iter_errors(text))) >= 2


def test_base64_is_what_the_bytes_were() -> None:
    body = bytes(range(256))
    found = har_entry(entry(reply=Reply(200, body=body)))
    assert found["response"]["content"]["text"] == b64encode(body).decode()
