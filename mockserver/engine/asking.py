"""What a server remembers, told to another one that asks: each question by its name, and what is answered to it.

A question about all until some serial is answered with that heard: nothing that comes later has a serial up to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from inspect import isawaitable
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final, TypeVar

from mockserver.core.http import Reply
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, StoreError, View, WorldGone, WorldId
from mockserver.engine.carried import entry_of, entry_record, posted_of, posted_record
from mockserver.engine.idling import idle, landed
from mockserver.engine.journal import Entry
from mockserver.engine.kept import DELIVERY
from mockserver.engine.near import near_misses
from mockserver.engine.outbox import Posted
from mockserver.engine.query import query_from

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine

T = TypeVar("T", Entry, Posted)

# Of the exchanges nobody found, so many that come nearest are told.
NEAREST: Final = 3

# An answer has about so many octets of bodies, or one body more than that.
MOST_BYTES: Final = 4 * 1024 * 1024

_LOOKED: Final = Outcome(Reply(204))


async def answer(engine: Engine, question: Record) -> Json:
    """The answer to a question of another server: `said`, by whom, and the greatest `last` serial known here."""
    if engine.serials is not None:
        engine.serials.heard(question.get("until", 0))
    told = ANSWERS[question["ask"]](engine, question)
    said = await told if isawaitable(told) else told
    last = 0 if engine.serials is None else engine.serials.last
    return {"name": engine.worlds.keeper, "last": last, "said": said}


# ---- what is here


def entries(engine: Engine, asked: Record) -> list[Entry]:
    """Entries later than `since`, up to `until`, at most `limit`, the oldest first.

    `query` leaves those that it fits, `broken` those with violations (of a `party`, if it is not null), `unmatched`
    those that no operation is there for.
    """
    until, limit = asked.get("until"), asked.get("limit")
    later = engine.journal.since(asked.get("since", 0))
    known = takewhile(lambda entry: until is None or entry.serial <= until, later)
    return list(islice(filter(_wanted(asked), known), limit))


def nearest(engine: Engine, asked: Record) -> list[Entry]:
    """The entries that come nearest to a query, of those that are up to `until`."""
    query = query_from(asked["query"])
    return [miss.entry for miss in near_misses(query, entries(engine, {"until": asked.get("until")}), NEAREST)]


def deliveries(engine: Engine, asked: Record) -> list[Posted]:
    """Deliveries later than `since`, up to `until`, at most `limit`, the oldest first. First `let_go`."""
    until = asked.get("until")
    later = engine.outbox.since(asked.get("since", 0))
    return [posted for posted in later if until is None or posted.serial <= until][: asked.get("limit")]


async def let_go(engine: Engine) -> None:
    """Deliveries that another server sees to by now are none of ours any more."""
    if engine.sharing is None:
        return
    waiting: dict[WorldId, list[Posted]] = {}
    for posted in filter(engine.outbox.stands, engine.outbox):
        waiting.setdefault(posted.world, []).append(posted)
    for world, some in waiting.items():
        ours: set[str] = set()

        def look(view: View, ours: set[str] = ours) -> Outcome:
            kept = view.find(DELIVERY, "all", "")
            ours.update(record["id"] for record in kept if record.get("keeper") == engine.worlds.keeper)
            return _LOOKED

        with suppress(WorldGone):  # it was dropped this very moment
            await engine.store.transact(world, look, counted=False)
        for posted in some:
            if posted.delivery.id not in ours and engine.outbox.stands(posted):
                engine.outbox.pass_on(posted)


def figures(engine: Engine) -> Record:
    """What an operator watches of one server. Counts are those of its own life."""
    states = Counter((posted.world.provider, posted.delivery.state) for posted in engine.outbox)
    sharing = engine.sharing
    return {
        "place": sharing.me.place + 1 if sharing is not None and sharing.me.crew else None,
        "state": engine.state,
        "coverage": engine.coverage.counts(),
        "timings": {"counts": engine.timings.counts, "sums": engine.timings.sums},
        "entries": len(engine.journal),
        "bytes": engine.journal.bytes,
        "deliveries": [[*state, count] for state, count in sorted(states.items())],
    }


def _wanted(asked: Record) -> Callable[[Entry], bool]:
    if "query" in asked:
        return query_from(asked["query"])
    if asked.get("unmatched"):
        return lambda entry: entry.operation is None
    if asked.get("broken"):
        party = asked.get("party")
        return lambda entry: any(party in (None, violation.party) for violation in entry.violations)
    return lambda entry: True


# ---- the same, as JSON


def weight_of_entry(entry: Entry) -> int:
    """In octets, about; what is around bodies is small."""
    return len(entry.request.body) + len(entry.reply.body)


def weight_of_posted(posted: Posted) -> int:
    """The same of a delivery."""
    return sum(len(made.sending.body) + len(made.answered.body) for made in posted.delivery.attempts)


def _within(found: list[T], weight: Callable[[T], int]) -> tuple[list[T], int | None]:
    """So many as one answer holds, and up to which serial that is all; None if nothing is left out."""
    load = 0
    for place, each in enumerate(found):
        load += weight(each)
        if load > MOST_BYTES and place:
            return found[:place], found[place - 1].serial
    return found, None


def _last(engine: Engine, asked: Record) -> Json:
    return None


def _entries(engine: Engine, asked: Record) -> Json:
    found, cut = _within(entries(engine, asked), weight_of_entry)
    missed = engine.journal.missed(asked.get("since", 0))
    return {"found": [entry_record(entry) for entry in found], "cut": cut, "missed": missed}


def _serials(engine: Engine, asked: Record) -> Json:
    return [entry.serial for entry in entries(engine, asked)]


def _nearest(engine: Engine, asked: Record) -> Json:
    return [entry_record(entry) for entry in nearest(engine, asked)]


def _entry(engine: Engine, asked: Record) -> Json:
    entry = engine.journal.get(asked["serial"])
    return None if entry is None else entry_record(entry)


def _forget(engine: Engine, asked: Record) -> Json:
    engine.journal.clear(asked["until"])


async def _deliveries(engine: Engine, asked: Record) -> Json:
    await let_go(engine)
    found, cut = _within(deliveries(engine, asked), weight_of_posted)
    return {"found": [posted_record(posted) for posted in found], "cut": cut}


async def _delivery(engine: Engine, asked: Record) -> Json:
    await let_go(engine)
    posted = engine.outbox.get(asked["id"])
    return None if posted is None else posted_record(posted)


def _forget_deliveries(engine: Engine, asked: Record) -> Json:
    engine.outbox.clear(asked["until"])


def _coverage(engine: Engine, asked: Record) -> Json:
    return [engine.coverage.counts(), engine.inherited.counts()]


def _forget_coverage(engine: Engine, asked: Record) -> Json:
    engine.coverage.clear()
    engine.inherited.clear()


async def _figures(engine: Engine, asked: Record) -> Json:
    await let_go(engine)
    return figures(engine)


def _inherit(engine: Engine, asked: Record) -> Json:
    """Take in what a server leaves that ends. One that is about to end itself refuses: it may be too late."""
    if engine.state == "draining":
        raise StoreError("this server is about to end, too")
    engine.journal.inherit(map(entry_of, asked.get("entries", ())), asked.get("gone"))
    engine.outbox.inherit(map(posted_of, asked.get("deliveries", ())))
    for counts in asked.get("coverage", ()):
        engine.inherited.include(counts)


ANSWERS: Final[Mapping[str, Callable[[Engine, Record], Json | Awaitable[Json]]]] = {
    "last": _last,
    "entries": _entries,
    "serials": _serials,
    "nearest": _nearest,
    "entry": _entry,
    "forget": _forget,
    "deliveries": _deliveries,
    "delivery": _delivery,
    "forget-deliveries": _forget_deliveries,
    "coverage": _coverage,
    "forget-coverage": _forget_coverage,
    "figures": _figures,
    "inherit": _inherit,
    "idle": idle,
    "landed": landed,
}
