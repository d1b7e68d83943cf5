"""A list's reply as two pages, as the providers' own lists go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from mockserver.core.http import Reply, Request
from mockserver.core.text import Json

# A cursor is anything: of these, what is not percent-encoded arrives as something else.
CURSORS: Final = ("skip20", "b+w/kA==", "1 & 2", "c%2Bd", "ü?#")


def paged(reply: Reply, request: Request, cursor: str) -> Sequence[Reply] | None:
    """The two pages of a list, the first of them full; None for what is no list of two or more.

    Pages go on as the two providers say it: `pagination.nextCursor` in the body, or a `Link` header of `rel="next"`.
    """
    value = reply.value
    if isinstance(value, list) and len(value) > 1:
        limit = next((int(text) for name, text in request.arguments() if name == "limit" and text.isdecimal()), 20)
        copies = [{**value[0], "id": f"00000000-0000-4000-8000-{number:012x}"} for number in range(limit - 1)]
        query = "&".join(part for part in request.query.split("&") if part and not part.startswith("cursor="))
        link = f"<{request.origin}{request.path}?{query}{'&' if query else ''}cursor={quote(cursor, safe='')}>"
        first = Reply.json(reply.status, [value[0], *copies], [("Link", f'{link}; rel="next"')])
        # What changes while a list is read moves to another page, and is there twice.
        return first, Reply.json(reply.status, value)
    if isinstance(value, dict) and len(value.get("projects", ())) > 1:
        return _of_body(reply.status, value, cursor)
    return None


def _of_body(status: int, value: Json, cursor: str) -> Sequence[Reply]:
    # The last page may well have a cursor: that there is no more is said by `hasMore`.
    more, last = ({"nextCursor": cursor, "hasMore": going_on} for going_on in (True, False))
    parts = (value["projects"][:1], more), (value["projects"][1:], last)
    return [Reply.json(status, {**value, "projects": some, "pagination": where}) for some, where in parts]
