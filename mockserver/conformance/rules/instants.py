"""Instants: what a list tells was made lies in the past by the server's own clock, in the document's unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.asking import Answer
from mockserver.conformance.rules.collection import Collection
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session
from mockserver.core.instants import instant_from, iso
from mockserver.core.text import Json

_MADE: Final = "createdAt"
# Machines of one service agree about the time to less than this, in ms.
_TOLERANCE: Final = 60_000
_ABOUT: Final = "What is told to have been made was made by then (RFC 9110, 6.6.1: `Date` is the server's clock)."


def made_in_the_past(session: Session, collections: Sequence[Collection]) -> Iterator[Finding]:
    """Whether each list's newest things are older than the reply that tells of them. Raises Skip without a `Date`."""
    told = False
    for collection in collections:
        page = collection.first(session)
        now = _clock(page)
        if not page.good or now is None:
            continue
        told = True
        for place, item in enumerate(collection.items_of(page)):
            problem = _problem(item.get(_MADE), now) if _MADE in item else None
            if problem is not None:
                claim = f"replies[0]{collection.pages}[{place}]['{_MADE}']"
                title = f"{collection.listing} tells that {item.get(collection.id)} {problem}"
                yield found(session, "instants", title, [page], about=_ABOUT, must=[_must(claim, item[_MADE], now)])
                break
    if not told:
        raise Skip("no list tells the server's time (`Date`)")


def _clock(page: Answer) -> int | None:
    """The server's time when it answered, in Unix ms."""
    try:
        return int(parsedate_to_datetime(page.reply.header("date") or "").timestamp() * 1_000)
    except (TypeError, ValueError, OverflowError):
        return None


def _problem(made: Json, now: int) -> str | None:
    """What is wrong with an instant, as a clause. What is none at all breaks the document, and is told elsewhere."""
    if isinstance(made, int | float) and not isinstance(made, bool) and 0 < made < now / 100:
        return f"was made at {made}, which in Unix milliseconds is {iso(int(made))[:4]}"
    try:
        at = instant_from(int(made) if isinstance(made, float) else made)
    except (ValueError, OverflowError):
        return None
    return f"was made at {made}, while it is {iso(now)}" if at > now + _TOLERANCE else None


def _must(claim: str, made: Json, now: int) -> str:
    if isinstance(made, int | float):
        return f"{now // 100} < {claim} <= {now + _TOLERANCE}" if made < now else f"{claim} <= {now + _TOLERANCE}"
    return f"{claim} <= {iso(now + _TOLERANCE)!r}"
