"""Deliveries on their way, in the order they are due, and those that arrived or never will: a journal to assert on.

Pure: it knows instants and worlds, and neither sends nor waits. Pending deliveries belong to their world.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from typing import Final, NamedTuple

from mockserver.core.delivery import Delivery, State, delivery_json
from mockserver.core.http import Headers
from mockserver.core.secrecy import REMOVED, is_header, without_secrets
from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.engine.serials import Serials

MOST_KEPT: Final = 1_000
MOST_BYTES: Final = 16 * 1024 * 1024
# A receiver that is down must not fill the memory: the oldest of these give way.
MOST_PENDING: Final = 10_000
MOST_PENDING_BYTES: Final = 64 * 1024 * 1024

# What a delivery costs besides the bytes sent and received.
_FRAME: Final = 1_000


class Posted(NamedTuple):
    """A delivery and the world it belongs to. `serial` is as that of a journal's entry, and never repeats."""

    serial: int
    world: WorldId
    delivery: Delivery


def posted_json(posted: Posted) -> dict[str, Json]:
    """`serial`, `provider`, `world`, then the delivery's own fields, secrets removed."""
    provider, world = posted.world
    shown = delivery_json(_shown(posted.delivery))
    return {"serial": posted.serial, "provider": provider, "world": world, **shown}


def _shown(delivery: Delivery) -> Delivery:
    attempts = tuple(
        replace(
            made,
            sending=replace(
                made.sending, url=without_secrets(made.sending.url), headers=_headers(made.sending.headers)
            ),
            answered=replace(made.answered, headers=_headers(made.answered.headers)),
        )
        for made in delivery.attempts
    )
    return replace(delivery, url=without_secrets(delivery.url), attempts=attempts)


def _headers(headers: Headers) -> Headers:
    return Headers.of((name, REMOVED if is_header(name) else without_secrets(value)) for name, value in headers)


