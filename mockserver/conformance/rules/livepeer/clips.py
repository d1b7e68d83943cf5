"""Clips: a task and an asset that go one way together, to an asset that plays or one that says why it doesn't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import Answer, ask, expect, follow, until
from mockserver.conformance.rules.downloads import downloads
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.livepeer.facts import (
    CREATE,
    DONE,
    ENDED,
    KEPT,
    Source,
    asset_of,
    clean_up,
    create,
    sources,
    task_of,
)
from mockserver.conformance.session import Session
from mockserver.core.text import Json

_ABOUT_EDGES: Final = (
    "Livepeer: an asset goes waiting, processing, ready or failed; its task pending, waiting, running, completed or "
    "failed, and back to waiting when it is tried again."
)
# Where each phase leads, in one step or several between two looks (facts 1.6; `mockserver edges livepeer`).
ASSET_EDGES: Final[Mapping[str, frozenset[str]]] = {
    "waiting": frozenset(("waiting", "processing", "ready", "failed")),
    "processing": frozenset(("processing", "ready", "failed")),
    "ready": frozenset(("ready",)),
    "failed": frozenset(("failed",)),
}
_UNDERWAY = frozenset(("pending", "waiting", "running", "completed", "failed"))
TASK_EDGES: Final[Mapping[str, frozenset[str]]] = {
    "pending": _UNDERWAY,
    "waiting": _UNDERWAY - {"pending"},
    "running": _UNDERWAY - {"pending"},
    "completed": frozenset(("completed",)),
    "failed": frozenset(("failed",)),
}


def _lifecycle(session: Session) -> Iterator[Finding]:
    source = sources(session)[0]
    made = expect(create(session, source, name="lifecycle"), 200)
    asset, task = made.need("/asset/id"), made.need("/task/id")
    before = worked = made
    half: int | None = None
    for seen in follow(session, asset_of(session, asset), closely=True):
        working = Answer.of(session.send(task_of(session, task)))
        if not seen.good or not working.good:
            raise Skip(f"a clip can't be watched: {(working if seen.good else seen).line}")
        if before is not made:
            yield from _steps(session, made, before, seen, ASSET_EDGES, "asset")
            yield from _steps(session, made, worked, working, TASK_EDGES, "task")
        before, worked = seen, working
        ended = (seen.at("/status/phase") in ENDED) + (working.at("/status/phase") in DONE)
        if ended == 2:
            break
        # The task and its asset end together: who waits for one of them that long waits in vain.
        half = (half or seen.step.after_ms) if ended else None
        if half is not None and seen.step.after_ms > 3 * half + 1_000:
            session.tire()
            break
    else:
        if half is None:
            raise Skip("the clip is made for longer than this check waits")
    yield from _ended(session, made, before, worked)
    again = Answer.of(session.send(asset_of(session, asset)))
    yield from _steps(session, made, before, again, ASSET_EDGES, "asset")
    yield from _played(session, made, again)
    yield from _failure(session, source)


def _steps(
    session: Session, made: Answer, one: Answer, other: Answer, edges: Mapping[str, frozenset[str]], what: str
) -> Iterator[Finding]:
    """What is wrong between two looks at the same task or asset."""
    was: Json = one.at("/status")
    now: Json = other.at("/status")
    if not isinstance(was, dict) or not isinstance(now, dict):
        return  # the document says so
    shown, story = [made, one, other], f"{_moment(one)}\n{_moment(other)}"
    leads = edges.get(str(was.get("phase")))
    if leads is not None and str(now.get("phase")) not in leads:
        title = f"the {what} of a clip goes from {was.get('phase')} to {now.get('phase')}"
        phases = ", ".join(f'replies[{number}].json()["status"]["phase"]' for number in (1, 2))
        must = [f"({phases}) != ({was['phase']!r}, {now.get('phase')!r})"]
        yield found(session, f"{what}-phase", title, shown, saw=story, must=must, about=_ABOUT_EDGES)
    same = all(was.get(name) == now.get(name) for name in ("phase", "retries"))
    old: Json = was.get("progress")
    new: Json = now.get("progress")
    if same and _number(old) and _number(new) and new < old:
        title = f"the progress of a clip's {what} falls from {old} to {new}"
        later, sooner = (f'replies[{number}].json()["status"].get("progress", {number - 1})' for number in (2, 1))
        must = [f"{later} >= {sooner}"]
        yield found(session, f"{what}-progress", title, shown, saw=story, must=must)
    if _number(was.get("updatedAt")) and _number(now.get("updatedAt")) and now["updatedAt"] < was["updatedAt"]:
        title = f"the updatedAt of a clip's {what} goes back by {was['updatedAt'] - now['updatedAt']} ms"
        yield found(session, f"{what}-time", title, shown, saw=story)
    for pointer in KEPT if what == "asset" else ("/id", "/createdAt", "/outputAssetId"):
        if one.at(pointer) != other.at(pointer):
            title = f"a clip's {what} changes at {pointer} from {one.at(pointer)!r:.60} to {other.at(pointer)!r:.60}"
            yield found(session, f"{what}-changes", title, shown, saw=f"{one.line}\n{other.line}")


def _ended(session: Session, made: Answer, asset: Answer, task: Answer) -> Iterator[Finding]:
    phase, done = asset.at("/status/phase"), task.at("/status/phase")
    if not _agree(phase, done):
        # Two calls: one may have ended in between.
        waited = asset.step.after_ms
        task = Answer.of(replace(session.send(task.step.request), after_ms=waited))
        asset = Answer.of(session.send(asset.step.request))
        phase, done = asset.at("/status/phase"), task.at("/status/phase")
        if not _agree(phase, done):
            title = f"a clip's task is {done} and its asset {phase}"
            phases = [f'replies[{number}].json()["status"]["phase"]' for number in (1, 2)]
            must = [f'({phases[0]} == "completed") == ({phases[1]} == "ready")']
            yield found(session, "task-asset", title, [made, task, asset], must=must)
    if phase == "ready":
        for name in ("playbackUrl", "downloadUrl"):
            if not isinstance(asset.at(f"/{name}"), str) or not asset.at(f"/{name}"):
                title = f"a clip is ready and has no {name}"
                must = [f'replies[1].json()["{name}"]']
                about = "Livepeer, Retrieve an asset: playbackUrl and downloadUrl are there once the asset is ready."
                yield found(session, "ready-without-url", title, [made, asset], must=must, about=about)
    yield from _says_why(session, made, asset)
    yield from _says_why(session, made, task)


def _agree(asset: Json, task: Json) -> bool:
    """Whether an asset and its task have come to the same end, or both to none."""
    return [asset == "ready", asset == "failed"] == [task == "completed", task == "failed"]


def _says_why(session: Session, made: Answer, seen: Answer) -> Iterator[Finding]:
    if seen.at("/status/phase") == "failed" and not seen.at("/status/errorMessage"):
        title = "a clip failed and doesn't say why"
        must = ['replies[1].json()["status"]["errorMessage"]']
        yield found(session, "failed-without-reason", title, [made, seen], must=must)


def _played(session: Session, made: Answer, asset: Answer) -> Iterator[Finding]:
    """A clip that is ready plays, if not at once: what isn't ready is remembered for five seconds (facts 1.7)."""
    if asset.at("/status/phase") != "ready":
        return
    request = session.subject.request("getPlaybackInfo", path={"id": made.need("/asset/playbackId")})
    come, info = until(session, request, lambda seen: seen.good, 8_000)
    if not come:
        title = f"a clip is ready, and its playback info is answered with {info.status}"
        yield found(session, "ready-without-playback", title, [made, asset, info])
        return
    if not info.items("/meta/source"):
        title = "a clip is ready, and its playback info has no source"
        must = ['replies[2].json()["meta"]["source"]']
        yield found(session, "ready-without-playback", title, [made, asset, info], must=must)
    yield from downloads(session, asset, "/downloadUrl")
    yield from downloads(session, asset, "/playbackUrl")


def _failure(session: Session, source: Source) -> Iterator[Finding]:
    """A clip of times in seconds is accepted and fails, and says why; one that is ready is no fault of the server's."""
    made = ask(session, CREATE, body=Source(source.id, 1_587_667_174, 1_587_667_204).body(), note="times in seconds")
    clean_up(session, made)
    if not made.good:
        return
    _, seen = until(session, asset_of(session, made.need("/asset/id")), lambda seen: seen.at("/status/phase") in ENDED)
    yield from _says_why(session, made, seen)
    _, working = until(
        session,
        task_of(session, made.need("/task/id")),
        lambda seen: seen.at("/status/phase") in DONE,
    )
    yield from _says_why(session, made, working)


def _moment(answer: Answer) -> str:
    return f"after {answer.step.after_ms} ms: {answer.step.request.path} -> {answer.at('/status')}"


def _number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


CLIPS: Final = (
    Rule(
        "lifecycle",
        "A clip's task and asset go only forward, to an asset that plays or one that says why it doesn't.",
        _lifecycle,
        (CREATE, "getAsset", "getTask", "getPlaybackInfo", "getStreams"),
        "livepeer",
        writes=True,
    ),
)
