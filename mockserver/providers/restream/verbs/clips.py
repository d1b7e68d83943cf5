"""Projects and clips: what the web app does to a clip, and the run that makes clips played by hand."""

from __future__ import annotations

from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment, Verb
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, Put, View
from mockserver.providers.restream.plot import Plot
from mockserver.providers.restream.projects import shown_clip, shown_post
from mockserver.providers.restream.seed_projects import post_record
from mockserver.providers.restream.verbs.lookup import body, one_of
from mockserver.providers.restream.world_schema import INSTANT, POST, UUID

_CLIP: Final = {**UUID, "description": "The id of a clip."}
_PROJECT: Final = {**UUID, "description": "The id of a project. Its oldest run that is going on is meant."}
_FIRST_CLIP: Final = "6ece2c7f-6fc5-4545-8cec-37db6a79a0e0"
_RUNNING: Final = "ac710000-0000-4000-8000-00000000c11b"


def favourite_clip(view: View, said: Json, moment: Moment) -> Outcome:
    at = _instant(said.get("favouritedAt", 0), "favouritedAt", moment)
    return _put_clip(view, {**one_of(view, "clip", said), "favouritedAt": at}, moment)


def unfavourite_clip(view: View, said: Json, moment: Moment) -> Outcome:
    return _put_clip(view, {**one_of(view, "clip", said), "favouritedAt": None}, moment)


def _put_clip(view: View, clip: Record, moment: Moment) -> Outcome:
    account = view.get("account", clip["account"]) or {}
    return Outcome(Reply.json(200, {"clip": shown_clip(clip, moment, account)}), (Put("clip", clip["id"], clip),))


def _instant(said: int | str, name: str, moment: Moment) -> int:
    return Plot.of({}, moment.world, moment).at(said, (name,))


def post_clip(view: View, said: Json, moment: Moment) -> Outcome:
    clip = one_of(view, "clip", said, "clipId")
    post = post_record(Plot.of({}, moment.world, moment), said, moment.chance.uuid(), clip["project"], ())
    return Outcome(Reply.json(200, {"postedClip": shown_post(post)}), (Put("post", post["id"], post),))


def finish_run(view: View, said: Json, moment: Moment) -> Outcome:
    """All that is still to come of it is due at once."""
    run = _running(view, said)
    plan = [[0, start, end] for _, start, end in run["plan"]]
    return _put_run({**run, "plan": plan, "ends": 0, "stuck": False, "fails": False, "next": moment.now})


def fail_run(view: View, said: Json, moment: Moment) -> Outcome:
    """Clips it has made stay."""
    run = _running(view, said)
    made = run["plan"][: run["made"]]
    return _put_run({**run, "plan": made, "ends": 0, "stuck": False, "fails": True, "next": moment.now})


def stick_run(view: View, said: Json, moment: Moment) -> Outcome:
    run = _running(view, said)
    return _put_run({**run, "plan": run["plan"][: run["made"]], "stuck": True, "next": None})


def _running(view: View, said: Json) -> Record:
    project = one_of(view, "project", said)
    for run in view.find("run", "unfinished", project["id"]):
        if run["state"] == "running":
            return run
    raise ValueError(f"/project: no run of `{project['id']}` is going on")


def _put_run(run: Record) -> Outcome:
    shown = {"project": run["project"], "kind": run["kind"], "mode": run["mode"], "clipsMade": run["made"]}
    return Outcome(Reply.json(200, {"run": shown}), (Put("run", run["id"], run),))


VERBS: Final = (
    Verb(
        "favourite-clip",
        "A user marks a clip as a favourite in the web app.",
        body(
            "Which clip, and when.",
            {
                "clip": _CLIP,
                "favouritedAt": {**INSTANT, "description": "Milliseconds from now, or ISO 8601; now if left out."},
            },
            "clip",
            examples=[{"clip": _FIRST_CLIP}, {"clip": _FIRST_CLIP, "favouritedAt": "2026-01-30T09:12:00.000Z"}],
        ),
        favourite_clip,
    ),
    Verb(
        "unfavourite-clip",
        "A user takes that mark off again.",
        body("Which clip.", {"clip": _CLIP}, "clip", examples=[{"clip": _FIRST_CLIP}]),
        unfavourite_clip,
    ),
    Verb(
        "post-clip",
        "A user posts a clip to a channel from the web app.",
        body(
            "Which clip, where, and what came of it; `createdAt` is now if left out.",
            {**POST["properties"], "clipId": _CLIP},
            "clipId",
            "platform",
            "channelId",
            examples=[
                {"clipId": _FIRST_CLIP, "platform": "TikTok", "channelId": 7, "platformUrl": "https://example.com/7"}
            ],
        ),
        post_clip,
    ),
    Verb(
        "finish-run",
        "The clips that are still to come of a project's run are there now, and the run is done.",
        body("Of which project.", {"project": _PROJECT}, "project", examples=[{"project": _RUNNING}]),
        finish_run,
    ),
    Verb(
        "fail-run",
        "A project's run ends now without the clips that were still to come.",
        body("Of which project.", {"project": _PROJECT}, "project", examples=[{"project": _RUNNING}]),
        fail_run,
    ),
    Verb(
        "stick-run",
        "A project's run makes no more clips and never ends.",
        body("Of which project.", {"project": _PROJECT}, "project", examples=[{"project": _RUNNING}]),
        stick_run,
    ),
)
