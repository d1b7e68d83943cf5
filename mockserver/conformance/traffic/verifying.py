"""`verify`: recorded traffic judged against a contract, without a server, in one pass and bounded memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Final, get_args

from mockserver.conformance.finding import Report
from mockserver.conformance.traffic import drift as drifting
from mockserver.conformance.traffic.opening import STANDARD_INPUT
from mockserver.conformance.traffic.run import Run, Told, Wanted, Whose
from mockserver.conformance.traffic.sites import Sites
from mockserver.conformance.traffic.state import FINDS
from mockserver.conformance.traffic.telling import CHECKS, checks, notes
from mockserver.conformance.traffic.terms import Terms, terms_of
from mockserver.contract.codes import CODES
from mockserver.core.text import Json
from mockserver.errors import UsageError, unknown

# Files beyond these are counted.
_MOST_NAMED: Final = 3


def verify(
    what: str | Path | Mapping[str, Json],
    *traffic: str | Path,
    format: str | None = None,
    base: Iterable[str] = (),
    whose: Whose = "both",
    only: Collection[str] = (),
    skip: Collection[str] = (),
    strict: bool = False,
    against: Iterable[str | Path] = (),
    readings: Mapping[str, str] | None = None,
    cover_fail_under: float | None = None,
    told: Told | None = None,
) -> Report:
    """Judge recorded traffic by a provider's contract, or by an OpenAPI document: a file's, or a value.

    `traffic` are files (`-` is standard input): HARs, VCR cassettes, our own journal, lines of JSON, also gzipped;
    `format` says which where they don't. `base` are URLs or paths that stand for the document's servers: `/proxy/api`.
    `whose` faults are errors; others are warnings. `only` and `skip` name operations, rules or checks. With `strict`
    calls of no operation are errors too; with `cover_fail_under` so is it when less than so many percent of the
    document's operations were met. `against` are older recordings to tell differences from. `readings` are
    options by full name (`restream.repeat-while-running`). `told` hears the file's name and how many bytes were read.

    >>> report = verify("restream", "tests/cassettes/clips.yaml", whose="client")
    >>> assert not report.broken, [finding.title for finding in report.findings]

    Raises UsageError for what can't be read or is not known, DocumentError for a document that can't be used.
    """
    if not traffic:
        raise UsageError("no traffic to judge: name files, or - for standard input")
    if whose not in get_args(Whose):
        raise UsageError(unknown("side", str(whose), get_args(Whose)))
    began = perf_counter()
    terms = terms_of(what, readings)
    wanted = Wanted(whose, frozenset(only), frozenset(skip), strict, cover_fail_under)
    _known(wanted, terms)
    sites = Sites(terms.contract, base)
    older = list(against)
    run = Run(terms, sites, wanted, keeps_shapes=bool(older))
    for name in traffic:
        run.read(str(name), format, told)
    old = None
    if older:
        old = Run(terms, sites, wanted, keeps_shapes=True)
        for name in older:
            old.read(str(name), format, told)
    return Report(
        "verify",
        _named([str(name) for name in traffic]),
        terms.opened.name,
        terms.opened.version,
        checks(run, old),
        run.met.coverage(),
        run.met.judged,
        (perf_counter() - began) * 1000,
        notes=notes(run, old),
    )


def _named(files: list[str]) -> str:
    told = ["standard input" if name == STANDARD_INPUT else name for name in files[:_MOST_NAMED]]
    few, more = ", ".join(told), len(files) - _MOST_NAMED
    return f"{few} and {more} more" if more > 0 else few


def _known(wanted: Wanted, terms: Terms) -> None:
    rules = {*FINDS, *drifting.FINDS, "unknown-operation", "coverage-too-low", "not-refused"}
    broken = {f"{side}-{rule}" for code in CODES.values() for rule in code.rules for side in ("request", "reply")}
    known = {*terms.contract.operations, *rules, *broken, *CHECKS}
    for option, names in (("--only", wanted.only), ("--skip", wanted.skip)):
        for name in sorted(names - known):
            raise UsageError(f"{option}: {unknown('operation, rule or check', name, known)}")
