"""Lists: page size, cursor, order, filters and count, and the link to the next page.

The usual order comes from an index, lazily, so a page costs the same in a world of a hundred thousand clips.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, quote_plus

from mockserver.core.http import Request
from mockserver.core.text import Record
from mockserver.core.world import View
from mockserver.providers.livepeer.filters import DatabaseError, Field, Fields, Test, read_filters, read_order, sort
from mockserver.providers.livepeer.kinds import owned_by
from mockserver.providers.livepeer.visit import Visit, projects_seen

DEFAULT_LIMIT: Final = 20
HIGHEST_LIMIT: Final = 1000
_INTEGER: Final = re.compile(r"\s*[+-]?\d+", re.ASCII)
_OFFSET: Final = re.compile(r"\s*\+?(\d+)\s*", re.ASCII)


class Source(NamedTuple):
    """Where a list's documents come from: in its usual order, and counted without looking at each where that can be."""

    usual: Callable[[], Iterator[Record]]
    usual_order: str
    fields: Fields
    total: Callable[[], int] | None = None


class Page(NamedTuple):
    """One page: documents, how many there are altogether (None if nobody asked), the next cursor (None at the end)."""

    docs: list[Record]
    total: int | None
    cursor: str | None


def read_page(visit: Visit, source: Source, query: dict[str, str], more: Sequence[Test] = ()) -> Page:
    """The page a query asks for. Raises Refused for filters that can't be read or a cursor that is none."""
    node = visit.moment.readings.get("node-version", "20")
    tests = [*read_filters(source.fields, query.get("filters"), node), *more]
    limit = read_limit(query.get("limit"))
    cursor = query.get("cursor", "")
    offset = _offset(cursor)
    docs = _ordered(source, query.get("order") or source.usual_order)
    if cursor and offset is None:
        docs = (doc for doc in docs if doc["id"] > cursor)
    if tests:
        docs = (doc for doc in docs if all(test(doc) for test in tests))
    total = None
    if query.get("count"):
        if tests or source.total is None or (cursor and offset is None):
            known = list(docs)
            total, docs = len(known), iter(known)
        else:
            total = source.total()
    page = list(islice(docs, offset or 0, (offset or 0) + limit))
    return Page(page, total, f"skip{(offset or 0) + limit}" if len(page) == limit else None)


def headers_for(request: Request, page: Page, *, careless: bool = False) -> tuple[tuple[str, str], ...]:
    """`X-Total-Count` and `Link`. A `careless` list links on even from its last page, to a cursor `undefined`."""
    pairs = []
    if page.total is not None and page.docs:
        pairs.append(("X-Total-Count", str(page.total)))
    if page.docs and (page.cursor or careless):
        pairs.append(("Link", f'<{_next(request, page.cursor or "undefined")}>; rel="next"'))
    return tuple(pairs)


def read_limit(text: str | None) -> int:
    """A page's size: what JavaScript's parseInt makes of the argument, 20 for less than one, 1000 at most."""
    found = _INTEGER.match(text) if text else None
    limit = int(found[0][:20]) if found else DEFAULT_LIMIT
    return DEFAULT_LIMIT if limit < 1 else min(limit, HIGHEST_LIMIT)


def merged(iterators: Iterable[Iterator[Record]], order: Callable[[Record], str]) -> Iterator[Record]:
    """Documents of several indexes, each newest first, as one list newest first."""
    found = list(iterators)
    return found[0] if len(found) == 1 else merge(*found, key=order, reverse=True)


def owner_keys(visit: Visit, *, of_all: bool, user: str | None = None) -> list[str]:
    """The keys of an index by owner that a list looks under: the caller's, or those `of_all` or of one user."""
    if not of_all:
        return [owned_by(visit.caller.id, project) for project in projects_seen(visit.caller)]
    return [owned_by(*owner) for owner in _owners(visit.view) if not user or owner[0] == user]


def _owners(view: View) -> Iterator[tuple[str, str]]:
    """Every (user, project) a document may belong to, projects "" included."""
    for user in view.find("user", "all", ""):
        yield user["id"], ""
        for project in view.find("project", "user", user["id"]):
            yield user["id"], project["id"]


def _ordered(source: Source, order: str) -> Iterator[Record]:
    if order == source.usual_order:
        return source.usual()
    wanted = read_order(source.fields, order) or [(Field(("id",)), False)]
    return iter(sort(list(source.usual()), wanted))


def _offset(cursor: str) -> int | None:
    """How many rows `skipN` skips; None for a cursor of another form. What is no number the database refuses."""
    if "skip" not in cursor:
        return None
    found = _OFFSET.fullmatch(cursor.replace("skip", "", 1))
    if found is None or len(found[1]) > 18:
        raise DatabaseError
    return int(found[1])


def _next(request: Request, cursor: str) -> str:
    """The request's own URL with another cursor, its query spelled as `URLSearchParams` spells it."""
    pairs: list[tuple[str, str]] = []
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        if name != "cursor":
            pairs.append((name, value))
        elif all(known != "cursor" for known, _ in pairs):
            pairs.append((name, cursor))
    if all(name != "cursor" for name, _ in pairs):
        pairs.append(("cursor", cursor))
    query = "&".join(f"{_spelled(name)}={_spelled(value)}" for name, value in pairs)
    return f"{request.origin}{request.path}?{query}"


def _spelled(text: str) -> str:
    return quote_plus(text, safe="*").replace("~", "%7E")
