"""Lists: what their pages together hold, and whether they say the same as the details of what is in them."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conformance.finding import Finding, Level
from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.asking import Answer, expect
from mockserver.conformance.rules.collection import Collection, Pair
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session

# Page sizes to walk with; None is the server's own.
_SIZES = (1, 2, 3, 7, None)
# A walk of so many calls is long enough.
_LONGEST_WALK = 60
# A list that has so many of the largest pages is too long to be walked over again and again.
_MOST_PAGES = 4
# So many of a list are looked at closely.
_SAMPLE = 12


def walks(session: Session, collections: tuple[Collection, ...], *queries: str) -> Iterator[Finding]:
    """Whether walks of every page size find everything, once and in the same order. Raises Skip with too few things."""
    walked = False
    for collection in collections:
        if collection.paging is None:
            continue
        for query in queries or ("",):
            whole, pages = _whole(session, collection, query)
            if len(whole) < 2 or len(pages) == _MOST_PAGES:
                continue
            walked = True
            sizes = _SIZES if collection.paging.size else (None,)
            for size in sizes:
                if size is None or len(whole) / size <= _LONGEST_WALK:
                    problem = _walk(session, collection, query, size, whole, pages)
                    if problem is not None:
                        yield problem
                        break
    if not walked:
        raise Skip("no list has two things to walk over")


def _whole(session: Session, collection: Collection, query: str) -> tuple[list[str], list[Answer]]:
    """All the ids of a list, in the fewest pages, and these."""
    most = collection.paging.most if collection.paging else None
    pages = [expect(page, 200) for page in collection.walk(session, most, query=query, most=_MOST_PAGES)]
    return [id for page in pages for id in collection.ids_of(page)], pages


def _walk(
    session: Session, collection: Collection, query: str, size: int | None, whole: list[str], reference: list[Answer]
) -> Finding | None:
    """What is wrong with a walk; None when nothing is, or when the list changed meanwhile."""
    name = f"{collection.what} in pages of {size or 'no given size'}"
    seen: dict[str, Answer] = {}
    order: list[str] = []
    pages: list[Answer] = []
    problem: Finding | None = None
    for page in collection.walk(session, size, query=query, most=2 * len(whole) + 5):
        before, pages = pages[-1:], [*pages, page]
        if page.status != 200:
            shown = [*before, page]
            title = f"a page of {collection.what} that the one before leads to is answered with {page.status}"
            must = [f"replies[{len(shown) - 1}].status_code == 200"]
            problem = found(session, "cursor-refused", title, shown, must=must, where="responses/200")
            break
        ids = collection.ids_of(page)
        if size is not None and len(ids) > size:
            title = f"a page of {collection.what} has {len(ids)} of them, though {size} were asked for"
            must = [f"len(replies[0]{collection.pages}) <= {size}"]
            problem = found(session, "page-too-long", title, [page], must=must)
            break
        again = next((id for id in ids if id in seen), None)
        if again is not None:
            title = f"a walk over {name} meets {again} twice"
            first = collection.pages, collection.id
            must = [
                f'not {{item["{first[1]}"] for item in replies[0]{first[0]}}} & '
                f'{{item["{first[1]}"] for item in replies[1]{first[0]}}}'
            ]
            shown = [seen[again], page] if seen[again] is not page else [page, page]
            problem = found(session, "cursor-repeats", title, shown, must=must)
            break
        seen.update(dict.fromkeys(ids, page))
        order += ids
        if collection.paging is not None and collection.paging.more(page) and collection.paging.next(page) is None:
            title = f"a page of {collection.what} says that there are more, and not where"
            must = [collection.paging.claim] if collection.paging.claim else []
            problem = found(session, "cursor-missing", title, [page], must=must)
            break
    if problem is None:
        problem = _compared(session, collection, name, order, whole, pages, reference)
    # Somebody else may have changed the list during the walk: then nothing can be said.
    return problem if problem is not None and _whole(session, collection, query)[0] == whole else None


def _compared(
    session: Session,
    collection: Collection,
    name: str,
    order: list[str],
    whole: list[str],
    pages: list[Answer],
    reference: list[Answer],
) -> Finding | None:
    lost = next((id for id in whole if id not in order), None)
    if lost is not None:
        title = f"a walk over {name} never meets {lost}, which the whole list has"
        holder = next(page for page in reference if lost in collection.ids_of(page))
        neighbours = whole[max(whole.index(lost) - 1, 0)]
        near = [page for page in pages if neighbours in collection.ids_of(page)]
        after = pages[pages.index(near[0]) + 1 :][:1] if near else []
        shown = [holder, *(near[:1] or pages[:1]), *after]
        met = " + ".join(f"replies[{index}]{collection.pages}" for index in range(1, len(shown)))
        must = [f'"{lost}" in [item["{collection.id}"] for item in {met}]']
        return found(session, "cursor-loses", title, shown, must=must)
    strange = next((id for id in order if id not in whole), None)
    if strange is not None:
        title = f"a walk over {name} meets {strange}, which the whole list has not"
        return found(session, "cursor-invents", title, [reference[0], pages[0]])
    if order != whole:
        index = next(index for index, pair in enumerate(zip(order, whole, strict=True)) if pair[0] != pair[1])
        title = f"a walk over {name} has another order than the whole list, from number {index + 1} on"
        return found(session, "cursor-disorders", title, [reference[0], *pages[:2]])
    return None


def agreement(session: Session, collections: tuple[Collection, ...], level: Level = "error") -> Iterator[Finding]:
    """Whether the items of lists say what their details say. Raises Skip when the lists are empty.

    `level` is that of a difference; that a thing in a list has no details is always an error.
    """
    looked = False
    for collection in collections:
        page = collection.first(session)
        if collection.detail is None or page.status != 200:
            continue
        for item in _spread(collection.items_of(page)):
            looked = True
            id = str(item.get(collection.id))
            detail = collection.look(session, id)
            problem = _differs(session, collection, id, page, detail, level)
            if problem is not None:
                yield problem
                break
    if not looked:
        raise Skip("the lists are empty")


def _spread(items: list[dict[str, object]]) -> list[dict[str, object]]:
    """The first few and some of the rest."""
    if len(items) <= _SAMPLE:
        return items
    half = _SAMPLE // 2
    return items[:half] + items[half :: max((len(items) - half) // half, 1)][:half]


def _differs(
    session: Session, collection: Collection, id: str, page: Answer, detail: Answer, level: Level
) -> Finding | None:
    if not detail.good:
        title = f"{id} is in the list of {collection.what}, and its details are answered with {detail.status}"
        again = collection.first(session)
        if id not in collection.ids_of(again):
            return None
        must = ["replies[1].status_code == 200"]
        return found(session, "list-detail-missing", title, [again, collection.look(session, id)], must=must)
    if not _different(collection, _item(collection, id, page), detail.value):
        return None
    # It may have changed between the two calls: only what differs from details that stay the same is wrong.
    for _ in range(3):
        before, page, after = collection.look(session, id), collection.first(session), collection.look(session, id)
        item = _item(collection, id, page)
        if item is None:
            return None
        stable = all(pair.of_detail(before.value) == pair.of_detail(after.value) for pair in collection.shared)
        differing = _different(collection, item, after.value)
        if stable and not differing:
            return None
        if stable:
            pair = differing[0]
            title = (
                f"the list of {collection.what} says {pair.of_item(item)!r:.80} at {pair.item} of {id}, "
                f"its details say {pair.of_detail(after.value)!r:.80}"
            )
            expression = f'next(item for item in replies[0]{collection.pages} if item["{collection.id}"] == "{id}")'
            must = [pair.claim(expression, "replies[1].json()")]
            return found(session, "list-detail-differs", title, [page, after], must=must, level=level)
    return None


def _item(collection: Collection, id: str, page: Answer) -> dict[str, object] | None:
    return next((item for item in collection.items_of(page) if str(item.get(collection.id)) == id), None)


def _different(collection: Collection, item: object, detail: object) -> list[Pair]:
    return [pair for pair in collection.shared if pair.differs(item, detail)]
