"""Jobs: a clip's attempts walked through their tables, one due step at a time.

A task's `sim` holds where its job is: `fate`, `tries` (attempts before this one), `attempt` and `next` (the table and
the step in it), `start` (when the job began) and `base` (ms of life until this attempt), and `at`, the instant of the
next step, None if there is none. Under a fault, `job` says what that makes of it. Each instant is worked out from
`start`, so nothing accumulates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Due, Outcome, Put, View
from mockserver.providers.livepeer import output
from mockserver.providers.livepeer.effects import (
    Effect,
    Scene,
    completed,
    failed,
    failed_or_put_off,
    playable,
    queued_again,
    retried_by_hand,
    started_or_reported,
)
from mockserver.providers.livepeer.fates import CANCELLED, NO_OUTPUT, Deed, Step, attempt_of
from mockserver.providers.livepeer.kinds import BUSY
from mockserver.providers.livepeer.times import window
from mockserver.providers.livepeer.troubled import kept, steps_of

if TYPE_CHECKING:
    from mockserver.core.fault import Job

_DONE = Reply(204)

Sim = dict[str, Json]


def begin(
    fate: str,
    moment: Moment,
    *,
    runs: bool,
    cut: tuple[int, int] | None,
    message: str,
    job: Job | None = None,
) -> Sim:
    """A job that begins now. `cut` are the times asked for; `message` is what a rejected one fails with.

    `job` is what a fault makes of it.
    """
    sim: Sim = {
        "fate": fate,
        "tries": 0,
        "attempt": _attempt(fate, 0, moment),
        "next": 0,
        "start": moment.now,
        "base": 0,
        "at": None,
        "cut": cut and list(cut),
        "window": None,
        "message": message,
    }
    if job is not None:
        sim["job"] = kept(job)
    return _at(sim, moment) if runs else sim


def step(view: View, due: Due, moment: Moment) -> Outcome:
    """The due step of a task, at its own instant, and those behind it that nobody can see one by one."""
    record = view.get("task", due.id)
    if record is None:
        raise KeyError(f"task {due.id} is due and not there")
    task, sim = record["doc"], record["sim"]
    asset = view.get("asset", task.get("outputAssetId", ""))
    scene = Scene(view, moment, settings_of(view))
    effect, sim = _stepped(scene, task, asset, dict(sim))
    while sim["at"] is not None and sim["at"] <= moment.until:
        sim = _without_unseen(sim, moment)
        scene = Scene(view, moment.at(sim["at"]), scene.settings)
        then, sim = _stepped(scene, effect.task, effect.asset or asset, sim)
        effect = Effect(then.task, then.asset or effect.asset, (*effect.notices, *then.notices))
    return committed(effect, sim)


def _stepped(scene: Scene, task: Record, asset: Record | None, sim: Sim) -> tuple[Effect, Sim]:
    if task["status"]["phase"] not in BUSY:
        # Somebody ended it from outside; there is nothing left to do.
        return _nothing(task), {**sim, "at": None}
    if asset is not None and _kept(asset) is None:
        return failed(scene, task, None, CANCELLED), {**sim, "at": None}
    due_step = steps_of(sim)[sim["next"]]
    return _DEEDS[due_step.do](scene, due_step, task, asset, sim)


def retried(scene: Scene, record: Record, asset: Record | None) -> Outcome:
    """A failed task tried again by hand: the next attempt of its fate, from the beginning."""
    task, sim = record["doc"], record["sim"]
    moment, asset = scene.moment, _kept(asset)
    follows = moment.readings.get("retry-asset") == "follows-task"
    effect = retried_by_hand(scene, task, asset, asset_follows=follows)
    tries = sim["tries"] + 1
    fresh = {**sim, "tries": tries, "start": moment.now, "base": 0}
    if runner_works(scene.settings):
        fresh = _enter(fresh, _attempt(sim["fate"], tries, moment), moment)
    return committed(effect, fresh)


def finished(scene: Scene, record: Record, asset: Record | None) -> Outcome:
    """A job in progress, done now by hand."""
    task, sim = record["doc"], record["sim"]
    if sim["window"] is None and sim["cut"] is not None:
        start, end = sim["cut"]
        found = window(start, end, _recording(scene.view, task), scene.moment.now)
        sim = {**sim, "window": found and list(found)}
    return committed(completed(scene, task, asset, _spec(scene, task, asset, sim)), {**sim, "at": None})


def broken_off(scene: Scene, record: Record, asset: Record | None, message: str, *, again: bool) -> Outcome:
    """A job in progress, failed now by hand: for good, or `again`, so that it is put off as long as it may be."""
    task, sim, asset = record["doc"], record["sim"], _kept(asset)
    if not again:
        return committed(failed(scene, task, asset, message), {**sim, "at": None})
    effect, pause = failed_or_put_off(scene, task, asset, message)
    if pause is None:
        return committed(effect, {**sim, "at": None})
    return committed(effect, _enter({**sim, "start": scene.moment.now, "base": pause}, "waiting", scene.moment))


def committed(effect: Effect, sim: Record) -> Outcome:
    """An effect and where the job is after it, as one outcome."""
    task = effect.task
    changes: list[Change] = [Put("task", task["id"], {"doc": task, "sim": sim})]
    if effect.asset is not None:
        changes.append(Put("asset", effect.asset["id"], effect.asset))
    return Outcome(_DONE, tuple(changes), effect.notices)


def settings_of(view: View) -> Record:
    """The world's settings; every world has them."""
    settings = view.get("settings", "settings")
    if settings is None:
        raise KeyError("the world was seeded without settings")
    return settings


