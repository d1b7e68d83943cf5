"""A fault from JSON or YAML, or everything that is wrong with what was meant to be one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from mockserver.core.fault import (
    MOST_DELAY,
    Calls,
    Delay,
    Drip,
    Effect,
    Fault,
    Job,
    Status,
    Truncate,
    Turns,
    conflict,
)
from mockserver.core.text import Json, pointer
from mockserver.engine import fault_schema as bounds
from mockserver.engine.fault_deliveries import read_mishap
from mockserver.engine.fault_page import Page, Parts

_WHEN: Final = ("before", "after")


class FaultError(ValueError):
    """What can't be a fault, or not here. `problems` are (JSON pointer, what is wrong and what to do)."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{where or '/'}: {what}" for where, what in self.problems))


def fault_from(value: Json) -> Fault:
    """The fault that a JSON value spells. Raises FaultError with all that is wrong."""
    page = Page()
    fault = _of_deliveries(page, value) if isinstance(value, dict) and "deliveries" in value else _of_calls(page, value)
    if page.problems:
        raise FaultError((pointer(at), what) for at, what in page.problems)
    return fault


def _of_deliveries(page: Page, value: Json) -> Fault:
    record = page.record(value, (), ("name", "about", "deliveries", "turns", *bounds.MISHAPS), "fault of deliveries")
    about, mishap = read_mishap(page, record)
    return Fault(Effect(), Calls(), _turns(page, record), *_named(page, record), about, mishap)


def _of_calls(page: Page, value: Json) -> Fault:
    record = page.record(value, (), ("name", "about", "calls", "turns", *bounds.EFFECTS), "fault")
    fault = Fault(_effect(page, record), _calls(page, record), _turns(page, record), *_named(page, record))
    if not page.problems and not tuple(fault.effect):
        page.say((), f"nothing goes wrong here; say one of {', '.join(bounds.EFFECTS)}")
    if not page.problems:
        clash = conflict(fault.effect, of_reply=fault.calls.status is not None)
        if clash is not None:
            names, why = clash
            page.say(
                (names[-1],), why if len(names) == 1 else f"`{names[0]}` and `{names[1]}` don't go together: {why}"
            )
    return fault


def _named(page: Page, record: Mapping[str, Json]) -> tuple[str | None, str]:
    name = page.matching(record, ("name",), bounds.NAME, "letters, digits and `.`, `_`, `-` (at most 64)")
    return name, page.text(record, ("about",), empty=True) or ""


def _calls(page: Page, record: Mapping[str, Json]) -> Calls:
    at = ("calls",)
    names = ("provider", "operation", "world", "method", "path", "headers", "body", "status")
    said = page.record(record.get("calls", {}), at, names, "part of calls")
    method = page.matching(said, (*at, "method"), bounds.METHOD, "a method such as `POST`")
    headers = page.mapping(said, (*at, "headers"), lambda name: name != "", "a header's name")
    for name, value in headers.items():
        if not isinstance(value, str):
            page.expected((*at, "headers", name), "the header's value as a text", value)
    is_pointer = re.compile(bounds.POINTER).fullmatch
    wanted = "a JSON pointer such as `/name`"
    body = page.mapping(said, (*at, "body"), lambda name: is_pointer(name) is not None, wanted)
    return Calls(
        provider=page.text(said, (*at, "provider")),
        operations=_operations(page, said.get("operation", ()), (*at, "operation")),
        world=page.text(said, (*at, "world")),
        method=method.upper() if method else None,
        path=page.matching(said, (*at, "path"), bounds.PATH, "a path that begins with `/` or `*`"),
        headers=tuple(headers.items()),
        body=tuple(body.items()),
        status=page.matching(
            said, (*at, "status"), bounds.STATUSES, "a status such as `201`, or a class such as `2XX`"
        ),
    )


def _operations(page: Page, value: Json, at: Parts) -> tuple[str, ...]:
    if value == () or (isinstance(value, str) and value):
        return (value,) if value else ()
    if isinstance(value, list) and value and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    page.expected(at, "an operationId or a list of them", value)
    return ()


def _turns(page: Page, record: Mapping[str, Json]) -> Turns:
    at = ("turns",)
    said = page.record(record.get("turns", {}), at, ("nth", "after", "first", "every", "chance"), "sort of turn")
    for name in ("after", "first", "every"):
        if "nth" in said and name in said:
            page.say((*at, name), f"`nth` is one turn alone, and leaves nothing to `{name}`; take one of them")
    return Turns(
        nth=page.whole(said, (*at, "nth"), 1, bounds.MOST_TURN),
        after=page.whole(said, (*at, "after"), 0, bounds.MOST_TURN) or 0,
        first=page.whole(said, (*at, "first"), 1, bounds.MOST_TURN),
        every=page.whole(said, (*at, "every"), 1, bounds.MOST_TURN),
        chance=page.number(said, (*at, "chance"), 0, 1),
    )


