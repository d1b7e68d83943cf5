"""A run: the work of one accepted call, from queue to last clip.

Its states are a table; every instant is computed from the run's start, so however the clock moves, the same clips come
at the same instants. Runs of the whole video share a lane and follow one another; what else shares it is a reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mockserver.core.chance import Chance
from mockserver.core.http import Reply
from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Due, Outcome, Put, Remove, View
from mockserver.providers.restream.plans import Plan, Span, plan_highlights, plan_nothing, plan_single
from mockserver.providers.restream.readings import reading
from mockserver.providers.restream.records import lane_key
from mockserver.providers.restream.words import draw_words

if TYPE_CHECKING:
    from mockserver.core.fault import Job

# state -> event -> state. `clip` is one clip more; `end` and `fail` are what a run comes to when its time is over.
STATES: Final[Mapping[str, Mapping[str, str]]] = {
    "queued": {"begin": "running"},
    "running": {"clip": "running", "end": "done", "fail": "failed"},
    "done": {},
    "failed": {},
}

# What a file's `generation` makes of a run.
NORMAL, FINDS_NOTHING, FAILS, FAILS_ONCE, STUCK = "normal", "finds-nothing", "fails", "fails-once", "stuck"
GENERATIONS: Final = (NORMAL, FINDS_NOTHING, FAILS, FAILS_ONCE, STUCK)

_STEPPED: Final = Reply.empty(204)


def plan_run(file: Record, span: Span, mode: str, chance: Chance, *, first: bool) -> tuple[Plan, bool]:
    """The plan of a run on `file`, and whether it is going to fail. `first` says no run was there before."""
    generation = file["generation"]
    if generation == FAILS or (generation == FAILS_ONCE and first):
        return plan_nothing(span), True
    if generation == STUCK or (generation == FINDS_NOTHING and mode == "multi"):
        return plan_nothing(span), False
    return (plan_single(span) if mode == "single" else plan_highlights(span, chance)), False


def troubled(plan: Plan, job: Job, number: int, *, fails: bool, stuck: bool) -> tuple[Plan, bool, bool]:
    """What a fault makes of a plan and of whether the run fails or gets stuck.

    Nobody tries a run again but the client, with its next call: of a project's runs under this fault, `failures` fail.
    """
    if not (fails or stuck):
        if job.stuck is not None:
            plan, stuck = plan.until(job.stuck), True
        elif job.fails_at is not None and job.fails(number - 1):
            plan, fails = plan.until(job.fails_at), True
    return plan.lasting(job.times), fails, stuck


def has_lane(moment: Moment, *, whole: bool) -> bool:
    """Whether a run of the whole video, or of a range, waits for the run before it."""
    return whole or reading(moment, "range-while-running") == "queue"


def new_run(
    id: str,
    project: Record,
    number: int,
    file: Record,
    *,
    mode: str,
    range: Span | None,
    lane: bool,
    replaces: bool = False,
) -> Record:
    """A queued run without a plan yet; `lane` says whether it waits for the run before it."""
    return {
        "id": id,
        "project": project["id"],
        "account": project["account"],
        "number": number,
        "kind": "range" if range else "whole",
        "mode": mode,
        "range": [range.start, range.end] if range else None,
        "lane": lane,
        "state": "queued",
        "silent": file["generation"] == FINDS_NOTHING,
        "fails": False,
        "stuck": file["generation"] == STUCK,
        "replaces": replaces,
        "plan": [],
        "ends": 0,
        "startedAt": None,
        "made": 0,
        "next": None,
    }


def planned(run: Record, plan: Plan, *, fails: bool) -> Record:
    return {**run, "plan": [list(clip) for clip in plan.clips], "ends": plan.ends, "fails": fails}


def began(run: Record, moment: Moment) -> Record:
    """A queued run, running from now on."""
    running = {**run, "state": STATES[run["state"]]["begin"], "startedAt": moment.now}
    return {**running, "next": _next(running, moment)}


def replaced(view: View, run: Record) -> tuple[Change, ...]:
    """What the beginning of a run takes away: the clips it replaces, if it does."""
    if not run["replaces"]:
        return ()
    clips = view.find("clip", "project", run["project"])
    return tuple(Remove("clip", clip["id"]) for clip in clips if clip["whole"])


def step(view: View, due: Due, moment: Moment) -> Outcome:
    """The next clip of a run, or its end."""
    run = view.get("run", due.id)
    project = view.get("project", run["project"]) if run else None
    if run is None or project is None:
        raise LookupError(f"a step is due for the run {due.id}, which is not there or has no project")
    if run["made"] < len(run["plan"]):
        return Outcome(_STEPPED, _clip_comes(run, project, moment))
    return Outcome(_STEPPED, _run_ends(view, run, project, moment))


def _next(run: Record, moment: Moment) -> int | None:
    """When the run's next step is due: its next clip, or its end after the last; never for one that is stuck."""
    if run["made"] < len(run["plan"]):
        after = run["plan"][run["made"]][0]
    elif run["stuck"]:
        return None
    else:
        after = run["ends"]
    started: int = run["startedAt"]
    # Never before now: the pace may have changed since the last step.
    return max(started + moment.lasting(after), moment.now)


def _clip_comes(run: Record, project: Record, moment: Moment) -> tuple[Change, ...]:
    chance = moment.chance.child("clip", run["made"])
    _, start, end = run["plan"][run["made"]]
    number = project["clipsMade"] + 1
    clip = {
        **new_clip(chance, silent=run["silent"]),
        "project": project["id"],
        "account": project["account"],
        "number": number,
        "whole": run["kind"] == "whole",
        "start": start,
        "end": end,
        "createdAt": moment.now,
    }
    if run["mode"] == "single" and reading(moment, "single-clip-score") == "null":
        clip.update(score=None, explanation=None)
    grown = {**project, "clipsMade": number}
    if reading(moment, "last-activity") == "runs-and-clips":
        grown["lastActivity"] = moment.now
    after = {**run, "state": STATES[run["state"]]["clip"], "made": run["made"] + 1}
    after["next"] = _next(after, moment)
    return Put("clip", clip["id"], clip), Put("project", project["id"], grown), Put("run", run["id"], after)


def new_clip(chance: Chance, *, silent: bool) -> dict[str, Json]:
    """A clip's id and words, without its place."""
    words = draw_words(chance, silent=silent)
    return {
        "id": chance.uuid(),
        "name": words.name,
        "score": words.score,
        "explanation": words.explanation,
        "transcript": words.transcript,
        "favouritedAt": None,
    }


def _run_ends(view: View, run: Record, project: Record, moment: Moment) -> tuple[Change, ...]:
    state = STATES[run["state"]]["fail" if run["fails"] else "end"]
    changes: list[Change] = [Put("run", run["id"], {**run, "state": state, "next": None})]
    waiting = next(view.find("run", "lane", lane_key(run["project"], "queued")), None) if run["lane"] else None
    if waiting is not None:
        changes += [Put("run", waiting["id"], began(waiting, moment)), *replaced(view, waiting)]
        changes.append(Put("project", project["id"], {**project, "lastActivity": moment.now}))
    return tuple(changes)
