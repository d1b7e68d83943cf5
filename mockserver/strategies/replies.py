"""Replies that a document allows a server to send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn

from mockserver.contract.bodies import Body
from mockserver.contract.check import CompiledContract
from mockserver.contract.parameters import Parameter
from mockserver.contract.places import Document
from mockserver.contract.spot import Spot
from mockserver.core.http import Headers, Reply
from mockserver.core.payload import is_json
from mockserver.core.text import Json, dump
from mockserver.strategies.book import Entry, Op, Page, page_of
from mockserver.strategies.facts import Grammar
from mockserver.strategies.source import Drawn, Source
from mockserver.strategies.spelling import may_be_header, parameter_texts, plain
from mockserver.strategies.values import Values

# What `default` may mean besides the statuses that are listed.
_OTHERS: Final = (500, 400, 401, 403, 404, 408, 409, 422, 429, 502, 503, 504)
_RANGES: Final = {"1": (100,), "2": (200, 201, 202, 204), "3": (301, 302, 304, 307), "4": _OTHERS, "5": _OTHERS}
_TRIES: Final = 4
# Seconds of Retry-After. More is allowed, but who is told to wait for an age does, and no test sees the end of it.
_PAUSES: Final = ("1", "0", "60", "3600")


@dataclass(frozen=True, eq=False)
class Answer:
    """One response of an operation: the statuses it stands for, its headers and media types."""

    name: str
    statuses: tuple[int, ...]
    headers: tuple[tuple[Parameter, Values | None], ...]
    entries: tuple[Entry, ...]
    spot: Spot


@cache
def answers(page: Page) -> tuple[Answer, ...]:
    """The responses of an operation, in document order."""
    responses = page.route.spot.at("responses")
    listed = list(responses.items()) if responses else []
    taken = {int(name) for name, _ in listed if str(name).isdecimal()}
    return tuple(_answer(str(name), spot, taken) for name, spot in listed)


def _answer(name: str, spot: Spot, taken: set[int]) -> Answer:
    if name.isdecimal():
        statuses: tuple[int, ...] = (int(name),)
    else:
        some = _OTHERS if name.lower() == "default" else _RANGES[name[0]]
        statuses = tuple(one for one in some if one not in taken and name[0] in ("d", "D", str(one)[0]))
    headers, content = spot.at("headers"), spot.at("content")
    return Answer(
        name,
        statuses or (500,),
        tuple(_header(header, title) for title, header in (headers.items() if headers else ())),
        tuple(Entry(Body(media, entry, "reply")) for media, entry in (content.items() if content else ())),
        spot,
    )


def _header(spot: Spot, name: str) -> tuple[Parameter, Values | None]:
    parameter = Parameter.of(spot, "header", name)
    schema = parameter.texts.schema
    return parameter, Values(Grammar(schema, "reply")) if schema else None


@st.composite
def replies(
    draw: DrawFn,
    op: Op,
    status: int | None = None,
    *,
    contract: CompiledContract | None = None,
    document: Document | Json | None = None,
) -> Reply:
    """Replies to an operation: everything its document allows the server to send, edges more often than the rest.

    `status` is the one to answer with, any the document lists if left out (what `default` stands for among them).
    Shrinks to the first response with what is required.

    >>> @given(replies("createClip", 200))
    ... def test_my_model_reads_every_reply(reply): Created.model_validate_json(reply.body)
    """
    page = page_of(op, contract, document)
    source = Drawn(draw)
    known = answers(page)
    if status is None:
        answer = known[source.index(len(known))]
        code = answer.statuses[source.index(len(answer.statuses))]
    else:
        answer, code = answer_for(page, status), status
    made = reply(source, answer, code)
    if page.contract.check_reply(page.operation, made):
        reject()
    return made


def answer_for(page: Page, status: int) -> Answer:
    """The response a status falls under. Raises InvalidArgument when the document has none."""
    if isinstance(status, bool) or not isinstance(status, int):
        raise InvalidArgument(f"status={status!r} must be a number such as 200")
    named = {answer.name.upper(): answer for answer in answers(page)}
    for name in (str(status), f"{status // 100}XX", "DEFAULT"):
        if name in named:
            return named[name]
    raise InvalidArgument(f"status={status}: {page.operation.id} answers with {', '.join(named)}")


@cache
def examples(page: Page) -> tuple[tuple[str, Reply], ...]:
    """The replies the document shows, by name."""
    found: list[tuple[str, Reply]] = []
    for answer in answers(page):
        content = answer.spot.at("content")
        for media, spot in content.items() if content else ():
            shown = spot.at("examples")
            if is_json(str(media)):
                found += [
                    (str(name), of_value(answer.statuses[0], str(media), example.value["value"], []))
                    for name, example in (shown.items() if shown else ())
                    if "value" in example.value
                ]
    return tuple(found)


def reply(source: Source, answer: Answer, status: int) -> Reply:
    """A reply of one response."""
    headers = list(_headers(source, answer))
    if not answer.entries:
        return Reply.empty(status, headers)
    entry = answer.entries[source.index(len(answer.entries))]
    value = entry.values.make(source) if entry.values else {}
    return of_value(status, entry.media, value, headers)


def of_value(status: int, media: str, value: Json, headers: list[tuple[str, str]]) -> Reply:
    """The reply whose body is a value, written as its media type has it."""
    if is_json(media):
        body = dump(value)
        return Reply(status, Headers.of((("Content-Type", media), *headers)), body, value)
    return Reply(status, Headers.of((("Content-Type", media), *headers)), plain(value).encode())


def _is_integer(parameter: Parameter) -> bool:
    schema = parameter.texts.schema
    return schema is not None and isinstance(schema.value, dict) and schema.value.get("type") == "integer"


def _headers(source: Source, answer: Answer) -> Iterator[tuple[str, str]]:
    for parameter, values in answer.headers:
        if parameter.name.lower() == "content-type" or not (parameter.required or source.index(2)):
            continue
        if parameter.name.lower() == "retry-after" and _is_integer(parameter):
            yield parameter.name, _PAUSES[source.index(len(_PAUSES))]
            continue
        for _ in range(_TRIES):
            texts = parameter_texts(parameter, values.make(source, depth=1) if values else "x")
            if all(text and may_be_header(text) for text in texts):
                yield parameter.name, texts[0]
                break