class Outbox:
    """The deliveries of a server. Finished ones are kept until there are too many, or too many bytes of them."""

    def __init__(
        self, most_kept: int = MOST_KEPT, most_bytes: int = MOST_BYTES, most_pending: int = MOST_PENDING
    ) -> None:
        self._most_kept = most_kept
        self._most_bytes = most_bytes
        self._most_pending = most_pending
        self._serial = 0
        self._serials: Serials | None = None
        self._cleared = 0  # up to here nothing comes back
        self._bytes = 0  # of finished ones
        self._load = 0  # of pending ones
        self._all: dict[int, Posted] = {}  # by serial, which is the order they came in
        self._past: deque[int] = deque()  # serials of finished ones, in the order they finished
        self._due: dict[WorldId, list[tuple[int, int]]] = {}  # heaps of (due, serial); stale ones fall out at the top
        self._pending: dict[int, Posted] = {}
        self._flying: set[int] = set()
        self._lost: list[Posted] = []
        self.begun = 0  # how often one got under way

    def __len__(self) -> int:
        return len(self._all)

    @property
    def last(self) -> int:
        """The serial of the newest delivery there ever was, 0 before the first."""
        return self._serial

    def follow(self, serials: Serials) -> None:
        """Take serials from here from now on: there are other servers."""
        self._serials = serials

    # ---- on their way

    def add(self, world: WorldId, deliveries: Iterable[Delivery]) -> None:
        """Take deliveries; ones that are not pending (a fault dropped them) go straight to the journal."""
        for delivery in deliveries:
            self._serial = serial = self._serial + 1 if self._serials is None else self._serials.give()
            posted = self._all[serial] = Posted(serial, world, delivery)
            if delivery.state == "pending":
                self._pending[serial] = posted
                self._load += _size(delivery)
                heappush(self._due.setdefault(world, []), (delivery.due, serial))
            else:
                self._finish(posted)
        while len(self._pending) > self._most_pending or self._load > MOST_PENDING_BYTES:
            serial = next(iter(self._pending))
            gone = self._pending[serial]
            self._end(serial, "dropped")
            self._lost.append(gone._replace(delivery=replace(gone.delivery, state="dropped")))

    def take_lost(self) -> list[Posted]:
        """Those that have given way since this was asked last."""
        lost, self._lost = self._lost, []
        return lost

    def next_due(self, world: WorldId) -> int | None:
        """When the earliest delivery of a world is due that is not under way; None if there is none."""
        heap = self._due.get(world)
        while heap:
            due, serial = heap[0]
            posted = self._pending.get(serial)
            if posted is not None and posted.delivery.due == due and serial not in self._flying:
                return due
            heappop(heap)
        self._due.pop(world, None)
        return None

    def due(self, world: WorldId, now: int) -> list[Posted]:
        """What is due in a world by now and not under way, in order."""
        heap = self._due.get(world, ())
        found = {serial for due, serial in heap if due <= now and serial in self._pending}
        ready = [self._pending[serial] for serial in found if serial not in self._flying]
        return sorted((posted for posted in ready if posted.delivery.due <= now), key=_order)

    def take(self, world: WorldId, now: int) -> Posted | None:
        """The earliest one due by now, which is under way from here; None if there is none."""
        due = self.next_due(world)
        if due is None or due > now:
            return None
        _, serial = heappop(self._due[world])
        self._flying.add(serial)
        self.begun += 1
        return self._pending[serial]

    def start(self, posted: Posted) -> bool:
        """This one is under way from here; False if it is already, or not to be sent any more."""
        if self._pending.get(posted.serial) is not posted or posted.serial in self._flying:
            return False
        self._flying.add(posted.serial)
        self.begun += 1
        return True

    def stands(self, posted: Posted) -> bool:
        """Whether it is still to be made: not after its world was dropped or put back."""
        return self._pending.get(posted.serial) is posted

    def flying(self) -> frozenset[int]:
        """The serials of those under way."""
        return frozenset(self._flying)

    def attempted(self, posted: Posted, delivery: Delivery) -> bool:
        """One under way after an attempt. False, and nothing kept, if its world was dropped or put back meanwhile."""
        self._flying.discard(posted.serial)
        if self._pending.get(posted.serial) is not posted:
            return False
        now = self._all[posted.serial] = posted._replace(delivery=delivery)
        if delivery.state == "pending":
            self._pending[posted.serial] = now
            self._load += _size(delivery) - _size(posted.delivery)
            heappush(self._due.setdefault(posted.world, []), (delivery.due, posted.serial))
        else:
            self._finish(now)
        return True

    def broken_off(self, posted: Posted) -> None:
        """One under way that was not attempted after all is due as before."""
        self._flying.discard(posted.serial)
        if self._pending.get(posted.serial) is posted:
            heappush(self._due.setdefault(posted.world, []), (posted.delivery.due, posted.serial))

    def pass_on(self, posted: Posted) -> None:
        """Another server sees to this one: it was never ours."""
        self._flying.discard(posted.serial)
        if self._pending.get(posted.serial) is posted:
            del self._pending[posted.serial], self._all[posted.serial]
            self._load -= _size(posted.delivery)

    def supersede(self, world: WorldId, deliveries: Sequence[Delivery]) -> None:
        """Take deliveries that come from another server: they may have been ours before, and must not be made twice."""
        ids = {delivery.id for delivery in deliveries}
        if ids:
            for posted in [each for each in self._pending.values() if each.world == world and each.delivery.id in ids]:
                self.pass_on(posted)
        self.add(world, deliveries)

    # ---- worlds

    def worlds(self) -> list[WorldId]:
        """The worlds that have something pending."""
        return list(dict.fromkeys(posted.world for posted in self._pending.values()))

    def of(self, world: WorldId) -> tuple[Delivery, ...]:
        """What is pending in a world, in the order it came: a snapshot's part."""
        return tuple(posted.delivery for posted in self._pending.values() if posted.world == world)

    def put_back(self, world: WorldId, deliveries: Iterable[Delivery]) -> None:
        """Let these be what is pending in a world; what was pending until now is withdrawn."""
        self.forget(world)
        self.add(world, deliveries)

    def forget(self, world: WorldId) -> None:
        """Withdraw all that is pending in a world, as when it is dropped."""
        for serial in [posted.serial for posted in self._pending.values() if posted.world == world]:
            self._end(serial, "withdrawn")
        self._due.pop(world, None)

    # ---- the journal

    def since(self, serial: int, limit: int | None = None) -> list[Posted]:
        """Deliveries later than a serial (0 for all that are left), oldest first, pending ones too; at most `limit`."""
        found = [posted for posted in self._all.values() if posted.serial > serial]
        return found if limit is None else found[:limit]

    def get(self, id: str) -> Posted | None:
        """One delivery by its id or its serial, the newest if several have that id; None if it is gone."""
        if id.isascii() and id.isdecimal() and len(id) < 19:
            return self._all.get(int(id))
        return next((posted for posted in reversed(self._all.values()) if posted.delivery.id == id), None)

    def clear(self, until: int | None = None) -> int:
        """Forget the finished ones, or those up to a serial; how many those were. What is pending stays so."""
        gone = [serial for serial in self._past if until is None or serial <= until]
        self._cleared = max(self._cleared, self._serial if until is None else until)
        for serial in gone:
            self._bytes -= _size(self._all.pop(serial).delivery)
        self._past = deque(serial for serial in self._past if serial in self._all)
        return len(gone)

    def leave(self) -> list[Posted]:
        """The finished ones, for another server to `inherit`."""
        return [self._all[serial] for serial in sorted(self._past)]

    def inherit(self, finished: Iterable[Posted]) -> None:
        """Take in what another server leaves, as far as there is room for it, among what is here by its serials."""
        fresh = {each.serial: each for each in finished if each.serial not in self._all and each.serial > self._cleared}
        self._all = dict(sorted({**self._all, **fresh}.items()))
        self._past.extendleft(sorted(fresh, reverse=True))
        self._bytes += sum(_size(each.delivery) for each in fresh.values())
        self._trim()

    def __iter__(self) -> Iterator[Posted]:
        return iter(list(self._all.values()))

    def _end(self, serial: int, state: State) -> None:
        posted = self._pending[serial]
        now = self._all[serial] = posted._replace(delivery=replace(posted.delivery, state=state))
        self._finish(now)

    def _finish(self, posted: Posted) -> None:
        pending = self._pending.pop(posted.serial, None)
        if pending is not None:
            self._load -= _size(pending.delivery)
        self._past.append(posted.serial)
        self._bytes += _size(posted.delivery)
        self._trim()

    def _trim(self) -> None:
        while self._past and (len(self._past) > self._most_kept or self._bytes > self._most_bytes):
            self._bytes -= _size(self._all.pop(self._past.popleft()).delivery)


def _order(posted: Posted) -> tuple[int, int]:
    return posted.delivery.due, posted.serial


def _size(delivery: Delivery) -> int:
    return _FRAME + sum(len(each.sending.body) + len(each.answered.body) for each in delivery.attempts)
