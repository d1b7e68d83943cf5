"""What a provider keeps lists of: where they are, how they come in pages, where one of them is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from mockserver.conformance.rules.asking import Answer, ask, at
from mockserver.conformance.session import Session
from mockserver.core.text import Json

_NEXT: Final = re.compile(r"<([^>]*)>\s*;[^,]*\brel=\"?next\"?", re.IGNORECASE)
# A walk that is longer than this is one that doesn't end.
_ENDLESS: Final = 400


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list is cut.

    `next` reads from a page the cursor of the next one, None on the last; `most` is the largest page one may ask for,
    and `size` (empty: there is none) and `cursor` are the names of the arguments. `more` tells whether a page says that
    there is another one; `claim` is that such a page also says where, as Python of `replies[0]`.
    """

    next: Callable[[Answer], str | None]
    most: int
    more: Callable[[Answer], bool] = lambda page: False
    claim: str = ""
    size: str = "limit"
    cursor: str = "cursor"


@dataclass(frozen=True, slots=True)
class Pair:
    """A property that an item of a list and the item's details both tell.

    `item` and `detail` are JSON Pointers; `counted` compares with the length of the list in the details, `loose` only
    what both do tell.
    """

    item: str
    detail: str
    counted: bool = False
    loose: bool = False

    @classmethod
    def same(cls, *pointers: str, loose: bool = False) -> tuple[Pair, ...]:
        return tuple(cls(pointer, pointer, loose=loose) for pointer in pointers)

    def differs(self, item: Json, detail: Json) -> bool:
        one, other = self.of_item(item), self.of_detail(detail)
        return bool(one != other) and not (self.loose and (one is None or other is None))

    def of_item(self, item: Json) -> Json:
        return at(item, self.item)

    def of_detail(self, detail: Json) -> Json:
        value = at(detail, self.detail)
        return (len(value) if isinstance(value, list) else None) if self.counted else value

    def claim(self, item: str, detail: str) -> str:
        """That they agree, as Python, of expressions for the two bodies."""
        said = f"{detail}{subscripts(self.detail)}"
        return f"{item}{subscripts(self.item)} == {f'len({said})' if self.counted else said}"


@dataclass(frozen=True, slots=True)
class Collection:
    """A list.

    `what` is its items' name in the plural, `listing` the operation; `items` the pointer of the array in a page, `id`
    the name of an item's id. `detail` is the operation that tells all of one, with the id as its path parameter
    `parameter`, and `shared` is what both tell.
    """

    what: str
    listing: str
    id: str
    items: str = ""
    detail: str | None = None
    parameter: str = "id"
    shared: tuple[Pair, ...] = ()
    paging: Paging | None = None

    def items_of(self, answer: Answer) -> list[Json]:
        return [item for item in answer.items(self.items) if isinstance(item, dict)]

    def ids_of(self, answer: Answer) -> list[str]:
        return [str(item[self.id]) for item in self.items_of(answer) if item.get(self.id) is not None]

    @property
    def pages(self) -> str:
        """The array of a page, as Python after `replies[n]`."""
        return f".json(){subscripts(self.items)}"

    def first(self, session: Session, *, key: str | None = None, size: int | None = None, query: str = "") -> Answer:
        """The first page, the largest when no size is given."""
        size = size or (self.paging.most if self.paging else None)
        said = [query] if query else []
        if size is not None and self.paging is not None and self.paging.size:
            said.append(f"{self.paging.size}={size}")
        return ask(session, self.listing, query="&".join(said), key=key)

    def walk(
        self, session: Session, size: int | None, *, key: str | None = None, query: str = "", most: int = _ENDLESS
    ) -> Iterator[Answer]:
        """Page after page, at most `most`; the size is left to the server when None."""
        paging = self.paging
        cursor: str | None = None
        for _ in range(most):
            said = [query] if query else []
            if paging is not None and size is not None and paging.size:
                said.append(f"{paging.size}={size}")
            if paging is not None and cursor is not None:
                said.append(f"{paging.cursor}={quote(cursor, safe='')}")
            page = ask(session, self.listing, query="&".join(said), key=key)
            yield page
            cursor = paging.next(page) if paging is not None and page.good else None
            if cursor is None:
                return

    def look(self, session: Session, id: str, *, key: str | None = None) -> Answer:
        """The details of one."""
        assert self.detail is not None, f"{self.what} have no details"
        return ask(session, self.detail, path={self.parameter: id}, key=key)


def link_cursor(page: Answer) -> str | None:
    """The cursor of the `Link` with `rel="next"` (RFC 8288)."""
    link = _NEXT.search(page.reply.header("link") or "")
    if link is None:
        return None
    return next(iter(parse_qs(urlsplit(link[1]).query).get("cursor", ())), None)


def body_cursor(cursor: str, more: str) -> Callable[[Answer], str | None]:
    """The cursor at a pointer of the body, while what stands at another says there are more."""

    def read(page: Answer) -> str | None:
        found = page.at(cursor)
        return found if page.at(more) is True and isinstance(found, str) else None

    return read


def subscripts(pointer: str) -> str:
    """A JSON Pointer as Python subscripts: `["asset"]["id"]`."""
    parts = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return "".join(f"[{part}]" if part.isdigit() else f'["{part}"]' for part in parts)
