"""Lists: pages, cursors, order, filters, counts and links, and what each list holds."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.core.text import Json
from mockserver.providers.livepeer.lists import read_limit
from tests.providers.livepeer.desk import NOW, ORIGIN, SESSION, STREAM, STREAM_ID, Desk, said

LISTS = ("/api/asset", "/api/task", "/api/stream", "/api/session", "/api/webhook", f"/api/clip/{STREAM}")


def clips(count: int) -> Desk:
    """A world with so many clips of the stream, a second apart, newest last."""
    desk = Desk()
    for _ in range(count):
        desk.clip(key="+sdk")
        desk.wait(1_000)
    return desk


def ids(desk: Desk, path: str, **query: Json) -> list[str]:
    reply = desk.get(path, **query)
    assert reply.status == 200, reply.body
    return [item["id"] for item in reply.value]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (None, 20),
        ("", 20),
        ("0", 20),
        ("-5", 20),
        ("abc", 20),
        ("7", 7),
        ("7abc", 7),
        (" 7", 7),
        ("1.9", 1),
        ("1000", 1000),
        ("1001", 1000),
        ("9" * 400, 1000),
    ],
)
def test_a_limit_is_read_as_javascript_reads_it(text: str | None, limit: int) -> None:
    assert read_limit(text) == limit


def test_clips_come_last_changed_first() -> None:
    desk = clips(3)
    times = [clip["status"]["updatedAt"] for clip in desk.get(f"/api/clip/{STREAM}").value]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("path", [f"/api/clip/{STREAM}", f"/api/stream/{STREAM}/clips", "/api/asset", "/api/task"])
@pytest.mark.parametrize("order", ["", "createdAt-false", "updatedAt-true,createdAt-true", "id-true", "nonsense"])
def test_links_lead_through_everything_once(path: str, order: str) -> None:
    desk = clips(5)
    everything = ids(desk, path, limit=100, order=order)
    found: list[str] = []
    target = f"{path}?limit=3&order={order}"
    while True:
        reply = desk.get(target)
        found += [item["id"] for item in reply.value]
        link = reply.header("link")
        if link is None:
            break
        assert link.startswith("<" + ORIGIN) and link.endswith('>; rel="next"')
        target = link[1 + len(ORIGIN) :].partition(">")[0]
    assert found == everything
    assert len(set(found)) == len(found)


def test_a_link_keeps_the_query_and_spells_it_as_urls_do() -> None:
    query = {"filters": '[{"id":"sourceType","value":"clip"}]', "limit": "1", "x": "a b~*"}
    link = clips(2).get(f"/api/clip/{STREAM}", **query).header("link") or ""
    assert "filters=%5B%7B%22id%22%3A%22sourceType%22%2C%22value%22%3A%22clip%22%7D%5D&limit=1&x=a+b%7E*" in link
    parts = urlsplit(link[1:].partition(">")[0])
    assert dict(parse_qsl(parts.query)) == {**query, "cursor": "skip1"}


@pytest.mark.parametrize("path", ["/api/task", "/api/webhook"])
def test_some_lists_link_on_from_their_last_page_to_nowhere(path: str) -> None:
    desk = Desk()
    assert f'{ORIGIN}{path}?cursor=undefined>; rel="next"' in (desk.get(path).header("link") or "")
    assert desk.get(f"{path}?cursor=undefined").value == []


@pytest.mark.parametrize("path", LISTS)
def test_a_count_is_of_everything(path: str) -> None:
    desk = clips(3)
    total = len(ids(desk, path, limit=1000))
    reply = desk.get(path, count="true", limit=1)
    assert reply.header("x-total-count") == str(total)
    assert len(reply.value) == 1


def test_a_count_heeds_filters() -> None:
    reply = clips(3).get("/api/asset", count="true", filters='[{"id":"phase","value":"failed"}]')
    assert reply.header("x-total-count") == str(len(reply.value)) == "2"


def test_of_nothing_there_is_no_count() -> None:
    assert Desk().get(f"/api/clip/{STREAM}", key="+stranger", count="true").header("x-total-count") is None


@pytest.mark.parametrize("cursor", ["skip", "skipx", "skip-1", "xskip1"])
@pytest.mark.parametrize("path", ["/api/asset", f"/api/clip/{STREAM}"])
def test_a_cursor_that_skips_no_number_is_the_databases_to_refuse(path: str, cursor: str) -> None:
    reply = Desk().get(path, cursor=cursor)
    assert (reply.status, said(reply)) == (500, "Internal server error: error")


def test_a_cursor_of_another_form_is_an_id_to_begin_after() -> None:
    desk = clips(4)
    everything = sorted(ids(desk, "/api/asset"))
    assert ids(desk, "/api/asset", cursor=everything[2], order="id-false") == everything[3:]


# ---- filters


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ("xx", "SyntaxError: Unexpected token 'x', \"xx\" is not valid JSON"),
        ("{}", "Error: must be an array"),
        ('[{"id":"zzz","value":1}]', 'Error: unknown field: "zzz"'),
        ('[{"value":1}]', 'Error: unknown field: "undefined"'),
        ('[{"id":"id"}]', 'Error: missing filter value for id "id"'),
        ('[{"id":"createdAt","value":{"about":1}}]', 'Error: unknown comparison: "about"'),
        ('[{"id":"createdAt","value":{"eq":1}}]', 'Error: unknown comparison: "eq"'),
        ("[null]", "TypeError: Cannot read properties of null (reading 'id')"),
        ("[1]", "TypeError: Cannot use 'in' operator to search for 'value' in 1"),
        ("%25E0%25A4", "URIError: URI malformed"),
    ],
)
def test_filters_that_cannot_be_read_say_why(filters: str, message: str) -> None:
    reply = Desk().get(f"/api/clip/{STREAM}?filters={filters}")
    assert (reply.status, said(reply)) == (400, f"error parsing filters: {message}")


def test_a_boolean_is_filtered_by_booleans_only() -> None:
    reply = Desk().get("/api/stream", filters='[{"id":"isActive","value":"true"}]')
    message = 'error parsing filters: Error: expected boolean value for field "isActive", got: "true"'
    assert (reply.status, said(reply)) == (400, message)


def test_a_number_is_compared_with_json_or_the_database_refuses() -> None:
    reply = Desk().get("/api/asset", filters='[{"id":"createdAt","value":"soon"}]')
    assert (reply.status, said(reply)) == (500, "Internal server error: error")


@pytest.mark.parametrize(
    ("item", "count"),
    [
        ({"id": "createdAt", "value": {"gt": NOW}}, 2),
        ({"id": "createdAt", "value": {"gte": NOW}}, 3),
        ({"id": "createdAt", "value": {"gte": NOW, "lt": NOW + 2_000}}, 2),
        ({"id": "createdAt", "value": {"lte": NOW + 1_000, "gte": str(NOW)}}, 2),
        ({"id": "createdAt", "value": NOW}, 1),
        ({"id": "createdAt", "value": str(NOW)}, 1),
        ({"id": "name", "value": "MY CL"}, 1),
        ({"id": "phase", "value": "ready"}, 3),
        ({"id": "sourceSessionId", "value": SESSION}, 8),
        ({"id": "creatorId", "value": None}, 0),
        ({"id": "playbackId", "value": "readyclip0000000"}, 1),
    ],
)
def test_filters_choose(item: Json, count: int) -> None:
    assert len(ids(clips(3), "/api/asset", filters=json.dumps([item]))) == count


def test_filters_may_be_encoded_twice() -> None:
    assert len(ids(Desk(), "/api/asset", filters="%5B%7B%22id%22%3A%22phase%22%2C%22value%22%3A%22ready%22%7D%5D")) == 3


def test_some_fields_of_assets_are_arguments_too() -> None:
    desk = Desk()
    assert ids(desk, "/api/asset", playbackId="readyclip0000000") == ["a55e7000-0000-4000-8000-000000000001"]
    assert len(ids(desk, "/api/asset", phase="failed")) == 2
    assert ids(desk, "/api/asset", cid="nope") == []
    assert len(ids(desk, "/api/asset", name="My Clip")) == len(ids(desk, "/api/asset"))


def test_texts_that_are_not_there_come_last_either_way() -> None:
    desk = clips(2)
    for order in ("sourceSessionId-true", "sourceSessionId-false"):
        last = desk.get("/api/asset", order=order).value[-1]
        assert "sessionId" not in last["source"]


# ---- whose


@pytest.mark.parametrize("path", LISTS)
def test_lists_hold_the_callers_own(path: str) -> None:
    desk = Desk()
    mine, theirs = set(ids(desk, path)), set(ids(desk, path, key="+stranger"))
    assert mine and not mine & theirs


def test_administrators_find_other_users_assets_when_they_ask() -> None:
    desk = Desk()
    wanted = '[{"id":"playbackId","value":"strangersclip000"}]'
    assert ids(desk, "/api/asset", key="+admin", filters=wanted) == []
    assert ids(desk, "/api/asset", key="+admin", filters=wanted, allUsers="true") == [
        "a55e7000-0000-4000-8000-00000000000a"
    ]
    assert ids(desk, "/api/asset", key="", filters=wanted, allUsers="true") == []


def test_deleted_assets_are_in_no_list() -> None:
    desk = Desk()
    assert "a55e7000-0000-4000-8000-000000000005" not in ids(desk, "/api/asset")
    desk.call("DELETE", "/api/asset/a55e7000-0000-4000-8000-000000000001")
    for path in ("/api/asset", f"/api/clip/{STREAM}", f"/api/session/{SESSION}/clips"):
        assert "a55e7000-0000-4000-8000-000000000001" not in ids(desk, path)


@pytest.mark.parametrize("name", [STREAM, STREAM_ID])
def test_a_stream_is_named_by_either_id(name: str) -> None:
    desk = clips(1)
    assert ids(desk, f"/api/stream/{name}/clips") == ids(desk, f"/api/clip/{name}") != []


def test_only_the_twenty_sessions_seen_last_are_searched() -> None:
    desk = clips(1)
    made = ids(desk, f"/api/session/{SESSION}/clips")
    assert set(made) <= set(ids(desk, f"/api/clip/{STREAM}"))
    for index in range(20):
        desk.wait(1)
        desk.call("POST", f"/api/stream/{STREAM_ID}/stream?sessionId=s{index}", {"name": "x"})
    assert ids(desk, f"/api/clip/{STREAM}") == []
    assert ids(desk, f"/api/session/{SESSION}/clips") == made


def test_raw_lists_leak_and_lack_what_clean_ones_do_not() -> None:
    desk = Desk()
    raw = next(clip for clip in desk.get(f"/api/stream/{STREAM}/clips").value if clip["status"]["phase"] == "ready")
    clean = next(clip for clip in desk.get(f"/api/clip/{STREAM}").value if clip["id"] == raw["id"])
    assert {"objectStoreId", "files"} <= raw.keys() and "tracks" in raw["videoSpec"]
    assert not {"playbackUrl", "downloadUrl"} & raw.keys()
    assert not {"objectStoreId", "files"} & clean.keys() and "tracks" not in clean["videoSpec"]
    assert {"playbackUrl", "downloadUrl"} <= clean.keys()


@pytest.mark.parametrize("path", [f"/api/stream/{STREAM}/clips", f"/api/session/{SESSION}/clips"])
def test_with_the_reading_all_lists_are_clean(path: str) -> None:
    desk = Desk(readings={"clip-lists": "strict-document"})
    assert desk.get(path).value == desk.get(f"/api/clip/{STREAM}").value


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    limit=st.integers(1, 9),
    order=st.sampled_from(["", "createdAt-true", "id-false", "name-true,id-true", "phase-false"]),
)
def test_pages_lose_and_repeat_nothing(limit: int, order: str) -> None:
    desk = clips(6)
    everything = ids(desk, "/api/asset", limit=1000, order=order)
    found: list[str] = []
    cursor = ""
    while True:
        reply = desk.get("/api/asset", limit=limit, order=order, cursor=cursor)
        found += [item["id"] for item in reply.value]
        if reply.header("link") is None:
            break
        cursor = f"skip{len(found)}"
    assert found == everything
