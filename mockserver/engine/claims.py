"""Which of several servers makes a delivery: the one that is its keeper, and another one if that one dies.

A delivery's keeper stands in its record, and an attempt begins by finding oneself there: so each is made by one server.
Who is alive says so, again and again, for a short time ahead (a lease, in real time). The deliveries of one whose lease
has run out are claimed by the next who notices; of an attempt that was under way nobody knows whether it arrived, so it
is made again and says so. Whoever moves a clock claims what is waiting in its worlds, to make it in the right order.

With its lease each has a slot, for serials that nobody else gives (`serials.py`), and tells the greatest it knows of:
whoever comes when all others are gone goes on from there, even if its own clock is behind theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from mockserver.core.delivery import Delivery
from mockserver.core.http import Reply
from mockserver.core.peers import Peer
from mockserver.core.text import Record
from mockserver.core.world import Change, Outcome, Put, Remove, StoreError, View, WorldGone
from mockserver.engine.keeping import ask, note
from mockserver.engine.kept import DELIVERY, ONE, delivery_of, record_of, repeated
from mockserver.engine.others import find_new
from mockserver.engine.serials import SLOTS, Serials
from mockserver.engine.shared_kept import LEASE, SERIAL

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine
    from mockserver.engine.homes import Home
    from mockserver.engine.outbox import Posted

# Who has not been heard of for so long (real ms) is taken for dead.
LEASE_MS: Final = 5_000

_SAID: Final = Outcome(Reply(204))


async def beat(engine: Engine) -> tuple[set[str], set[str]]:
    """Say that we are alive: the names of those that are, and of those that have fallen silent."""
    me, real = _me(engine), engine.clock.real()
    found: list[tuple[list[Record], Record, int]] = []

    def decide(view: View) -> Outcome:
        leases = list(view.find(LEASE, "all", ""))
        known = view.get(SERIAL, ONE)
        founded = {"founded": real} if known is None else known
        slot = _slot_of(engine, leases)
        found.append((leases, founded, slot))
        lease = {**me._asdict(), "until": real + LEASE_MS, "slot": slot, "last": _last(engine, leases)}
        changes: list[Change] = [Put(LEASE, me.name, lease)]
        if known is None:
            changes.append(Put(SERIAL, ONE, founded))
        return Outcome(_SAID.reply, tuple(changes))

    await ask(engine.store, decide)
    leases, founded, slot = found[-1]
    _count_on(engine, founded["founded"], slot, _last(engine, leases))
    silent = {lease["name"] for lease in leases if lease["until"] <= real and lease["name"] != me.name}
    return {lease["name"] for lease in leases} - silent | {me.name}, silent


def _slot_of(engine: Engine, leases: list[Record]) -> int:
    """Our own, also if we were taken for dead, or the first that is nobody's."""
    taken = {lease.get("slot") for lease in leases if lease["name"] != engine.worlds.keeper}
    if engine.serials is not None and engine.serials.slot not in taken:
        return engine.serials.slot
    free = next((slot for slot in range(SLOTS) if slot not in taken), None)
    if free is None:
        raise StoreError(
            f"{SLOTS:,} servers are on this store already, which is the most there can be. Stop some first."
        )
    return free


def _last(engine: Engine, leases: list[Record]) -> int:
    """The greatest serial that anybody knew of, when they said last that they were alive."""
    mine = 0 if engine.serials is None else engine.serials.last
    return max([mine, *(int(lease.get("last", 0)) for lease in leases)])


def hear(engine: Engine, serial: int) -> None:
    """Give no serial up to this one."""
    if engine.serials is not None:
        engine.serials.heard(serial)


def _count_on(engine: Engine, founded: int, slot: int, last: int) -> None:
    serials = engine.serials
    if serials is None:
        serials = engine.serials = Serials(engine.clock.real, founded, slot, last)
        engine.journal.follow(serials)
        engine.outbox.follow(serials)
    serials.slot = slot
    serials.heard(last)


