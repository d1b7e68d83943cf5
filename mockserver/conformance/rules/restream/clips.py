"""Clips: they come one after another while `generatingClipsNow`, stay, and can be downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import Answer, ask, expect, follow
from mockserver.conformance.rules.downloads import downloads
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.restream.conflict import settle
from mockserver.conformance.rules.restream.facts import (
    CREATE,
    CREATED,
    LONGEST_SINGLE,
    PROJECTS,
    create,
    details,
    fresh_file,
    some_file,
)
from mockserver.conformance.session import Session
from mockserver.core.text import Json, Record

# After the last clip the project is watched for so long, and for as long as clips took to follow one another.
_WATCH_MS: Final = 400
_TITLE: Final = "Nächste Folge — 次回 🎬 “check”"
_FINAL: Final = ("name", "sourceStartSeconds", "sourceEndSeconds", "createdAt")
_ABOUT_NOW: Final = (
    "Restream, Project details: generatingClipsNow is true while more clips are still coming; clips grows meanwhile."
)


def _after_create(session: Session) -> Iterator[Finding]:
    """What was made is there at once, in the list and by its id, with the values sent."""
    file = fresh_file(session)
    id, length = str(file["id"]), float(file["durationSeconds"])
    made = expect(create(session, id, (0, min(length, 60.0)), title=_TITLE), *CREATED)
    project = made.need("/projectId")
    if made.status != 201:
        title = f"the call that makes a project is answered with {made.status}"
        about = "Restream, Create Project: Success (201)."
        must = ["replies[0].status_code == 201"]
        yield found(session, "created-status", title, [made], must=must, about=about, where="responses/201")
    sent = {"title": _TITLE, "sourceIdentifier": id, "sourceTypeName": "VideoStorageFile"}
    for name, value in sent.items():
        if made.at(f"/{name}") != value:
            title = f"a project made with {name} {value!r} is answered with {made.at(f'/{name}')!r:.80}"
            must = [f'replies[0].json()["{name}"] == {value!r}']
            yield found(session, "created-differs", title, [made], must=must, where="responses/201")
    seen = ask(session, "getClipProject", path={"projectId": project})
    listed = PROJECTS.first(session)
    if seen.status != 200:
        title = f"a project that was just made is answered with {seen.status}"
        yield found(session, "read-after-write", title, [made, seen], must=["replies[1].status_code == 200"])
    item = next((item for item in PROJECTS.items_of(listed) if item.get("projectId") == project), None)
    if item is None:
        title = "a project that was just made is not in the list"
        must = ['replies[0].json()["projectId"] in [item["projectId"] for item in replies[1].json()["projects"]]']
        yield found(session, "read-after-write", title, [made, listed], must=must)
        return
    for name in ("title", "sourceIdentifier", "sourceTypeName", "createdAt"):
        if item.get(name) != made.at(f"/{name}"):
            said = f"{item.get(name)!r:.80} of a project that was made with {made.at(f'/{name}')!r:.80}"
            title = f"the list says {name} {said}"
            expression = (
                'next(p for p in replies[1].json()["projects"] if p["projectId"] == replies[0].json()["projectId"])'
            )
            must = [f'{expression}["{name}"] == replies[0].json()["{name}"]']
            yield found(session, "list-differs", title, [made, listed], must=must)
    settle(session, project)


def _generation(session: Session) -> Iterator[Finding]:
    file = some_file(session, 60)
    length = float(file["durationSeconds"])
    span = (5.0, length)
    before, made = _ask(session, str(file["id"]), span)
    if isinstance(made, Answer):
        yield from _watched(session, made, before, span)
    file = some_file(session, 30)
    single = (2.5, 22.5)
    before, made = _ask(session, str(file["id"]), single, single=True)
    end = settle(session, made.need("/projectId"))
    new = [clip for clip in _clips(end) if str(clip.get("clipId")) not in before]
    about = f"Restream, Create Project: singleClipMode makes one clip of the whole span ({LONGEST_SINGLE} s at most)."
    if len(new) != 1:
        title = f"singleClipMode makes {len(new)} clips"
        must = [f'len(replies[1].json()["clips"]) == {len(before) + 1}']
        yield found(session, "single-clip-count", title, [made, end], about=about, saw=_story([made, end]), must=must)
    elif (new[0].get("sourceStartSeconds"), new[0].get("sourceEndSeconds")) != single:
        title = f"singleClipMode of {single[0]} s to {single[1]} s makes a clip of {_span(new[0])}"
        yield found(session, "single-clip-span", title, [made, end], about=about, saw=f"{new[0]!r:.300}")
    yield from _downloaded(session, end)


def _ask(session: Session, file: str, span: tuple[float, float], *, single: bool = False) -> tuple[set[str], Answer]:
    """The clips the file's project had before, and the call that asks for more."""
    page = PROJECTS.first(session)
    known = next((item for item in PROJECTS.items_of(page) if item.get("sourceIdentifier") == file), None)
    before: set[str] = set()
    if known is not None:
        before = {str(clip.get("clipId")) for clip in _clips(settle(session, str(known["projectId"])))}
    return before, expect(create(session, file, span, single=single), *CREATED)


