"""A fault from JSON or YAML, or everything that is wrong with what was meant to be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

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
from mockserver.errors import unknown

T = TypeVar("T")

_WHEN: Final = ("before", "after")
Parts = tuple[str | int, ...]


class FaultError(ValueError):
    """What can't be a fault, or not here. `problems` are (JSON pointer, what is wrong and what to do)."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{where or '/'}: {what}" for where, what in self.problems))


def fault_from(value: Json) -> Fault:
    """The fault that a JSON value spells. Raises FaultError with all that is wrong."""
    page = _Page()
    record = page.record(value, (), ("name", "about", "calls", "turns", *bounds.EFFECTS), "fault")
    fault = Fault(
        effect=_effect(page, record),
        calls=_calls(page, record),
        turns=_turns(page, record),
        name=page.matching(record, ("name",), bounds.NAME, "letters, digits and `.`, `_`, `-` (at most 64)"),
        about=page.text(record, ("about",), empty=True) or "",
    )
    if not page.problems and not tuple(fault.effect):
        page.say((), f"nothing goes wrong here; say one of {', '.join(bounds.EFFECTS)}")
    if not page.problems:
        clash = conflict(fault.effect, of_reply=fault.calls.status is not None)
        if clash is not None:
            names, why = clash
            page.say(
                (names[-1],), why if len(names) == 1 else f"`{names[0]}` and `{names[1]}` don't go together: {why}"
            )
    if page.problems:
        raise FaultError((pointer(at), what) for at, what in page.problems)
    return fault


def _calls(page: _Page, record: Mapping[str, Json]) -> Calls:
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


def _operations(page: _Page, value: Json, at: Parts) -> tuple[str, ...]:
    if value == () or (isinstance(value, str) and value):
        return (value,) if value else ()
    if isinstance(value, list) and value and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    page.expected(at, "an operationId or a list of them", value)
    return ()


def _turns(page: _Page, record: Mapping[str, Json]) -> Turns:
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


def _effect(page: _Page, record: Mapping[str, Json]) -> Effect:
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


def _delay(page: _Page, value: Json) -> Delay:
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


def _status(page: _Page, value: Json) -> Status:
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


def _truncate(page: _Page, value: Json) -> Truncate:
    at = ("truncate",)
    if not isinstance(value, dict):
        return Truncate(bytes=page.whole({"truncate": value}, at, 0, bounds.MOST_LENGTH, or_record=True))
    said = page.record(value, at, ("bytes", "share"), "part of `truncate`")
    if len(said) != 1:
        page.say(at, "say either `bytes` or `share`")
    share = page.number(said, (*at, "share"), 0, 1)
    return Truncate(bytes=page.whole(said, (*at, "bytes"), 0, bounds.MOST_LENGTH), share=share)


def _drip(page: _Page, value: Json) -> Drip:
    at = ("drip",)
    said = page.record(value, at, ("bytes", "ms"), "part of `drip`")
    page.needs(said, at, "bytes", "ms")
    bytes_ = page.whole(said, (*at, "bytes"), 1, bounds.MOST_LENGTH)
    return Drip(bytes_ or 1, page.whole(said, (*at, "ms"), 0, bounds.MOST_DRIP) or 0)


def _job(page: _Page, value: Json) -> Job:
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


class _Page:
    """Reads parts of a record and notes what is wrong. The last of `at` is the part's name; None if it isn't said."""

    def __init__(self) -> None:
        self.problems: list[tuple[Parts, str]] = []

    def say(self, at: Parts, what: str) -> None:
        self.problems.append((at, what))

    def expected(self, at: Parts, what: str, got: Json) -> None:
        self.say(at, f"expected {what}, got `{got!r:.60}`")

    def record(self, value: Json, at: Parts, known: Iterable[str], what: str) -> Mapping[str, Json]:
        known = tuple(known)
        if not isinstance(value, dict):
            self.expected(at, f"a mapping with {', '.join(known)}", value)
            return {}
        for name in value:
            if name not in known:
                self.say((*at, name), unknown(what, str(name), known))
        return {name: item for name, item in value.items() if name in known}

    def needs(self, record: Mapping[str, Json], at: Parts, *names: str) -> None:
        for name in names:
            if name not in record:
                self.say(at, f"`{name}` is missing; add it")

    def if_said(self, record: Mapping[str, Json], name: str, read: Callable[[_Page, Json], T]) -> T | None:
        return read(self, record[name]) if name in record else None

    def mapping(
        self, record: Mapping[str, Json], at: Parts, fits: Callable[[str], bool], what: str
    ) -> Mapping[str, Json]:
        value = record.get(str(at[-1]), {})
        if not isinstance(value, dict):
            self.expected(at, "a mapping", value)
            return {}
        for name in value:
            if not fits(name):
                self.expected((*at, name), what, name)
        return value

    def text(self, record: Mapping[str, Json], at: Parts, *, empty: bool = False) -> str | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        if isinstance(value, str) and (empty or 0 < len(value) <= bounds.MOST_MESSAGE):
            return value
        self.expected(at, "a text" if empty else f"a text of 1 to {bounds.MOST_MESSAGE} characters", value)
        return None

    def matching(self, record: Mapping[str, Json], at: Parts, pattern: str, what: str) -> str | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        self.expected(at, what, value)
        return None

    def choice(self, record: Mapping[str, Json], at: Parts, known: tuple[T, ...]) -> T | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        for each in known:
            if value == each:
                return each
        self.say(at, unknown("option", str(value), map(str, known)))
        return None

    def whole(
        self, record: Mapping[str, Json], at: Parts, low: int, high: int, *, or_record: bool = False
    ) -> int | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if whole and not isinstance(value, bool) and low <= value <= high:
            return int(value)
        self.expected(at, f"a whole number from {low} to {high}" + (", or a mapping" if or_record else ""), value)
        return None

    def number(self, record: Mapping[str, Json], at: Parts, low: float, high: float) -> float | None:
        value = record.get(str(at[-1]), ...)
        if value is ...:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.expected(at, f"a number from {low} to {high}", value)
        return None
