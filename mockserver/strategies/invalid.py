"""Requests and bodies that break one rule of their document each, and say which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn

from mockserver.contract.check import CompiledContract
from mockserver.contract.places import Document
from mockserver.core.http import Request
from mockserver.core.text import Json
from mockserver.errors import unknown
from mockserver.strategies.book import Entry, Op, Page, page_of
from mockserver.strategies.draft import KEY, draft
from mockserver.strategies.offences import Offence, offences
from mockserver.strategies.requests import breaks, entry_of
from mockserver.strategies.rules import WAYS, Breaking, Rule, breakings, named_apart
from mockserver.strategies.source import Drawn

T = TypeVar("T")

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class InvalidRequest:
    """A request and the one rule it breaks."""

    request: Request
    rule: Rule


@dataclass(frozen=True, slots=True)
class InvalidBody:
    """The value of a request body and the one rule it breaks."""

    body: Json
    rule: Rule


def violations(
    op: Op, *, contract: CompiledContract | None = None, document: Document | Json | None = None
) -> tuple[Rule, ...]:
    """Every rule that a request of an operation can break alone, so that a test can have all instead of some.

    Rules that can't be broken without another are not among them: the `type` of what has an `enum`, say.

    >>> @pytest.mark.parametrize("rule", violations("createClip"), ids=str)
    ... @given(data=st.data())
    ... def test_my_client_tells_the_user(rule, data):
    ...     broken = data.draw(invalid_requests("createClip", rule))
    """
    return tuple(offence.rule for offence in offences_of(page_of(op, contract, document)).values())


@st.composite
def invalid_requests(
    draw: DrawFn,
    op: Op,
    rule: Rule | str | None = None,
    *,
    key: str = KEY,
    contract: CompiledContract | None = None,
    document: Document | Json | None = None,
) -> InvalidRequest:
    """Requests of an operation that break one rule each; the value has `.request` and `.rule`.

    `rule` is one of `violations(op)` or its id; left out, any of those the contract check refuses (families `contract`
    and `transport`). The others (`lenient`, `prose`) come only when asked for, since the check lets them pass. Shrinks
    to the first rule, broken in the plainest way in the plainest request.

    >>> @given(invalid_requests("createClip"))
    ... def test_what_breaks_the_contract_is_refused(broken): ...
    """
    page = page_of(op, contract, document)
    source = Drawn(draw)
    offence = _chosen(page, rule, source)
    for _ in range(_TRIES):
        made = draft(source, page, key)
        offence.tricks[source.index(WAYS) % len(offence.tricks)](made, source)
        request = made.request()
        if offence.is_all(breaks(page, request)):
            return InvalidRequest(request, offence.rule)
    reject()


@st.composite
def invalid_bodies(
    draw: DrawFn,
    op: Op,
    rule: Rule | str | None = None,
    *,
    media: str | None = None,
    contract: CompiledContract | None = None,
    document: Document | Json | None = None,
) -> InvalidBody:
    """Values of an operation's request body that break one rule of its schema each; the value has `.body` and `.rule`.

    `rule` is one of `violations(op)` whose id begins with `body`, or its id. `media` is the media type to make it for,
    the document's JSON one if left out.

    >>> @given(invalid_bodies("createClipProject"))
    ... def test_my_model_refuses_it(broken):
    ...     with pytest.raises(ValidationError):
    ...         CreateClipProject.model_validate(broken.body)
    """
    page = page_of(op, contract, document)
    entry = entry_of(page, media)
    source = Drawn(draw)
    known = _of_bodies(entry)
    if not known or entry.values is None:
        raise InvalidArgument(f"no rule of a body of {page.operation.id} can be broken")
    chosen = named(rule, known, f"rule of a body of {page.operation.id}") if rule is not None else None
    breaking = chosen or list(known.values())[source.index(len(known))]
    for _ in range(_TRIES):
        body = breaking.value(source, entry.values, entry.values.make(source))
        found = entry.body.breaches(body)
        if breaking.is_all(found):
            return InvalidBody(body, breaking.rule)
    reject()


def _chosen(page: Page, rule: Rule | str | None, source: Drawn) -> Offence:
    known = offences_of(page)
    if rule is not None:
        return named(rule, known, f"rule of requests of {page.operation.id}")
    seen = [offence for offence in known.values() if offence.keyword is not None]
    if not seen:
        raise InvalidArgument(f"nothing the document says of requests of {page.operation.id} can be broken")
    return seen[source.index(len(seen))]


def named(rule: Rule | str, known: Mapping[str, T], what: str) -> T:
    """The one of this name. Raises InvalidArgument, with the nearest id, when there is none."""
    id = rule.id if isinstance(rule, Rule) else rule
    if not isinstance(id, str):
        raise InvalidArgument(f"rule={rule!r} must be a Rule, or the id of one")
    if id not in known:
        raise InvalidArgument(unknown(what, id, known))
    return known[id]


@cache
def offences_of(page: Page) -> Mapping[str, Offence]:
    """Every offence of an operation, by the id of its rule."""
    return {offence.rule.id: offence for offence in offences(page)}


@cache
def _of_bodies(entry: Entry) -> Mapping[str, Breaking]:
    found = breakings(entry.values, "body", entry.body.breaches) if entry.values else ()
    return {breaking.rule.id: breaking for breaking in named_apart(found)}