def _watched(session: Session, made: Answer, before: set[str], span: tuple[float, float]) -> Iterator[Finding]:
    """From the call to well after its last clip."""
    request = details(session, made.need("/projectId"))
    last: Answer | None = None
    ended: Answer | None = None
    grown = longest = 0
    for seen in follow(session, request, closely=True):
        now = seen.step.after_ms
        if seen.status != 200:
            raise Skip(f"the details of a project can't be had: {seen.line}")
        ids = [str(clip.get("clipId")) for clip in _clips(seen)]
        if last is not None:
            yield from _steps(session, made, last, seen)
        if len(set(ids)) != len(ids):
            yield found(session, "clip-twice", "a project has a clip twice", [made, seen], saw=str(ids))
        if last is None or len(ids) > len(_clips(last)):
            longest, grown = max(longest, now - grown), now
        last = seen
        if seen.at("/generatingClipsNow") is False:
            ended = ended or seen
            if now - ended.step.after_ms > max(_WATCH_MS, longest):
                break
    if last is None or ended is None:
        raise Skip("clips are generated for longer than this check waits")
    more = len(_clips(last)) - len(_clips(ended))
    if more > 0:
        title = f"{'a clip comes' if more == 1 else f'{more} clips come'} after generatingClipsNow was false"
        must = [
            'replies[1].json()["generatingClipsNow"] or '
            'len(replies[2].json()["clips"]) == len(replies[1].json()["clips"])'
        ]
        shown = [made, ended, last]
        yield found(session, "generating-early", title, shown, saw=_story([ended, last]), must=must, about=_ABOUT_NOW)
    for clip in _clips(last):
        if str(clip.get("clipId")) not in before:
            yield from _inside(session, made, last, clip, span)
    listed = PROJECTS.first(session)
    item: Record = next((one for one in PROJECTS.items_of(listed) if one.get("projectId") == made.at("/projectId")), {})
    for name, value in (("clipsCount", len(_clips(last))), ("generatingClipsNow", False)):
        if item.get(name) != value:
            title = f"the list says {name} {item.get(name)!r}, the details of the project {value!r}"
            yield found(session, "list-detail-differs", title, [made, last, listed], saw=_story([last, listed]))


