from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from mockserver.conformance.traffic.exchange import Exchange, Skipped, Unreadable
from mockserver.conformance.traffic.reading import read_traffic
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json
from mockserver.engine.journal import Entry
from mockserver.engine.shown import entry_json, json_line
from mockserver.errors import UsageError
from tests.conformance.traffic.making import line, lines
from tests.engine.entries import entry
from tests.house.source import CHECKOUT


def exchanges(path: Path, format: str | None = None) -> list[Exchange]:
    return [each for each in read_traffic(str(path), format) if isinstance(each, Exchange)]


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "traffic"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_our_own_recordings_are_read(tmp_path: Path) -> None:
    found = list(read_traffic(str(CHECKOUT / "fixtures" / "exchanges" / "livepeer.jsonl")))
    assert (len(found), [each.why for each in found if isinstance(each, Skipped)]) == (154, ["preflight"])


def test_a_line_is_an_exchange(tmp_path: Path) -> None:
    (found,) = exchanges(lines(tmp_path, line("POST", "/api/clip?x=1", 422, {"errors": []}, {"a": 1})))
    assert (found.request.path, found.request.query, found.request.body) == ("/api/clip", "x=1", b'{"a":1}')
    assert (found.reply.status, found.reply.value, found.place.entry, found.host) == (422, {"errors": []}, 1, None)


def test_headers_may_be_pairs_and_a_path_a_url(tmp_path: Path) -> None:
    sent = {
        "method": "get",
        "url": "https://API.Livepeer.studio:443/api/asset",
        "headers": [["X-A", "1"], ["X-A", "2"]],
    }
    (found,) = exchanges(lines(tmp_path, {"request": sent, "reply": {"status": "200", "body": []}}))
    assert (found.request.method, found.host, found.request.headers.every("x-a")) == (
        *("GET", "api.livepeer.studio"),
        ["1", "2"],
    )


def test_a_body_in_base64_is_bytes(tmp_path: Path) -> None:
    exchange = line("POST", "/api/clip", 200)
    exchange["request"] |= {"body": "/+4=", "encoding": "base64"}
    assert exchanges(lines(tmp_path, exchange))[0].request.body == b"\xff\xee"


def test_a_line_that_is_no_json_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    good = json.dumps(line("GET", "/api/asset", 200, []))
    found = list(read_traffic(str(write(tmp_path, f'{good}\n\n{{"request": \n{good}\n'))))
    assert [type(each) for each in found] == [Exchange, Unreadable, Exchange]
    assert "entry 3: line 3 is no JSON (Expecting value" in str(found[1])


def test_a_list_of_exchanges_is_read_too(tmp_path: Path) -> None:
    assert len(exchanges(write(tmp_path, json.dumps([line("GET", "/api/asset", 200, [])] * 2, indent=1)))) == 2


def test_a_call_without_a_reply_is_passed_over(tmp_path: Path) -> None:
    (found,) = read_traffic(str(lines(tmp_path, {**line("GET", "/a", 200), "response": None})))
    assert isinstance(found, Skipped) and found.why == "no reply"


@pytest.mark.parametrize("exchange", [{}, {"request": {"method": "GET"}}, {"request": 3, "response": {}}, 7])
def test_a_line_that_lacks_something_says_what(tmp_path: Path, exchange: Json) -> None:
    (found,) = read_traffic(str(lines(tmp_path, exchange)), "lines")
    assert isinstance(found, Unreadable) and (
        "there is no" in found.why or "expected" in found.why or "needs" in found.why
    )


def as_list(found: list[Entry]) -> bytes:
    return json.dumps({"requests": [entry_json(each) for each in found], "next": 9}, indent=2).encode()


def as_lines(found: list[Entry]) -> bytes:
    return b"".join(map(json_line, found))


def as_one(found: list[Entry]) -> bytes:
    return json.dumps(entry_json(found[0]), indent=2).encode()


@pytest.mark.parametrize("spelled", [as_list, as_lines, as_one])
def test_the_journal_is_read_in_each_of_its_forms(tmp_path: Path, spelled: object) -> None:
    assert callable(spelled)
    (found,) = exchanges(write(tmp_path, spelled([entry(body={"text": "hi"}, fault="slow")])))
    assert (found.request.method, found.request.path, found.request.body) == ("POST", "/tiny/notes", b'{"text":"hi"}')
    assert (found.reply.value, found.world, found.spoilt, found.ours) == ({"id": "n1"}, "tiny/test_me", True, True)


def test_a_packed_body_that_the_journal_shows_unpacked_stays_so(tmp_path: Path) -> None:
    headers = Headers.of((("Content-Type", "application/json"), ("Content-Encoding", "gzip")))
    request = Request("POST", "/tiny/notes", "", headers, gzip.compress(b'{"text":"hi"}'))
    kept = Entry(1, 1_795_348_300_000, "tiny", "w", "createNote", request, Reply.json(201, {}), (), 1)
    (found,) = exchanges(write(tmp_path, json_line(kept)))
    assert (found.request.body, found.request.header("content-encoding")) == (b'{"text":"hi"}', None)


def test_a_file_of_no_known_form_says_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"it begins `hello`.*--format har\|vcr\|journal\|lines"):
        list(read_traffic(str(write(tmp_path, "hello\nworld"))))


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it is empty"):
        list(read_traffic(str(write(tmp_path, ""))))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"missing\.har: there is no such file"):
        read_traffic(str(tmp_path / "missing.har"))


def test_an_unknown_format_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='did you mean "har"'):
        read_traffic(str(write(tmp_path, "{}")), "harr")


def test_a_packed_file_that_breaks_off_is_damaged(tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps([line("GET", "/api/asset", 200, [])] * 100).encode())
    with pytest.raises(UsageError, match="damaged"):
        list(read_traffic(str(write(tmp_path, packed[:-20]))))


@pytest.mark.parametrize(
    "spelled",
    [
        '{"request": "GET / sk-live-hush-hush", "response": {}}',
        '[{"request": {"authorization": "sk-live-hush-hush" "x"}}]',
        'interactions:\n- request: {method: GET, uri: "https://a.example", headers: [[a, sk-live-hush-hush, b]]}',
        '{"interactions": [{"request": "sk-live-hush-hush", "response" "x"}]}',
    ],
)
def test_what_can_t_be_read_is_not_shown(tmp_path: Path, spelled: str) -> None:
    format = "vcr" if "interactions" in spelled else "lines"
    found = list(read_traffic(str(write(tmp_path, spelled)), format))
    assert [type(each) for each in found] == [Unreadable] * len(found) and found
    assert "hush" not in str(found[0])
