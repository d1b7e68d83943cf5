"""One reading of traffic: every entry judged as it comes, and what is remembered of it, which is bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from mockserver.conformance.traffic.exchange import Exchange, Unreadable
from mockserver.conformance.traffic.history import History
from mockserver.conformance.traffic.judging import Judge
from mockserver.conformance.traffic.met import Met
from mockserver.conformance.traffic.reading import read_traffic
from mockserver.conformance.traffic.shapes import Shapes
from mockserver.conformance.traffic.sites import Sites
from mockserver.conformance.traffic.state import rules_of
from mockserver.conformance.traffic.tally import Tally
from mockserver.conformance.traffic.terms import Terms

Whose = Literal["client", "server", "both"]
Told = Callable[[str, int], None]

# Entries that can't be read are told one by one up to here, and counted beyond.
_MOST_UNREADABLE: Final = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked at and what fails the run. `only` and `skip` name operations, rules or checks.

    `cover` is the least share of operations that are to be met, in percent.
    """

    whose: Whose = "both"
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    strict: bool = False
    cover: float | None = None


@dataclass(slots=True)
class Run:
    """All that is remembered of traffic while it is read."""

    terms: Terms
    sites: Sites
    wanted: Wanted
    keeps_shapes: bool
    tally: Tally = field(init=False)
    states: Tally = field(init=False)
    met: Met = field(init=False)
    shapes: Shapes | None = field(init=False)
    unreadable: list[Unreadable] = field(default_factory=list)
    broken: int = 0
    entries: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    _judge: Judge = field(init=False)
    _histories: dict[str, History] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._judge = Judge(self.terms, self.sites)
        self.tally = Tally(self.terms.redaction(), self.sites.origin)
        self.states = Tally(self.terms.redaction(), self.sites.origin)
        self.met = Met(self.terms.contract)
        self.shapes = Shapes(self.terms.redaction()) if self.keeps_shapes else None

    def read(self, name: str, format: str | None, told: Told | None) -> None:
        """Judge all entries of a file. What one file shows says nothing of the state in another."""
        self._histories.clear()
        for entry in read_traffic(name, format, None if told is None else lambda at: told(name, at)):
            self.entries += 1
            if isinstance(entry, Exchange):
                self._judged(entry)
            elif isinstance(entry, Unreadable):
                self.broken += 1
                if len(self.unreadable) < _MOST_UNREADABLE:
                    self.unreadable.append(entry)
            else:
                self.skipped[entry.why] += 1

    def _judged(self, exchange: Exchange) -> None:
        judged = self._judge(exchange)
        if isinstance(judged, str):
            self.met.elsewhere(judged, exchange)
            return
        operation = judged.match.operation.id if judged.match else None
        only = self.wanted.only & set(self.terms.contract.operations)
        if operation in self.wanted.skip or (only and operation not in only):
            self.met.passed += 1
            return
        self.met.add(judged)
        self.tally.add(judged)
        if judged.match is None:
            return
        history = self._histories.get(exchange.run)
        if history is None:
            history = self._histories[exchange.run] = History(rules_of(self.terms), self.states)
        history.add(judged)
        if self.shapes is not None:
            self.shapes.add(judged.match.operation, exchange)