def _steps(session: Session, made: Answer, one: Answer, other: Answer) -> Iterator[Finding]:
    """What is wrong between two looks at the same project."""
    was, now = one.at("/generatingClipsNow"), other.at("/generatingClipsNow")
    old = {str(clip.get("clipId")): clip for clip in _clips(one)}
    new = {str(clip.get("clipId")): clip for clip in _clips(other)}
    shown = [made, one, other]
    story = _story([one, other])
    if was is False and now is True:
        title = "generatingClipsNow is false and then true again, with nothing asked for in between"
        must = ['not replies[2].json()["generatingClipsNow"]']
        yield found(session, "generating-again", title, shown, saw=story, must=must, about=_ABOUT_NOW)
    lost = set(old) - set(new)
    if lost:
        title = f"clip {min(lost)} was there, and is not any more"
        must = [f'"{min(lost)}" in [clip["clipId"] for clip in replies[2].json()["clips"]]']
        yield found(session, "clip-lost", title, shown, saw=story, must=must, about=_ABOUT_NOW)
    for id in set(old) & set(new):
        for name in _FINAL:
            if old[id].get(name) != new[id].get(name):
                title = f"the {name} of a clip changes by itself from {old[id].get(name)!r} to {new[id].get(name)!r}"
                must = [
                    f'all(old["{name}"] == new["{name}"] for old in replies[1].json()["clips"] '
                    'for new in replies[2].json()["clips"] if old["clipId"] == new["clipId"])'
                ]
                yield found(session, "clip-changes", title, shown, saw=story, must=must)
                return


def _inside(session: Session, made: Answer, seen: Answer, clip: Record, span: tuple[float, float]) -> Iterator[Finding]:
    start, end = clip.get("sourceStartSeconds"), clip.get("sourceEndSeconds")
    if not isinstance(start, (int, float)) or not isinstance(end, (int, float)):
        return  # the document says what is wrong with that
    if not span[0] <= start < end <= span[1]:
        title = f"a clip of {_span(clip)} was made, though {span[0]:g} s to {span[1]:g} s were asked for"
        must = [
            f'all({span[0]} <= clip["sourceStartSeconds"] < clip["sourceEndSeconds"] <= {span[1]} '
            'for clip in replies[1].json()["clips"])'
        ]
        yield found(session, "clip-outside", title, [made, seen], must=must, saw=f"{dict(clip)!r:.300}")


def _downloaded(session: Session, seen: Answer) -> Iterator[Finding]:
    for clip in _clips(seen)[-2:]:
        link = ask(session, "getClipDownloadUrl", path={"clipId": str(clip.get("clipId"))})
        if link.status != 200:
            title = f"a clip that a project lists has no download URL: {link.status}"
            yield found(session, "clip-no-download", title, [seen, link], must=["replies[1].status_code == 200"])
            return
        yield from downloads(session, link, "/downloadUrl")


def _files(session: Session) -> Iterator[Finding]:
    file = some_file(session)
    link = ask(session, "createStorageFileDownloadUrl", path={"fileId": str(file["id"])})
    yield from downloads(session, expect(link, 200), "/downloadUrl")


def _clips(answer: Answer) -> list[Record]:
    return [clip for clip in answer.items("/clips") if isinstance(clip, dict)]


def _span(clip: Record) -> str:
    def shown(value: Json) -> str:
        return f"{value:g} s" if isinstance(value, (int, float)) else repr(value)

    return f"{shown(clip.get('sourceStartSeconds'))} to {shown(clip.get('sourceEndSeconds'))}"


def _story(answers: list[Answer]) -> str:
    return "\n".join(
        f"after {answer.step.after_ms} ms: generatingClipsNow {answer.at('/generatingClipsNow')}, "
        f"{len(_clips(answer))} clips, the last {[str(clip.get('clipId')) for clip in _clips(answer)][-1:]}"
        if answer.at("/clips") is not None
        else answer.line
        for answer in answers
    )


CLIPS: Final = (
    Rule(
        "read-after-write",
        "What was made is there at once, in the list and by its id, with the values sent.",
        _after_create,
        (CREATE, "getClipProject", "listClipProjects", "listStorageFiles"),
        "restream",
        writes=True,
    ),
    Rule(
        "lifecycle",
        "Clips come while generatingClipsNow is true and not after, none goes away, each lies where it was asked for.",
        _generation,
        (CREATE, "getClipProject", "listClipProjects", "listStorageFiles", "getClipDownloadUrl"),
        "restream",
        writes=True,
    ),
    Rule(
        "download",
        "A download URL downloads.",
        _files,
        ("createStorageFileDownloadUrl", "listStorageFiles"),
        "restream",
        writes=True,
    ),
)
