"""Findings as they come, folded: one for each rule, with how often, where first, and the calls of the first time.

Keeps so many findings and no more, whatever the traffic holds. Secrets go out on the way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from mockserver.conformance.finding import Finding, Level, Place, Step
from mockserver.conformance.musts import must
from mockserver.conformance.traffic.exchange import Exchange
from mockserver.conformance.traffic.fields import reply_of
from mockserver.conformance.traffic.judging import Judged, shown
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.redaction import Redaction
from mockserver.core.secrecy import REMOVED
from mockserver.core.text import dump
from mockserver.core.violation import Party, Violation
from mockserver.options import KEY_VARIABLE

MOST_PLACES: Final = 5
_MOST_FINDINGS: Final = 1_000
# Of a body no more is kept for a reproduction.
_LONGEST_BODY: Final = 64 * 1024

# Headers of a connection or a browser; the rest of a call is the client's own.
_PASSING: Final = frozenset(
    [
        *("accept-encoding", "accept-language", "connection", "content-length", "host", "user-agent", "te", "dnt"),
        *("transfer-encoding", "cookie", "referer", "pragma", "cache-control", "priority", "upgrade-insecure-requests"),
    ]
)

Fold = tuple[str, str | None, str | None]


@dataclass(slots=True)
class _Kept:
    finding: Finding
    places: list[Place] = field(default_factory=list)
    count: int = 0


class Tally:
    """Folded findings. `origin` is where requests go whose host nobody wrote down."""

    def __init__(self, redaction: Redaction, origin: str) -> None:
        self._redaction = redaction
        self._origin = origin
        self._kept: dict[Fold, _Kept] = {}
        self.dropped = 0

    def add(self, judged: Judged) -> None:
        """Every violation of an exchange, each a finding or another place of one there is."""
        for violation in judged.violations:
            fold = _rule(violation), violation.operation, violation.document
            kept = self._kept.get(fold)
            if kept is None:
                kept = self._new(fold, self._of_violation(judged.exchange, violation))
            self._again(kept, judged.exchange.place)
            if violation.party == "client" and _is_accepted(judged):
                self.say(self._not_refused(judged.exchange, violation), judged.exchange)

    def say(self, finding: Finding, exchange: Exchange) -> None:
        """A finding that was made of several exchanges; the last of them is where it stands."""
        kept = self._kept.get(finding.fold) or self._new(finding.fold, finding)
        self._again(kept, exchange.place)

    def step(self, exchange: Exchange, note: str = "") -> Step:
        """An exchange as a call to make again, without its secrets."""
        request, reply, _ = self._redacted(exchange)
        return Step(request, reply, note=note)

    def findings(self) -> Iterator[Finding]:
        for kept in self._kept.values():
            yield replace(kept.finding, count=kept.count, places=tuple(kept.places))

    def _new(self, fold: Fold, finding: Finding) -> _Kept | None:
        if len(self._kept) >= _MOST_FINDINGS:
            self.dropped += 1
            return None
        kept = self._kept[fold] = _Kept(finding)
        return kept

    def _again(self, kept: _Kept | None, place: Place) -> None:
        if kept is None:
            return
        kept.count += 1
        if len(kept.places) < MOST_PLACES and place not in kept.places:
            kept.places.append(place)

    def _of_violation(self, exchange: Exchange, violation: Violation) -> Finding:
        request, reply, (clean,) = self._redacted(exchange, (violation,))
        step = Step(request, reply)
        evidence = [_outcome(request, reply), f"expected {clean.expected}", f"got {clean.got}"]
        if clean.remedy:
            evidence.append(clean.remedy)
        return Finding(
            _rule(violation),
            violation.party,
            _title(clean),
            "\n".join(evidence),
            operation=violation.operation,
            steps=(step,),
            must=must(clean, step, 0) if violation.party == "server" else (),
            document=violation.document,
            violations=(clean,),
        )

    def _not_refused(self, exchange: Exchange, violation: Violation) -> Finding:
        request, reply, (clean,) = self._redacted(exchange, (violation,))
        return Finding(
            "not-refused",
            "server",
            f"A request that breaks `{violation.rule}` at {clean.where} was accepted",
            "\n".join((_outcome(request, reply), f"expected {clean.expected}", f"got {clean.got}")),
            operation=violation.operation,
            level="warning",
            steps=(Step(request, reply),),
            must=("replies[0].status_code >= 400",),
            document=violation.document,
            about="Servers may be more generous than their documents; what a document forbids need not work tomorrow.",
            violations=(clean,),
        )

    def _redacted(
        self, exchange: Exchange, violations: tuple[Violation, ...] = ()
    ) -> tuple[Request, Reply, tuple[Violation, ...]]:
        reply = exchange.reply
        reply = reply if reply.value is not None else reply_of(reply.status, reply.headers, reply.body)
        if reply.value is not None:
            # Redaction looks for names as compact JSON has them.
            reply = replace(reply, body=dump(reply.value))
        request, reply, violations = self._redaction(shown(exchange, self._origin), reply, violations)
        request = replace(request, headers=_own(request.headers))
        if len(reply.body) > _LONGEST_BODY:
            reply = Reply(reply.status, reply.headers, reply.body[:_LONGEST_BODY])
        return request, reply, violations


def _outcome(request: Request, reply: Reply) -> str:
    return f"{request.method} {request.target}: the reply was {reply.status}"


def _is_accepted(judged: Judged) -> bool:
    exchange = judged.exchange
    return exchange.reply.status < 300 and not exchange.spoilt and exchange.request.header("prefer") is None


def _own(headers: Headers) -> Headers:
    """The headers that a reproduction sends: without those of the connection, its key from the environment."""
    kept = ((name, value) for name, value in headers if name.lower() not in _PASSING and name[:4].lower() != "sec-")
    return Headers.of((name, value.replace(REMOVED, f"${KEY_VARIABLE}")) for name, value in kept)


def _rule(violation: Violation) -> str:
    return f"{'request' if violation.party == 'client' else 'reply'}-{violation.rule}"


def _title(violation: Violation) -> str:
    who = "request" if violation.party == "client" else "reply"
    return f"The {who} breaks `{violation.rule}` at {violation.where}"


def weighed(findings: Iterable[Finding], failing: frozenset[Party]) -> tuple[Finding, ...]:
    """Findings by how bad they are for the run: the faults of whoever is not judged are told and fail nothing."""
    order: dict[Level, int] = {"error": 0, "warning": 1, "note": 2}
    told = [
        finding if finding.party in failing or finding.level != "error" else replace(finding, level="warning")
        for finding in findings
    ]
    return tuple(sorted(told, key=lambda finding: (order[finding.level], -finding.count, *map(str, finding.fold))))
