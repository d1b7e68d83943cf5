"""How an exchange differs from what was looked for. Matching is the absence of a difference: one function finds, counts
and explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from mockserver.contract.words import shorten, show
from mockserver.core.bodies import opened, value_of
from mockserver.core.http import Headers
from mockserver.core.instants import iso
from mockserver.core.payload import ABSENT, Absent
from mockserver.core.text import Json, resolve
from mockserver.engine.journal import Entry

if TYPE_CHECKING:
    from mockserver.engine.query import Query


def difference(query: Query, entry: Entry) -> list[str]:
    """In what the entry is not what the query looks for, a clause each; empty when it matches."""
    return [sentence for _, sentence in differences(query, entry)]


# How far an entry is off that differs in such a part; what names the call weighs most.
_FAR, _OFF, _NEAR = 8.0, 3.0, 1.0


def differences(query: Query, entry: Entry) -> Iterator[tuple[float, str]]:
    """The same with the weight of each, the cheap ones first."""
    yield from _about_place(query, entry)
    yield from _about_call(query, entry)
    yield from _about_marks(query, entry)
    yield from _about_headers(query, entry)
    yield from _about_bodies(query, entry)


def _about_place(query: Query, entry: Entry) -> Iterator[tuple[float, str]]:
    if query.after is not None and entry.serial <= query.after:
        yield _OFF, f"its serial is {entry.serial}, not after {query.after}"
    if query.before is not None and entry.serial >= query.before:
        yield _OFF, f"its serial is {entry.serial}, not before {query.before}"
    if query.since is not None and entry.at < query.since:
        yield _OFF, f"it came at {iso(entry.at)}, before {iso(query.since)}"
    if query.until is not None and entry.at > query.until:
        yield _OFF, f"it came at {iso(entry.at)}, after {iso(query.until)}"
    if query.provider is not None and entry.provider != query.provider:
        yield _FAR, f"the provider is {entry.provider}, not {query.provider}"
    if query.world is not None and query.world not in (entry.world, f"{entry.provider}/{entry.world}"):
        yield _OFF, f"the world is {entry.world or 'none'}, not {query.world}"


def _about_call(query: Query, entry: Entry) -> Iterator[tuple[float, str]]:
    request = entry.request
    if query.operation is not None and entry.operation != query.operation:
        told = f"the operation is {entry.operation}" if entry.operation else "it matched no operation"
        yield _FAR, f"{told}, not {query.operation}"
    if query.method is not None and request.method != query.method:
        yield _OFF, f"the method is {request.method}, not {query.method}"
    if query.path is not None and not fits(query.path, request.path):
        yield (
            _FAR * (1.1 - _in_common(query.path, request.path)),
            f"the path is {shorten(request.path)}, not {query.path}",
        )
    status = entry.reply.status
    wanted = query.status
    if wanted is not None and wanted not in (status, f"{status // 100}xx"):
        yield _OFF if str(wanted)[0] != str(status)[0] else _NEAR, f"the status is {status}, not {wanted}"


def _about_marks(query: Query, entry: Entry) -> Iterator[tuple[float, str]]:
    codes = list(dict.fromkeys(violation.code for violation in entry.violations))
    wanted = query.violations
    if wanted is True and not codes:
        yield _NEAR, "it has no violations"
    elif wanted is False and codes:
        yield _NEAR, f"it has violations: {', '.join(codes)}"
    elif isinstance(wanted, str) and wanted not in codes:
        yield _NEAR, f"it has {'the violations ' + ', '.join(codes) if codes else 'no violations'}, not {wanted}"
    fault = entry.fault
    if query.fault is True and fault is None:
        yield _NEAR, "it met no fault"
    elif query.fault is False and fault is not None:
        yield _NEAR, f"it met the fault {fault}"
    elif isinstance(query.fault, str) and fault != query.fault:
        yield _NEAR, f"it met {'no fault' if fault is None else f'the fault {fault}'}, not {query.fault}"


def _about_headers(query: Query, entry: Entry) -> Iterator[tuple[float, str]]:
    for name, wanted in query.headers.items():
        yield from _about_values(f"the header {name}", wanted, entry.request.headers.every(name))
    if query.arguments:
        sent = Headers.of(entry.request.arguments())
        for name, wanted in query.arguments.items():
            found = [value for key, value in sent if key == name]
            yield from _about_values(f"the argument {name}", wanted, found)


def _about_values(what: str, wanted: str | None, found: list[str]) -> Iterator[tuple[float, str]]:
    if wanted is None:
        if found:
            yield _NEAR, f"{what} is there: {show(found[0])}"
    elif not found:
        yield _NEAR, f"{what} is missing"
    elif not any(_wild(wanted).fullmatch(value) for value in found):
        yield _NEAR, f"{what} is {' and '.join(map(show, found[:3]))}, not {show(wanted)}"


def _about_bodies(query: Query, entry: Entry) -> Iterator[tuple[float, str]]:
    if query.body:
        yield from _about_body("request", query.body, value_of(entry.request))
    if query.reply:
        yield from _about_body("reply", query.reply, ABSENT if entry.reply.value is None else entry.reply.value)
    if query.text is not None:
        said = opened(entry.request) or ""
        if query.text not in said and query.text not in entry.reply.body.decode("utf-8", "replace"):
            yield _NEAR, f"neither its body nor the reply's holds {show(query.text)}"


def _about_body(whose: str, wanted: Mapping[str, Json], value: Json | Absent) -> Iterator[tuple[float, str]]:
    if value is ABSENT:
        yield _NEAR * len(wanted), f"the {whose} has no body that is JSON or a form"
        return
    for place, expected in wanted.items():
        where = place or "the whole"
        try:
            found = resolve(value, place)
        except KeyError:
            yield _NEAR, f"the {whose}'s body has nothing at {where}, not {show(expected)}"
            continue
        if not _same(found, expected):
            yield _NEAR, f"the {whose}'s body has {show(found)} at {where}, not {show(expected)}"


def _same(one: Json, other: Json) -> bool:
    """Equal as JSON: 1 is 1.0 and is not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(item, other[name]) for name, item in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def fits(wanted: str, path: str) -> bool:
    """Whether a path as sent is the one wanted: segment by segment, `**` for any number of them."""
    asked, sent = wanted.split("/"), path.split("/")
    at = left = 0
    retry: tuple[int, int] | None = None
    while left < len(sent):
        if at < len(asked) and asked[at] == "**":
            # The last of several such is the only one that ever has to give way.
            retry, at = (at, left), at + 1
        elif at < len(asked) and _segment(asked[at]).fullmatch(sent[left]):
            at, left = at + 1, left + 1
        elif retry is not None:
            retry = retry[0], retry[1] + 1
            at, left = retry[0] + 1, retry[1]
        else:
            return False
    return all(segment == "**" for segment in asked[at:])


