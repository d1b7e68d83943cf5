"""Replies that break one rule of their document each: what a client has to notice, and say in its own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn

from mockserver.contract.check import CompiledContract
from mockserver.contract.places import Document
from mockserver.core.http import Headers, Reply
from mockserver.core.text import Json
from mockserver.strategies.book import Entry, Op, Page, page_of
from mockserver.strategies.invalid import named
from mockserver.strategies.replies import Answer, answer_for, answers, of_value, reply
from mockserver.strategies.rules import Breaking, Rule, Told, breakings, is_only, named_apart
from mockserver.strategies.source import LEAST, Drawn, Source
from mockserver.strategies.spelling import parameter_texts
from mockserver.strategies.values import Values

_TRIES: Final = 3
_Trick = Callable[[Reply, Source], Reply]


@dataclass(frozen=True, slots=True)
class BrokenReply:
    """A reply and the one rule it breaks."""

    reply: Reply
    rule: Rule


@dataclass(frozen=True, slots=True)
class _Fault:
    """One rule of one response, with the tricks that break it alone."""

    rule: Rule
    keyword: str
    answer: Answer
    tricks: tuple[_Trick, ...]


@st.composite
def broken_replies(
    draw: DrawFn,
    op: Op,
    rule: Rule | str | None = None,
    *,
    status: int | None = None,
    contract: CompiledContract | None = None,
    document: Document | Json | None = None,
) -> BrokenReply:
    """Replies to an operation that break one rule of its document each; the value has `.reply` and `.rule`.

    `rule` is one of `reply_violations(op)` or its id; `status` says of which response, any if left out. For clients
    that must fail loudly and cleanly. Shrinks to the first rule, broken in the plainest reply.

    >>> @given(broken_replies("createClip", status=200))
    ... def test_my_client_says_so(broken):
    ...     mock.reply_next("createClip", broken.reply)
    ...     with pytest.raises(ClipError):
    ...         client.create("eaw4nk06ts2d0mzb", start=0)
    """
    page = page_of(op, contract, document)
    source = Drawn(draw)
    if rule is not None:
        fault = named(rule, _faults(page), f"rule of replies to {page.operation.id}")
    else:
        wanted = [answer_for(page, status)] if status is not None else answers(page)
        some = [fault for answer in wanted for fault in _of(page, answer)]
        if not some:
            raise InvalidArgument(f"nothing the document says of replies to {page.operation.id} can be broken")
        fault = some[source.index(len(some))]
    for _ in range(_TRIES):
        code = status if status is not None else fault.answer.statuses[source.index(len(fault.answer.statuses))]
        made = fault.tricks[source.index(len(fault.tricks))](reply(source, fault.answer, code), source)
        if is_only(page.contract.check_reply(page.operation, made), fault.keyword, fault.rule.document):
            return BrokenReply(made, fault.rule)
    reject()


def reply_violations(
    op: Op, *, contract: CompiledContract | None = None, document: Document | Json | None = None
) -> tuple[Rule, ...]:
    """Every rule that a reply to an operation can break alone.

    >>> [rule.id for rule in reply_violations("getHealth")]
    ['200:media-type', '200:syntax', ...]
    """
    return tuple(fault.rule for fault in _faults(page_of(op, contract, document)).values())


def _faults(page: Page) -> Mapping[str, _Fault]:
    return {fault.rule.id: fault for answer in answers(page) for fault in _of(page, answer)}


@cache
def _of(page: Page, answer: Answer) -> tuple[_Fault, ...]:
    return tuple(_of_answer(page, answer))


def _of_answer(page: Page, answer: Answer) -> Iterator[_Fault]:
    status = answer.statuses[0]
    least = reply(LEAST, answer, status)
    for parameter, values in answer.headers:
        if parameter.required:
            gone = partial(_without_header, parameter.name)
            yield from _tried(page, answer, least, f"header {parameter.name}:required", "a header", [gone])
        if values is not None:
            yield from _of_header(page, answer, least, parameter.name, values)
    for entry in answer.entries:
        if entry.values is not None and entry.body.is_json:
            yield from _of_body(page, answer, least, entry, entry.values)
    if answer.entries:
        types = [partial(_typed, media) for media in ("text/html", "application/xml", "application/problem+json", None)]
        yield from _tried(page, answer, least, "media-type", "a documented Content-Type", types)
        yield from _tried(
            page, answer, least, "body:missing", "a body", [lambda made, source: replace(made, body=b"", value=None)]
        )
    if answer.entries and answer.entries[0].body.is_json:
        texts = [_raw(change) for change in _TEXTS]
        yield from _tried(page, answer, least, "body:syntax", "a body in JSON (RFC 8259)", texts)


def _tried(
    page: Page, answer: Answer, least: Reply, name: str, what: str, tricks: Sequence[_Trick]
) -> Iterator[_Fault]:
    kept: dict[tuple[str, str], list[_Trick]] = {}
    for trick in tricks:
        found = page.contract.check_reply(page.operation, trick(least, LEAST))
        if len(found) == 1:
            kept.setdefault((found[0].rule, found[0].document), []).append(trick)
    for (keyword, document), some in sorted(kept.items(), key=lambda item: -len(item[1]))[:1]:
        rule = Rule(f"{answer.name}:{name}", "contract", f"a reply {answer.name} has {what}", document)
        yield _Fault(rule, keyword, answer, tuple(some))


def _of_body(page: Page, answer: Answer, least: Reply, entry: Entry, values: Values) -> Iterator[_Fault]:
    def check(value: Json) -> tuple[Told, ...]:
        return page.contract.check_reply(page.operation, _with_value(least, entry, value))

    for breaking in named_apart(breakings(values, f"{answer.name} body", check)):
        yield _Fault(breaking.rule, breaking.keyword, answer, (partial(_in_body, breaking, entry, values),))


def _in_body(breaking: Breaking, entry: Entry, values: Values, made: Reply, source: Source) -> Reply:
    return _with_value(made, entry, breaking.value(source, values, made.value))


def _with_value(made: Reply, entry: Entry, value: Json) -> Reply:
    headers = [(name, text) for name, text in made.headers if name.lower() != "content-type"]
    return of_value(made.status, entry.media, value, headers)


def _of_header(page: Page, answer: Answer, least: Reply, name: str, values: Values) -> Iterator[_Fault]:
    parameter = next(one for one, _ in answer.headers if one.name == name)

    def sent(made: Reply, value: Json) -> Reply:
        return _without_header(name, made, LEAST).with_headers((name, parameter_texts(parameter, value)[0]))

    def check(value: Json) -> tuple[Told, ...]:
        return page.contract.check_reply(page.operation, sent(least, value))

    def trick(breaking: Breaking, made: Reply, source: Source) -> Reply:
        return sent(made, breaking.value(source, values, values.make(source, depth=1)))

    for breaking in named_apart(breakings(values, f"{answer.name} header {name}", check)):
        yield _Fault(breaking.rule, breaking.keyword, answer, (partial(trick, breaking),))
    style = [partial(lambda text, made, source: sent(made, text), text) for text in ("x", "1x", "NaN")]
    yield from _tried(page, answer, least, f"header {name}:style", f"a readable `{name}`", style)


def _without_header(name: str, made: Reply, source: Source) -> Reply:
    return replace(made, headers=Headers.of(pair for pair in made.headers if pair[0].lower() != name.lower()))


def _typed(media: str | None, made: Reply, source: Source) -> Reply:
    bare = _without_header("content-type", made, source)
    return bare.with_headers(("Content-Type", media)) if media else bare


def _raw(change: Callable[[bytes], bytes]) -> _Trick:
    return lambda made, source: replace(made, body=change(made.body), value=None)


_TEXTS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda text: text[:-1],
    lambda text: text[: len(text) // 2],
    lambda text: text + b"}",
    lambda text: b"<html><body>502 Bad Gateway</body></html>",
    lambda text: b"OK",
    lambda text: text.replace(b'"', b"'"),
    lambda text: text.replace(b":", b":NaN,", 1),
    lambda text: text.decode().encode("utf-16"),
)
