"""Whether createClipProject is accepted: the checks in their order, and the table of what a repeated call means.

Order and rows follow the page "Create Project"; what it leaves open is a reading. Decides, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from mockserver.core.http import Reply
from mockserver.core.provider import Moment
from mockserver.core.text import Record
from mockserver.core.world import View
from mockserver.providers.restream.errors import application_error, invalid_body
from mockserver.providers.restream.ids import recorded_id
from mockserver.providers.restream.plans import Span
from mockserver.providers.restream.readings import reading
from mockserver.providers.restream.records import lane_key, range_key, source_key, whole_key
from mockserver.providers.restream.runs import has_lane
from mockserver.providers.restream.usage import remaining
from mockserver.providers.restream.wishes import Wish, span_faults

Verdict = Literal["start", "queue", "conflict"]


@dataclass(frozen=True, slots=True)
class Case:
    """One call to decide: who asks for what. `file` is None if the user hasn't it, `project` if there is none yet."""

    view: View
    moment: Moment
    account: Record
    wish: Wish | Reply
    file: Record | None = None
    project: Record | None = None

    @property
    def asked(self) -> Wish:
        """The wish, for the checks that come after the body's."""
        if isinstance(self.wish, Reply):
            raise LookupError("the body has a fault: nothing was asked for")
        return self.wish

    @property
    def span(self) -> Span:
        """What is to be clipped: the range, or the whole file."""
        if self.asked.span is not None:
            return self.asked.span
        if self.file is None:
            raise LookupError("there is no file: nothing is known of its length")
        return Span(0, self.file["durationSeconds"])


def case_of(view: View, moment: Moment, account: Record, wish: Wish | Reply) -> Case:
    """A call with what it is about."""
    if isinstance(wish, Reply):
        return Case(view, moment, account, wish)
    id = recorded_id(wish.file_id, moment)
    file = view.get("file", id)
    if file is None or file["account"] != account["id"]:
        return Case(view, moment, account, wish)
    source = source_key(account["id"], wish.source_type, id)
    return Case(view, moment, account, wish, file, next(view.find("project", "source", source), None))


def refusal(case: Case) -> Reply | None:
    """The error of the first check that fails, or None."""
    moment = case.moment
    for check in _order(reading(moment, "precedence-body-feature"), reading(moment, "precedence-usage-conflict")):
        reply = check(case)
        if reply is not None:
            return reply
    return None


def _body(case: Case) -> Reply | None:
    return case.wish if isinstance(case.wish, Reply) else None


def _feature(case: Case) -> Reply | None:
    if case.account["clips"]:
        return None
    return application_error(int(reading(case.moment, "feature-not-active")), reading(case.moment, "feature-name"))


def _usage(case: Case) -> Reply | None:
    if remaining(case.account, case.moment) != 0:
        return None
    return application_error(int(reading(case.moment, "usage-limit")), reading(case.moment, "usage-name"))


def _file(case: Case) -> Reply | None:
    return None if case.file else application_error(404, reading(case.moment, "file-not-found-name"))


def _ready(case: Case) -> Reply | None:
    if case.file is not None and case.file["status"] == "Ready":
        return None
    answer = reading(case.moment, "file-not-ready")
    if answer == "404":
        return application_error(404, reading(case.moment, "file-not-found-name"))
    if answer == "409":
        return application_error(409, "StorageFileNotReady")
    return invalid_body(case.moment, [("videoStorageFileId", "expected a file that is ready")])


def _length(case: Case) -> Reply | None:
    duration = case.file["durationSeconds"] if case.file else 0
    if case.span.end > duration:
        message = f"expected at most the file's duration, {duration}"
        return invalid_body(case.moment, [("selectedTimeRange.endOffsetSeconds", message)])
    faults = [("videoStorageFileId", message) for _, message in span_faults(case.span, single=case.asked.single)]
    return invalid_body(case.moment, faults) if faults else None


def _conflict(case: Case) -> Reply | None:
    return application_error(409, "ClipsInputAlreadyProcessed") if verdict(case) == "conflict" else None


_Check = Callable[[Case], Reply | None]
_CHECKS: Final[Mapping[str, _Check]] = {
    "body": _body,
    "feature": _feature,
    "usage": _usage,
    "file": _file,
    "ready": _ready,
    "length": _length,
    "conflict": _conflict,
}


@cache
def _order(body_or_feature: str, usage_or_conflict: str) -> tuple[_Check, ...]:
    names = list(_CHECKS)
    if body_or_feature == "feature-first":
        names.remove("feature")
        names.insert(0, "feature")
    if usage_or_conflict == "conflict-first":
        names.remove("usage")
        names.append("usage")
    return tuple(_CHECKS[name] for name in names)


# What a call for the whole video means, by what its runs so far have come to: (without force, with it).
_WHOLE: Final[Mapping[str, tuple[Verdict, Verdict]]] = {
    "none": ("start", "start"),
    "active": ("conflict", "queue"),
    "done": ("conflict", "start"),
}


def verdict(case: Case) -> Verdict:
    """`start` at once, `queue` behind the run there is, or `conflict`."""
    if case.project is None:
        return "start"
    found = _range_verdict(case, case.project) if case.asked.span else _whole_verdict(case, case.project)
    # Whatever the table says, a run waits for the one that has the lane.
    waits = has_lane(case.moment, whole=case.asked.span is None) and _lane_taken(case, case.project)
    return "queue" if found == "start" and waits else found


def _whole_verdict(case: Case, project: Record) -> Verdict:
    state = _processed(case, project)
    if state == "active" and case.asked.force:
        return "conflict" if reading(case.moment, "force-while-running") == "409" else "queue"
    if state == "active" and reading(case.moment, "repeat-while-running") == "201":
        return "queue"
    return _WHOLE[state][case.asked.force]


def _processed(case: Case, project: Record) -> str:
    """Whether the whole video has been clipped: `active` (it is being), `done` or `none`."""
    one_mode = reading(case.moment, "mode-is-part-of-input") == "yes"
    modes = (case.asked.mode,) if one_mode else ("multi", "single")

    def any_run(standing: str) -> bool:
        return any(case.view.count("run", "whole", whole_key(project["id"], mode, standing)) for mode in modes)

    counts = ["done"]
    if reading(case.moment, "empty-run-counts") == "yes":
        counts.append("empty")
    if reading(case.moment, "failed-run-counts") == "yes":
        counts.append("failed")
    if any_run("active"):
        return "active"
    return "done" if any(map(any_run, counts)) else "none"


def _range_verdict(case: Case, project: Record) -> Verdict:
    if reading(case.moment, "same-range-twice") == "append":
        return "start"
    key = range_key(project["id"], case.span.start, case.span.end)
    return "conflict" if case.view.count("run", "range", key) else "start"


def _lane_taken(case: Case, project: Record) -> bool:
    return case.view.count("run", "lane", lane_key(project["id"], "running")) > 0
