"""Requests and bodies that a document allows."""

from __future__ import annotations

from typing import Final

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn

from mockserver.contract.check import CompiledContract
from mockserver.contract.places import Document
from mockserver.core.http import Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.strategies.book import Entry, Op, Page, page_of
from mockserver.strategies.draft import KEY, draft
from mockserver.strategies.source import Drawn

# What is read of a body where no provider says how much it reads.
_LIMIT: Final = 1 << 24


@st.composite
def requests(
    draw: DrawFn,
    op: Op,
    *,
    key: str | None = KEY,
    contract: CompiledContract | None = None,
    document: Document | Json | None = None,
) -> Request:
    """Requests of an operation: everything its document allows, edges more often than the rest.

    `op` is an operationId or an `Operation`. `key` is shown in the first way the operation knows, None shows none where
    that is allowed. JSON comes in all its spellings (`1`, `1.0`, `1e0`, escapes, spaces, order of keys). Shrinks to a
    plainly written request of what is required. The document is looked for among the installed providers, unless it is
    given or a `contract` is.

    >>> @given(requests("createClip"))
    ... def test_every_request_gets_a_documented_answer(request): ...
    """
    page = page_of(op, contract, document)
    _check_key(key, page)
    made = draft(Drawn(draw), page, key).request()
    if breaks(page, made):
        reject()
    return made


@st.composite
def bodies(
    draw: DrawFn,
    op: Op,
    *,
    media: str | None = None,
    contract: CompiledContract | None = None,
    document: Document | Json | None = None,
) -> Json:
    """Values of an operation's request body: everything its document allows, edges more often than the rest.

    `media` is the media type to make it for, the document's JSON one if left out. Shrinks to what is required.

    >>> @given(bodies("createClipProject"))
    ... def test_my_model_reads_every_body(body): CreateClipProject.model_validate(body)
    """
    entry = entry_of(page_of(op, contract, document), media)
    if entry.values is None:
        return draw(_TEXTS)
    value = entry.values.make(Drawn(draw))
    if not entry.body.holds(value):
        reject()
    return value


_TEXTS: Final = st.text()


def entry_of(page: Page, media: str | None) -> Entry:
    """The media type of a body. Raises InvalidArgument when the operation has none, or not this one."""
    if not page.entries:
        raise InvalidArgument(f"{page.operation.id} has no request body")
    if media is None:
        return page.entries[0]
    for entry in page.entries:
        if entry.body.media == media:
            return entry
    known = ", ".join(entry.body.media for entry in page.entries)
    raise InvalidArgument(f"media={media!r}: a body of {page.operation.id} is {known}")


def breaks(page: Page, request: Request) -> tuple[Violation, ...]:
    """What a request breaks of the operation it was made for; a path that leads to another breaks all."""
    match = page.contract.match(request.method, request.path)
    if match is None or match.operation != page.operation:
        return (page.contract.unmatched(request.method, request.path),)
    return page.contract.check_request(match, request, read_payload(request, limit_of(page)))


def limit_of(page: Page) -> int:
    """How many bytes of a body are read."""
    return page.book.provider.body_limit if page.book.provider else _LIMIT


def _check_key(key: object, page: Page) -> None:
    if key is None and page.security is not None:
        raise InvalidArgument(f"key=None, but {page.operation.id} asks for {page.security.wanted}")
    if key is not None and (not isinstance(key, str) or not key.strip()):
        raise InvalidArgument(f"key={key!r} must be a text that is not empty, or None")
