"""What clients have tried of a contract: operations called, documented statuses met, rules broken, faults met.

Counted for every request, so it costs next to nothing; it is counted under names of the document, never a client's.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import fields
from typing import Final, TypeVar

from mockserver.core.contract import Operation
from mockserver.core.text import Json, Record
from mockserver.engine.journal import Entry

# More codes than there are rules do not come up.
_MOST_CODES: Final = 200


class _Count:
    """One operation's: replies by status, requests that broke something, and which rules they broke, by code."""

    __slots__ = ("broken", "codes", "statuses")

    def __init__(self) -> None:
        self.statuses: dict[int, int] = {}
        self.broken = 0
        self.codes: dict[str, int] = {}


class Coverage:
    """Counts of one server. `operations` are those of each provider's contract; `simulated` are those it answers."""

    __slots__ = ("_counts", "_operations", "_simulated", "_struck", "_unmatched")

    def __init__(
        self, operations: Mapping[str, Mapping[str, Operation]], simulated: Mapping[str, Container[str]]
    ) -> None:
        self._operations = operations
        self._simulated = simulated
        self._counts: dict[str, dict[str, _Count]] = {}
        self._unmatched: dict[str, int] = {}
        self._struck: dict[str, dict[str, int]] = {}
        self.clear()

    def clear(self) -> None:
        """Nothing was tried yet."""
        self._counts = {name: {id: _Count() for id in known} for name, known in self._operations.items()}
        self._unmatched = dict.fromkeys(self._operations, 0)
        self._struck = {name: {} for name in self._operations}

    def add(self, entry: Entry) -> None:
        """Count an exchange."""
        operation = entry.operation
        if operation is None:
            self._unmatched[entry.provider] += 1
            return
        count = self._counts[entry.provider][operation]
        statuses, status = count.statuses, entry.reply.status
        statuses[status] = statuses.get(status, 0) + 1
        if entry.violations:
            count.broken += 1
            for code in {violation.code for violation in entry.violations}:
                if code in count.codes or len(count.codes) < _MOST_CODES:
                    count.codes[code] = count.codes.get(code, 0) + 1

    def strike(self, provider: str, faults: Iterable[str]) -> None:
        """Count what went wrong with one call, by the names of faults; `deliveries.delay` for a delivery."""
        struck = self._struck[provider]
        for name in faults:
            struck[name] = struck.get(name, 0) + 1

    def counts(self) -> Record:
        """What was counted, for another server to `include`: by provider, only what is not 0."""
        return {
            name: {
                "operations": {
                    id: {"statuses": [*count.statuses.items()], "broken": count.broken, "codes": dict(count.codes)}
                    for id, count in operations.items()
                    if count.statuses
                },
                "unmatched": self._unmatched[name],
                "struck": dict(self._struck[name]),
            }
            for name, operations in self._counts.items()
        }

    def include(self, counts: Record) -> None:
        """Add what another server has counted, of what is served here."""
        for name in self._counts.keys() & counts.keys():
            told = counts[name]
            self._unmatched[name] += told["unmatched"]
            _add(self._struck[name], told["struck"].items())
            for id in self._counts[name].keys() & told["operations"].keys():
                count, theirs = self._counts[name][id], told["operations"][id]
                _add(count.statuses, theirs["statuses"])
                count.broken += theirs["broken"]
                _add(count.codes, theirs["codes"].items())

    def together(self, *others: Record) -> Coverage:
        """What was counted here and by others, as one; that is another value."""
        both = Coverage(self._operations, self._simulated)
        for counts in (self.counts(), *others):
            both.include(counts)
        return both

    def providers(self) -> Json:
        """See `coverage_json`."""
        return {name: self._provider(name, known) for name, known in self._operations.items()}

    def _provider(self, name: str, known: Mapping[str, Operation]) -> Json:
        told = [
            _operation(operation, self._counts[name][operation.id], operation.id in self._simulated[name])
            for operation in known.values()
        ]
        answered = [each for each in told if each["simulated"]]
        return {
            "operations": {"called": sum(each["calls"] > 0 for each in answered), "of": len(answered)},
            "statuses": {
                "met": sum(len(each["met"]) for each in answered),
                "of": sum(len(each["met"]) + len(each["never"]) for each in answered),
            },
            "calls": sum(each["calls"] for each in told),
            "unmatched": self._unmatched[name],
            "faults": fault_kinds(self._struck[name]),
            "tried": told,
        }


K = TypeVar("K")


def _add(counts: dict[K, int], others: Iterable[tuple[K, int]]) -> None:
    for key, count in others:
        counts[key] = counts.get(key, 0) + count


def coverage_json(coverage: Coverage) -> Json:
    """By provider: how many of the simulated `operations` were called and of their documented `statuses` met.

    `unmatched` calls found no operation. `faults` says how often which kind struck, and which never did. `tried` lists
    every operation of the document: `calls`, `statuses` (as sent, to how often), `met` and `never` (as documented:
    `404`, `4XX`, `default`), `violating` calls and their codes.
    """
    return coverage.providers()


def fault_kinds(struck: Mapping[str, int]) -> dict[str, Json]:
    """`{"met": {kind: count}, "never": [kinds]}` of all that can go wrong, in the order it is documented."""
    from mockserver.core.fault import Effect  # a server without faults never needs it
    from mockserver.core.mishap import Mishap

    known = [each.name for each in fields(Effect)] + [f"deliveries.{each.name}" for each in fields(Mishap)]
    return {
        "met": {name: struck[name] for name in known if struck.get(name)},
        "never": [name for name in known if not struck.get(name)],
    }


def _operation(operation: Operation, count: _Count, simulated: bool) -> dict[str, Json]:
    met = {documented(status, operation.statuses) for status in count.statuses}
    return {
        "operation": operation.id,
        "method": operation.method,
        "path": operation.path,
        "simulated": simulated,
        "calls": sum(count.statuses.values()),
        "statuses": {str(status): count.statuses[status] for status in sorted(count.statuses)},
        "met": [status for status in operation.statuses if status in met],
        "never": [status for status in operation.statuses if status not in met],
        "violating": count.broken,
        "violations": dict(sorted(count.codes.items())),
    }


def documented(status: int, known: tuple[str, ...]) -> str | None:
    """Which of the documented responses a status is: its own, that of its class, or `default`."""
    if not status:
        return None  # a fault took the reply away
    spelled = {name.upper(): name for name in known}
    return spelled.get(str(status)) or spelled.get(f"{status // 100}XX") or spelled.get("DEFAULT")
