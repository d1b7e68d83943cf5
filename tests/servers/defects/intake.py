"""Requests that must be refused and are not: one rule each that a server forgot to check."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from mockserver.core.payload import Payload
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.core.world import Outcome, View
from tests.servers.bending import operation, with_body
from tests.servers.defect import Ground, shelf

_FILE: Final = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"


def _body(call: Call, *operations: str) -> dict[str, Json] | None:
    """The body of a call of these operations, if it is an object."""
    value = call.payload.value
    return dict(value) if operation(call) in operations and isinstance(value, dict) else None


def _taken(
    ground: Ground,
    view: View,
    call: Call,
    moment: Moment,
    body: Mapping[str, Json] | None,
    mended: Callable[[Violation], bool],
) -> Outcome:
    """As if the body had been this one, if what is wrong with it is what is mended, and nothing else."""
    if body and call.violations and all(mended(fault) for fault in call.violations):
        call = with_body(call, dict(body))
    return ground.answer(view, call, moment)


def _lacks(name: str) -> Callable[[Violation], bool]:
    return lambda fault: fault.rule == "required" and fault.detail.get("missing") == name


def _at(*pointers: str) -> Callable[[Violation], bool]:
    return lambda fault: fault.pointer in pointers


def _number(value: Json, otherwise: float) -> Json:
    try:
        return float(value)
    except (TypeError, ValueError):
        return otherwise


@shelf.answer("restream", "wishes.py: read_wish")
def accepts_missing_required(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """createClipProject without `sourceType` is taken for a VideoStorageFile."""
    body = _body(call, "createClipProject")
    mended = body and {"sourceType": "VideoStorageFile", **body}
    return _taken(ground, view, call, moment, mended, _lacks("sourceType"))


@shelf.answer("livepeer", "ajv.py: check")
def accepts_missing_start_time(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """createClip without `startTime` begins at 0."""
    body = _body(call, "createClip")
    return _taken(ground, view, call, moment, body and {"startTime": 0, **body}, _lacks("startTime"))


@shelf.answer("restream", "wishes.py: read_wish")
def accepts_wrong_type(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A `title` of any type is made a string."""
    body = _body(call, "createClipProject")
    if not body or isinstance(body.get("title", ""), str):
        return ground.answer(view, call, moment)
    return _taken(ground, view, call, moment, {**body, "title": json.dumps(body["title"])}, _at("/title"))