def _effect(page: Page, record: Mapping[str, Json]) -> Effect:
    length = page.whole(record, ("length",), -bounds.MOST_LENGTH, bounds.MOST_LENGTH)
    if length == 0:
        page.say(("length",), "0 bytes more than there are is the right length; say how many more, or fewer")
    return Effect(
        delay=page.if_said(record, "delay", _delay),
        status=page.if_said(record, "status", _status),
        json=page.choice(record, ("json",), ("malformed", "html", "empty")),
        truncate=page.if_said(record, "truncate", _truncate),
        length=length,
        chunk=page.choice(record, ("chunk",), ("malformed", "unfinished")),
        drip=page.if_said(record, "drip", _drip),
        empty=page.choice(record, ("empty",), _WHEN),
        reset=page.choice(record, ("reset",), (*_WHEN, "middle")),
        hang=page.choice(record, ("hang",), _WHEN),
        job=page.if_said(record, "job", _job),
    )


def _delay(page: Page, value: Json) -> Delay:
    at = ("delay",)
    if not isinstance(value, dict):
        return Delay(ms=page.whole({"delay": value}, at, 0, MOST_DELAY, or_record=True))
    sorts = {"ms": (), "mean": ("deviation", "most"), "median": ("sigma", "most")}
    sort = next((name for name in sorts if name in value), None)
    known = (sort, *sorts[sort]) if sort else [*sorts, "deviation", "sigma", "most"]
    said = page.record(value, at, known, f"part of a delay with `{sort}`" if sort else "part of a delay")
    if sort is None:
        page.say(at, "how long? Say `ms` (fixed), `mean` (normal) or `median` (log-normal)")
    most = page.whole(said, (*at, "most"), 0, MOST_DELAY)
    return Delay(
        ms=page.whole(said, (*at, "ms"), 0, MOST_DELAY),
        mean=page.number(said, (*at, "mean"), 0, MOST_DELAY),
        deviation=page.number(said, (*at, "deviation"), 0, MOST_DELAY) or 0.0,
        median=page.number(said, (*at, "median"), 0, MOST_DELAY),
        sigma=page.number(said, (*at, "sigma"), 0, bounds.MOST_SIGMA) or 0.0,
        most=MOST_DELAY if most is None else most,
    )


def _status(page: Page, value: Json) -> Status:
    at = ("status",)
    if not isinstance(value, dict):
        return Status(page.whole({"status": value}, at, 200, 599, or_record=True) or 0)
    said = page.record(value, at, ("code", "message", "retryAfter", "retryAfterAs", "when"), "part of a status")
    page.needs(said, at, "code")
    if "retryAfterAs" in said and "retryAfter" not in said:
        page.say((*at, "retryAfterAs"), "says how `retryAfter` is told, which is not there; add it, in seconds")
    return Status(
        code=page.whole(said, (*at, "code"), 200, 599) or 0,
        message=page.text(said, (*at, "message")),
        retry_after=page.whole(said, (*at, "retryAfter"), 0, bounds.MOST_RETRY_AFTER),
        retry_after_as=page.choice(said, (*at, "retryAfterAs"), ("seconds", "date")) or "seconds",
        when=page.choice(said, (*at, "when"), _WHEN) or "before",
    )


def _truncate(page: Page, value: Json) -> Truncate:
    at = ("truncate",)
    if not isinstance(value, dict):
        return Truncate(bytes=page.whole({"truncate": value}, at, 0, bounds.MOST_LENGTH, or_record=True))
    said = page.record(value, at, ("bytes", "share"), "part of `truncate`")
    if len(said) != 1:
        page.say(at, "say either `bytes` or `share`")
    share = page.number(said, (*at, "share"), 0, 1)
    return Truncate(bytes=page.whole(said, (*at, "bytes"), 0, bounds.MOST_LENGTH), share=share)


def _drip(page: Page, value: Json) -> Drip:
    at = ("drip",)
    said = page.record(value, at, ("bytes", "ms"), "part of `drip`")
    page.needs(said, at, "bytes", "ms")
    bytes_ = page.whole(said, (*at, "bytes"), 1, bounds.MOST_LENGTH)
    return Drip(bytes_ or 1, page.whole(said, (*at, "ms"), 0, bounds.MOST_DRIP) or 0)


def _job(page: Page, value: Json) -> Job:
    at = ("job",)
    said = page.record(value, at, ("fail", "failures", "stuck", "times", "message"), "part of `job`")
    if isinstance(value, dict) and not value:
        page.say(at, "what becomes of the job? Say `fail`, `failures`, `stuck` or `times`")
    for name in ("fail", "failures"):
        if "stuck" in said and name in said:
            page.say((*at, name), f"a job that is `stuck` never comes to fail; leave `stuck` or `{name}` out")
    if "message" in said and not {"fail", "failures"} & set(said):
        page.say((*at, "message"), "a job has a message only if it fails; add `fail` or `failures`")
    times = page.number(said, (*at, "times"), 0, bounds.MOST_TIMES)
    if times == 0:
        page.say((*at, "times"), f"expected a number above 0 and up to {bounds.MOST_TIMES}, got `0`")
    return Job(
        fail=page.number(said, (*at, "fail"), 0, 100),
        failures=page.whole(said, (*at, "failures"), 1, bounds.MOST_FAILURES),
        stuck=page.number(said, (*at, "stuck"), 0, 100),
        times=1.0 if times is None else times,
        message=page.text(said, (*at, "message")),
    )