def runner_works(settings: Record) -> bool:
    """Whether jobs of this world run by themselves."""
    return bool(settings["runner"] != "off")


def _run(scene: Scene, due: Step, task: Record, asset: Record | None, sim: Sim) -> tuple[Effect, Sim]:
    """The runner picks the task up; what it shall cut is looked for now, as a live recording still grows."""
    moment = scene.moment
    if sim["cut"] is not None and sim["attempt"] != "rejected":
        start, end = sim["cut"]
        found = window(start, end, _recording(scene.view, task), moment.now)
        sim = {**sim, "window": found and list(found)}
        if found is None:
            sim["attempt"] = "broken"
    if task["status"]["phase"] == "running":
        # An administrator has reported already; the runner's own first report is older news.
        return _nothing(task), _advance(sim, moment)
    return started_or_reported(scene, task, asset, 0), _advance(sim, moment)


def _report(scene: Scene, due: Step, task: Record, asset: Record | None, sim: Sim) -> tuple[Effect, Sim]:
    """Progress; a report that is behind an earlier one is dropped."""
    late = due.progress <= task["status"].get("progress", 0)
    effect = _nothing(task) if late else started_or_reported(scene, task, asset, due.progress)
    return effect, _advance(sim, scene.moment)


_FURTHER: Final = frozenset({"report", "finish"})


def _without_unseen(sim: Sim, moment: Moment) -> Sim:
    """The job at its next step that leaves a trace, if nobody looks before.

    A report leaves none when the next one follows, which says more, or success, which leaves no progress behind.
    """
    steps, place, at = steps_of(sim), sim["next"], sim["at"]
    while steps[place].do == "report" and place + 1 < len(steps) and steps[place + 1].do in _FURTHER:
        following = max(at, sim["start"] + moment.lasting(sim["base"] + steps[place + 1].after))
        if following > moment.until:
            break
        place, at = place + 1, following
    return sim if place == sim["next"] else {**sim, "next": place, "at": at}


def _partial(scene: Scene, due: Step, task: Record, asset: Record | None, sim: Sim) -> tuple[Effect, Sim]:
    files = [{"path": "source.m3u8", "type": "catalyst_hls_manifest"}]
    effect = _nothing(task) if asset is None else playable(scene, task, asset, files)
    return effect, _advance(sim, scene.moment)


