"""Proofs of what happens when the same file is asked for again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.servers.proofs.probe import Probe, proof

RANGE = {"selectedTimeRange": {"startOffsetSeconds": 300, "endOffsetSeconds": 600}}


@proof("never-409")
def never_409(probe: Probe) -> bool:
    return probe.project().status_code == 201 and probe.project().status_code == 201


@proof("always-409")
def always_409(probe: Probe) -> bool:
    return probe.project().status_code == 409


@proof("conflict-on-range")
def conflict_on_range(probe: Probe) -> bool:
    return probe.project().status_code == 201 and probe.project(RANGE).status_code == 409


@proof("conflict-though-forced")
def conflict_though_forced(probe: Probe) -> bool:
    probe.project()
    return probe.project({"forceReprocess": True}).status_code == 409


@proof("range-counts-as-whole")
def range_counts_as_whole(probe: Probe) -> bool:
    return probe.project(RANGE).status_code == 201 and probe.project().status_code == 409


@proof("project-for-each-range")
def project_for_each_range(probe: Probe) -> bool:
    return bool(probe.project().json()["projectId"] != probe.project(RANGE).json()["projectId"])


@proof("two-projects-in-a-race")
def two_projects_in_a_race(probe: Probe) -> bool:
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda _: probe.project(), range(2)))
    made = {reply.json()["projectId"] for reply in replies if reply.status_code == 201}
    listed = probe.get("/v2/user/clips/projects", params={"limit": 2})["projects"]
    return made == {project["projectId"] for project in listed}
