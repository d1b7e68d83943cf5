"""The faults that stand on a server: which of them strike a call, and how often each did.

Deterministic: a fault counts the calls it meets in each world apart and draws from the server's seed, its id, the world
and the count, so the same seed and calls give the same faults, whatever happens in other worlds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeVar

from mockserver.core.chance import Chance
from mockserver.core.provider import Call
from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.engine.fault_match import is_meant, is_of

T = TypeVar("T")

if TYPE_CHECKING:
    from mockserver.core.fault import Fault, Struck
    from mockserver.engine.fault_check import Checked
    from mockserver.engine.fault_reader import FaultError, fault_from
    from mockserver.engine.fault_schema import FAULT_SCHEMA

__all__ = ["FAULT_SCHEMA", "FaultError", "Faults", "Standing", "fault_from"]

# How faults are read is found here too, and loaded when somebody asks: a start without faults does not pay for it.
_ELSEWHERE: Final = {"FAULT_SCHEMA": "fault_schema", "FaultError": "fault_reader", "fault_from": "fault_reader"}


def __getattr__(name: str) -> object:
    if name not in _ELSEWHERE:
        raise AttributeError(name)
    found: object = getattr(import_module(f"mockserver.engine.{_ELSEWHERE[name]}"), name)
    return found


# Each call is held against every fault; nobody sets so many on purpose.
MOST_FAULTS: Final = 1_000

# A fault counts in so many worlds; the one longest unmet is forgotten and begins anew.
MOST_WORLDS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """A fault that was set. `met` counts the calls it is about, `used` those it struck, in all worlds together."""

    id: str
    fault: Fault
    met: int
    used: int

    def to_json(self) -> dict[str, Json]:
        """`{"id", "met", "used", "fault": {...}}`."""
        return {"id": self.id, "met": self.met, "used": self.used, "fault": self.fault.to_json()}


class Faults:
    """The faults of one server, in the order they were set.

    `any` says whether there are some about calls; a request that comes while there are none pays for nothing but
    looking there. `any_of_deliveries` says the same of deliveries. `services` are what is served, by provider: a fault
    that names anything else is refused. None takes any.
    """

    __slots__ = ("_services", "_standing", "any", "any_of_deliveries", "ledger", "seed", "told")

    def __init__(self, seed: int = 0, services: Mapping[str, Checked] | None = None) -> None:
        self.any = self.any_of_deliveries = False
        self.seed = seed
        self._services = services
        self._standing: dict[str, Counted] = {}
        self.ledger: Callable[..., Awaitable[Json]] | None = None  # where several servers count together
        self.told: dict[str, Json] = {}  # to tell those: what was set here, by id, and None for what was removed

    def add(self, fault: Fault) -> Standing:
        """Set a fault; it holds for requests that come from now on. Its id is its name, with a number if that is taken.

        Raises FaultError if it names what isn't served.
        """
        self._refuse(self._problems(fault))
        if len(self._standing) >= MOST_FAULTS:
            self._refuse([("", f"there are {MOST_FAULTS:,} faults already; remove some first")])
        id = self._free(fault.name or "fault", numbered=fault.name is None)
        counted = self._standing[id] = Counted(id, fault, Chance.of(self.seed, "faults", id))
        self._changed(id)
        return counted.standing()

    def add_all(self, faults: Iterable[Fault]) -> list[Standing]:
        """Set several, or none if one can't be. Raises FaultError, its pointers with the fault's index in front."""
        faults = list(faults)
        self._refuse(
            [(f"/{at}{where}", what) for at, fault in enumerate(faults) for where, what in self._problems(fault)]
        )
        return [self.add(fault) for fault in faults]

    def remove(self, id: str) -> bool:
        """False if there is none of that id."""
        removed = self._standing.pop(id, None)
        self._changed(id)
        return removed is not None

    def clear(self) -> None:
        """Remove them all."""
        gone = list(self._standing)
        self._standing.clear()
        self._changed(*gone)

    def _changed(self, *ids: str) -> None:
        self._count()
        if self.ledger is not None:
            self.told |= {id: _described(self._standing[id]) if id in self._standing else None for id in ids}

    def _count(self) -> None:
        of_deliveries = sum(counted.fault.deliveries is not None for counted in self._standing.values())
        self.any = len(self._standing) > of_deliveries
        self.any_of_deliveries = of_deliveries > 0

    def of_deliveries(self) -> list[Counted]:
        """Those that are about deliveries, in the order they were set."""
        return [counted for counted in self._standing.values() if counted.fault.deliveries is not None]

    # ---- several servers

    async def counted(self, world: WorldId, work: Callable[[], T]) -> T:
        """What `work` gives, in which faults meet something in a world. It may be done again, on other counts."""
        if self.ledger is None:
            return work()
        done: T = await self.ledger(world, work)
        return done

    @contextmanager
    def counting(self, load: Load) -> Iterator[None]:
        """While this lasts, a fault that meets something has its counts loaded first."""
        for counted in self._standing.values():
            counted.load = load
        try:
            yield
        finally:
            for counted in self._standing.values():
                counted.load = None

    def described(self) -> list[Json]:
        """Those that stand as records, without their counts."""
        return [_described(counted) for counted in self._standing.values()]

    def put(self, described: Iterable[Json]) -> None:
        """Let these stand, and no other; those that did go on counting."""
        from mockserver.engine.fault_reader import fault_from

        before, self._standing = self._standing, {}
        for said in described:
            id, fault = said["id"], fault_from(said["fault"])
            known = before.get(id)
            same = known is not None and known.fault == fault
            self._standing[id] = known if known and same else Counted(id, fault, Chance.of(self.seed, "faults", id))
        self._count()

    def note_met(self, id: str, met: int, used: int) -> None:
        """How often a fault was met and used, all servers together."""
        if id in self._standing:
            self._standing[id].met, self._standing[id].used = met, used

    def forget(self, world: WorldId) -> None:
        """A world is gone: one of its name that comes later is counted from 1."""
        for counted in self._standing.values():
            counted.turns.pop(world, None)

    def get(self, id: str) -> Standing | None:
        """The fault of that id, or None."""
        counted = self._standing.get(id)
        return counted.standing() if counted else None

    def standing(self) -> list[Standing]:
        """All of them, in the order they were set."""
        return [counted.standing() for counted in self._standing.values()]

    def strike(self, world: WorldId, call: Call, *, job: bool, struck: Struck | None = None) -> Struck:
        """What strikes a call that is not decided yet, besides what does already.

        `job` says whether such a call begins one.
        """
        return self._strike(world, call, struck, self._about(world, call, job), None)

    def strike_reply(self, world: WorldId, call: Call, status: int, struck: Struck) -> Struck:
        """What strikes besides, now that the call is decided: faults that wait for the status of its reply."""
        return self._strike(world, call, struck, self._about(world, call, False), status)

    def _about(self, world: WorldId, call: Call, job: bool) -> Iterator[Counted]:
        for counted in self._standing.values():
            if counted.fault.deliveries is not None:
                continue
            if (job or counted.fault.effect.job is None) and is_meant(counted.fault.calls, world, call):
                yield counted

    def _strike(
        self, world: WorldId, call: Call, struck: Struck | None, about: Iterable[Counted], status: int | None
    ) -> Struck:
        """Faults that can't strike together with an earlier one stand back, and are not used."""
        from mockserver.core.fault import Struck, merged

        struck = struck or Struck()
        for counted in about:
            wanted = counted.fault.calls.status
            if (wanted is None) != (status is None) or (status is not None and not is_of(status, wanted)):
                continue
            chance = counted.meet(world)
            if chance is None:
                continue
            both = merged(struck.effect, counted.fault.effect)
            if both is None:
                continue
            counted.used += 1
            delay = counted.fault.effect.delay
            drawn = delay.draw(chance.child("delay")) if delay else struck.delay
            struck = Struck(both, (*struck.ids, counted.id), drawn)
        return struck

    def _problems(self, fault: Fault) -> list[tuple[str, str]]:
        from mockserver.engine.fault_check import problems

        return [] if self._services is None else list(problems(fault, self._services))

    @staticmethod
    def _refuse(problems: list[tuple[str, str]]) -> None:
        from mockserver.engine.fault_reader import FaultError

        if problems:
            raise FaultError(problems)

    def _free(self, name: str, *, numbered: bool) -> str:
        count = 1
        id = f"{name}-1" if numbered else name
        while id in self._standing:
            count += 1
            id = f"{name}-{count}"
        return id


class Counted:
    """A fault and how often it met calls: in all, and in each world."""

    __slots__ = ("chance", "fault", "id", "load", "met", "turns", "used")

    def __init__(self, id: str, fault: Fault, chance: Chance) -> None:
        self.id = id
        self.fault = fault
        self.chance = chance
        self.met = self.used = 0
        self.turns: OrderedDict[WorldId, int] = OrderedDict()
        self.load: Load | None = None

    def meet(self, world: WorldId) -> Chance | None:
        """One call more in a world: the chance of this turn if it is to be struck, else None."""
        if self.load is not None:
            self.load(self, world)
        self.met += 1
        turn = self.turns.pop(world, 0) + 1
        self.turns[world] = turn
        if len(self.turns) > MOST_WORLDS:
            self.turns.popitem(last=False)
        chance = self.chance.child(*world, turn)
        return chance if self.fault.turns.strikes(turn, chance.child("turn")) else None

    def standing(self) -> Standing:
        return Standing(self.id, self.fault, self.met, self.used)


Load = Callable[[Counted, WorldId], None]


def _described(counted: Counted) -> Json:
    return {"id": counted.id, "fault": counted.fault.to_json()}
