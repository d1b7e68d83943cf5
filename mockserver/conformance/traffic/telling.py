"""What a run over traffic comes to: its checks, and the sentences about what was not judged and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Check, Finding, Report, State
from mockserver.conformance.traffic.drift import drift
from mockserver.conformance.traffic.run import Run, Wanted
from mockserver.conformance.traffic.tally import weighed
from mockserver.core.violation import Party

READABLE: Final = "traffic"
CHECKS: Final = {
    READABLE: "every entry of the recording can be read",
    "requests": "every request keeps the contract: the client's part",
    "replies": "every reply keeps the contract: the server's part",
    "operations": "every call is one of the document's operations",
    "state": "what replies say of one account does not contradict itself in the order of time",
    "drift": "replies are as those of the older recording were",
}
_UNSURE: Final = {
    "no credential": "whose credential was not recorded",
    "no request body": "whose request body was not recorded",
    "no reply body": "whose reply body was not recorded",
    "placeholder": "with a placeholder in place of a secret",
    "spoilt": "whose reply a fault spoilt on purpose",
    "no headers": "whose reply's headers were not all recorded",
    "cut": "whose request body is not what the server read",
}
_WHY: Final = {
    "websocket": "of a WebSocket",
    "preflight": "CORS preflight",
    "no reply": "without a reply",
    "not HTTP": "not of HTTP",
}
_MOST_HOSTS: Final = 3


def checks(run: Run, old: Run | None) -> tuple[Check, ...]:
    """Every check with its findings, the reading of the traffic first."""
    told = [*run.tally.findings()]
    wanted = run.wanted
    found: dict[str, list[Finding]] = {
        "requests": [each for each in told if each.rule.startswith("request-")],
        "replies": [each for each in told if each.rule.startswith("reply-") or each.rule == "not-refused"],
        "operations": [*_uncovered(run), *_unknown(run)],
        "state": list(run.states.findings()),
    }
    if old is not None and run.shapes is not None and old.shapes is not None:
        found["drift"] = list(drift(old.shapes, run.shapes, run.terms.contract, run.tally))
    return (_reading(run, old), *(_check(name, each, run, wanted) for name, each in found.items()))


def _check(name: str, findings: list[Finding], run: Run, wanted: Wanted) -> Check:
    rules = {one for one in wanted.only if one not in run.terms.contract.operations}
    if name in wanted.skip or (rules and name not in rules and not any(each.rule in rules for each in findings)):
        return Check(name, CHECKS[name], "skipped", why="not wanted" if rules or name in wanted.skip else "")
    kept = [each for each in findings if each.rule not in wanted.skip and (not rules or {name, each.rule} & rules)]
    weighted = weighed(kept, _failing(wanted))
    state: State = "broken" if any(each.level == "error" for each in weighted) else "kept"
    calls = run.met.judged
    if not calls and name != "operations":
        return Check(name, CHECKS[name], "skipped", why="no exchange was of an operation")
    return Check(name, CHECKS[name], state, weighted, calls=calls)


def _failing(wanted: Wanted) -> frozenset[Party]:
    parties: tuple[Party, ...] = ("client", "server")
    return frozenset(party for party in parties if wanted.whose in (party, "both"))


def _unknown(run: Run) -> Iterator[Finding]:
    """A finding for each call that is no operation's, the most frequent first."""
    for name, count in run.met.unknown.most_common():
        method, _, path = name.partition(" ")
        if not path:
            continue
        violation = run.terms.contract.unmatched(method, path)
        yield Finding(
            "unknown-operation",
            "client",
            f"{name} is no operation of the document",
            f"expected {violation.expected}. {violation.remedy}".strip(),
            level="error" if run.wanted.strict else "note",
            document=f"{violation.document}",
            violations=(violation,),
            places=tuple(run.met.places.get(name, ())),
            count=count,
        )


def _uncovered(run: Run) -> Iterator[Finding]:
    """That too few of the operations were met."""
    met = run.met.coverage().operations
    share, least = 100 * sum(map(bool, met.values())) / max(len(met), 1), run.wanted.cover
    if least is not None and share < least:
        never = [name for name, count in met.items() if not count]
        yield Finding(
            "coverage-too-low",
            "client",
            f"{share:.0f} % of the operations were met, less than {least:g} %",
            f"never called: {', '.join(never)}",
            document="/paths",
        )


def _reading(run: Run, old: Run | None) -> Check:
    broken = [*run.unreadable, *(old.unreadable if old else ())]
    count = run.broken + (old.broken if old else 0)
    entries = run.entries + (old.entries if old else 0)
    if count:
        told = "; ".join(map(str, broken)) + (f"; and {count - len(broken)} more" if count > len(broken) else "")
        return Check(READABLE, CHECKS[READABLE], "broken", why=told, calls=entries)
    if not run.met.judged:
        return Check(READABLE, CHECKS[READABLE], "broken", why=_nothing(run), calls=entries)
    return Check(READABLE, CHECKS[READABLE], "kept", calls=entries)


def _nothing(run: Run) -> str:
    """Why not one exchange was judged, and what to do."""
    if not run.entries:
        return "there are no entries. Is it the right file?"
    hosts = ", ".join(name for name, _ in run.met.hosts.most_common(_MOST_HOSTS))
    hint = f" Say where the API stood, as in --base https://{next(iter(run.met.hosts))}/..." if run.met.hosts else ""
    seen = f" They went to {hosts}." if hosts else ""
    paths = ", ".join(run.sites.paths) or "/"
    unknown = ", ".join(name for name, _ in run.met.unknown.most_common(_MOST_HOSTS))
    below = f" The document's operations stand below {paths}; --base names another place." if not hint else ""
    called = f" Called were {unknown}." if unknown else ""
    return f"none of {run.entries} entries was of an operation.{seen}{hint}{called}{below}"


def is_readable(report: Report) -> bool:
    """Whether all of the traffic could be read, and some of it judged."""
    return not any(check.name == READABLE and check.state == "broken" for check in report.checks)


def notes(run: Run, old: Run | None) -> tuple[str, ...]:
    """What was passed over or could not be judged, counted, in sentences."""
    return tuple(_notes(run)) + (tuple(f"Older: {note}" for note in _notes(old)) if old else ())


def _notes(run: Run) -> Iterator[str]:
    met = run.met
    passed = [f"{count} {_WHY[why]}" for why, count in sorted(run.skipped.items())]
    if met.hosts:
        named = ", ".join(name for name, _ in met.hosts.most_common(_MOST_HOSTS))
        more = f" and {len(met.hosts) - _MOST_HOSTS} more" if len(met.hosts) > _MOST_HOSTS else ""
        passed.append(f"{met.where['another host']} to another host ({named}{more})")
    if met.where["another path"]:
        passed.append(f"{met.where['another path']} to another path than the API's")
    if met.where["another provider"]:
        passed.append(f"{met.where['another provider']} with another provider")
    if met.where["control"]:
        passed.append(f"{met.where['control']} of the fake's own control API")
    if met.passed:
        passed.append(f"{met.passed} of an operation that is not wanted")
    over = f"; passed over: {', '.join(passed)}" if passed else ""
    yield f"{run.entries:,} {'entry' if run.entries == 1 else 'entries'}, {met.judged:,} judged{over}"
    unsure = sorted(met.unsure.items(), key=lambda item: (-item[1], item[0]))
    if unsure:
        yield "Judged in part: " + ", ".join(f"{count} {_UNSURE[why]}" for why, count in unsure)
    if run.tally.dropped:
        yield f"{run.tally.dropped} more faults of other rules: too many to list"
