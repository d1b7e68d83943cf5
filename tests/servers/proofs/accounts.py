"""Proofs that keys, scopes and owners are not looked at."""

from __future__ import annotations

import httpx

from tests.servers.proofs.probe import KEY, Probe, proof

_PROJECTS = "/v2/user/clips/projects"
_APP = {"client_id": KEY, "client_secret": "any"}


def _token(probe: Probe, refresh: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": refresh, **_APP}
    return probe("POST", "/oauth/token", key=None, data=form)


@proof("accepts-revoked-key")
def accepts_revoked_key(probe: Probe) -> bool:
    return probe("GET", _PROJECTS, key=f"{KEY}+revoked").status_code == 200


@proof("accepts-expired-key")
def accepts_expired_key(probe: Probe) -> bool:
    probe.advance(1)
    return probe("GET", _PROJECTS, key=f"{KEY}+expired").status_code == 200


@proof("scope-ignored")
def scope_ignored(probe: Probe) -> bool:
    return probe.project(key=f"{KEY}+read-only").status_code == 201


@proof("access-rules-ignored")
def access_rules_ignored(probe: Probe) -> bool:
    return probe.clip(key=f"{KEY}+read-only").status_code == 200


@proof("accepts-no-key", "restream")
def accepts_no_key(probe: Probe) -> bool:
    return probe("GET", _PROJECTS, key=None).status_code == 200


@proof("accepts-unknown-key", "restream")
def accepts_unknown_key(probe: Probe) -> bool:
    return probe("GET", _PROJECTS, key="nobodys").status_code == 200


@proof("accepts-no-key", "livepeer")
def accepts_no_key_of_livepeer(probe: Probe) -> bool:
    return probe("GET", "/api/asset", key=None).status_code == 200


@proof("accepts-unknown-key", "livepeer")
def accepts_unknown_key_of_livepeer(probe: Probe) -> bool:
    return probe("GET", "/api/asset", key="nobodys").status_code == 200


@proof("leaks-project")
def leaks_project(probe: Probe) -> bool:
    made = probe.project().json()["projectId"]
    return probe("GET", f"{_PROJECTS}/{made}", key="test_other").status_code == 200


@proof("leaks-projects-in-list")
def leaks_projects_in_list(probe: Probe) -> bool:
    made = probe.project().json()["projectId"]
    listed = probe.get(_PROJECTS, params={"limit": 100}, key="test_other")["projects"]
    return made in [project["projectId"] for project in listed]


@proof("leaks-asset")
def leaks_asset(probe: Probe) -> bool:
    made = probe.clip().json()["asset"]["id"]
    return probe("GET", f"/api/asset/{made}", key=f"{KEY}+stranger").status_code == 200


@proof("leaks-assets-in-list")
def leaks_assets_in_list(probe: Probe) -> bool:
    made = probe.clip().json()["asset"]["id"]
    return made in [asset["id"] for asset in probe.get("/api/asset", key="test_other")]


@proof("deletes-what-is-not-ours")
def deletes_what_is_not_ours(probe: Probe) -> bool:
    made = probe.clip().json()["asset"]["id"]
    probe("DELETE", f"/api/asset/{made}", key=f"{KEY}+stranger")
    return probe("GET", f"/api/asset/{made}").status_code == 404


@proof("refresh-token-not-rotated")
def refresh_token_not_rotated(probe: Probe) -> bool:
    refresh = f"{KEY}+refresh-me"
    return _token(probe, refresh).status_code == 200 and _token(probe, refresh).status_code == 200


@proof("revoking-does-nothing")
def revoking_does_nothing(probe: Probe) -> bool:
    key = f"{KEY}+revocable"
    probe("POST", "/oauth/revoke", key=None, data={"token": key})
    return probe("GET", _PROJECTS, key=key).status_code == 200
