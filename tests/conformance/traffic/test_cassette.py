from __future__ import annotations

import gzip
import json
import textwrap
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
import vcr

from mockserver.conformance import verify
from mockserver.conformance.traffic.exchange import Exchange, Unreadable
from mockserver.conformance.traffic.reading import read_traffic
from mockserver.testing import LivepeerMock, serve
from tests.conformance.traffic.making import rules

CLIP = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725}


def write(folder: Path, text: str, name: str = "cassette.yaml") -> Path:
    path = folder / name
    path.write_text(textwrap.dedent(text))
    return path


def read(path: Path) -> list[Exchange]:
    return [each for each in read_traffic(str(path)) if isinstance(each, Exchange)]


@pytest.fixture(scope="module")
def mock() -> Iterator[LivepeerMock]:
    with serve() as server, server.world("livepeer") as mock:
        yield mock


def ask(mock: LivepeerMock, method: str, path: str, body: object = None, **headers: str) -> None:
    data = None if body is None else json.dumps(body).encode()
    sent = {**mock.headers, **headers, **({"Content-Type": "application/json"} if data else {})}
    with urllib.request.urlopen(urllib.request.Request(f"{mock.url}{path}", data, sent, method=method)) as reply:
        reply.read()


@pytest.mark.parametrize("serializer", ["yaml", "json"])
def test_what_vcrpy_records_of_the_fake_keeps_the_contract(tmp_path: Path, mock: LivepeerMock, serializer: str) -> None:
    path = tmp_path / f"cassette.{serializer}"
    recorder = vcr.VCR(filter_headers=["authorization"])
    with recorder.use_cassette(str(path), serializer=serializer, record_mode="all"):
        ask(mock, "POST", "/clip", CLIP)
        ask(mock, "GET", "/asset")
    report = verify("livepeer", path)
    assert (report.calls, rules(report)) == (2, [])
    assert report.notes[1] == "Judged in part: 2 whose credential was not recorded"


def test_a_broken_reply_in_a_cassette_is_the_server_s_fault(tmp_path: Path, mock: LivepeerMock) -> None:
    path = tmp_path / "cassette.yaml"
    with vcr.use_cassette(str(path), record_mode="all"):
        ask(mock, "POST", "/clip", CLIP)
    path.write_text(path.read_text().replace('"phase":"waiting"', '"phase":"brewing"').replace('phase\\":\\"w', "x"))
    assert "reply-enum" in rules(verify("livepeer", path, whose="server"), "error")


def test_ruby_s_vcr_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        ---
        http_interactions:
        - request:
            method: get
            uri: https://livepeer.studio/api/asset
            body: {encoding: US-ASCII, string: ''}
            headers: {Authorization: [<KEY>]}
          response:
            status: {code: 200, message: OK}
            headers: {Content-Type: [application/json]}
            body:
              encoding: ASCII-8BIT
              string: !binary |-
                W10=
          recorded_at: Sun, 22 Nov 2026 11:50:00 GMT
        recorded_with: VCR 6.1.0
        """,
    )
    (found,) = read(path)
    assert (found.request.method, found.request.origin, found.at) == (
        *("GET", "https://livepeer.studio"),
        1_795_348_200_000,
    )
    assert (found.reply.status, found.reply.value) == (200, [])


def interaction(body: object, headers: object = None) -> dict[str, object]:
    request: dict[str, object] = {
        "method": "GET",
        "uri": "https://livepeer.studio/api/asset",
        "body": None,
        "headers": {},
    }
    said = {"Content-Type": ["application/json"], **(headers if isinstance(headers, dict) else {})}
    return {"request": request, "response": {"status": {"code": 200, "message": "OK"}, "headers": said, "body": body}}


@pytest.mark.parametrize(
    "body",
    [
        {"string": "[]"},
        "[]",
        {"base64_string": b64encode(b"[]").decode()},
        {"encoding": "UTF-8", "string": "[]"},
    ],
)
def test_each_way_of_writing_a_body_is_known(tmp_path: Path, body: object) -> None:
    path = write(tmp_path, json.dumps({"version": 1, "interactions": [interaction(body)]}), "cassette.json")
    assert [each.reply.value for each in read(path)] == [[]]


def test_a_packed_body_is_unpacked(tmp_path: Path) -> None:
    packed = b64encode(gzip.compress(b'[{"id": "a"}]')).decode()
    path = write(
        tmp_path,
        f"""
        interactions:
        - request: {{body: null, headers: {{}}, method: GET, uri: https://livepeer.studio/api/asset}}
          response:
            body:
              string: !!binary |
                {packed}
            headers: {{Content-Encoding: [gzip], Content-Type: [application/json]}}
            status: {{code: 200, message: OK}}
        version: 1
        """,
    )
    assert [each.reply.value for each in read(path)] == [[{"id": "a"}]]


def test_what_is_written_once_and_referred_to_later_is_the_same(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        interactions:
        - &first
          request: {method: GET, uri: "https://livepeer.studio/api/asset", headers: {}}
          response: {status: {code: 200}, headers: {}, body: {string: '[]'}}
        - *first
        """,
    )
    assert [each.request.path for each in read(path)] == ["/api/asset"] * 2


def test_a_broken_interaction_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    given = {"version": 1, "interactions": [interaction("[]"), {"request": {}}, interaction("[]")]}
    found = list(read_traffic(str(write(tmp_path, json.dumps(given), "cassette.json"))))
    assert [type(each) for each in found] == [Exchange, Unreadable, Exchange]
    assert str(found[1]).endswith("entry 2: there is no `response`")


def test_yaml_that_breaks_off_says_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        interactions:
        - request: {method: GET, uri: "https://livepeer.studio/api/asset", headers: {}}
          response: {status: {code: 200}, headers: {}, body: {string: '[]'}}
        - request: {method: GET, uri: "https://
        """,
    )
    first, last = read_traffic(str(path))
    assert isinstance(first, Exchange) and isinstance(last, Unreadable) and last.rest
    assert "this is no YAML (line " in str(last)


def test_a_cassette_without_interactions_holds_nothing(tmp_path: Path) -> None:
    assert not list(read_traffic(str(write(tmp_path, "interactions: []\nversion: 1\n"))))


def test_go_vcr_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        ---
        version: 2
        interactions:
        - id: 0
          request: {body: "", headers: {}, url: "https://livepeer.studio/api/asset", method: GET}
          response: {body: "[]", headers: {Content-Type: [application/json]}, status: 200 OK, code: 200, duration: 1ms}
        """,
    )
    assert [(each.reply.status, each.reply.value) for each in read(path)] == [(200, [])]
