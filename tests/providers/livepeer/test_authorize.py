"""Access rules of keys, and addresses that were never verified."""

from __future__ import annotations

import pytest

from mockserver.providers.livepeer.authorize import permits
from tests.providers.livepeer.desk import READY, Desk, said

DENIED = "credential has insufficent privileges"


@pytest.mark.parametrize(
    ("resources", "method", "path", "allowed"),
    [
        (["/asset/:id"], "GET", "/asset/x", True),
        (["/asset/:id"], "GET", "/asset", False),
        (["/asset/:id"], "GET", "/asset/x/clips", False),
        (["/asset/:id"], "POST", "/asset/x", False),
        (["asset"], "GET", "/asset/", True),
        (["*"], "GET", "/anything/at/all", True),
        (["/stream/*"], "GET", "/stream/a/clips", True),
        (["/stream/*"], "GET", "/asset/a", False),
        (["/asset?x=1"], "GET", "/asset", False),
        ([], "GET", "/asset", False),
    ],
)
def test_rules_cover_paths(resources: list[str], method: str, path: str, allowed: bool) -> None:
    assert permits([(["get"], resources)], method, path) is allowed


def test_a_rule_without_methods_covers_them_all() -> None:
    assert permits([(["*"], ["/asset"])], "DELETE", "/asset")


def test_the_resource_that_names_a_segment_decides() -> None:
    rules = [(["*"], ["/asset/:id"]), (["get"], ["/asset/upload"])]
    assert not permits(rules, "POST", "/asset/upload")
    assert permits(rules, "POST", "/asset/other")


@pytest.mark.parametrize("resources", [["/stream?x", "/asset"], ["/asset", "/stream?x"]])
def test_one_malformed_resource_voids_all(resources: list[str]) -> None:
    assert not permits([(["*"], resources)], "GET", "/asset")


@pytest.mark.parametrize(
    ("key", "path", "status"),
    [
        ("+assets-only", f"/api/asset/{READY}", 200),
        ("+assets-only", f"/api/asset/{READY}?details=1", 200),
        ("+assets-only", "/api/asset", 403),
        ("+read-only", "/api/asset", 200),
        ("+nothing", "/api/asset", 403),
    ],
)
def test_a_key_with_rules_does_what_they_cover(key: str, path: str, status: int) -> None:
    reply = Desk().get(path, key=key)
    assert reply.status == status
    if status == 403:
        assert said(reply) == DENIED


def test_rules_of_get_do_not_cover_head() -> None:
    assert Desk().call("HEAD", f"/api/asset/{READY}", key="+assets-only").status == 403


def test_unverified_addresses_pass_with_the_reading_off() -> None:
    assert Desk(readings={"email-verification": "off"}).get("/api/asset", key="+unverified").status == 200


def test_accounts_older_than_the_rule_pass() -> None:
    desk = Desk()
    user = desk.read("user", "0007e71f-0000-4000-8000-000000000000")
    assert user is not None
    desk.change("user", user["id"], {**user, "createdAt": 1_695_765_600_000})
    assert desk.get("/api/asset", key="+unverified").status == 200