def _finish(scene: Scene, due: Step, task: Record, asset: Record | None, sim: Sim) -> tuple[Effect, Sim]:
    return completed(scene, task, asset, _spec(scene, task, asset, sim)), _advance(sim, scene.moment)


def _finish_empty(scene: Scene, due: Step, task: Record, asset: Record | None, sim: Sim) -> tuple[Effect, Sim]:
    return failed(scene, task, asset, NO_OUTPUT, {}), _advance(sim, scene.moment)


def _fail(scene: Scene, due: Step, task: Record, asset: Record | None, sim: Sim) -> tuple[Effect, Sim]:
    effect, pause = failed_or_put_off(scene, task, asset, due.message)
    if pause is None:
        return effect, {**sim, "at": None}
    return effect, _enter({**sim, "base": sim["base"] + due.after + pause}, "waiting", scene.moment)


def _fail_for_good(scene: Scene, due: Step, task: Record, asset: Record | None, sim: Sim) -> tuple[Effect, Sim]:
    return failed(scene, task, asset, due.message or sim["message"]), _advance(sim, scene.moment)


def _queue_again(scene: Scene, due: Step, task: Record, asset: Record | None, sim: Sim) -> tuple[Effect, Sim]:
    moment, tries = scene.moment, sim["tries"] + 1
    return queued_again(scene, task), _enter({**sim, "tries": tries}, _attempt(sim["fate"], tries, moment), moment)


_DEEDS: Final[Mapping[Deed, Callable[[Scene, Step, Record, Record | None, Sim], tuple[Effect, Sim]]]] = {
    "run": _run,
    "report": _report,
    "partial": _partial,
    "finish": _finish,
    "finish-empty": _finish_empty,
    "fail": _fail,
    "fail-for-good": _fail_for_good,
    "queue-again": _queue_again,
}


def _kept(asset: Record | None) -> Record | None:
    """The asset, unless it was deleted: nothing but its end is left to happen to it."""
    return None if asset is None or asset.get("deleted") else asset


def _nothing(task: Record) -> Effect:
    return Effect(task, None, ())


def _recording(view: View, task: Record) -> Record | None:
    session = view.get("session", task["params"]["clip"]["sessionId"])
    recording: Record | None = session["sim"].get("recording") if session else None
    return recording


def _spec(scene: Scene, task: Record, asset: Record | None, sim: Sim) -> dict[str, Json]:
    session = scene.view.get("session", task["params"]["clip"]["sessionId"])
    source = session["sim"].get("source") if session else None
    cut = sim["window"] or sim["cut"] or (0, 0)
    name = asset["name"] if asset else "clip"
    chance = scene.moment.chance.child("hash", sim["tries"])
    reading = scene.moment.readings.get("ready-hash", "null")
    return output.asset_spec(name, (cut[0], cut[1]), source or output.SOURCE, reading, chance)


def _attempt(fate: str, tries: int, moment: Moment) -> str:
    attempt = attempt_of(fate, tries)
    return "early" if attempt == "good" and moment.readings.get("early-playback") == "on" else attempt


def _enter(sim: Sim, attempt: str, moment: Moment) -> Sim:
    """The beginning of an attempt, `base` ms of life after the job's start."""
    return _at({**sim, "attempt": attempt, "next": 0}, moment)


def _advance(sim: Sim, moment: Moment) -> Sim:
    return _at({**sim, "next": sim["next"] + 1}, moment)


def _at(sim: Sim, moment: Moment) -> Sim:
    steps = steps_of(sim)
    if sim["next"] >= len(steps):
        return {**sim, "at": None}
    # Never before now: the pace may have changed since the last step.
    at = sim["start"] + moment.lasting(sim["base"] + steps[sim["next"]].after)
    return {**sim, "at": max(at, moment.now)}