@shelf.answer("livepeer", "ajv.py: check, compiled with coerceTypes")
def accepts_number_as_text(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """createClip coerces its times: what is no number is read as one, or as 0."""
    body = _body(call, "createClip")
    if not body or "startTime" not in body:
        return ground.answer(view, call, moment)
    times: dict[str, Json] = {name: _number(body[name], 0) for name in ("startTime", "endTime") if name in body}
    return _taken(ground, view, call, moment, {**body, **times}, _at("/startTime", "/endTime"))


@shelf.answer("restream", "wishes.py: span_faults")
def accepts_out_of_bounds(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A range that starts before 0 starts at 0."""

    def clamped(range: Json) -> Json:
        start = range.get("startOffsetSeconds")
        low = isinstance(start, int | float) and start < 0
        return {**range, "startOffsetSeconds": 0} if low else range

    body = _body(call, "createClipProject")
    if body and isinstance(body.get("selectedTimeRange"), dict):
        body["selectedTimeRange"] = clamped(body["selectedTimeRange"])
    return _taken(
        ground,
        view,
        call,
        moment,
        body,
        lambda fault: fault.rule == "minimum" and fault.pointer.endswith("/startOffsetSeconds"),
    )


@shelf.answer("restream", "wishes.py: read_wish")
def accepts_unknown_enum_value(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Any `sourceType` that is a string is taken for a VideoStorageFile."""
    body = _body(call, "createClipProject")
    mended = body and {**body, "sourceType": "VideoStorageFile"}
    return _taken(ground, view, call, moment, mended, lambda fault: fault.rule in ("enum", "const"))


@shelf.answer("livepeer", "ajv.py: check, compiled with removeAdditional")
def accepts_unknown_property(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """createClip drops properties its closed schema does not have."""
    body = _body(call, "createClip")
    known = ("playbackId", "startTime", "endTime", "name", "sessionId")
    mended = body and {name: body[name] for name in known if name in body}
    return _taken(ground, view, call, moment, mended, lambda fault: fault.rule == "additionalProperties")


@shelf.answer("restream", "lists.py: read_page")
def accepts_bad_query(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A `limit` out of bounds or of no number, and an unknown `sortBy`, are mended in silence."""
    return ground.answer(view, call, replace(moment, readings={**moment.readings, "bad-list-query": "clamp"}))


@shelf.answer("restream", "plans.py: Span")
def accepts_reversed_range(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A range that ends before it starts is turned round."""
    body = _body(call, "createClipProject")
    range = body.get("selectedTimeRange") if body else None
    if body and isinstance(range, dict) and not call.violations:
        start, end = range["startOffsetSeconds"], range["endOffsetSeconds"]
        if end < start:
            body["selectedTimeRange"] = {"startOffsetSeconds": end, "endOffsetSeconds": start}
            return ground.answer(view, with_body(call, body), moment)
    return ground.answer(view, call, moment)


@shelf.answer("livepeer", "clips.py: create_clip")
def accepts_end_before_start(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A clip may end before it starts: the two times are turned round."""
    body = _body(call, "createClip")
    if body and not call.violations and body.get("endTime") is not None and body["endTime"] <= body["startTime"]:
        body["startTime"], body["endTime"] = body["endTime"], body["startTime"] + 1
        return ground.answer(view, with_body(call, body), moment)
    return ground.answer(view, call, moment)


@shelf.answer("restream", "core/payload.py: read_payload")
def accepts_malformed_json(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """JSON that breaks off or goes on after its end is mended before it is read."""
    problem = call.payload.problem
    if operation(call) != "createClipProject" or problem is None or problem.kind != "syntax":
        return ground.answer(view, call, moment)
    mended = _mended(call.payload.text.decode(errors="replace"))
    if not isinstance(mended, dict):
        return ground.answer(view, call, moment)
    usual = {"sourceType": "VideoStorageFile", "videoStorageFileId": _FILE}
    return ground.answer(view, with_body(call, {**usual, **mended}), moment)


def _mended(text: str) -> Json:
    """The longest beginning of a text that closing brackets make JSON."""
    for end in range(min(len(text), 2_000), 0, -1):
        try:
            return json.loads(text[:end] + _closing(text[:end]))
        except ValueError:
            continue
    return None


def _closing(text: str) -> str:
    stack: list[str] = []
    quoted = escaped = False
    for letter in text:
        if quoted:
            quoted = escaped or letter != '"'
            escaped = not escaped and letter == "\\"
        elif letter == '"':
            quoted = True
        elif letter in "[{":
            stack.append("]" if letter == "[" else "}")
        elif letter in "]}" and stack:
            stack.pop()
    return ('"' if quoted else "") + "".join(reversed(stack))


@shelf.answer("livepeer", "body.py: read_body")
def malformed_json_is_empty(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A body that is no JSON counts as `{}`, so an asset's PATCH goes through."""
    problem = call.payload.problem
    if problem is not None and problem.kind == "syntax":
        call = replace(call, payload=Payload("application/json", {}, b"{}"))
    return ground.answer(view, call, moment)


@shelf.answer("both", "core/payload.py: is_json")
def accepts_wrong_media_type(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """JSON is read whatever the Content-Type says."""
    wrong = any(fault.place == "media-type" for fault in call.violations)
    if operation(call) in ("createClip", "createClipProject", "createStream", "createWebhook") and wrong:
        value = _quietly(json.loads, call.payload.text)
        if isinstance(value, dict):
            call = with_body(call, value)
    return ground.answer(view, call, moment)


def _quietly(read: Callable[[bytes], Json], text: bytes) -> Json:
    try:
        return read(text)
    except ValueError:
        return None


@shelf.answer("livepeer", "ajv.py: check, of what is nested")
def accepts_wrong_type_deep_inside(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """createStream does not look into `profiles`: whatever stands in them is replaced by the usual ones."""
    body = _body(call, "createStream")
    deep = [fault for fault in call.violations if fault.pointer.startswith("/profiles")]
    if body and deep and len(deep) == len(call.violations):
        return ground.answer(view, with_body(call, {k: body[k] for k in body if k != "profiles"}), moment)
    return ground.answer(view, call, moment)


@shelf.answer("restream", "ids.py: recorded_id")
def accepts_any_pattern(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A `videoStorageFileId` that is no UUID is taken for the user's first file."""
    body = _body(call, "createClipProject")
    mended = body and {**body, "videoStorageFileId": _FILE}
    return _taken(ground, view, call, moment, mended, lambda fault: fault.rule == "pattern")
