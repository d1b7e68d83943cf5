"""What all servers on a store remember, told as one: the journal, the list of deliveries, coverage.

Who is asked for it asks all others, in two rounds. The first tells the greatest serial that anybody has given; the
second asks for all up to that one, and whoever is asked gives no such serial any more. So an answer has all that was
recorded before it was asked for, and whoever reads on from its last serial meets everything else later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from mockserver.core.peers import Silent
from mockserver.core.text import Json, Record
from mockserver.core.world import StoreError
from mockserver.engine import asking
from mockserver.engine.carried import entry_of, entry_record, posted_of, posted_record
from mockserver.engine.coverage import Coverage
from mockserver.engine.journal import Entry, whole
from mockserver.engine.near import NearMiss, near_misses
from mockserver.engine.outbox import Posted
from mockserver.engine.query import query_from

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine

# Each server is asked for so many at a time, when all are wanted: an entry may be large.
PAGE: Final = 250

_MOST_TRIES: Final = 5

_SERIAL: Final = attrgetter("serial")
T = TypeVar("T", Entry, Posted)


class Told(NamedTuple):
    """Entries in the order of their serials, all there is up to `until`; `missed` later than `since` are gone."""

    entries: list[Entry]
    until: int
    missed: int


async def entries(engine: Engine, **asked: Json) -> Told:
    """For what may be asked see `asking.entries`. Raises Silent, and StoreError."""
    missed = engine.journal.missed(asked.get("since", 0))
    question = {"ask": "entries", **asked}
    found, until, told = await _listed(engine, question, engine.journal.last, asking.entries, _whole_entry)
    return Told(found, until, missed + sum(each["missed"] for each in told))


async def every(engine: Engine, since: int) -> list[Entry]:
    """All entries later than a serial, however many these are."""
    found: list[Entry] = []
    until = None
    while until is None or since < until:
        told = await entries(engine, since=since, limit=PAGE)
        until = told.until if until is None else until
        page = [entry for entry in told.entries if entry.serial <= until]
        found += page
        since = page[-1].serial if page else until
    return found


async def entry(engine: Engine, serial: int) -> Entry | None:
    """One entry; None if it is gone or never was."""
    found = engine.journal.get(serial)
    if found is not None:
        return found
    _, told = await _gathered(engine, {"ask": "entry", "serial": serial}, engine.journal.last)
    theirs = [_whole_entry(record) for record in told if record is not None]
    return theirs[0] if theirs else engine.journal.get(serial)


async def count(engine: Engine, query: Json) -> int:
    """How many entries a query fits."""
    until, told = await _gathered(engine, {"ask": "serials", "query": query}, engine.journal.last)
    mine = asking.entries(engine, {"query": query, "until": until})
    return len({entry.serial for entry in mine}.union(*told))


async def nearest(engine: Engine, query: Json) -> list[NearMiss]:
    """The entries that come nearest to a query, of those that it does not fit."""
    until, told = await _gathered(engine, {"ask": "nearest", "query": query}, engine.journal.last)
    theirs = [[_whole_entry(record) for record in each] for each in told]
    near = _merged([asking.nearest(engine, {"query": query, "until": until}), *theirs])
    return near_misses(query_from(query), near, asking.NEAREST)


async def forget(engine: Engine) -> None:
    """Forget every entry there is by now."""
    until, _ = await _gathered(engine, {"ask": "forget"}, engine.journal.last)
    engine.journal.clear(until)


async def deliveries(engine: Engine, since: int, limit: int) -> list[Posted]:
    """Deliveries later than a serial, at most `limit`, the oldest first."""
    await asking.let_go(engine)
    question = {"ask": "deliveries", "since": since, "limit": limit}
    found, _, _ = await _listed(engine, question, engine.outbox.last, asking.deliveries, posted_of)
    return found


async def delivery(engine: Engine, id: str) -> Posted | None:
    """One delivery by its id or its serial, the newest if several have that id; None if it is gone."""
    _, told = await _gathered(engine, {"ask": "delivery", "id": id}, engine.outbox.last)
    await asking.let_go(engine)
    mine = engine.outbox.get(id)
    found = [posted_of(record) for record in told if record is not None] + ([] if mine is None else [mine])
    return max(found, key=_SERIAL, default=None)


async def forget_deliveries(engine: Engine) -> None:
    """Forget every delivery that is over by now."""
    until, _ = await _gathered(engine, {"ask": "forget-deliveries"}, engine.outbox.last)
    engine.outbox.clear(until)


async def coverage(engine: Engine) -> Coverage:
    """What was exercised, wherever that was."""
    told = await engine.peers.ask({"ask": "coverage"})
    others = [counts for each in told for counts in each["said"]]
    return engine.coverage.together(engine.inherited.counts(), *others)


async def forget_coverage(engine: Engine) -> None:
    """Nothing was exercised yet, anywhere."""
    await engine.peers.ask({"ask": "forget-coverage"})
    engine.coverage.clear()
    engine.inherited.clear()


async def figures(engine: Engine) -> list[Record]:
    """What an operator watches, of each server of this port, by place. Of two at one place the one that stays."""
    told = [each["said"] for each in await engine.peers.ask({"ask": "figures"}, crew=True)]
    await asking.let_go(engine)
    mine = asking.figures(engine)
    if mine["place"] is None:
        return [mine]
    staying = sorted([*told, mine], key=lambda each: each["state"] != "draining")
    return [each for _, each in sorted({each["place"]: each for each in staying}.items())]


async def hand_over(engine: Engine) -> None:
    """Let another server have what this one leaves. It may be lost if nobody is there to take it, or can be asked."""
    if engine.serials is None:
        return
    found, gone = engine.journal.leave()
    counts = [engine.coverage.counts(), engine.inherited.counts()]
    engine.coverage.clear()  # told by one server at a time
    engine.inherited.clear()
    # Whoever takes it gives no serial up to ours any more: what is added there stays in order.
    piece: Record = {"ask": "inherit", "until": engine.serials.last}
    with suppress(Silent, StoreError):
        if not await _taken(engine, {**piece, "gone": gone, "coverage": counts}):
            return
        for entries in _pieces(found, asking.weight_of_entry):
            await _taken(engine, {**piece, "entries": [entry_record(each) for each in entries]})
        for posted in _pieces(engine.outbox.leave(), asking.weight_of_posted):
            await _taken(engine, {**piece, "deliveries": [posted_record(each) for each in posted]})


async def _taken(engine: Engine, piece: Record) -> bool:
    """Whether somebody took it. Who was about to may have begun to end meanwhile; then another one came."""
    for _ in range(_MOST_TRIES):
        if await engine.peers.hand_over(piece):
            return True
    return False


async def _listed(
    engine: Engine,
    question: Record,
    last: int,
    here: Callable[[Engine, Record], list[T]],
    read: Callable[[Record], T],
) -> tuple[list[T], int, list[Json]]:
    """What is here and what each other server lists, by serial, up to which one, and what they said at first.

    One that has more than an answer holds says up to where that goes: then they are asked on from there.
    """
    found: list[T] = []
    said: list[Json] = []
    since, limit = question.get("since", 0), question.get("limit")
    while True:
        left = None if limit is None else limit - len(found)
        until, told = await _gathered(engine, {**question, "since": since, "limit": left}, last)
        cut = min((each["cut"] for each in told if each["cut"] is not None), default=until)
        pages = [here(engine, {**question, "since": since, "limit": left, "until": cut})]
        pages += [[read(record) for record in each["found"] if record["serial"] <= cut] for each in told]
        found += _merged(pages, left)
        said = said or told
        if cut == until or len(found) == limit:
            return found, until, said
        since = cut


async def _gathered(engine: Engine, question: Record, last: int) -> tuple[int, list[Json]]:
    """What each other server says to a question about all up to now, and up to which serial that is.

    `last` is the greatest serial of an engine that counts by itself. One that has ended between the rounds may have
    handed over what it had to one that was asked before: then all are asked again.
    """
    while True:
        first = await engine.peers.ask({"ask": "last"})
        until = max([last if engine.serials is None else engine.serials.last, *(each["last"] for each in first)])
        if engine.serials is not None:
            engine.serials.heard(until)
        told = await engine.peers.ask({**question, "until": until})
        if {each["name"] for each in first} <= {each["name"] for each in told}:
            return until, [each["said"] for each in told]


def _whole_entry(record: Record) -> Entry:
    return whole(entry_of(record))


def _merged(found: Iterable[Sequence[T]], limit: int | None = None) -> list[T]:
    """All of them by serial, at most `limit`; what is being handed over may be told twice."""
    once: dict[int, T] = {}
    for each in merge(*found, key=_SERIAL):
        once.setdefault(each.serial, each)
        if limit is not None and len(once) > limit:
            break
    return list(islice(once.values(), limit))


def _pieces(found: Sequence[T], weight: Callable[[T], int]) -> Iterator[list[T]]:
    piece: list[T] = []
    load = 0
    for each in found:
        if load > asking.MOST_BYTES or len(piece) >= PAGE:
            yield piece
            piece, load = [], 0
        piece.append(each)
        load += weight(each)
    if piece:
        yield piece
