"""The faults of one world: what is to go wrong with a test's own calls and deliveries, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.core.fault import Fault
from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.errors import UsageError, unknown
from mockserver.testing.driver import Driver


class WorldFaults:
    """`mock.faults.add(status={"code": 503}, calls={"operation": "createClip"}, turns={"first": 2})`"""

    def __init__(self, driver: Driver, world: WorldId) -> None:
        self._driver = driver
        self._world = world
        self._ids: list[str] = []

    def add(self, fault: Fault | Mapping[str, Json] | None = None, /, **said: Json) -> str:
        """Set a fault for this world; its id. Spelled as in a plan, or a `mockserver.core.fault.Fault`.

        Raises RefusedError with all that is wrong with it.
        """
        if fault is not None and said:
            raise UsageError("give a fault as one value or by its parts, not both")
        spelled = fault.to_json() if isinstance(fault, Fault) else dict(said if fault is None else fault)
        about = "deliveries" if "deliveries" in spelled else "calls"
        where = {"provider": self._world.provider, "world": self._world.name}
        spelled[about] = {**(spelled.get(about) or {}), **where}
        id: str = self._driver.ask("POST", "faults", body=spelled)["id"]
        self._ids.append(id)
        return id

    def plan(self, name: str) -> list[str]:
        """Set all faults of a plan that comes with us (`mockserver ctl faults plans` lists them); their ids."""
        plans = {plan["name"]: plan for plan in self._driver.ask("GET", "faults", "plans")["plans"]}
        if name not in plans:
            raise UsageError(unknown("fault plan", name, plans))
        return [self.add(fault) for fault in plans[name]["faults"]]

    def used(self, id: str) -> int:
        """How many calls or deliveries a fault struck so far."""
        return int(self._driver.ask("GET", "faults", id)["used"])

    def remove(self, id: str) -> None:
        """Nothing happens if there is none of that id."""
        self._driver.ask("DELETE", "faults", id)
        self._ids = [each for each in self._ids if each != id]

    def clear(self) -> None:
        """Remove those that were set here."""
        for id in self._ids:
            self._driver.ask("DELETE", "faults", id)
        self._ids.clear()
