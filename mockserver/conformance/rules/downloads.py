"""Downloads: a URL in a reply leads to something, without a key."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from mockserver.conformance.finding import Finding
from mockserver.conformance.rules.asking import Answer
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session


def downloads(session: Session, told: Answer, pointer: str) -> Iterator[Finding]:
    """Whether the URL at a pointer gives something that isn't empty."""
    url = told.at(pointer)
    if not isinstance(url, str):
        return  # the document says that it is to be there
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        title = f"the URL at {pointer} is none: {url!r:.120}"
        yield found(session, "download-url", title, [told])
        return
    step = session.fetch(url)
    reply = step.reply
    if reply is None or reply.status not in (200, 206):
        title = f"the URL at {pointer} is answered with {reply.status if reply else step.trouble}"
        yield found(
            session, "download-fails", title, [told, step], must=["replies[1].status_code in (200, 206)"], saw=url
        )
    elif not reply.body:
        title = f"the URL at {pointer} gives nothing"
        yield found(session, "download-empty", title, [told, step], must=["replies[1].content"], saw=url)
