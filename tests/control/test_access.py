from __future__ import annotations

import pytest

from mockserver.control.access import Access, is_control, is_loopback, refusal
from mockserver.core.http import Headers, Request

OPEN = Access(loopback=True, port=4080)
TOKEN = "a-token-of-24-characters"
LOCKED = Access(loopback=False, port=4080, token=TOKEN)
HERE = "127.0.0.1"
THERE = "203.0.113.7"


def status(access: Access, peer: str | None, *headers: tuple[str, str], host: str | None = "127.0.0.1:4080") -> int:
    """What a call comes to; 200 when it may."""
    hosts = () if host is None else (("Host", host),)
    problem = refusal(access, Request("GET", "/__admin/clock", headers=Headers.of((*hosts, *headers))), peer)
    return problem.status if problem else 200


@pytest.mark.parametrize(
    "target", ["/__admin", "/__admin/", "/__admin/clock", "/__admin?x=1", "/metrics", "/metrics?x"]
)
def test_the_control_api_is_what_begins_like_it(target: str) -> None:
    assert is_control(target)


@pytest.mark.parametrize(
    "target",
    [
        *("/__administrator", "//__admin/clock", "/api/../__admin/clock", "/./__admin/clock", "/%5F%5Fadmin/clock"),
        *("/__ADMIN/clock", "http://127.0.0.1:4080/__admin/clock", "/__admin%2Fclock", "/__admin\\clock", "*", ""),
        *("/__admin;x/clock", "/__admin#/clock", "/metrics/", "/metricss", "/api/metrics"),
    ],
)
def test_no_other_spelling_reaches_it(target: str) -> None:
    assert not is_control(target)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "127.9.8.7", "localhost", "LocalHost:80", "[::1]:4080"])
def test_a_program_on_this_machine_may(host: str) -> None:
    assert status(OPEN, HERE, host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:4080", "127.0.0.1.evil.example", "localhost.evil.example", "localhost."),
        *("127.0.0.1:4080@evil.example", "evil.example#127.0.0.1", "0.0.0.0", "127.1", "0177.0.0.1", "2130706433"),
        *("::1", "[::1", "", " ", "169.254.169.254", "[::ffff:203.0.113.7]", "127.0.0.1:999999"),
    ],
)
def test_a_name_that_was_rebound_to_our_address_may_not(host: str) -> None:
    assert status(OPEN, HERE, host=host) == 403


def test_who_names_no_host_or_two_may_not() -> None:
    assert status(OPEN, HERE, host=None) == 403
    assert status(OPEN, HERE, ("Host", "127.0.0.1:4080")) == 403


@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "http://evil.example:4080", "null", "", "http://127.0.0.1.evil.example:4080"),
        *("http://localhost:3000", "http://localhost", "https://127.0.0.1:4080", "file://", "http://[::1]:4081"),
        *("chrome-extension://abcdef", "http://127.0.0.1:4080/path", "http://evil@127.0.0.1:4080"),
    ],
)
@pytest.mark.parametrize("access", [OPEN, LOCKED])
def test_a_page_of_another_origin_may_not_token_or_none(access: Access, origin: str) -> None:
    assert status(access, HERE, ("Origin", origin), ("Authorization", f"Bearer {TOKEN}")) == 403


@pytest.mark.parametrize("origin", ["http://127.0.0.1:4080", "http://localhost:4080", "http://[::1]:4080"])
def test_a_page_of_this_very_server_may(origin: str) -> None:
    assert status(OPEN, HERE, ("Origin", origin)) == 200


def test_one_foreign_origin_among_several_is_enough() -> None:
    assert status(OPEN, HERE, ("Origin", "http://127.0.0.1:4080"), ("origin", "http://evil.example")) == 403


@pytest.mark.parametrize(
    ("site", "expected"),
    [("cross-site", 403), ("same-site", 403), ("Cross-Site", 403), ("none", 200), ("same-origin", 200)],
)
def test_what_the_browser_says_of_itself_counts(site: str, expected: int) -> None:
    assert status(OPEN, HERE, ("Sec-Fetch-Site", site)) == expected


@pytest.mark.parametrize("peer", [THERE, "::ffff:203.0.113.7", "not an address", None])
def test_without_a_token_only_this_machine_may(peer: str | None) -> None:
    assert status(OPEN, peer) == 401


def test_off_loopback_nobody_may_without_the_token() -> None:
    assert status(LOCKED, HERE) == 401
    assert status(LOCKED, THERE) == 401
    assert status(Access(loopback=False, port=4080), HERE) == 401


def test_with_the_token_anybody_may_under_any_name() -> None:
    assert status(LOCKED, THERE, ("Authorization", f"Bearer {TOKEN}"), host="mock.internal:4080") == 200
    assert status(LOCKED, THERE, ("authorization", f"bearer {TOKEN}"), host=None) == 200


@pytest.mark.parametrize(
    "sent",
    ["", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, "Bearer \xff"],
)
def test_another_token_opens_nothing(sent: str) -> None:
    assert status(LOCKED, HERE, ("Authorization", sent)) == 401


def test_a_token_beside_another_opens_nothing() -> None:
    right = ("Authorization", f"Bearer {TOKEN}")
    assert status(LOCKED, HERE, right, ("Authorization", "Bearer other")) == 401


def test_a_token_that_was_asked_for_is_asked_for_on_loopback_too() -> None:
    assert status(Access(loopback=True, port=4080, token=TOKEN), HERE) == 401


def test_the_token_is_in_no_repr() -> None:
    assert TOKEN not in repr(LOCKED)


@pytest.mark.parametrize(
    ("address", "own"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("0.0.0.0", False), ("::", False)],
)
def test_loopback_is_this_machine_alone(address: str, own: bool) -> None:
    assert is_loopback(address) is own
