"""Making clips: what was made is there at once, each call makes one of its own, and none gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding, Level
from mockserver.conformance.rule import Rule
from mockserver.conformance.rules.asking import Answer, ask, ask_together, expect, until
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.livepeer.facts import (
    ASSETS,
    CREATE,
    ENDED,
    KEPT,
    TASKS,
    Source,
    asset_of,
    clean_up,
    create,
    sources,
    task_of,
)
from mockserver.conformance.session import Session

NAME: Final = "Nächste Folge — 次回 🎬 “check”"


def _read_after_write(session: Session) -> Iterator[Finding]:
    source = sources(session)[0]
    body = source.body(NAME)
    made = expect(create(session, source, name=NAME), 200)
    asset, task = made.need("/asset/id"), made.need("/task/id")
    for pointer, value in (
        ("/asset/name", NAME),
        ("/asset/source/playbackId", source.id),
        ("/asset/source/type", "clip"),
    ):
        if made.at(pointer) != value:
            title = f"a clip asked for with {value!r} is answered with {made.at(pointer)!r:.80} at {pointer}"
            yield found(session, "created-differs", title, [made], where="responses/200")
    seen = Answer.of(session.send(asset_of(session, asset)))
    yield from _there(session, made, seen, f"asset {asset}")
    if seen.good:
        for pointer in KEPT:
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


def _listed(session: Session, made: Answer, source: Source) -> Iterator[Finding]:
    """The clip is in every list that is to have it."""
    asset, task = made.need("/asset/id"), made.need("/task/id")
    lists = [("getAssets", {}, asset), ("getTasks", {}, task), ("getClips", {"id": source.id}, asset)]
    if isinstance(made.at("/asset/source/sessionId"), str):
        lists.append(("getSessionClips", {"id": made.need("/asset/source/sessionId")}, asset))
    if session.subject.has("getClipsOf"):
        lists.append(("getClipsOf", {"id": source.id}, asset))
    for operation, path, id in lists:
        page = ask(session, operation, path=path, query="limit=1000")
        if not page.good:
            continue
        if id not in [item.get("id") for item in page.items("") if isinstance(item, dict)]:
            title = f"{operation} hasn't what was just made"
            made_id = f'replies[0].json()["{"task" if id == task else "asset"}"]["id"]'
            must = [f'{made_id} in [item["id"] for item in replies[1].json()]']
            yield found(session, "read-after-write", title, [made, page], must=must)


def _repeats(session: Session) -> Iterator[Finding]:
    """There is no idempotency here: the same call twice makes two clips, at once and one after another."""
    source = sources(session)[-1]
    first, second = create(session, source), create(session, source, note="the same again")
    yield from _two(session, first, second)
    request = session.subject.request(CREATE, body=source.body())
    together = ask_together(session, [request, request], note="at the same time")
    for answer in together:
        clean_up(session, answer)
    if len(together) == 2:
        yield from _two(session, *together)
    made = [answer for answer in (first, second, *together) if answer.good]
    for answer in made:
        until(session, asset_of(session, answer.need("/asset/id")), lambda seen: seen.at("/status/phase") in ENDED)
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


CREATION: Final = (
    Rule(
        "read-after-write",
        "What was made is there at once, in lists and by its id, with the values sent.",
        _read_after_write,
        (CREATE, "getAsset", "getTask", "getStreams"),
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
