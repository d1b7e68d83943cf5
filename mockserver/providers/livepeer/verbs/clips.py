"""Clips and other assets: one comes into the world, a clip's job is finished, failed or held up by hand."""

from __future__ import annotations

from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment, Verb
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, Put, View
from mockserver.providers.livepeer import jobs
from mockserver.providers.livepeer.effects import Scene
from mockserver.providers.livepeer.fates import INTERNAL_ERROR
from mockserver.providers.livepeer.fields import flag, text
from mockserver.providers.livepeer.kinds import BUSY
from mockserver.providers.livepeer.seed_assets import asset_record
from mockserver.providers.livepeer.verbs.lookup import FOR, body, ground_of, session_of, task_of, user_of
from mockserver.providers.livepeer.world_schema import ASSET

_CLIP: Final = text("The id or playback ID of a clip, or the id of its task.")
_PROCESSING: Final = "a55e7000-0000-4000-8000-000000000003"


def add_asset(view: View, said: Json, moment: Moment) -> Outcome:
    id = said.get("id") or moment.chance.uuid()
    playback_id = said.get("playbackId") or id[:4].lower() + moment.chance.base36(12)
    if view.get("asset", id) is not None:
        raise ValueError("/id: there is an asset of that id already")
    if next(view.find("asset", "playbackId", playback_id), None) is not None:
        raise ValueError("/playbackId: there is an asset of that playbackId already")
    user = said.get("user") or user_of(view, None)["id"]
    sessions = {said["session"]: session_of(view, said["session"])} if "session" in said else {}
    entry = {**said, "id": id, "playbackId": playback_id, "user": user}
    asset = asset_record(entry, "", sessions, ground_of(view, moment))
    return Outcome(Reply.json(200, {"asset": asset}), (Put("asset", id, asset),))


def finish_clip(view: View, said: Json, moment: Moment) -> Outcome:
    record, scene = _in_progress(view, said, moment)
    return _shown(jobs.finished(scene, record, _asset(view, record)))


def fail_clip(view: View, said: Json, moment: Moment) -> Outcome:
    record, scene = _in_progress(view, said, moment)
    message = said.get("errorMessage", INTERNAL_ERROR)
    again = bool(said.get("retriable", False))
    return _shown(jobs.broken_off(scene, record, _asset(view, record), message, again=again))


def stick_clip(view: View, said: Json, moment: Moment) -> Outcome:
    """Its phase and progress stay as they are."""
    record, _ = _in_progress(view, said, moment)
    stuck = {**record, "sim": {**record["sim"], "at": None}}
    return _shown(Outcome(Reply(204), (Put("task", record["doc"]["id"], stuck),)))


def _in_progress(view: View, said: Json, moment: Moment) -> tuple[Record, Scene]:
    record = task_of(view, said["clip"])
    phase = record["doc"]["status"]["phase"]
    if phase not in BUSY:
        raise ValueError(f"/clip: its task is {phase}; only one in progress ({', '.join(sorted(BUSY))}) can be played")
    return record, Scene(view, moment, jobs.settings_of(view))


def _asset(view: View, record: Record) -> Record | None:
    return view.get("asset", record["doc"].get("outputAssetId", ""))


def _shown(outcome: Outcome) -> Outcome:
    """What came of it: the task and the asset as they are now."""
    shown = {
        change.kind: change.record["doc"] if change.kind == "task" else change.record
        for change in outcome.changes
        if isinstance(change, Put)
    }
    return Outcome(Reply.json(200, shown), outcome.changes, outcome.notices)


VERBS: Final = (
    Verb(
        "add-asset",
        "An asset comes into the world: an upload, a recording, or a clip without a task; no event tells of it.",
        body(
            "An asset, as in a world document; all of it can be left out.",
            {**ASSET["properties"], "user": text(FOR)},
            examples=[
                {"playbackId": "brandnew00000000", "name": "an upload.mp4", "seconds": 12.5},
                {"type": "recording", "session": "de7818e7-610a-4057-8f6f-b785dc1e6f88"},
            ],
        ),
        add_asset,
    ),
    Verb(
        "finish-clip",
        "A clip in progress is ready now.",
        body("Which clip.", {"clip": _CLIP}, "clip", examples=[{"clip": _PROCESSING}]),
        finish_clip,
    ),
    Verb(
        "fail-clip",
        "A clip in progress fails now, for good or so that it is tried again.",
        body(
            "Which clip, and how.",
            {
                "clip": _CLIP,
                "errorMessage": text(f"What the task and the asset say; `{INTERNAL_ERROR}` if nothing is said."),
                "retriable": flag("Whether it is tried again by itself, twice at most; false if nothing is said."),
            },
            "clip",
            examples=[
                {"clip": _PROCESSING, "errorMessage": "execution timeout"},
                {"clip": _PROCESSING, "retriable": True},
            ],
        ),
        fail_clip,
    ),
    Verb(
        "stick-clip",
        "A clip in progress gets no further by itself.",
        body("Which clip.", {"clip": _CLIP}, "clip", examples=[{"clip": _PROCESSING}]),
        stick_clip,
    ),
)
