"""One exchange, from request to recorded reply: claim, match, check, decide, check, record.

A record of functions and values; every one of them can be another in a test. Knows no socket, clock or die.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from mockserver.core.contract import Contract
from mockserver.core.delivery import Answered, Sending
from mockserver.core.http import Reply, Request
from mockserver.core.payload import read_payload
from mockserver.core.provider import Call, Moment, Provider
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.core.world import Notice, Outcome, Store, View, WorldId
from mockserver.engine import course, verbs
from mockserver.engine.blunder import broke_contract, raised
from mockserver.engine.clock import Clock
from mockserver.engine.journal import Entry, Journal
from mockserver.engine.lifecycle import catch_up, heard
from mockserver.engine.mounts import Mounts
from mockserver.engine.outbox import Outbox
from mockserver.engine.snapshots import Snapshots
from mockserver.engine.worlds import Home, Worlds


@dataclass(frozen=True, slots=True)
class Service:
    """A provider and its contract: what is served under the provider's mounts.

    `unmatched` explains a method and path the document has nothing for; it is asked when the provider refused it.
    """

    provider: Provider
    contract: Contract
    unmatched: Callable[[str, str], Violation] | None = None


def drop_notices(world: WorldId, notices: tuple[Notice, ...]) -> None:
    """Nobody looks on."""


async def send_nothing(sending: Sending) -> Answered:
    """Nothing leaves an engine without a server."""
    return Answered(failure="refused", error="nothing was sent: this engine has no server around it")


def sleep_on(world: WorldId | None) -> None:
    """Nobody waits for instants to come."""


async def nothing_flies() -> None:
    """Nothing is under way."""


def drop_blunder(error: Exception) -> None:
    """Nobody reads the log."""


async def go_on() -> None:
    """There is nothing to pause for."""


def no_time() -> int:
    """A stopwatch that stands."""
    return 0


def drop_entry(entry: Entry) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What an engine tells the outside. `stopwatch` gives nanoseconds; `watch` sees each journal entry.

    `send` makes an outgoing request and says what came of it, never raising for what a receiver does. `wake` hears that
    something may be due in a world of which nobody knew, or that a clock was moved (None). `landed` returns when the
    attempts under way are over, or have taken too long to wait for; `idle` when nothing is due and none is under way.
    """

    notify: Callable[[WorldId, tuple[Notice, ...]], None] = drop_notices
    send: Callable[[Sending], Awaitable[Answered]] = send_nothing
    wake: Callable[[WorldId | None], None] = sleep_on
    landed: Callable[[], Awaitable[None]] = nothing_flies
    idle: Callable[[], Awaitable[None]] = nothing_flies
    blundered: Callable[[Exception], None] = drop_blunder
    stopwatch: Callable[[], int] = no_time
    watch: Callable[[Entry], None] = drop_entry


# Of a path nobody knows, so much is compared with those of the document.
_LONGEST_PATH: Final = 200


class _Behind(Exception):
    """Steps are due that must come before this decision."""


