"""A rule: one thing about a server's state that calls can show, and how it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mockserver.conformance.finding import Check, Finding, State

if TYPE_CHECKING:
    from mockserver.conformance.session import Session


# So many operations besides the first are more than a coincidence.
_MANY: Final = 3


class Skip(Exception):
    """`str(skip)` says why a rule was not looked at, as a clause: `there is no second key`."""


class Broken(Exception):
    """A rule that can look no further after what it found."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.title)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Rule:
    """`run` looks, and gives what it finds; raises Skip when it can't be looked at here, Broken to end with a finding.

    `name` is stable. `about` is one sentence. `operations` must all be in the document, and `provider` must be the one
    that is judged, where they are said. `writes` says that it changes something. A rule's findings may have other
    names: of what they found.
    """

    name: str
    about: str
    run: Callable[[Session], Iterable[Finding]]
    operations: tuple[str, ...] = ()
    provider: str | None = None
    writes: bool = False

    def why_not(self, session: Session) -> str:
        """Why it is not for this server, as a clause; empty when it is."""
        subject = session.subject
        if self.provider not in (None, subject.provider):
            return f"it is about {self.provider}"
        missing = [operation for operation in self.operations if not subject.has(operation)]
        if missing:
            return f"the document has no operation {missing[0]}"
        if self.writes and session.limits.read_only:
            return "it writes, and --read-only forbids that"
        return ""

    def check(self, session: Session) -> Check:
        """What there is to say of a server. Findings that are one defect are folded into the first."""
        begun, calls = session.now(), session.calls
        session.forget()
        found: list[Finding] = []
        why = self.why_not(session)
        if not why:
            try:
                found.extend(self.run(session))
            except Skip as skip:
                why = str(skip)
            except Broken as broken:
                found.append(broken.finding)
        state: State = "broken" if found else "skipped" if why else "kept"
        took = float(session.now() - begun)
        return Check(self.name, self.about, state, fold(found), why, session.calls - calls, took)


def fold(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of each defect, with how often it was seen.

    What one rule finds at many operations is one defect, too: a server that looks at no key looks at none anywhere.
    """
    kept: dict[object, Finding] = {}
    for finding in found:
        first = kept.get(finding.fold)
        kept[finding.fold] = finding if first is None else replace(first, count=first.count + finding.count)
    alike: dict[str, list[Finding]] = {}
    for finding in kept.values():
        alike.setdefault(finding.rule, []).append(finding)
    return tuple(one for findings in alike.values() for one in _joined(findings))


def _joined(findings: list[Finding]) -> list[Finding]:
    first, *others = findings
    operations = sorted({str(other.operation) for other in others} - {str(first.operation)})
    if len(operations) < _MANY:
        return findings
    evidence = f"{first.evidence}\nthe same at {', '.join(operations)}"
    title = f"{first.title}, and so at {len(operations)} other operations"
    return [replace(first, title=title, evidence=evidence, count=sum(one.count for one in findings))]
