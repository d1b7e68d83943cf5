"""A page of a user's projects: keyset pagination under an opaque cursor, so that nothing added meanwhile moves a page.

The cursor is base64 of a JSON object whose first key is `sortValue`, as the documentation's sample decodes.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from mockserver.core.http import Reply
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Record
from mockserver.core.world import View
from mockserver.providers.restream.errors import application_error
from mockserver.providers.restream.instants import instant, iso
from mockserver.providers.restream.readings import reading

MOST: Final = 100

# sortBy -> the field of a project it means
SORTS: Final[Mapping[str, str]] = {"CreatedAt": "createdAt", "LastActivity": "lastActivity"}


class Place(NamedTuple):
    """A project's place in a list."""

    order: int
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for."""

    limit: int
    sort: str
    after: Place | None


def read_page(call: Call, moment: Moment) -> Page | Reply:
    """What the query asks for, or the error for one that can't be read."""
    query = dict(call.request.arguments())
    default = reading(moment, "default-limit")
    limit = _number(query.get("limit", default))
    sort = query.get("sortBy", "CreatedAt")
    cursor = query.get("cursor")
    after = _decoded(cursor) if cursor else None
    wrong = limit is None or not 1 <= limit <= MOST or sort not in SORTS or (bool(cursor) and after is None)
    if wrong and reading(moment, "bad-list-query") == "400":
        return application_error(400, reading(moment, "bad-query-name"))
    nearest = int(default) if limit is None else min(max(limit, 1), MOST)
    return Page(nearest, sort if sort in SORTS else "CreatedAt", after)


def projects_on(page: Page, view: View, account: str, moment: Moment) -> tuple[list[Record], dict[str, object]]:
    """The projects of a page, and its `pagination`."""
    newest_first = reading(moment, "list-order") == "newest-first"
    found = view.find("project", page.sort, account, reverse=newest_first, after=page.after)
    projects = list(islice(found, page.limit))
    if next(found, None) is not None:
        last = projects[-1]
        return projects, {"nextCursor": _encoded(Place(last[SORTS[page.sort]], last["id"])), "hasMore": True}
    end: dict[str, object] = {"nextCursor": None} if reading(moment, "last-cursor") == "null" else {}
    return projects, {**end, "hasMore": False}


def _number(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text[:18]) if digits.isascii() and digits.isdigit() else None


def _encoded(place: Place) -> str:
    text = json.dumps({"sortValue": iso(place.order), "id": place.id}, separators=(",", ":"))
    return b64encode(text.encode()).decode()


def _decoded(cursor: str) -> Place | None:
    try:
        value = json.loads(b64decode(cursor + "=" * (-len(cursor) % 4), validate=True))
        order, id = instant(value["sortValue"]), value["id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return Place(order, id) if order is not None and isinstance(id, str) else None
