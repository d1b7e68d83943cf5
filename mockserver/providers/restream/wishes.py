"""What createClipProject is asked for: its body, read, or the error that says why it can't be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Record
from mockserver.core.violation import Violation
from mockserver.providers.restream.errors import PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA, invalid_body
from mockserver.providers.restream.plans import Span
from mockserver.providers.restream.readings import reading

# "The video must be at least 10 seconds long"; "the clip is capped at 10 minutes" (page "Create Project").
SHORTEST: Final = 10
LONGEST_SINGLE: Final = 600

_REQUIRED: Final = ("sourceType", "videoStorageFileId")
_OPTIONAL: Final = ("title", "singleClipMode", "selectedTimeRange", "forceReprocess")
_LONGEST_TITLE: Final = 255


@dataclass(frozen=True, slots=True)
class Wish:
    """A body without a fault of its own; whether it fits the file is another question. `span` None: the whole video."""

    source_type: str
    file_id: str
    title: str | None
    single: bool
    span: Span | None
    force: bool

    @property
    def mode(self) -> str:
        return "single" if self.single else "multi"


def read_wish(call: Call, moment: Moment) -> Wish | Reply:
    unreadable = _unreadable(call, moment)
    if unreadable is not None:
        return unreadable
    body = call.payload.value
    faults = [fault for fault in call.violations if fault.place == "body" and not _tolerated(fault, body, moment)]
    if faults or not isinstance(body, dict):
        return invalid_body(moment, map(_detail, faults))
    wish = _wish(body)
    wrong = list(_own_faults(body, wish, moment))
    return invalid_body(moment, wrong) if wrong else wish


def _unreadable(call: Call, moment: Moment) -> Reply | None:
    problem = call.payload.problem
    if problem is not None and problem.kind == "too-large":
        return PAYLOAD_TOO_LARGE
    if problem is not None and problem.kind in ("charset", "encoding"):
        return UNSUPPORTED_MEDIA
    if problem is not None:
        return invalid_body(moment, [("", problem.detail)])
    if any(fault.place == "media-type" for fault in call.violations):
        wanted = reading(moment, "wrong-content-type")
        return UNSUPPORTED_MEDIA if wanted == "415" else invalid_body(moment, [("", "expected application/json")])
    return None


def _tolerated(fault: Violation, body: object, moment: Moment) -> bool:
    """Whether a fault is a null that only leaves an optional field out."""
    name = fault.pointer.removeprefix("/")
    absent = isinstance(body, dict) and name in _OPTIONAL and body.get(name, ...) is None
    return absent and reading(moment, "null-optional") == "absent"


def _wish(body: Record) -> Wish:
    range = body.get("selectedTimeRange")
    return Wish(
        source_type=body["sourceType"],
        file_id=body["videoStorageFileId"],
        title=body.get("title"),
        single=bool(body.get("singleClipMode")),
        span=Span(range["startOffsetSeconds"], range["endOffsetSeconds"]) if range else None,
        force=bool(body.get("forceReprocess")),
    )


def _own_faults(body: Record, wish: Wish, moment: Moment) -> Iterator[tuple[str, str]]:
    """What is wrong with a body that its schema can't say, in path and message."""
    if wish.span is not None:
        yield from span_faults(wish.span, single=wish.single)
    if wish.title is not None and reading(moment, "title-limit") != "none" and len(wish.title) > _LONGEST_TITLE:
        yield "title", f"expected at most {_LONGEST_TITLE} characters"
    if reading(moment, "extra-fields") == "refused":
        for name in body:
            if name not in _REQUIRED and name not in _OPTIONAL:
                yield name, "unknown field"


def span_faults(span: Span, *, single: bool) -> Iterable[tuple[str, str]]:
    """What is wrong with a range, or with a whole video, as something to clip."""
    if not (math.isfinite(span.start) and math.isfinite(span.end)):
        return [("selectedTimeRange", "expected finite numbers")]
    if span.length < SHORTEST:
        return [("selectedTimeRange", f"expected at least {SHORTEST} seconds")]
    if single and span.length > LONGEST_SINGLE:
        return [("selectedTimeRange", f"expected at most {LONGEST_SINGLE} seconds in singleClipMode")]
    return []


def _detail(fault: Violation) -> tuple[str, str]:
    return fault.pointer.removeprefix("/").replace("/", "."), f"expected {fault.expected}, got {fault.got}"
