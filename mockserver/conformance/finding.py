"""What a judge says: findings, each with its evidence and the smallest calls that show it, and the report of them all.

Values only: knows neither how they are found nor how they are printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mockserver.core.http import Reply, Request
from mockserver.core.violation import Party, Violation

Level = Literal["error", "warning", "note"]
State = Literal["kept", "broken", "skipped"]
Side = Literal["clients", "servers"]
Severity = Literal["breaking", "risky", "harmless"]


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a reproduction, as it went.

    `request.origin` is the server's base URL. `reply` is None when none came; `trouble` says then what came instead
    (`connection reset`, `nothing within 5 s`). `saved` names values of the reply by their JSON Pointers
    (`{"project": "/projectId"}`): where a later step has such a value, a reproduction takes it from this one's reply.
    `after_ms` is waited before this step. `beside` says it was sent at the same time as the one before it, not after.
    `note` is a clause for the reader: `the same again`.
    """

    request: Request
    reply: Reply | None
    saved: Mapping[str, str] = field(default_factory=dict)
    after_ms: int = 0
    beside: bool = False
    note: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where traffic that was judged stands: a file and the exchange's number in it, from 1."""

    source: str
    entry: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of a document means for one side of the wire, and why: a sentence."""

    side: Side
    severity: Severity
    because: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    `rule` is stable (`conflict-missing`, `reply-required`); `party` broke it. `title` is a sentence that says what is
    wrong, `evidence` what was seen (several lines). `steps` are the calls that show it, at most four when a server is
    judged. `must` are assertions over `replies` (a list of httpx responses, one a step) that hold when it is mended, as
    Python (`replies[1].status_code == 409`). `document` is the JSON Pointer of the rule in the effective document,
    `about` the sentence of the document or of the provider's facts it rests on. `count` is how often it was seen;
    `places` where in traffic, the first few. A change between two documents has `effects`, one a side, and in `before`
    the JSON Pointer of what was changed in the old one; `document` is then of the new one.
    """

    rule: str
    party: Party
    title: str
    evidence: str
    operation: str | None = None
    level: Level = "error"
    steps: tuple[Step, ...] = ()
    must: tuple[str, ...] = ()
    document: str | None = None
    about: str = ""
    violations: tuple[Violation, ...] = ()
    places: tuple[Place, ...] = ()
    count: int = 1
    effects: tuple[Effect, ...] = ()
    before: str | None = None

    @property
    def fold(self) -> tuple[str, str | None, str | None]:
        """What two findings share that are one defect seen twice."""
        return self.rule, self.operation, self.document


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its findings, or why it was not. `milliseconds` is how long that took."""

    name: str
    about: str
    state: State
    findings: tuple[Finding, ...] = ()
    why: str = ""
    calls: int = 0
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the contract was met: operations, and `operation status` pairs, of those the document has.

    `unknown` counts the calls of no operation by `METHOD /path`.
    """

    operations: Mapping[str, int]
    statuses: Mapping[str, int]
    unknown: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run says.

    `command` is `check`, `verify` or `diff`; `subject` what was judged: a URL, a file. `document` names the document
    (`livepeer`, `openapi.yaml`) and `version` is its `info.version`. `seed` is what its calls were drawn from.
    """

    command: str
    subject: str
    document: str
    version: str
    checks: tuple[Check, ...]
    coverage: Coverage | None = None
    calls: int = 0
    milliseconds: float = 0.0
    seed: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> Iterator[Finding]:
        for check in self.checks:
            yield from check.findings

    @property
    def broken(self) -> bool:
        """Whether anything is an error: exit code 1."""
        return any(finding.level == "error" for finding in self.findings)
