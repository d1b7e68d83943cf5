"""A shift: one change between two documents, and how grave it is for clients and for servers that keep to the old one.

breaking: who keeps to the old document breaks the new one, or is broken by it. risky: nobody can tell, or only who
relies on what a document leaves unsaid. harmless: neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from mockserver.conformance.diff.changes import NO, Change, Grade
from mockserver.conformance.finding import Effect, Finding, Level, Severity, Side
from mockserver.contract.dialect import Direction

SEVERITIES: Final[Mapping[Grade, Severity]] = {Grade.NO: "harmless", Grade.MAYBE: "risky", Grade.YES: "breaking"}
LEVELS: Final[Mapping[Grade, Level]] = {Grade.NO: "note", Grade.MAYBE: "warning", Grade.YES: "error"}

# What a schema's change means to who sends and to who receives, by grade.
_SENDERS: Final = {
    Grade.NO: "all they send still fits",
    Grade.MAYBE: "what they send may not fit any more, or mean nothing now",
    Grade.YES: "some of what they send does not fit any more",
}
_RECEIVERS: Final = {
    Grade.NO: "they get nothing they do not know",
    Grade.MAYBE: "they may get what they do not know, or miss what they count on",
    Grade.YES: "they get what they do not know, or miss what they count on",
}


@dataclass(frozen=True, slots=True)
class Shift:
    """`area` is the check it belongs to. `why` says why it is as grave as it is for clients, and for servers."""

    area: str
    rule: str
    title: str
    clients: Grade
    servers: Grade
    why: tuple[str, str]
    old: str | None = None
    new: str | None = None
    operation: str | None = None
    evidence: str = ""
    count: int = 1

    def grade(self, side: Side) -> Grade:
        return self.clients if side == "clients" else self.servers

    def finding(self, side: Side) -> Finding:
        """As grave as it is for one side."""
        effects = (
            Effect("clients", SEVERITIES[self.clients], self.why[0]),
            Effect("servers", SEVERITIES[self.servers], self.why[1]),
        )
        return Finding(
            rule=self.rule,
            party="server",
            title=self.title,
            evidence=self.evidence,
            operation=self.operation,
            level=LEVELS[self.grade(side)],
            document=self.new,
            count=self.count,
            effects=effects,
            before=self.old,
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """Where schemas are compared: `area` and `prefix` name it, `where` is said of it, `travel` is who sends.

    A request travels from clients to servers. What a webhook asks travels the other way, like a reply.
    """

    area: str
    prefix: str
    where: str
    travel: Direction
    operation: str | None = None

    def shifts(self, changes: Iterable[Change]) -> Iterator[Shift]:
        """What changes of a schema come to here."""
        for change in changes:
            path = f" {change.path}" if change.path else ""
            asked = self.travel == "request"
            clients, servers = (change.narrows, change.widens) if asked else (change.widens, change.narrows)
            why = (
                (_SENDERS if asked else _RECEIVERS)[clients],
                (_RECEIVERS if asked else _SENDERS)[servers],
            )
            title = f"{self.where}{path}: {change.text}"
            rule = f"{self.prefix}-{change.rule}"
            yield Shift(self.area, rule, title, clients, servers, why, change.old, change.new, self.operation)

    def shift(
        self, rule: str, text: str, clients: tuple[Grade, str], servers: tuple[Grade, str],
        old: str | None = None, new: str | None = None,
    ) -> Shift:  # fmt: skip
        """A change of the thing itself."""
        grades, why = (clients[0], servers[0]), (clients[1], servers[1])
        name = f"{self.prefix}-{rule}" if self.prefix else rule
        return Shift(self.area, name, f"{self.where}: {text}", *grades, why, old, new, self.operation)


SAME: Final = (NO, "nothing changes for them")


def folded(shifts: Iterable[Shift]) -> list[Shift]:
    """What several operations share is told once, with the others named."""
    found: dict[tuple[str, str | None, str | None], list[Shift]] = {}
    for shift in shifts:
        found.setdefault((shift.rule, shift.old, shift.new), []).append(shift)
    return [_one(each) for each in found.values()]


def _one(shifts: list[Shift]) -> Shift:
    first = shifts[0]
    if len(shifts) == 1:
        return first
    worst = [max(shift.grade(side) for shift in shifts) for side in ("clients", "servers")]
    gravest = next((each for each in shifts if each.clients == worst[0]), first)
    others = dict.fromkeys(each.operation for each in shifts if each.operation and each.operation != first.operation)
    also = f"also in {', '.join(others)}" if others else ""
    evidence = "\n".join(part for part in (first.evidence, also) if part)
    why = (gravest.why[0], next(each for each in shifts if each.servers == worst[1]).why[1])
    return replace(first, clients=worst[0], servers=worst[1], why=why, evidence=evidence)
