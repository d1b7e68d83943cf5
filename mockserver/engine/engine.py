"""One exchange, from request to recorded reply: claim, match, check, decide, check, record.

A record of functions and values; every one of them can be another in a test. Knows no socket, clock or die.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mockserver.core.http import Reply, Request
from mockserver.core.payload import read_payload
from mockserver.core.peers import ALONE, Peers
from mockserver.core.provider import Call
from mockserver.core.redaction import Redaction
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, Store, StoreError, WorldGone, WorldId
from mockserver.engine import course, keeping, verbs
from mockserver.engine.blunder import raised
from mockserver.engine.clock import Clock
from mockserver.engine.coverage import Coverage
from mockserver.engine.decision import Behind, Decision, Service
from mockserver.engine.faults import Faults
from mockserver.engine.journal import Entry, Journal
from mockserver.engine.lifecycle import catch_up
from mockserver.engine.mounts import Mounts
from mockserver.engine.outbox import Outbox
from mockserver.engine.ports import NOBODY, Pause, Ports, State, drop_notices, go_on
from mockserver.engine.scripted import Scripted, as_struck
from mockserver.engine.serials import Serials
from mockserver.engine.snapshots import Snapshots
from mockserver.engine.timings import Timings
from mockserver.engine.worlds import Home, Worlds

if TYPE_CHECKING:  # loaded with the first fault or wish: most servers never meet one
    from mockserver.core.fault import Struck
    from mockserver.engine.preferences import Wish
    from mockserver.engine.sharing import Sharing

__all__ = ["Engine", "Ports", "Service"]


# Of a path nobody knows, so much is compared with those of the document.
_LONGEST_PATH: Final = 200


# Where the control API serves the journal's entries.
ENTRIES: Final = "/__admin/requests"


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
        ports: Ports = NOBODY,
        entries: str = ENTRIES,
        seed: int = 0,
    ) -> None:
        """`entries` is the path below which journal entries are served; "" when they are not."""
        self.services = {service.provider.name: service for service in services}
        self.store = store
        self.worlds = worlds
        self.clock = clock
        self.journal = journal
        self.faults = Faults(seed, self.services)
        self.scripted = Scripted()
        self.ports = ports
        self.entries = entries
        operations = {service.provider.name: service.contract.operations for service in services}
        simulated = {service.provider.name: service.provider.simulated for service in services}
        self.coverage = Coverage(operations, simulated)
        self.inherited = Coverage(operations, simulated)  # of servers that have ended
        self.timings = Timings(self.services)
        for service in services:
            journal.hide(service.provider.name, Redaction(service.secrets))
        self.snapshots = Snapshots(store)
        self.kept: Record | None = None  # what the store knows of the server's clock
        self.outbox = Outbox()
        self.sharing: Sharing | None = None  # with other servers on the same store
        self.peers: Peers = ALONE  # those servers, to be asked for what they remember
        self.serials: Serials | None = None  # of what is remembered, where there are others
        self.state: State = "starting"
        self.moving: list[Clock] = []  # clocks that are being moved: what falls due by them is seen to
        clock.moved = lambda: self.ports.wake(None)
        worlds.changed = self._world_changed
        self._mounts = Mounts([(service.provider.mounts, service) for service in services])

    async def open(self, origin: str) -> None:
        """Make the start worlds, and go on with what the store holds; `origin` is the server's own URL.

        Raises WorldError or StoreError.
        """
        await keeping.resume(self)
        await self.worlds.open(origin)
        if self.sharing is not None:
            await self.sharing.join()
        else:
            await keeping.resume_deliveries(self)
        for home in self.worlds.homes():
            self.ports.wake(home.world)

    async def respond(
        self, request: Request, wish: Wish | None = None, *, undisturbed: bool = False, pause: Pause = go_on
    ) -> Reply:
        """The reply to a request. What goes wrong in here is a 500 (the store: 503) that says so, and changes nothing.

        `wish` is what it prefers of us. `undisturbed` keeps it out of all faults: it came before they were set. It may
        `pause` between its three parts: reading and checking, deciding, recording.
        """
        stopwatch = self.ports.stopwatch
        began = stopwatch()
        service = self._mounts.find(request.path)
        world, call = "", None
        struck: Struck | None = None
        outcome: Outcome | None = None
        now = self.clock.now()
        try:
            claim = service.provider.claim(request)
            call = _read(service, request)
            await pause()
            if self.sharing is not None:
                await self.sharing.catch_up()
            home = await self.worlds.home(service.provider, claim)
            if self.worlds.told:  # one has given way to another
                await self.keep()
            world, now = home.world.name, home.clock.now()
            ready = await self._laid_ready(home.world, call) if self.scripted.any else None
            if ready is not None:
                reply, struck = ready
            elif (undisturbed and self.sharing is None) or (wish is None and not self.faults.any):
                outcome = await self._decided(service, home, call, now)
                reply = outcome.reply
            else:
                reply, struck = await self._disturbed(service, home, call, now, wish)
            violations = call.violations
            if call.operation is None and reply.status >= 400 and service.unmatched is not None:
                violations = (service.unmatched(request.method, request.path[:_LONGEST_PATH]),)
            await pause()  # raises StoreError if what was decided could not be committed with what others decided
            if outcome is not None and (outcome.notices or outcome.heard):
                await self.tell(home, outcome)
        except StoreError as error:
            reply, violations = service.provider.refuse(503, str(error)), call.violations if call else ()
            self.ports.blundered(error)
        except Exception as error:
            where = call.operation.id if call and call.operation else f"{request.method} {request.path}"
            blunder = raised(where, error)
            self.ports.blundered(error)
            reply, violations = blunder.reply, (*(call.violations if call else ()), *blunder.violations)
        operation = call.operation.id if call and call.operation else None
        took = (stopwatch() - began) // 1000
        name = service.provider.name
        fault = None if struck is None else ", ".join(struck.ids) or None
        entry = self.journal.add(now, name, world, operation, request, reply, violations, took, fault)
        self.coverage.add(entry)
        self.timings.add(name, took)
        self.ports.watch(entry)
        if violations:
            reply = self._marked(reply, entry)
        if struck is None:
            return reply
        self.coverage.strike(name, struck.effect)
        from mockserver.engine.disturbance import damaged  # a server that never meets a fault never needs it

        return damaged(reply, struck)

    async def look(self, request: Request) -> Reply:
        """The reply to a request past all faults and on no record: a test's own look. Raises what goes wrong."""
        service = self._mounts.find(request.path)
        home = await self.worlds.home(service.provider, service.provider.claim(request))
        return await self._answer(service, home, _read(service, request), home.clock.now())

    async def respond_as_preferred(self, request: Request) -> Reply:
        """The reply to a request with a header `Prefer`."""
        from mockserver.engine.preferences import read_wish

        wish, request = read_wish(request)
        return await self.respond(request, wish)

    async def _disturbed(
        self, service: Service, home: Home, call: Call, now: int, wish: Wish | None
    ) -> tuple[Reply, Struck]:
        """The reply to a call that faults may strike, or that has a wish, and what struck it."""
        from mockserver.engine.preferences import grant

        async def answer(call: Call) -> Reply:
            return await self._answer(service, home, call, now)

        return await grant(wish, self.faults, service, home.world, call, self.clock.now(), answer)

    async def _laid_ready(self, world: WorldId, call: Call) -> tuple[Reply, Struck] | None:
        """The reply a test has laid ready for a call, if it has."""
        operation = call.operation.id if call.operation else ""
        if self.sharing is None or not self.scripted.holds(world, operation):
            return self.scripted.take(world, call)
        from mockserver.engine.shared_calls import take

        reply = await take(self, world, operation)
        return None if reply is None else as_struck(reply)

    def refuse(self, request: Request, status: int, why: str) -> Reply:
        """The reply to what is no request: an error in the words of the provider it was meant for, on record too."""
        provider = self._mounts.find(request.path).provider
        reply = provider.refuse(status, why)
        entry = self.journal.add(self.clock.now(), provider.name, "", None, request, reply, (), 0)
        self.coverage.add(entry)
        self.ports.watch(entry)
        return reply

    def _marked(self, reply: Reply, entry: Entry) -> Reply:
        """What a client's author sees at once: that rules were broken, and where it stands which.

        No `Link`: SDKs turn pages by that.
        """
        marks = [("Mockserver-Violations", str(len(entry.violations)))]
        if self.entries:
            marks.append(("Mockserver-Entry", f"{self.entries}/{entry.serial}"))
        return reply.with_headers(*marks)

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

    async def idle(self) -> None:
        """Returns when nothing is due any more by any clock, and no attempt under way. At once without a server."""
        await self.ports.idle(None)

    async def catch_up(self, home: Home, now: int, until: int | None = None) -> int | None:
        """Run the steps of a world due by an instant, and those due by `until` while nobody is told of them.

        Returns when the next one is due. Raises Blunder.
        """
        provider = self.services[home.world.provider].provider
        origin, watched = self.worlds.origin, self.ports.notify is not drop_notices
        return await catch_up(
            self.store, provider, home, now, origin=origin, tell=self.tell, until=until, watched=watched
        )

    async def tell(self, home: Home, outcome: Outcome) -> None:
        """Pass on what was committed: who looks on sees its notices, its deliveries are on their way."""
        if outcome.notices:
            self.ports.notify(home.world, outcome.notices)
        if outcome.deliveries:
            await keeping.post(self, home, outcome.deliveries)
        if outcome.heard:
            self.ports.wake(home.world)

    async def keep(self) -> None:
        """Let the store know of clocks that were moved, paces and readings: what is set survives the server."""
        await keeping.keep(self)

    def _world_changed(self, world: WorldId) -> None:
        if self.worlds.find(world) is None:
            self.outbox.forget(world)
            self.faults.forget(world)
            self.scripted.forget(world)
        self.ports.wake(world)

    async def _answer(self, service: Service, home: Home, call: Call, now: int) -> Reply:
        outcome = await self._decided(service, home, call, now)
        if outcome.notices or outcome.heard:
            await self.tell(home, outcome)
        return outcome.reply

    async def _decided(self, service: Service, home: Home, call: Call, now: int) -> Outcome:
        """What a call comes to, which nobody has been told yet."""
        decision = Decision(service, home, call, now)
        while True:
            try:
                return await self.store.transact(home.world, decision.decide)
            except Behind:
                # Steps only. Deliveries are left to whoever waits for their instants: the receiver may be the very
                # thread that waits for our reply, and would never answer.
                await self.catch_up(home, decision.now)
            except WorldGone:
                # Another server on the same store has let it go. Whose the call is now, is asked again.
                self.worlds.forget(home.world)
                home = await self.worlds.home(service.provider, service.provider.claim(call.request))
                decision = Decision(service, home, call, home.clock.now())


def _read(service: Service, request: Request) -> Call:
    """The request matched, read and checked. HEAD is matched as GET."""
    match = service.contract.match(request.method, request.path)
    payload = read_payload(request, service.provider.body_limit)
    if match is None:
        return Call(request, payload)
    violations = service.contract.check_request(match, request, payload)
    return Call(request, payload, match.operation, match.path, violations)
