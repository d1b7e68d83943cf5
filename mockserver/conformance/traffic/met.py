"""How much of a contract traffic has met, the calls that are none of its operations, and what could not be judged."""

from __future__ import annotations

from collections import Counter
from typing import Final

from mockserver.conformance.finding import Coverage, Place
from mockserver.conformance.traffic.exchange import Exchange
from mockserver.conformance.traffic.judging import Judged, Unsure
from mockserver.conformance.traffic.sites import Elsewhere
from mockserver.conformance.traffic.tally import MOST_PLACES
from mockserver.contract.check import CompiledContract
from mockserver.core.contract import Operation
from mockserver.core.secrecy import without_secrets

# Of calls and hosts nobody knows, so many are told apart; the rest is one.
_MOST_NAMED: Final = 200
_REST: Final = "others"


class Met:
    """Counts. `judged` are exchanges of an operation, `passed` those that were not wanted."""

    def __init__(self, contract: CompiledContract) -> None:
        self._operations: Counter[str] = Counter(dict.fromkeys(contract.operations, 0))
        self._statuses: Counter[str] = Counter(
            {f"{each.id} {status}": 0 for each in contract.operations.values() for status in each.statuses}
        )
        self.unknown: Counter[str] = Counter()
        self.places: dict[str, list[Place]] = {}
        self.where: Counter[str] = Counter()
        self.hosts: Counter[str] = Counter()
        self.unsure: Counter[Unsure] = Counter()
        self.judged = 0
        self.passed = 0

    def add(self, judged: Judged) -> None:
        """Count an exchange under the API's base."""
        if judged.match is None:
            name = _add(self.unknown, f"{judged.request.method} {without_secrets(judged.request.path):.200}")
            places = self.places.setdefault(name, [])
            if len(places) < MOST_PLACES:
                places.append(judged.exchange.place)
            return
        self.judged += 1
        self.unsure.update(judged.unsure)
        operation = judged.match.operation
        self._operations[operation.id] += 1
        status = _documented(operation, judged.exchange.reply.status)
        if status is not None:
            self._statuses[f"{operation.id} {status}"] += 1

    def elsewhere(self, why: Elsewhere, exchange: Exchange) -> None:
        """Count an exchange that is none of the API's."""
        self.where[why] += 1
        if why == "another host":
            _add(self.hosts, exchange.host or "")

    def coverage(self) -> Coverage:
        return Coverage(dict(self._operations), dict(self._statuses), dict(self.unknown.most_common()))


def _documented(operation: Operation, status: int) -> str | None:
    """The entry of the operation's responses that is about a status."""
    for name in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
        if name in operation.statuses:
            return name
    return None


def _add(counter: Counter[str], name: str) -> str:
    name = name if name in counter or len(counter) < _MOST_NAMED else _REST
    counter[name] += 1
    return name
