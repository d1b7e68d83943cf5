"""A section's projects to records: their clips, posted clips, and the runs they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from mockserver.core.chance import Chance
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Put
from mockserver.providers.restream.plans import Span
from mockserver.providers.restream.plot import Path, Plot, wrong
from mockserver.providers.restream.records import source_key
from mockserver.providers.restream.runs import began, has_lane, new_clip, new_run, plan_run, planned

# From call to clip, as in the documentation's samples.
_FIRST_CLIP: Final = 367_032
# A stream has room for one clip in so many seconds.
_ROOM: Final = 180


def project_records(plot: Plot, files: Mapping[str, Record]) -> Iterator[Change]:
    """Raises ValueError for a source that is not there, has two projects or no room for its clips."""
    seen: set[str] = set()
    for index, entry in enumerate(plot.entries("projects")):
        path = ("projects", index)
        file = _source(plot, entry, files, path)
        project = _project(plot, entry, path)
        source = source_key(project["account"], project["sourceTypeName"], project["sourceIdentifier"])
        for key in (project["id"], source):
            if key in seen:
                raise wrong(path, f"there are two projects of `{key}`")
            seen.add(key)
        yield from _one(plot, entry, project, file, path)


def _one(plot: Plot, entry: Record, project: Json, file: Record | None, path: Path) -> Iterator[Change]:
    runs = entry.get("runs", ())
    whole = not runs or any(run.get("kind", "whole") == "whole" for run in runs)
    clips = list(_clips(plot, entry, project, file, path, whole=whole))
    project["clipsMade"] = len(clips)
    project["lastActivity"] = max(project["createdAt"], *(clip["createdAt"] for clip in clips), 0)
    for number, run in enumerate(runs, 1):
        record = _run(plot, run, number, project, file, clips, (*path, "runs", number - 1))
        if record["startedAt"] is not None:
            project["lastActivity"] = max(project["lastActivity"], record["startedAt"])
        yield Put("run", record["id"], record)
    yield Put("project", project["id"], project)
    for clip in clips:
        yield Put("clip", clip["id"], clip)
    yield from _posts(plot, entry, project, path)


def _source(plot: Plot, entry: Record, files: Mapping[str, Record], path: Path) -> Record | None:
    """The file a project is made from; None for an event, or for a file that is gone."""
    if entry.get("sourceTypeName", "Event") == "Event":
        if entry.get("runs"):
            raise wrong((*path, "runs"), "only for a project of a VideoStorageFile")
        return None
    if "sourceIdentifier" not in entry:
        raise wrong(path, "a project of a VideoStorageFile has `sourceIdentifier`, the id of its file")
    file = files.get(entry["sourceIdentifier"].lower())
    if file is not None and file["account"] != plot.owner(entry, path):
        raise wrong((*path, "sourceIdentifier"), "the file belongs to another account")
    return file


def _project(plot: Plot, entry: Record, path: Path) -> dict[str, Json]:
    chance = plot.chance("project", *path)
    given, source = entry.get("projectId"), entry.get("sourceIdentifier")
    # Both are drawn in this order, whichever is given: what a document says of one must not change the other.
    drawn = chance.uuid() if given is None or source is None else ""
    return {
        "id": drawn if given is None else given.lower(),
        "account": plot.owner(entry, path),
        "sourceTypeName": entry.get("sourceTypeName", "Event"),
        "sourceIdentifier": chance.uuid() if source is None else source.lower(),
        "title": entry["title"],
        "createdAt": plot.at(entry.get("createdAt", 0), (*path, "createdAt")),
        "lastActivity": 0,
        "clipsMade": 0,
    }


def _clips(
    plot: Plot, entry: Record, project: Record, file: Record | None, path: Path, *, whole: bool
) -> Iterator[Record]:
    wanted = entry.get("clips", 0)
    entries: Sequence[Record] = [{}] * wanted if isinstance(wanted, int) else wanted
    if not entries:
        return
    duration = file["durationSeconds"] if file and file["durationSeconds"] is not None else None
    room = min(_ROOM, int(duration) // len(entries)) if duration else _ROOM
    spans = [_given_span(clip, (*path, "clips", index)) for index, clip in enumerate(entries)]
    if room < 1 and None in spans:
        raise wrong((*path, "clips", spans.index(None)), "the file is too short for so many clips")
    drawns = _drawn(plot.chance("clips", *path).key, tuple(None if given else room for given in spans))
    for index, (clip, given, drawn) in enumerate(zip(entries, spans, drawns, strict=True)):
        here = (*path, "clips", index)
        start, end = given or (index * room + drawn.start, index * room + drawn.end)
        if duration is not None and end > duration:
            raise wrong(here, f"the clip ends at {end} s, behind the file's end at {duration} s")
        favourite = clip.get("favouritedAt")
        yield {
            **_worded(clip, drawn.clip),
            "project": project["id"],
            "account": project["account"],
            "number": index + 1,
            "whole": whole,
            "start": start,
            "end": end,
            "favouritedAt": None if favourite is None else plot.at(favourite, (*here, "favouritedAt")),
            "createdAt": plot.at(clip["createdAt"], (*here, "createdAt"))
            if "createdAt" in clip
            else project["createdAt"] + _FIRST_CLIP + index * 1000,
        }


class _Drawn(NamedTuple):
    """What chance says of a clip. `start` and `end` count from where its room begins."""

    start: int
    end: int
    clip: Record


@lru_cache(maxsize=1024)
def _drawn(key: bytes, rooms: tuple[int | None, ...]) -> tuple[_Drawn, ...]:
    """The draws of a project's clips with so much room, None for one whose span is given. The same if made anew."""
    chance = Chance(key)
    found = []
    for room in rooms:
        start = end = 0
        if room is not None:
            length = min(room, chance.between(15, 75))
            start = chance.below(room - length + 1)
            end = start + length
        found.append(_Drawn(start, end, new_clip(chance, silent=False)))
    return tuple(found)


