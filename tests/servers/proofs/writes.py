"""Proofs of writes that don't happen, and of refusals that do something."""

from __future__ import annotations

from tests.servers.proofs.probe import FILE, START, Probe, proof

_PROJECTS = "/v2/user/clips/projects"
_HOOK = {"name": "hook", "url": "https://example.com/hook", "events": ["asset.ready"]}


def _asset(probe: Probe) -> str:
    """A finished clip."""
    made: str = probe.clip().json()["asset"]["id"]
    probe.advance(100)
    return made


@proof("refused-call-changes-title")
def refused_call_changes_title(probe: Probe) -> bool:
    made = probe.project({"title": "first"}).json()["projectId"]
    probe.project({"title": "second"})
    listed = probe.get(_PROJECTS)["projects"]
    return any(one["projectId"] == made and one["title"] == "second" for one in listed)


@proof("refused-clip-leaves-asset")
def refused_clip_leaves_asset(probe: Probe) -> bool:
    before = len(probe.get("/api/asset", params={"limit": 1000}))
    probe.clip({"endTime": START - 1})
    return len(probe.get("/api/asset", params={"limit": 1000})) > before


@proof("delete-does-not-delete")
def delete_does_not_delete(probe: Probe) -> bool:
    path = f"/api/asset/{_asset(probe)}"
    return probe("DELETE", path).status_code == 204 and probe("GET", path).status_code == 200


@proof("deleted-webhook-stays-in-list")
def deleted_webhook_stays_in_list(probe: Probe) -> bool:
    made = probe("POST", "/api/webhook", _HOOK).json()["id"]
    probe("DELETE", f"/api/webhook/{made}")
    gone = probe("GET", f"/api/webhook/{made}").status_code == 404
    return gone and made in [hook["id"] for hook in probe.get("/api/webhook")]


@proof("update-is-lost")
def update_is_lost(probe: Probe) -> bool:
    path = f"/api/asset/{_asset(probe)}"
    return bool(probe("PATCH", path, {"name": "other"}).json()["name"] != probe.get(path)["name"])


@proof("webhook-update-is-lost")
def webhook_update_is_lost(probe: Probe) -> bool:
    path = f"/api/webhook/{probe('POST', '/api/webhook', _HOOK).json()['id']}"
    probe("PUT", path, {**_HOOK, "name": "other"})
    return bool(probe.get(path)["name"] == "hook")


@proof("created-stream-is-lost")
def created_stream_is_lost(probe: Probe) -> bool:
    made = probe("POST", "/api/stream", {"name": "new"}).json()["id"]
    return probe("GET", f"/api/stream/{made}").status_code == 404


@proof("download-link-is-dead", "livepeer")
def download_link_is_dead(probe: Probe) -> bool:
    url = probe.get(f"/api/asset/{_asset(probe)}")["downloadUrl"]
    return probe("GET", url, key=None).status_code == 404


@proof("download-link-is-dead", "restream")
def download_link_is_dead_at_restream(probe: Probe) -> bool:
    url = probe("POST", f"/v2/user/storage/files/{FILE}/download-url").json()["downloadUrl"]
    return probe("GET", url, key=None).status_code == 404


@proof("any-method-will-do")
def any_method_will_do(probe: Probe) -> bool:
    return probe("PUT", "/api/stream", {}).status_code == 200
