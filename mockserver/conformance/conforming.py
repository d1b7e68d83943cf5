"""The judge as a library: one call, which returns the report of a server that keeps its document, or raises."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypedDict, Unpack

from mockserver.conformance.effort import USUAL
from mockserver.conformance.finding import Check, Report
from mockserver.conformance.opening import open_document
from mockserver.conformance.reports import Sources, render
from mockserver.conformance.reproduction import curl
from mockserver.conformance.run import Choice, Judge
from mockserver.conformance.session import Limits
from mockserver.conformance.subject import Subject
from mockserver.core.text import Json

Document = str | Path | Mapping[str, Json]


class Wishes(TypedDict, total=False):
    """How a server is judged; all may be left out.

    `key` is the account to judge with, `other_key` a second one's, `keys` those of less by what they are (`revoked`,
    `read-only`). `sources` are ids of streams or files that may be clipped, `headers` go with every call. `only` and
    `skip` are names of checks, with `*`. `examples` are requests of each kind (10), drawn from `seed` (0). `read_only`
    makes no call that could change anything; `max_requests` and `rate` (a second) bound the calls, `timeout` the time
    of one (10 s) and `max_time` that of all (s).
    """

    key: str | None
    other_key: str | None
    keys: Mapping[str, str]
    sources: Collection[str]
    headers: Mapping[str, str]
    only: str | Collection[str]
    skip: str | Collection[str]
    seed: int
    examples: int
    read_only: bool
    max_requests: int | None
    rate: float | None
    timeout: float
    max_time: float | None


class NotConforming(AssertionError):
    """A server breaks its contract; `report` says all of it, `str` the worst."""

    def __init__(self, report: Report, text: str) -> None:
        super().__init__(text)
        self.report = report


def conforms(url: str, document: Document, **wishes: Unpack[Wishes]) -> Report:
    """The report of a server that keeps a document; what it made there is removed.

    `document` is a provider's name, an OpenAPI file, or such a document as a value. Unless `read_only` is set, things
    of the account are made, changed and removed. Raises NotConforming for a server that breaks it, UnreachableError
    when none answers, UsageError for a check, provider or URL that is none and for a key the server does not take,
    DocumentError for a document that can't be read.

    >>> report = conforms("http://127.0.0.1:4080", "restream", key="test_me", skip="schemathesis-*")
    >>> report.calls
    """
    with judge_of(url, document, **wishes) as judge:
        report = judge.run()
    if report.broken:
        raise NotConforming(report, render(report, "text", Sources(judge.opened.document, commands=curl)))
    return report


def judge_of(url: str, document: Document, **wishes: Unpack[Wishes]) -> Judge:
    """A judge that has not called anybody yet. Raises as `conforms` does, but for servers."""
    opened = open_document(document)
    subject = Subject(
        url,
        opened.contract,
        opened.provider.name if opened.provider is not None else None,
        key=wishes.get("key"),
        other=wishes.get("other_key"),
        roles=dict(wishes.get("keys", {})),
        sources=tuple(wishes.get("sources", ())),
        headers=tuple(wishes.get("headers", {}).items()),
    )
    max_time = wishes.get("max_time")
    limits = Limits(
        wishes.get("max_requests"),
        wishes.get("rate"),
        wishes.get("read_only", False),
        round(wishes.get("timeout", 10.0) * 1_000),
        max_ms=None if max_time is None else round(max_time * 1_000),
    )
    effort = USUAL.of(wishes.get("seed", 0), wishes.get("examples"))
    choice = Choice(_names(wishes.get("only", ())), _names(wishes.get("skip", ())))
    return Judge(opened, subject, limits=limits, effort=effort, choice=choice)


def told(judge: Judge, check: Check) -> str:
    """What one check found, as a terminal shows it."""
    report = Report(
        "check", judge.subject.url, judge.opened.name, judge.opened.version, (check,), seed=judge.effort.seed
    )
    return render(report, "text", Sources(judge.opened.document, commands=curl))


def _names(said: str | Collection[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)