def _worded(clip: Record, drawn: Record) -> dict[str, Json]:
    return {
        "id": clip.get("clipId", drawn["id"]).lower(),
        "name": clip.get("name", drawn["name"]),
        "score": clip.get("viralityScore", drawn["score"]),
        "explanation": clip.get("viralityScoreExplanation", drawn["explanation"]),
        "transcript": clip.get("transcriptText", drawn["transcript"]),
    }


def _given_span(clip: Record, path: Path) -> tuple[Json, Json] | None:
    if ("sourceStartSeconds" in clip) != ("sourceEndSeconds" in clip):
        raise wrong(path, "a clip has both `sourceStartSeconds` and `sourceEndSeconds`, or neither")
    if "sourceStartSeconds" not in clip:
        return None
    if clip["sourceEndSeconds"] <= clip["sourceStartSeconds"]:
        raise wrong((*path, "sourceEndSeconds"), "the clip ends before it begins")
    return clip["sourceStartSeconds"], clip["sourceEndSeconds"]


def _posts(plot: Plot, entry: Record, project: Record, path: Path) -> Iterator[Change]:
    for index, post in enumerate(entry.get("postedClips", ())):
        here = (*path, "postedClips", index)
        id = plot.chance("post", *here).uuid()
        yield Put("post", id, post_record(plot, post, id, project["id"], here))


def post_record(plot: Plot, post: Record, id: str, project: str, path: Path) -> Record:
    """A clip posted somewhere, from what a document says of it at `path`."""
    return {
        "id": id,
        "project": project,
        "clipId": post["clipId"].lower(),
        "platform": post["platform"],
        "channelId": post["channelId"],
        "status": post.get("status", "Published"),
        "createdAt": plot.at(post.get("createdAt", 0), (*path, "createdAt")),
        "platformUrl": post.get("platformUrl"),
    }


def _run(
    plot: Plot, run: Record, number: int, project: Record, file: Record | None, clips: list[Record], path: Path
) -> Record:
    """A run as it stands: one that is done has made the project's clips, a running one begins now."""
    if file is None or file["durationSeconds"] is None:
        raise wrong(path, "a run needs the file of its project, with a duration")
    kind, state, mode = run.get("kind", "whole"), run.get("state", "done"), run.get("mode", "multi")
    if (kind == "range") != ("range" in run):
        raise wrong(path, "`range` is for a run of kind `range`, which has one")
    span = Span(*run["range"]) if kind == "range" else None
    record = new_run(
        plot.chance("run", *path).uuid(),
        project,
        number,
        file,
        mode=mode,
        range=span,
        lane=has_lane(plot.moment, whole=kind == "whole"),
    )
    if state == "running":
        whole = span or Span(0, file["durationSeconds"])
        plan, fails = plan_run(file, whole, mode, plot.chance("plan", *path), first=number == 1)
        return began(planned(record, plan, fails=fails), plot.moment)
    made = [[0, clip["start"], clip["end"]] for clip in clips] if state == "done" else []
    return {**record, "state": state, "plan": made, "made": len(made), "startedAt": project["createdAt"]}
