"""A real reply bent within what its document permits: what an honest client has to put up with."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final, Literal, get_args

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn

from mockserver.contract.check import CompiledContract
from mockserver.contract.places import Document
from mockserver.core.http import Headers, Reply, media_type
from mockserver.core.payload import is_json
from mockserver.core.text import Json, TextError, parse
from mockserver.errors import unknown
from mockserver.strategies.book import Entry, Op, Page, page_of
from mockserver.strategies.replies import answer_for, answers, reply
from mockserver.strategies.source import Drawn, Source
from mockserver.strategies.spelling import SPELLINGS, Spelling
from mockserver.strategies.values import SCALARS, STRANGERS

Twist = Literal["drop", "null", "add", "long", "other", "spelling", "headers", "status"]
TWISTS: Final[tuple[Twist, ...]] = get_args(Twist)
Parts = tuple[str | int, ...]
# What to do, where, and what to put there.
_Step = tuple[str, Parts, Json]

# More at once hide each other; one reply in so many comes with another status.
_MOST: Final = 5
_SELDOM: Final = 8
_WIDE: Final = 1 << 16
_WHOLE: Final = ("drop", "null", "add", "other", "drop", "null")
_LONG: Final = ("x" * 1_024, "\U0001f600" * 256, "مرحبا " * 64, "a\n" * 64)
_OTHER: Final[tuple[Json, ...]] = ("1970-01-01T00:00:00Z", "2024-02-29T23:59:59.999Z", 0, 1.5, -1, 2**53 - 1)
_BESIDE: Final = st.integers(0, SPELLINGS - 1)


@st.composite
def twisted(
    draw: DrawFn,
    reply: Reply,
    op: Op,
    *,
    kinds: Collection[Twist] = TWISTS,
    keep: Collection[str] = (),
    contract: CompiledContract | None = None,
    document: Document | Json | None = None,
) -> Reply:
    """A reply to an operation, bent in a few places within what the document permits. Shrinks to the reply itself.

    `kinds` are the ways to bend it: `drop` optional properties, `null` where it may be, `add` unknown properties where
    the schema is open, `long` and strange texts, `other` numbers and times, `spelling` (numbers as `1.0` and `1e0`,
    escapes, spaces, the order of keys), `headers` (the case of their names), `status` (another documented reply).
    `keep` are places no twist touches, as JSON Pointers with `*` for any item: `/asset/id`, `/clips/*/clipId`.

    >>> @given(data=st.data())
    ... def test_my_client_copes(data, mock, client):
    ...     real = mock.call(request)
    ...     mock.reply_next("createClip", data.draw(twisted(real, "createClip", keep=["/asset/id"])))
    ...     client.create(...)
    """
    page = page_of(op, contract, document)
    _check(reply, kinds, keep, page)
    source = Drawn(draw)
    bent = _bent(source, page, reply, kinds, keep)
    # Asked last, so that an example shrinks to the reply itself and not to a shorter one.
    if "status" in kinds and source.index(_SELDOM) == _SELDOM - 1:
        return _other(source, page, reply)
    return bent


def _bent(source: Source, page: Page, reply: Reply, kinds: Collection[Twist], keep: Collection[str]) -> Reply:
    entry = _entry(page, reply)
    if entry is None:
        return reply
    value = parse(reply.body)
    known = [
        step for step in _steps(value, set(kinds), [_parts(pointer) for pointer in keep]) if _fits(entry, value, step)
    ]
    for step in _chosen(source, known):
        made = _applied(value, *step)
        value = made if entry.body.holds(made) else value
    spelling = Spelling.nth(source.either((0,), _BESIDE)) if "spelling" in kinds else Spelling()
    headers = _spelled(source, reply.headers) if "headers" in kinds else reply.headers
    if value == reply.value and spelling == Spelling():
        return replace(reply, headers=headers)
    return replace(reply, headers=headers, body=spelling.write(value), value=value)


def _check(reply: object, kinds: Collection[Twist], keep: Collection[str], page: Page) -> None:
    if not isinstance(reply, Reply):
        raise InvalidArgument(f"reply={reply!r:.60} must be a mockserver.core.http.Reply")
    for kind in kinds:
        if kind not in TWISTS:
            raise InvalidArgument(unknown("kind of twist", str(kind), TWISTS))
    for pointer in keep:
        if not pointer.startswith("/"):
            raise InvalidArgument(f"keep={pointer!r} must be a JSON Pointer such as '/asset/id'")
    answer_for(page, reply.status)


def _chosen(source: Source, known: list[_Step]) -> list[_Step]:
    """No twist, a few, or every one of a kind. What is drawn doesn't depend on the reply: a server's may differ."""
    how = source.index(_MOST + 1 + len(_WHOLE))
    if how > _MOST:
        kind, at = _WHOLE[how - _MOST - 1], source.index(len(_OTHER))
        places: dict[Parts, list[_Step]] = {}
        for step in known:
            if step[0] == kind:
                places.setdefault(step[1], []).append(step)
        return [steps[at % len(steps)] for steps in places.values()]
    return [known[at % len(known)] for at in (source.index(_WIDE) for _ in range(how)) if known]


def _spelled(source: Source, headers: Headers) -> Headers:
    """The names of headers in another case, which means the same (RFC 9110, 5.1)."""
    how = (str, str.lower, str.upper, str.title)[source.index(4)]
    return Headers.of((how(name), text) for name, text in headers)


def _entry(page: Page, reply: Reply) -> Entry | None:
    """The media type of a reply that can be twisted: JSON that says something."""
    media = media_type(reply.header("content-type"))[0]
    if not is_json(media):
        return None
    try:
        parse(reply.body)
    except TextError:
        return None
    return next((entry for entry in answer_for(page, reply.status).entries if entry.body.is_json), None)


def _other(source: Source, page: Page, given: Reply) -> Reply:
    """Another reply the document lists; the one there is when it lists no other."""
    others = [answer for answer in answers(page) if given.status not in answer.statuses]
    if not others:
        return given
    answer = others[source.index(len(others))]
    return reply(source, answer, answer.statuses[source.index(len(answer.statuses))])


def _steps(value: Json, kinds: Collection[str], kept: list[Parts], parts: Parts = ()) -> Iterator[_Step]:
    """Every single twist of a value and what is in it."""
    if isinstance(value, dict):
        for name, item in value.items():
            here = (*parts, name)
            if not _touches(here, kept):
                yield from ((kind, here, None) for kind in ("drop", "null") if kind in kinds)
            yield from _steps(item, kinds, kept, here)
        if "add" in kinds:
            yield from (
                ("add", (*parts, name), SCALARS[at]) for at, name in enumerate(STRANGERS[:4]) if name not in value
            )
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _steps(item, kinds, kept, (*parts, index))
    elif not isinstance(value, bool) and not _touches(parts, kept):
        if isinstance(value, str) and "long" in kinds:
            yield from (("long", parts, text) for text in _LONG)
        if "other" in kinds:
            yield from (("other", parts, new) for new in _OTHER if value is None or _alike(value, new))


def _alike(value: Json, new: Json) -> bool:
    """Whether one can stand for the other: both texts that look like times, or both numbers."""
    if isinstance(value, str) or isinstance(new, str):
        return isinstance(value, str) and isinstance(new, str) and value[4:5] == "-" and value[10:11] == "T"
    return True


def _touches(parts: Parts, kept: list[Parts]) -> bool:
    """Whether a place is kept, or holds one that is."""
    return any(
        len(parts) <= len(other)
        and all(mine in (theirs, "*") or theirs == "*" for mine, theirs in zip(parts, other, strict=False))
        for other in kept
    )


def _parts(pointer: str) -> Parts:
    return tuple(
        int(part) if part.isdecimal() else part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]
    )


def _fits(entry: Entry, value: Json, step: _Step) -> bool:
    return entry.body.holds(_applied(value, *step))


def _applied(value: Json, kind: str, parts: Parts, new: Json) -> Json:
    """The value with one twist; as it is where an earlier twist took the place away."""
    if not parts:
        return new
    part, rest = parts[0], parts[1:]
    if isinstance(value, list):
        if not isinstance(part, int) or part >= len(value):
            return value
        return [*value[:part], _applied(value[part], kind, rest, new), *value[part + 1 :]]
    if not isinstance(value, dict) or (part not in value and kind != "add"):
        return value
    if rest:
        return {**value, part: _applied(value[part], kind, rest, new)} if part in value else value
    if kind == "drop":
        return {name: item for name, item in value.items() if name != part}
    return {**value, str(part): new}
