from __future__ import annotations

import gzip
import json
from base64 import b64encode
from pathlib import Path

from mockserver.conformance.traffic.exchange import Exchange, Skipped, Unreadable
from mockserver.conformance.traffic.reading import read_traffic
from mockserver.core.text import Json
from tests.conformance.traffic.making import LIVEPEER, entry, har

URL = f"{LIVEPEER}/api/asset"


def read(folder: Path, *entries: Json) -> list[Exchange]:
    found = list(read_traffic(str(har(folder, *entries))))
    assert all(isinstance(each, Exchange) for each in found), found
    return [each for each in found if isinstance(each, Exchange)]


def test_an_entry_is_an_exchange(tmp_path: Path) -> None:
    (found,) = read(tmp_path, entry(f"{URL}?limit=2", text="[]"))
    assert (found.request.method, found.request.origin, found.request.target) == ("GET", LIVEPEER, "/api/asset?limit=2")
    assert (found.reply.status, found.reply.value, found.whole, found.headed) == (200, [], (True, True), True)
    assert (found.at, found.until) == (1_795_348_300_000, 1_795_348_300_012)


def test_pseudo_headers_of_http_2_are_no_headers(tmp_path: Path) -> None:
    (found,) = read(tmp_path, entry(URL, text="[]", headers={":authority": "livepeer.studio", "x-a": "1"}))
    assert [name for name, _ in found.request.headers] == ["authorization", "x-a"]


def test_a_body_in_base64_is_its_bytes(tmp_path: Path) -> None:
    packed = entry(URL, text=b64encode(b'[{"id": "a"}]').decode())
    packed["response"]["content"]["encoding"] = "base64"
    assert read(tmp_path, packed)[0].reply.value == [{"id": "a"}]


def test_our_own_word_for_bytes_in_a_request_is_known(tmp_path: Path) -> None:
    sent = entry(URL, "POST", text="{}", body=b64encode(b"\xff\xfe").decode())
    sent["request"]["postData"]["_encoding"] = "base64"
    assert read(tmp_path, sent)[0].request.body == b"\xff\xfe"


def test_what_its_recorder_unpacked_is_not_unpacked_again(tmp_path: Path) -> None:
    unpacked = entry(URL, text="[]")
    unpacked["response"]["headers"].append({"name": "Content-Encoding", "value": "br"})
    assert read(tmp_path, unpacked)[0].reply.body == b"[]"


def test_what_its_recorder_left_packed_is_unpacked(tmp_path: Path) -> None:
    packed = entry(URL, text=b64encode(gzip.compress(b"[]")).decode())
    packed["response"]["content"]["encoding"] = "base64"
    packed["response"]["headers"].append({"name": "Content-Encoding", "value": "gzip"})
    found = read(tmp_path, packed)[0]
    assert (found.reply.value, found.reply.header("content-encoding")) == ([], None)


def test_a_body_the_browser_no_longer_held_is_unknown(tmp_path: Path) -> None:
    lost = entry(URL)
    lost["response"]["content"]["size"] = 120
    assert read(tmp_path, lost)[0].whole == (True, False)


def test_a_posted_body_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    lost = entry(URL, "POST", text="{}")
    lost["request"]["bodySize"] = 40
    assert read(tmp_path, lost)[0].whole == (False, True)


def test_a_reply_without_a_body_has_none(tmp_path: Path) -> None:
    assert read(tmp_path, entry(URL, "DELETE", 204))[0].whole == (True, True)


def test_what_is_no_exchange_is_told_from_what_is(tmp_path: Path) -> None:
    preflight = entry(URL, "OPTIONS", 204, headers={"Access-Control-Request-Method": "POST"})
    socket = entry("wss://livepeer.studio/socket", status=101)
    other = [entry("data:text/plain,a"), entry(URL, status=0), entry(URL, _resourceType="websocket")]
    found = list(read_traffic(str(har(tmp_path, preflight, socket, *other))))
    assert [each.why if isinstance(each, Skipped) else each for each in found] == [
        *("preflight", "websocket", "not HTTP", "no reply", "websocket")
    ]


def test_a_broken_entry_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    broken: list[Json] = [{"request": 1}, {**entry(URL), "response": None}, "entry", entry(URL, status="abc")]  # type: ignore[arg-type]
    found = list(read_traffic(str(har(tmp_path, entry(URL, text="[]"), *broken, entry(URL, text="[]")))))
    assert [type(each) for each in found] == [Exchange, *[Unreadable] * 4, Exchange]
    assert str(found[1]).endswith("traffic.har: entry 2: `request`: expected an object, got a number")
    assert str(found[4]).endswith("entry 5: expected a status such as 200, got a text")


def test_an_archive_that_breaks_off_says_where(tmp_path: Path) -> None:
    whole = har(tmp_path, *[entry(URL, text="[]")] * 3)
    whole.write_bytes(whole.read_bytes()[:1100])
    *found, last = read_traffic(str(whole))
    assert found and all(isinstance(each, Exchange) for each in found)
    assert isinstance(last, Unreadable) and last.rest and "about byte 1,100" in str(last)


def test_a_byte_order_mark_and_bytes_that_are_no_utf_8_end_nothing(tmp_path: Path) -> None:
    path = har(tmp_path, entry(URL, text="[]", headers={"x-a": "HERE"}))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"HERE", b"\xff\xfe"))
    assert [type(each) for each in read_traffic(str(path))] == [Exchange]


def test_an_archive_may_be_packed(tmp_path: Path) -> None:
    path = tmp_path / "traffic.har.gz"
    path.write_bytes(gzip.compress(har(tmp_path, entry(URL, text="[]")).read_bytes()))
    assert [type(each) for each in read_traffic(str(path))] == [Exchange]


def test_what_the_fake_says_of_an_exchange_is_kept(tmp_path: Path) -> None:
    own = {"provider": "livepeer", "world": "test_me", "fault": "slow", "serial": 1}
    (found,) = read(tmp_path, entry(URL, text="[]", _mockserver=own))
    assert (found.world, found.spoilt, found.ours) == ("livepeer/test_me", True, True)


def test_a_fractional_number_is_a_number(tmp_path: Path) -> None:
    path = har(tmp_path, entry(URL, text=json.dumps([0.5])))
    assert [each.reply.value for each in read_traffic(str(path)) if isinstance(each, Exchange)] == [[0.5]]


def test_a_typed_request_whose_body_is_not_there_is_unknown(tmp_path: Path) -> None:
    lost = entry(URL, "POST", text="{}", headers={"content-type": "application/json"})
    lost["request"]["bodySize"] = -1
    assert read(tmp_path, lost)[0].whole == (False, True)


def test_a_reply_of_which_nobody_says_how_long_it_was_is_unknown(tmp_path: Path) -> None:
    lost = entry(URL)
    del lost["response"]["content"]["size"]
    assert read(tmp_path, lost)[0].whole == (True, False)
