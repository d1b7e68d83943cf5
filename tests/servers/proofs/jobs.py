"""Proofs of jobs that go wrong on their way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mockserver.core.text import Json
from tests.servers.proofs.probe import START, Probe, proof


def _details(probe: Probe, times: int = 30, seconds: float = 30) -> Iterator[Json]:
    """A new project as it is now and then."""
    made = probe.project().json()["projectId"]
    for _ in range(times):
        yield probe.get(f"/v2/user/clips/projects/{made}")
        probe.advance(seconds)


@proof("lost-clip")
def lost_clip(probe: Probe) -> bool:
    seen = [{clip["clipId"] for clip in details["clips"]} for details in _details(probe)]
    return any(not before <= after for before, after in pairwise(seen))


@proof("generating-ends-too-early")
def generating_ends_too_early(probe: Probe) -> bool:
    seen = [(details["generatingClipsNow"], len(details["clips"])) for details in _details(probe)]
    return any(not going and count < seen[-1][1] for going, count in seen)


@proof("clip-ends-before-it-starts")
def clip_ends_before_it_starts(probe: Probe) -> bool:
    clips = [*_details(probe, 3, 600)][-1]["clips"]
    return any(clip["sourceEndSeconds"] <= clip["sourceStartSeconds"] for clip in clips)


@proof("clip-id-used-again")
def clip_id_used_again(probe: Probe) -> bool:
    first: dict[str, str] = {}
    for details in _details(probe):
        if any(first.setdefault(clip["clipId"], clip["name"]) != clip["name"] for clip in details["clips"]):
            return True
    return False


def _statuses(probe: Probe) -> list[Json]:
    """The status of a new asset each five seconds."""
    made = probe.clip().json()["asset"]["id"]
    found = []
    for _ in range(20):
        found.append(probe.get(f"/api/asset/{made}")["status"])
        probe.advance(5)
    return found


@proof("phase-goes-back")
def phase_goes_back(probe: Probe) -> bool:
    phases = [status["phase"] for status in _statuses(probe)]
    return "waiting" in phases[phases.index("processing") :]


@proof("progress-falls")
def progress_falls(probe: Probe) -> bool:
    progress = [status["progress"] for status in _statuses(probe) if "progress" in status]
    return progress != sorted(progress)


@proof("ready-without-url")
def ready_without_url(probe: Probe) -> bool:
    made = probe.clip().json()["asset"]["id"]
    probe.advance(100)
    asset = probe.get(f"/api/asset/{made}")
    return asset["status"]["phase"] == "ready" and "playbackUrl" not in asset


@proof("failed-without-message")
def failed_without_message(probe: Probe) -> bool:
    made = probe.clip({"startTime": START * 10, "endTime": START * 10 + 1_000}).json()["asset"]["id"]
    probe.advance(600)
    status = probe.get(f"/api/asset/{made}")["status"]
    return status["phase"] == "failed" and "errorMessage" not in status


@proof("task-and-asset-disagree")
def task_and_asset_disagree(probe: Probe) -> bool:
    made = probe.clip().json()
    probe.advance(30)
    probe.get("/api/asset")
    probe.advance(70)
    task = probe.get(f"/api/task/{made['task']['id']}")
    asset = probe.get(f"/api/asset/{made['asset']['id']}")
    return bool(task["status"]["phase"] == "completed" and asset["status"]["phase"] == "processing")