async def others(engine: Engine) -> list[Peer]:
    """The other servers that are alive, by all that is known, the oldest first."""
    me, real = _me(engine), engine.clock.real()
    found: list[Peer] = []

    def look(view: View) -> Outcome:
        found[:] = [
            Peer(**{name: said for name, said in lease.items() if name in Peer._fields})
            for lease in view.find(LEASE, "all", "")
            if lease["until"] > real and lease["name"] != me.name
        ]
        return _SAID

    await ask(engine.store, look)
    return sorted(found, key=lambda peer: (peer.since, peer.name))


async def leave(engine: Engine) -> None:
    """Say that we are about to end: others see to what is waiting here."""
    me = engine.worlds.keeper

    def decide(view: View) -> Outcome:
        lease = view.get(LEASE, me) or {"name": me}
        return Outcome(_SAID.reply, (Put(LEASE, me, {**lease, "until": 0, "last": _last(engine, [lease])}),))

    await ask(engine.store, decide)


def _me(engine: Engine) -> Peer:
    return Peer(engine.worlds.keeper) if engine.sharing is None else engine.sharing.me


async def take_over(engine: Engine, alive: set[str], dead: Iterable[str]) -> None:
    """Claim what nobody who is alive sees to, and strike the dead off the list."""
    await find_new(engine.worlds, engine.store)
    for home in engine.worlds.homes():
        await claim(engine, home, lambda record: record.get("keeper") not in alive)
        engine.ports.wake(home.world)
    gone = [Remove(LEASE, name) for name in dead]
    if gone:
        await note(engine.store, *gone)


async def claim(engine: Engine, home: Home, wanted: Callable[[Record], bool]) -> None:
    """Become the keeper of deliveries in a world that another server keeps."""
    me = engine.worlds.keeper
    claimed: list[Delivery] = []

    def decide(view: View) -> Outcome:
        claimed.clear()
        changes: list[Change] = []
        for record in view.find(DELIVERY, "all", ""):
            if record.get("keeper") != me and wanted(record):
                delivery = repeated(delivery_of(record)) if record["begun"] else delivery_of(record)
                claimed.append(delivery)
                changes.append(Put(DELIVERY, delivery.id, record_of(delivery, record["number"], me)))
        return Outcome(_SAID.reply, tuple(changes))

    with suppress(WorldGone):  # it was dropped this very moment
        await engine.store.transact(home.world, decide, counted=False)
        engine.outbox.supersede(home.world, claimed)


async def claim_all(engine: Engine) -> None:
    """Become the keeper of all that waits, and see to every world's steps."""
    for home in engine.worlds.homes():
        await claim(engine, home, waits)
        engine.ports.wake(home.world)


def waits(record: Record) -> bool:
    """Whether no attempt of a delivery is under way."""
    return not record["begun"]


async def begin(engine: Engine, posted: Posted) -> bool:
    """Let it be known that an attempt is under way; False if it is another server's by now, or nobody's."""
    me, real = engine.worlds.keeper, engine.clock.real
    ours: list[bool] = []

    def decide(view: View) -> Outcome:
        record = view.get(DELIVERY, posted.delivery.id)
        ours.append(record is not None and record.get("keeper") == me)
        if record is None or not ours[-1]:
            return _SAID
        change = Put(DELIVERY, posted.delivery.id, record_of(posted.delivery, record["number"], me, begun=True))
        return Outcome(_SAID.reply, (change,))

    try:
        while True:
            since = real()
            await engine.store.transact(posted.world, decide, counted=False)
            if not ours[-1] or real() - since < LEASE_MS:
                return ours[-1]
            # We were stopped on the way, perhaps until somebody has taken us for dead: ask again.
    except WorldGone:
        return False


def is_ours(view: View, engine: Engine, id: str) -> bool:
    """Whether what comes of an attempt is ours to note: who was stopped for long finds it in other hands."""
    if engine.sharing is None:
        return True
    record = view.get(DELIVERY, id)
    return record is not None and record.get("keeper") == engine.worlds.keeper
