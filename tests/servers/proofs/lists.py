"""Proofs of lists that repeat, lose or ignore."""

from __future__ import annotations

from mockserver.core.text import Json
from tests.servers.proofs.probe import Probe, proof

_PROJECTS = "/v2/user/clips/projects"


def _walk(probe: Probe) -> list[str]:
    """Project ids of all pages of ten."""
    found: list[str] = []
    cursor: Json = None
    while True:
        page = probe.get(_PROJECTS, params={"limit": 10, **({"cursor": cursor} if cursor else {})})
        found += [project["projectId"] for project in page["projects"]]
        cursor = page["pagination"]["nextCursor"]
        if cursor is None:
            return found


def _whole(probe: Probe) -> list[str]:
    return [one["projectId"] for one in probe.get(_PROJECTS, params={"limit": 100})["projects"]]


@proof("cursor-repeats")
def cursor_repeats(probe: Probe) -> bool:
    found = _walk(probe)
    return len(found) > len(set(found))


@proof("cursor-skips")
def cursor_skips(probe: Probe) -> bool:
    return len(_walk(probe)) < len(_whole(probe))


def _pages(probe: Probe) -> list[list[str]]:
    pages = [probe.get("/api/stream", params={"limit": 2, "cursor": f"skip{skip}"}) for skip in (0, 2)]
    whole = probe.get("/api/stream", params={"limit": 4})
    return [[one["id"] for one in page] for page in (*pages, whole)]


@proof("offset-one-too-few")
def offset_one_too_few(probe: Probe) -> bool:
    first, second, _ = _pages(probe)
    return first[-1] == second[0]


@proof("offset-one-too-many")
def offset_one_too_many(probe: Probe) -> bool:
    _, second, whole = _pages(probe)
    return whole[3] == second[0]


@proof("page-limit-ignored", "restream")
def page_limit_ignored(probe: Probe) -> bool:
    return len(probe.get(_PROJECTS, params={"limit": 1})["projects"]) > 1


@proof("page-limit-ignored", "livepeer")
def page_limit_ignored_by_livepeer(probe: Probe) -> bool:
    return len(probe.get("/api/asset", params={"limit": 1})) > 1


@proof("created-not-in-the-list", "livepeer")
def created_not_in_the_list_of_livepeer(probe: Probe) -> bool:
    made = probe.clip().json()["asset"]["id"]
    return made not in [asset["id"] for asset in probe.get("/api/asset", params={"limit": 1000})]


@proof("list-counts-other-clips")
def list_counts_other_clips(probe: Probe) -> bool:
    project = probe.get(_PROJECTS)["projects"][0]
    return bool(len(probe.get(f"{_PROJECTS}/{project['projectId']}")["clips"]) != project["clipsCount"])


@proof("list-disagrees-with-detail")
def list_disagrees_with_detail(probe: Probe) -> bool:
    probe.clip({"name": "a name of more than ten characters"})
    asset = probe.get("/api/asset")[0]
    return bool(probe.get(f"/api/asset/{asset['id']}")["name"] != asset["name"])


@proof("created-not-in-the-list", "restream")
def created_not_in_the_list(probe: Probe) -> bool:
    return probe.project().json()["projectId"] not in _whole(probe)


@proof("more-than-there-is")
def more_than_there_is(probe: Probe) -> bool:
    page = probe.get(_PROJECTS, params={"limit": 100})["pagination"]
    return page["nextCursor"] is None and page["hasMore"]


@proof("total-of-the-page-only")
def total_of_the_page_only(probe: Probe) -> bool:
    return probe("GET", "/api/stream", params={"limit": 2, "count": "true"}).headers["x-total-count"] == "2"
