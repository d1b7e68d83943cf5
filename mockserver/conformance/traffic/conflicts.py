"""Restream's 409: the whole of a video is clipped once, ranges and what is forced as often as one likes.

Facts: the documentation's "Already Processed"; where it is silent the readings say what holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mockserver.conformance.finding import Level
from mockserver.conformance.traffic.history import Contradiction, Memory, Seen
from mockserver.conformance.traffic.times import when
from mockserver.core.text import Json

_CREATE: Final = "createClipProject"
_DETAILS: Final = "getClipProject"
_ACCEPTED: Final = (200, 201)
_CONFLICT: Final = 409
# Nobody deletes a project by hand and has it made again in less.
_BY_HAND_MS: Final = 60_000


@dataclass(slots=True)
class _Whole:
    """A whole-video run that was accepted, its project's id, and whether the recording shows that it ended well."""

    seen: Seen
    single: bool
    project: str
    created: int | None
    done: bool = False


class Conflicts:
    """Sees what is asked to be clipped, and how far that has come."""

    def __init__(self, readings: Mapping[str, str]) -> None:
        self._readings = readings
        self._runs: Memory[_Whole] = Memory()
        self._sources: Memory[str] = Memory()
        self._projects: Memory[tuple[str, int | None, Seen]] = Memory()

    def see(self, seen: Seen) -> Iterator[Contradiction]:
        if seen.operation.id == _DETAILS and seen.status == 200:
            self._look(seen)
        elif seen.operation.id == _CREATE and isinstance(seen.body, dict):
            yield from self._asked(seen, seen.body)

    def _asked(self, seen: Seen, body: dict[str, Json]) -> Iterator[Contradiction]:
        source = body.get("videoStorageFileId")
        if not isinstance(source, str):
            return
        key = (seen.account, source)
        ranged, forced = body.get("selectedTimeRange") is not None, body.get("forceReprocess") is True
        if seen.status == _CONFLICT:
            yield from self._spurious(seen, ranged, forced)
            return
        if seen.status not in _ACCEPTED:
            return
        yield from self._second(key, seen)
        if ranged:
            return
        earlier, single = self._runs.get(key), body.get("singleClipMode") is True
        if earlier is not None and not forced and seen.came_after(earlier.seen) and self._is_same(earlier, single):
            yield _missing(earlier, seen)
        project = seen.value.get("projectId") if isinstance(seen.value, dict) else None
        run = _Whole(seen.record, single, project if isinstance(project, str) else "", _created(seen))
        self._runs.put(key, run)
        if run.project:
            self._sources.put((seen.account, run.project), source)

    def _second(self, key: tuple[str, str], seen: Seen) -> Iterator[Contradiction]:
        """A source has one project, whoever comes first."""
        project = seen.value.get("projectId") if isinstance(seen.value, dict) else None
        if not isinstance(project, str):
            return
        known = self._projects.get(key)
        if known is None:
            self._projects.put(key, (project, _created(seen), seen.record))
        elif known[0] != project:
            yield _two(known[2], seen, _level(known[1], _created(seen)))

    def _is_same(self, earlier: _Whole, single: bool) -> bool:
        """Whether the readings that hold call this a repetition."""
        if earlier.single != single and self._readings.get("mode-is-part-of-input") != "no":
            return False
        return earlier.done or self._readings.get("repeat-while-running") == "409"

    def _look(self, seen: Seen) -> None:
        """A run that ended with clips is done; one that ended with none may have failed, and may be tried again."""
        key = (seen.account, seen.path.get("projectId", ""))
        source, value = self._sources.get(key), seen.value
        if source is None or not isinstance(value, dict) or value.get("generatingClipsNow") is not False:
            return
        run = self._runs.get((seen.account, source))
        if run is None or not seen.came_after(run.seen):
            return
        if value.get("clips"):
            run.done = True
        else:
            del self._runs[(seen.account, source)]

    def _spurious(self, seen: Seen, ranged: bool, forced: bool) -> Iterator[Contradiction]:
        if ranged and self._readings.get("same-range-twice") == "append":
            yield _spurious(seen, "a range", "same-range-twice")
        elif forced and not ranged and self._readings.get("force-while-running") == "queue":
            yield _spurious(seen, "what is forced", "force-while-running")


def _created(seen: Seen) -> int | None:
    return when(seen.value.get("createdAt")) if isinstance(seen.value, dict) else None


def _level(one: int | None, other: int | None) -> Level:
    """How sure two projects for one source are a defect: the API can't delete one, but a person can, in between."""
    return "error" if one is not None and other is not None and abs(one - other) < _BY_HAND_MS else "warning"


def _missing(run: _Whole, again: Seen) -> Contradiction:
    first, done = run.seen, run.done
    same = isinstance(again.value, dict) and again.value.get("projectId") == run.project
    late = "after it was done" if done else "while it was being done, or after"
    return Contradiction(
        "conflict-missing",
        "The whole video was clipped a second time, without forceReprocess",
        f"The whole video was accepted with {first.status}, and again with {again.status} {late}: "
        f"expected 409 ClipsInputAlreadyProcessed.",
        (first, again),
        f"{again.operation.pointer}/responses/409",
        "The documentation: without a range the whole video is clipped once, unless forceReprocess is true"
        + ("." if done else " (while it still runs: reading restream.repeat-while-running)."),
        ("replies[1].status_code == 409",),
        ("the whole video", "the same again"),
        "error" if same else _level(run.created, _created(again)),
    )


def _two(first: Seen, second: Seen, level: Level) -> Contradiction:
    return Contradiction(
        "two-projects",
        "A source has two projects",
        "Two calls for the same file of the same account were answered with different project ids.",
        (first, second),
        f"{second.operation.pointer}/responses/{second.status}",
        "The documentation: a source has one project, to which later calls add clips.",
        ("replies[0].json()['projectId'] == replies[1].json()['projectId']",),
        level=level,
    )


def _spurious(seen: Seen, what: str, reading: str) -> Contradiction:
    return Contradiction(
        "conflict-spurious",
        f"409 for {what}",
        f"The call was refused as a repetition, though {what} is clipped as often as one asks.",
        (seen,),
        f"{seen.operation.pointer}/responses/409",
        f"The documentation names 409 for the whole video alone (reading restream.{reading}).",
        ("replies[0].status_code != 409",),
    )
