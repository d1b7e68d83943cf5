"""Walks through pages: a cursor that leads back to where the walk has been never ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from mockserver.conformance.finding import Level
from mockserver.conformance.traffic.history import Contradiction, Memory, Seen
from mockserver.core.secrecy import without_secrets

_NEXT: Final = re.compile(r"<([^<>]*)>\s*;[^,]*\brel=\"?next\b")
_MOST_PAGES: Final = 1_000


@dataclass(slots=True)
class _Walk:
    """The pages a walk has been on, by their cursors, and the cursor that the last of them named."""

    pages: dict[str, Seen] = field(default_factory=dict)
    following: str | None = None


class Cursors:
    """Sees the pages of every list whose query has a `cursor`."""

    def __init__(self, *, known: bool) -> None:
        """`known` says that the API is one of ours, whose cursors only go on; others may wait at one for news."""
        self._level: Level = "error" if known else "warning"
        # By account, operation and the rest of the query.
        self._walks: Memory[_Walk] = Memory()

    def see(self, seen: Seen) -> Iterator[Contradiction]:
        if seen.exchange.request.method != "GET" or seen.status != 200:
            return
        arguments = seen.exchange.request.arguments()
        cursor = next((value for name, value in arguments if name == "cursor"), "")
        rest = sorted(pair for pair in arguments if pair[0] != "cursor")
        key = (seen.account, seen.operation.id, *seen.path.values(), repr(rest))
        walk = self._walks.get(key)
        if walk is None or not cursor or cursor != walk.following or len(walk.pages) > _MOST_PAGES:
            walk = _Walk()  # it begins anew, or goes over pages again
        following = _next(seen)
        walk.pages[cursor], walk.following = seen.record, following
        self._walks.put(key, walk)
        if following and following in walk.pages:
            yield _loop(walk.pages[following], seen, cursor, following, self._level)


def _next(seen: Seen) -> str | None:
    """The cursor of the next page; None on the last one."""
    value = seen.value
    pagination = value.get("pagination") if isinstance(value, dict) else None
    if isinstance(pagination, dict):
        following = pagination.get("nextCursor")
        if isinstance(following, str) and pagination.get("hasMore") is not False:
            return following or None
        return None
    found = _NEXT.search(seen.exchange.reply.header("link") or "")
    if found is None:
        return None
    return next((value for name, value in parse_qsl(urlsplit(found[1]).query) if name == "cursor"), None)


def _loop(first: Seen, last: Seen, cursor: str, following: str, level: Level) -> Contradiction:
    here = following == cursor
    what = "the very page it is on" if here else "a page the walk has been on"
    return Contradiction(
        "cursor-repeats",
        f"A page names {what} as the next one",
        f"The page at cursor `{without_secrets(cursor):.60}` says that `{without_secrets(following):.60}` comes next: "
        "whoever follows never comes to an end.",
        (last,) if here else (first, last),
        last.operation.pointer,
        "A cursor leads on: each page of a walk is another one.",
        level=level,
    )
