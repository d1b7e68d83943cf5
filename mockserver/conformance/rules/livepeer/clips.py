"""Clips: a task and an asset that go one way together, to an asset that plays or one that says why it doesn't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.conformance.finding import Finding, Level
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import Answer, ask, ask_together, expect, follow, until
from mockserver.conformance.rules.downloads import downloads
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.livepeer.facts import (
    ASSETS,
    CREATE,
    TASKS,
    asset_of,
    body_of,
    clean_up,
    create,
    sources,
    task_of,
)
from mockserver.conformance.session import Session
from mockserver.core.text import Json

NAME: Final = "Nächste Folge — 次回 🎬 “check”"
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
_KEPT: Final = ("/id", "/playbackId", "/name", "/createdAt", "/userId", "/source")
_ENDED: Final = ("ready", "failed")
_DONE: Final = ("completed", "failed")


def _read_after_write(session: Session) -> Iterator[Finding]:
    source = sources(session)[0]
    body = body_of(source, name=NAME)
    made = expect(create(session, source, name=NAME), 200)
    asset, task = made.need("/asset/id"), made.need("/task/id")
    for pointer, value in (("/asset/name", NAME), ("/asset/source/playbackId", source), ("/asset/source/type", "clip")):
        if made.at(pointer) != value:
            title = f"a clip asked for with {value!r} is answered with {made.at(pointer)!r:.80} at {pointer}"
            yield found(session, "created-differs", title, [made], where="responses/200")
    seen = Answer.of(session.send(asset_of(session, asset)))
    yield from _there(session, made, seen, f"asset {asset}")
    if seen.good:
        for pointer in _KEPT:
            if seen.at(pointer) != made.at(f"/asset{pointer}"):
                said = f"{seen.at(pointer)!r:.80}, the call that made it {made.at('/asset' + pointer)!r:.80}"
                title = f"an asset says at {pointer} {said}"
                yield found(session, "read-differs", title, [made, seen])
    working = Answer.of(session.send(task_of(session, task)))
    yield from _there(session, made, working, f"task {task}")
    if working.good:
        wanted = {name: body[name] for name in ("playbackId", "startTime", "endTime")}
        told = working.at("/params/clip/clipStrategy")
        if isinstance(told, dict) and {name: told.get(name) for name in wanted} != wanted:
            title = f"a task has the times {told!r:.120}, not those that were sent"
            yield found(session, "read-differs", title, [made, working])
        if working.at("/outputAssetId") != asset:
            title = (
                f"a clip's task says outputAssetId {working.at('/outputAssetId')!r}, the call that made both {asset}"
            )
            must = ['replies[1].json()["outputAssetId"] == replies[0].json()["asset"]["id"]']
            yield found(session, "read-differs", title, [made, working], must=must)
    yield from _listed(session, made, source)


def _there(session: Session, made: Answer, seen: Answer, what: str) -> Iterator[Finding]:
    if seen.good:
        return
    # In production reads may lag behind writes (facts 3): then it is there a moment later.
    come, _ = until(session, seen.step.request, lambda again: again.good, 3_000)
    level: Level = "warning" if come and not session.subject.loopback else "error"
    title = f"{what} was just made, and is answered with {seen.status}"
    must = ["replies[1].status_code == 200"]
    yield found(session, "read-after-write", title, [made, seen], must=must, level=level)


def _listed(session: Session, made: Answer, source: str) -> Iterator[Finding]:
    """The clip is in every list that is to have it."""
    asset, task = made.need("/asset/id"), made.need("/task/id")
    lists = [("getAssets", {}, asset), ("getTasks", {}, task), ("getClips", {"id": source}, asset)]
    if isinstance(made.at("/asset/source/sessionId"), str):
        lists.append(("getSessionClips", {"id": made.need("/asset/source/sessionId")}, asset))
    if session.subject.has("getClipsOf"):
        lists.append(("getClipsOf", {"id": source}, asset))
    for operation, path, id in lists:
        page = ask(session, operation, path=path, query="limit=1000")
        if not page.good:
            continue
        if id not in [item.get("id") for item in page.items("") if isinstance(item, dict)]:
            title = f"{operation} hasn't what was just made"
            made_id = f'replies[0].json()["{"task" if id == task else "asset"}"]["id"]'
            must = [f'{made_id} in [item["id"] for item in replies[1].json()]']
            yield found(session, "read-after-write", title, [made, page], must=must)


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
        ended = (seen.at("/status/phase") in _ENDED) + (working.at("/status/phase") in _DONE)
        if ended == 2:
            break
        # The task and its asset end together: who waits for one of them that long waits in vain.
        half = (half or seen.step.after_ms) if ended else None
        if half is not None and seen.step.after_ms > 3 * half + 2_000:
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
    if was.get("phase") in edges and now.get("phase") not in edges[was["phase"]]:
        title = f"the {what} of a clip goes from {was.get('phase')} to {now.get('phase')}"
        yield found(session, f"{what}-phase", title, shown, saw=story, about=_ABOUT_EDGES)
    same = all(was.get(name) == now.get(name) for name in ("phase", "retries"))
    old: Json = was.get("progress")
    new: Json = now.get("progress")
    if same and _number(old) and _number(new) and new < old:
        title = f"the progress of a clip's {what} falls from {old} to {new}"
        must = ['replies[2].json()["status"]["progress"] >= replies[1].json()["status"]["progress"]']
        yield found(session, f"{what}-progress", title, shown, saw=story, must=must)
    if _number(was.get("updatedAt")) and _number(now.get("updatedAt")) and now["updatedAt"] < was["updatedAt"]:
        title = f"the updatedAt of a clip's {what} goes back by {was['updatedAt'] - now['updatedAt']} ms"
        yield found(session, f"{what}-time", title, shown, saw=story)
    for pointer in _KEPT if what == "asset" else ("/id", "/createdAt", "/outputAssetId"):
        if one.at(pointer) != other.at(pointer):
            title = f"a clip's {what} changes at {pointer} from {one.at(pointer)!r:.60} to {other.at(pointer)!r:.60}"
            yield found(session, f"{what}-changes", title, shown, saw=f"{one.line}\n{other.line}")


def _ended(session: Session, made: Answer, asset: Answer, task: Answer) -> Iterator[Finding]:
    phase, done = asset.at("/status/phase"), task.at("/status/phase")
    if not _agree(phase, done):
        # Two calls: one may have ended in between.
        asset = Answer.of(session.send(asset.step.request))
        task = Answer.of(session.send(task.step.request))
        phase, done = asset.at("/status/phase"), task.at("/status/phase")
        if not _agree(phase, done):
            title = f"a clip's task is {done} and its asset {phase}"
            yield found(session, "task-asset", title, [made, task, asset])
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


def _failure(session: Session, source: str) -> Iterator[Finding]:
    """A clip of times in seconds is accepted and fails, and says why; one that is ready is no fault of the server's."""
    made = ask(session, CREATE, body=body_of(source, 1_587_667_174, 1_587_667_204), note="times in seconds")
    clean_up(session, made)
    if not made.good:
        return
    _, seen = until(session, asset_of(session, made.need("/asset/id")), lambda seen: seen.at("/status/phase") in _ENDED)
    yield from _says_why(session, made, seen)
    _, working = until(
        session,
        task_of(session, made.need("/task/id")),
        lambda seen: seen.at("/status/phase") in _DONE,
    )
    yield from _says_why(session, made, working)


