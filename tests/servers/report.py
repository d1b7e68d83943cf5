"""The tables: which defects were found, by whom and how fast; false alarms; what schemathesis had to be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from mockserver.contract.document import effective
from mockserver.core.text import Json
from tests.servers.defects import DEFECTS
from tests.servers.exclusions import exclusions
from tests.servers.runner import PROVIDERS
from tests.servers.verdicts import MOST_STEPS, Row

# What the judge is measured by: the share of defects it finds, and seconds.
SHARE: Final = 0.95
MEDIAN: Final = 60.0
WHOLE: Final = 120.0


class Outcome:
    """All rows of a run. What the healthy fake is accused of is no find."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.healthy = [row for row in rows if row.task.defect is None]
        order = {name: place for place, name in enumerate(DEFECTS)}
        self.seeded = sorted(
            (row for row in rows if row.task.defect is not None), key=lambda row: order[row.task.defect or ""]
        )
        self._ours = {alarm for row in self.healthy if row.ours for alarm in row.ours.alarms}
        self._stock = {alarm for row in self.healthy if row.stock for alarm in row.stock.failures}

    def ours_found(self, row: Row) -> bool:
        return row.ours is not None and not set(row.ours.alarms) <= self._ours

    def stock_found(self, row: Row) -> bool:
        return row.stock is not None and not set(row.stock.failures) <= self._stock

    @property
    def broken(self) -> list[Row]:
        """Rows that could not be had."""
        return [row for row in (*self.healthy, *self.seeded) if row.broke]

    @property
    def missed(self) -> list[Row]:
        return [row for row in self.seeded if row.ours is not None and not self.ours_found(row)]

    @property
    def times(self) -> list[float]:
        """Seconds until each defect was found."""
        return [row.ours.first for row in self.seeded if row.ours and row.ours.first and self.ours_found(row)]

    @property
    def failures(self) -> list[str]:
        """What falls short of the targets, a sentence each."""
        found = [f"{row.task.defect or 'healthy'}: {row.broke}" for row in self.broken]
        judged = [row for row in self.seeded if row.ours is not None]
        if judged and len(judged) - len(self.missed) < SHARE * len(judged):
            found.append(f"the judge missed {len(self.missed)} of {len(judged)} defects; {SHARE:.0%} must be found")
        if self.times and median(self.times) >= MEDIAN:
            found.append(f"half of the defects took more than {median(self.times):.0f} s to find")
        for row in self.healthy:
            who = f"{row.task.provider}, seed {row.task.seed}"
            alarms, failures = row.ours.alarms if row.ours else (), row.stock.failures if row.stock else ()
            found += [f"false alarm of the judge ({who}): {alarm}" for alarm in alarms]
            found += [f"schemathesis fails the fake ({who}): {failure}" for failure in failures]
            if row.ours and row.ours.seconds >= WHOLE:
                found.append(f"the healthy fake took {row.ours.seconds:.0f} s ({who}); {WHOLE:.0f} s are allowed")
        for row in self.seeded:
            if row.ours and row.ours.longest > MOST_STEPS:
                found.append(f"{row.task.defect}: a reproduction of {row.ours.longest} calls; {MOST_STEPS} are allowed")
        return found

    def markdown(self) -> str:
        return "\n".join([*self._defects(), "", *self._summary(), "", *self._own(), "", *self._told()]) + "\n"

    def _defects(self) -> Iterator[str]:
        if not self.seeded:
            return
        yield "| defect | provider | what is wrong | check: rule | s | calls to show it | schemathesis | s |"
        yield "|---|---|---|---|---:|---:|---|---:|"
        for row in self.seeded:
            ours = row.ours
            rule = "" if ours is None else ", ".join(ours.rules[:3]) if self.ours_found(row) else "**missed**"
            first = f"{ours.first:.1f}" if ours and ours.first is not None else ""
            steps = str(ours.steps) if ours and ours.steps else ""
            stock = "" if row.stock is None else _kinds(row.stock.failures) if self.stock_found(row) else "missed"
            took = f"{row.stock.seconds:.0f}" if row.stock else ""
            name = row.task.defect or ""
            cells = (name, row.task.provider, DEFECTS[name].about, rule, first, steps, stock, took)
            yield f"| {' | '.join(cells)} |"

    def _summary(self) -> Iterator[str]:
        judged = [row for row in self.seeded if row.ours is not None]
        if judged:
            found = len(judged) - len(self.missed)
            middle = f"; median {median(self.times):.1f} s, longest {max(self.times):.1f} s" if self.times else ""
            yield f"- `mockserver check` finds {found} of {len(judged)} ({found / len(judged):.0%}){middle}."
        looked = [row for row in self.seeded if row.stock is not None]
        if looked:
            found = sum(self.stock_found(row) for row in looked)
            examples = looked[0].task.examples
            share = f"{found} of {len(looked)} ({found / len(looked):.0%})"
            yield f"- Stock schemathesis finds {share}, with {examples} examples an operation."
        if self.missed:
            yield f"- Missed by `mockserver check`: {', '.join(row.task.defect or '' for row in self.missed)}."

    def _own(self) -> Iterator[str]:
        judged, looked = "check: false alarms | s at most | calls", "schemathesis: failures | s at most | calls"
        yield f"| healthy fake | seeds | {judged} | {looked} |"
        yield "|---|---:|---:|---:|---:|---:|---:|---:|"
        for provider in PROVIDERS:
            rows = [row for row in self.healthy if row.task.provider == provider]
            if not rows:
                continue
            ours = [row.ours for row in rows if row.ours]
            stock = [row.stock for row in rows if row.stock]
            cells = [provider, str(len(rows))]
            cells += [str(sum(len(one.alarms) for one in ours)), _most([one.seconds for one in ours]), _sum(ours)]
            cells += [str(sum(len(one.failures) for one in stock)), _most([one.seconds for one in stock]), _sum(stock)]
            yield f"| {' | '.join(cells)} |"

    def _told(self) -> Iterator[str]:
        yield "What stock schemathesis is told of the servers, from `x-mockserver-judging` of their documents:"
        yield ""
        for provider in PROVIDERS:
            for one in exclusions(effective(provider).value):
                yield f"- {provider}: {one}"

    def to_json(self) -> Json:
        return {
            "defects": [
                {**row.to_json(), "found": self.ours_found(row), "stockFound": self.stock_found(row)}
                for row in self.seeded
            ],
            "healthy": [row.to_json() for row in self.healthy],
            "failures": self.failures,
        }


def _kinds(failures: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(one.partition(" ")[0] for one in failures))


def _most(seconds: list[float]) -> str:
    return f"{max(seconds):.0f}" if seconds else ""


def _sum(found: Sequence[Json]) -> str:
    return str(sum(one.calls for one in found)) if found else ""
