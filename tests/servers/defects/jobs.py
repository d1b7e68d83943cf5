"""Jobs on their way: steps back, writes lost, ends that come too early or say too little."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json
from mockserver.core.world import Due, Outcome, Put, Remove, View
from tests.servers.bending import operation, rewritten, said, without_writes
from tests.servers.defect import Ground, shelf

_ASSETS: Final = frozenset({"getAsset", "getAssets", "getClipsOf", "updateAsset"})


@shelf.step("restream", "runs.py: _run_ends")
def lost_clip(ground: Ground, view: View, due: Due, moment: Moment) -> Outcome:
    """When a run ends, its first clip is gone again."""
    outcome = ground.healthy.step(view, due, moment)
    run = next((change.record for change in outcome.changes if change.kind == "run" and change.id == due.id), None)
    if run is None or run["state"] != "done":
        return outcome
    clips = list(view.find("clip", "project", run["project"]))
    lost = tuple(Remove("clip", clip["id"]) for clip in clips[:1] if run["made"])
    return replace(outcome, changes=(*outcome.changes, *lost))


@shelf.answer("restream", "projects.py: _generating")
def generating_ends_too_early(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """generatingClipsNow is false as soon as the first clip is there, with more to come."""

    def early(details: Json) -> Json:
        return {**details, "generatingClipsNow": details["generatingClipsNow"] and not details["clips"]}

    outcome = ground.answer(view, call, moment)
    return said(outcome, early) if operation(call) == "getClipProject" and outcome.reply.status == 200 else outcome


@shelf.step("restream", "plans.py: plan_highlights")
def clip_ends_before_it_starts(ground: Ground, view: View, due: Due, moment: Moment) -> Outcome:
    """Clips end before they start: the two offsets are written the wrong way round."""
    outcome = ground.healthy.step(view, due, moment)
    return rewritten(outcome, "clip", lambda clip: {**clip, "start": clip["end"], "end": clip["start"]})


@shelf.step("restream", "runs.py: new_clip")
def clip_id_used_again(ground: Ground, view: View, due: Due, moment: Moment) -> Outcome:
    """Each clip of a run takes the id of the one before, which is lost."""
    outcome = ground.healthy.step(view, due, moment)
    run = view.get(due.kind, due.id)
    first = next(iter(view.find("clip", "project", run["project"])), None) if run and due.kind == "run" else None
    if first is None:
        return outcome
    changes = tuple(
        Put("clip", first["id"], {**change.record, "id": first["id"]})
        if isinstance(change, Put) and change.kind == "clip"
        else change
        for change in outcome.changes
    )
    return replace(outcome, changes=changes)


@shelf.step("livepeer", "effects.py: started_or_reported")
def phase_goes_back(ground: Ground, view: View, due: Due, moment: Moment) -> Outcome:
    """While a clip is processed, its asset is `waiting` again for a while."""

    def back(asset: Json) -> Json:
        status = asset["status"]
        if status["phase"] == "processing" and 0.3 < status.get("progress", 0) < 0.8:
            asset["status"] = {"phase": "waiting", "updatedAt": status["updatedAt"]}
        return asset

    return rewritten(ground.healthy.step(view, due, moment), "asset", back)


@shelf.step("livepeer", "effects.py: started_or_reported")
def progress_falls(ground: Ground, view: View, due: Due, moment: Moment) -> Outcome:
    """A late report is taken as it comes: progress falls from 0.585 to 0.2 before it goes on."""

    def fall(status: Json) -> Json:
        return {**status, "progress": 0.2} if status.get("progress") == 0.81 else status

    outcome = ground.healthy.step(view, due, moment)
    outcome = rewritten(outcome, "asset", lambda asset: {**asset, "status": fall(asset["status"])})
    return rewritten(
        outcome, "task", lambda task: {**task, "doc": {**task["doc"], "status": fall(task["doc"]["status"])}}
    )


@shelf.answer("livepeer", "cleaning.py: external_asset")
def ready_without_url(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A ready asset has neither playbackUrl nor downloadUrl."""

    def bare(value: Json) -> Json:
        assets = value if isinstance(value, list) else [value]
        shown = [{key: one[key] for key in one if key not in ("playbackUrl", "downloadUrl")} for one in assets]
        return shown if isinstance(value, list) else shown[0]

    outcome = ground.answer(view, call, moment)
    return said(outcome, bare) if operation(call) in _ASSETS and outcome.reply.status == 200 else outcome


@shelf.answer("livepeer", "effects.py: failed")
def failed_without_message(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A failed asset or task does not say why."""

    def silent(value: Json) -> Json:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and isinstance(one.get("status"), dict):
                one["status"].pop("errorMessage", None)
        return value

    return said(ground.answer(view, call, moment), silent)


@shelf.step("livepeer", "effects.py: completed")
def task_and_asset_disagree(ground: Ground, view: View, due: Due, moment: Moment) -> Outcome:
    """A task is completed, and its asset is processed for ever: the second of two writes is lost."""
    outcome = ground.healthy.step(view, due, moment)
    done = any(
        change.kind == "task" and change.record and change.record["doc"]["status"]["phase"] == "completed"
        for change in outcome.changes
    )
    return without_writes(outcome, lambda change: done and change.kind == "asset")