def _repeats(session: Session) -> Iterator[Finding]:
    """There is no idempotency here: the same call twice makes two clips, at once and one after another."""
    source = sources(session)[-1]
    first, second = create(session, source), create(session, source, note="the same again")
    yield from _two(session, first, second)
    request = session.subject.request(CREATE, body=body_of(source))
    together = ask_together(session, [request, request], note="at the same time")
    for answer in together:
        clean_up(session, answer)
    if len(together) == 2:
        yield from _two(session, *together)
    made = [answer for answer in (first, second, *together) if answer.good]
    for answer in made:
        until(session, asset_of(session, answer.need("/asset/id")), lambda seen: seen.at("/status/phase") in _ENDED)
    page = ASSETS.first(session)
    for answer in made:
        if page.good and answer.at("/asset/id") not in ASSETS.ids_of(page):
            yield found(session, "clip-lost", "a clip that was made is not in the list", [answer, page])
    tasks = TASKS.first(session)
    for answer in made:
        if tasks.good and answer.at("/task/id") not in TASKS.ids_of(tasks):
            yield found(session, "task-lost", "a task that was made is not in the list", [answer, tasks])


def _two(session: Session, first: Answer, second: Answer) -> Iterator[Finding]:
    if second.status == 409 or (second.status in (400, 422) and first.good):
        title = f"asking for the same clip again is answered with {second.status}"
        must = ["replies[1].status_code == 200"]
        about = "Livepeer has no idempotency: each call makes a clip of its own."
        yield found(session, "conflict-spurious", title, [first, second], must=must, about=about)
    elif first.good and second.good:
        for pointer in ("/asset/id", "/task/id", "/asset/playbackId"):
            if first.at(pointer) is not None and first.at(pointer) == second.at(pointer):
                title = f"two clips have the same {pointer}"
                yield found(session, "id-twice", title, [first, second])


def _moment(answer: Answer) -> str:
    return f"after {answer.step.after_ms} ms: {answer.step.request.path} -> {answer.at('/status')}"


def _number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


CLIPS: Final = (
    Rule(
        "read-after-write",
        "What was made is there at once, in lists and by its id, with the values sent.",
        _read_after_write,
        (CREATE, "getAsset", "getTask", "getStreams"),
        "livepeer",
        writes=True,
    ),
    Rule(
        "lifecycle",
        "A clip's task and asset go only forward, to an asset that plays or one that says why it doesn't.",
        _lifecycle,
        (CREATE, "getAsset", "getTask", "getPlaybackInfo", "getStreams"),
        "livepeer",
        writes=True,
    ),
    Rule(
        "repeat",
        "The same call twice makes two clips.",
        _repeats,
        (CREATE, "getAsset", "getAssets", "getTasks", "getStreams"),
        "livepeer",
        writes=True,
    ),
)