_WILD: Final = re.compile(r"\*+")
_SEGMENT: Final = re.compile(r"\*+|\{[^{}]*\}")


@lru_cache(maxsize=512)
def _segment(text: str) -> re.Pattern[str]:
    return _compiled(_SEGMENT, text)


@lru_cache(maxsize=512)
def _wild(text: str) -> re.Pattern[str]:
    return _compiled(_WILD, text)


def _compiled(wildcards: re.Pattern[str], text: str) -> re.Pattern[str]:
    """`*` is any text, `{name}` at least a character. Each takes the first place where the text goes on and keeps it
    (`(?>)`): nothing is lost by that, and no text, however long, takes long.
    """
    wild = wildcards.findall(text)
    first, *literals = map(re.escape, wildcards.split(text))
    any_text = [r".+?" if each.startswith("{") else r".*?" for each in wild]
    middle = [f"(?>{each}{literal})" for each, literal in zip(any_text[:-1], literals[:-1], strict=True)]
    last = [f"{any_text[-1]}{literals[-1]}"] if wild else []
    return re.compile("".join([first, *middle, *last]), re.DOTALL)


def _in_common(wanted: str, path: str) -> float:
    """The share of segments that two paths have in common, from the left."""
    asked, sent = wanted.split("/")[1:], path.split("/")[1:]
    same = sum(_segment(one).fullmatch(other) is not None for one, other in zip(asked, sent, strict=False))
    return same / max(len(asked), len(sent), 1)