class Engine:
    """The fake APIs, but for the wire."""

    def __init__(
        self,
        services: Sequence[Service],
        *,
        store: Store,
        worlds: Worlds,
        clock: Clock,
        journal: Journal,
        ports: Ports = Ports(),
    ) -> None:
        self.services = {service.provider.name: service for service in services}
        self.store = store
        self.worlds = worlds
        self.clock = clock
        self.journal = journal
        self.ports = ports
        self.snapshots = Snapshots()
        self.outbox = Outbox()
        self.moving: list[Clock] = []  # clocks that are being moved: what falls due by them is seen to
        clock.moved = lambda: self.ports.wake(None)
        worlds.changed = self._world_changed
        self._mounts = Mounts([(service.provider.mounts, service) for service in services])

    async def open(self, origin: str) -> None:
        """Make the start worlds; `origin` is the server's own URL. Raises WorldError."""
        await self.worlds.open(origin)
        for home in self.worlds.homes():
            self.ports.wake(home.world)

    async def respond(self, request: Request, pause: Callable[[], Awaitable[None]] = go_on) -> Reply:
        """The reply to a request. Whatever goes wrong in here is a 500 that says so, and changes nothing.

        It may `pause` between its three parts: reading and checking, deciding, recording.
        """
        stopwatch = self.ports.stopwatch
        began = stopwatch()
        service = self._mounts.find(request.path)
        world, call = "", None
        now = self.clock.now()
        try:
            claim = service.provider.claim(request)
            call = _read(service, request)
            await pause()
            home = await self.worlds.home(service.provider, claim)
            world, now = home.world.name, home.clock.now()
            reply = await self._answer(service, home, call, now)
            violations = call.violations
            if call.operation is None and reply.status >= 400 and service.unmatched is not None:
                violations = (service.unmatched(request.method, request.path[:_LONGEST_PATH]),)
        except Exception as error:
            where = call.operation.id if call and call.operation else f"{request.method} {request.path}"
            blunder = raised(where, error)
            self.ports.blundered(error)
            reply, violations = blunder.reply, (*(call.violations if call else ()), *blunder.violations)
        await pause()
        operation = call.operation.id if call and call.operation else None
        took = (stopwatch() - began) // 1000
        name = service.provider.name
        self.ports.watch(self.journal.add(now, name, world, operation, request, reply, violations, took))
        return reply

    def refuse(self, request: Request, status: int, why: str) -> Reply:
        """The reply to what is no request: an error in the words of the provider it was meant for, on record too."""
        provider = self._mounts.find(request.path).provider
        reply = provider.refuse(status, why)
        entry = self.journal.add(self.clock.now(), provider.name, "", None, request, reply, (), 0)
        self.ports.watch(entry)
        return reply

    async def do(self, world: WorldId, verb: str, body: Json = None) -> Outcome:
        """Let something happen to a world that is no call: see `Provider.verbs`. Its reply says what came of it.

        Raises WorldMissing, VerbMissing, VerbError with what is wrong with the body, or Blunder.
        """
        return await verbs.do(self, world, verb, {} if body is None else body)

    async def advance(self, ms: int, clock: Clock | None = None) -> int:
        """Jump ahead; the new instant, when all steps and deliveries due by then have happened.

        It is the server's clock that jumps, and with it every world that lives by it, or the one that is named.
        Raises ValueError or Blunder.
        """
        return await course.advance(self, clock or self.clock, ms)

    async def settle(self, clock: Clock | None = None) -> int:
        """Jump from instant to instant until nothing is due in a world of this clock; the new instant.

        Raises Blunder.
        """
        return await course.settle(self, clock or self.clock)

    async def catch_up(self, home: Home, now: int) -> int | None:
        """Run the steps of a world due by an instant; when the next one is due. Raises Blunder."""
        provider = self.services[home.world.provider].provider
        return await catch_up(self.store, provider, home, now, origin=self.worlds.origin, tell=self.tell)

    def tell(self, home: Home, outcome: Outcome) -> None:
        """Pass on what was committed: who looks on sees its notices, its deliveries are on their way."""
        if outcome.notices:
            self.ports.notify(home.world, outcome.notices)
        if outcome.deliveries:
            self.outbox.add(home.world, outcome.deliveries)
        if outcome.heard:
            self.ports.wake(home.world)

    def _world_changed(self, world: WorldId) -> None:
        if self.worlds.find(world) is None:
            self.outbox.forget(world)
        self.ports.wake(world)

    async def _answer(self, service: Service, home: Home, call: Call, now: int) -> Reply:
        decision = _Decision(service, home, call, now)
        while True:
            try:
                outcome = await self.store.transact(home.world, decision.decide)
                break
            except _Behind:
                # Steps only. Deliveries are left to whoever waits for their instants: the receiver may be the very
                # thread that waits for our reply, and would never answer.
                await self.catch_up(home, decision.now)
        if outcome.notices or outcome.heard:
            self.tell(home, outcome)
        return outcome.reply


def _read(service: Service, request: Request) -> Call:
    """The request matched, read and checked. HEAD is matched as GET."""
    match = service.contract.match(request.method, request.path)
    payload = read_payload(request, service.provider.body_limit)
    if match is None:
        return Call(request, payload)
    violations = service.contract.check_request(match, request, payload)
    return Call(request, payload, match.operation, match.path, violations)


class _Decision:
    """What a provider answers, checked before it is committed: a reply that breaks the contract changes nothing."""

    __slots__ = ("call", "home", "now", "service")

    def __init__(self, service: Service, home: Home, call: Call, now: int) -> None:
        self.service = service
        self.home = home
        self.call = call
        self.now = now

    def decide(self, view: View) -> Outcome:
        due = view.next_due()
        if due is not None and due.at <= self.now:
            raise _Behind
        home, call = self.home, self.call
        chance = home.chance.child("call", view.serial)
        moment = Moment(self.now, chance, home.readings, home.pace, call.request.origin, home.world.name)
        outcome = self.service.provider.answer(view, call, moment)
        if call.operation is not None:
            violations: tuple[Violation, ...] = self.service.contract.check_reply(call.operation, outcome.reply)
            if violations:
                raise broke_contract(call.operation.id, violations)
        return heard(self.service.provider, view, outcome, moment)
