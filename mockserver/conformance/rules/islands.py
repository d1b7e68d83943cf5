"""Isolation: what one account has, another neither sees nor changes."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conformance.finding import Finding, Level
from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.asking import Answer, expect
from mockserver.conformance.rules.collection import Collection
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session

# So many of each list are tried.
_TRIED = 4
REFUSED = (401, 403, 404)


def second_key(session: Session) -> str:
    """The other account's key. Raises Skip without one, or when the server doesn't know it."""
    other = session.subject.other
    if other is None or other == session.subject.key:
        raise Skip("there is no second key (--other-key)")
    return other


def islands(session: Session, collections: tuple[Collection, ...], level: Level = "error") -> Iterator[Finding]:
    """Whether each account's lists and details keep from the other what isn't its own.

    `level` is that of what both may see: of lists that aren't known to be private it is only worth a look.
    """
    other = second_key(session)
    met = False
    for collection in collections:
        mine = expect(collection.first(session), 200)
        theirs = collection.first(session, key=other)
        if theirs.status == 401:
            raise Skip("the server doesn't know the second key")
        if theirs.status != 200:
            continue
        met = True
        yield from _shared(session, collection, mine, theirs, level)
        if collection.detail is not None:
            yield from _seen(session, collection, mine, other, level)
            yield from _seen(session, collection, theirs, None, level)
    if not met:
        raise Skip("the second key may see no list")


def _shared(session: Session, collection: Collection, mine: Answer, theirs: Answer, level: Level) -> Iterator[Finding]:
    both = [id for id in collection.ids_of(mine) if id in collection.ids_of(theirs)]
    if both:
        title = f"two accounts both have {both[0]} in their lists of {collection.what}"
        name = collection.id
        must = [
            f'not {{item["{name}"] for item in replies[0]{collection.pages}}} & '
            f'{{item["{name}"] for item in replies[1]{collection.pages}}}'
        ]
        yield found(session, "isolation-list", title, [mine, theirs], must=must, level=level)


def _seen(session: Session, collection: Collection, listed: Answer, key: str | None, level: Level) -> Iterator[Finding]:
    ids = collection.ids_of(listed)
    spread = ids if len(ids) <= _TRIED else [*ids[: _TRIED // 2], *ids[-(_TRIED // 2) :]]
    for id in spread:
        seen = collection.look(session, id, key=key)
        if seen.status not in REFUSED:
            title = f"{id} of one account's {collection.what} is answered with {seen.status} to another's key"
            must = [f"replies[1].status_code in {REFUSED}"]
            yield found(session, "isolation-detail", title, [listed, seen], must=must, level=level)
            return
