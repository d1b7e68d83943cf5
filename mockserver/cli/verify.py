"""`mockserver verify`: judge recorded traffic against a contract, without a server."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mockserver.cli.words import Words
from mockserver.errors import UsageError

if TYPE_CHECKING:
    from mockserver.conformance.finding import Finding, Report
    from mockserver.conformance.traffic.run import Told

_EPILOG: Final = """
TRAFFIC is a file, or - for standard input: a HAR of a browser, a proxy or `mockserver ctl requests export --har`; a
cassette of vcrpy or of Ruby's VCR; our own journal; or lines of JSON, an exchange in each:

  {"request": {"method": "GET", "path": "/api/asset", "headers": {}, "body": null},
   "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": []}}

Each may be packed with gzip. Calls of other hosts and paths are passed over and counted: --base says where the API
stood, if not at the document's own address or on this machine.

  mockserver verify livepeer session.har --report html=report.html
  mockserver verify restream tests/cassettes/*.yaml --whose client
  mockserver verify livepeer new.har --against old.har
  mockserver ctl requests export --har - | mockserver verify livepeer -

exit codes: 0 the contract is kept, 1 it is broken, 2 something can't be read or is not understood
"""
_UNREADABLE: Final = 2


def run(name: str, about: str, words: Sequence[str]) -> int:
    """Judge what the words name and say what came of it; the exit code."""
    from mockserver.cli.reporting import Reports, add_report_option

    parser = _parser(name, about)
    add_report_option(parser)
    given = parser.read(words)
    if given is None:
        return 0
    if given.what is None or not given.traffic:
        raise UsageError(f"verify: name a provider or a document, then the traffic. See {parser.prog} --help")
    from mockserver.conformance.opening import open_document
    from mockserver.conformance.reports import Sources
    from mockserver.conformance.reproduction import write
    from mockserver.conformance.traffic.telling import is_readable
    from mockserver.conformance.traffic.verifying import verify

    reports = Reports.read(given.report, name)
    with _progress([*given.traffic, *given.against]) as told:
        report = verify(
            given.what,
            *given.traffic,
            format=given.format,
            base=given.base,
            whose=given.whose,
            only=_names(given.only),
            skip=_names(given.skip),
            strict=given.strict,
            against=given.against,
            readings=dict(map(_reading, given.reading)),
            cover_fail_under=given.cover_fail_under,
            told=told,
        )
    if given.reproductions is not None:
        write(_servers(report), given.reproductions)
    document = open_document(given.what).document
    reports.write(report, Sources(document, commands=_commands, folder=Path.cwd()))
    return 1 if report.broken else 0 if is_readable(report) else _say_unreadable(report)


def _parser(name: str, about: str) -> Words:
    parser = Words(name, about, _EPILOG)
    add = parser.add_argument
    add("what", metavar="PROVIDER|DOCUMENT", nargs="?", help="whose contract: livepeer, restream, or an OpenAPI file")
    add("traffic", metavar="TRAFFIC", nargs="*", help="files of recorded traffic; - is standard input")
    add("--format", choices=("har", "vcr", "journal", "lines"), help="what the files are (told by their content)")
    add(
        "--base",
        metavar="URL|PATH",
        action="append",
        default=[],
        help="where the API stood in the recording, in place of the document's server, as in /proxy/api; repeatable",
    )
    add("--whose", choices=("client", "server", "both"), default="both", help="whose faults fail the run (both)")
    add("--only", metavar="NAME", action="append", default=[], help="these operations, rules or checks; repeatable")
    add("--skip", metavar="NAME", action="append", default=[], help="all but these; repeatable, or with commas")
    add("--strict", action="store_true", help="calls that are no operation of the document fail the run")
    add("--against", metavar="OLD", action="append", default=[], help="tell what differs from this older recording")
    add("--reading", metavar="NAME=OPTION", action="append", default=[], help="read an unclear sentence so; repeatable")
    add("--cover-fail-under", metavar="PERCENT", type=float, help="fail if fewer of the operations were met")
    add(
        "--reproductions",
        metavar="DIR",
        type=Path,
        help="write each fault of the server there: a script, a pytest file",
    )
    return parser


def _commands(finding: Finding) -> str:
    """What fails the run, to run again; the rest is told in fewer lines."""
    from mockserver.conformance.reproduction import curl

    return curl(finding) if finding.level == "error" else ""


def _servers(report: Report) -> Report:
    """The report of the server's faults alone: what a client sent wrong is not mended at the server."""
    checks = (
        replace(check, findings=tuple(found for found in check.findings if found.party == "server"))
        for check in report.checks
    )
    return replace(report, checks=tuple(checks))


def _names(given: Sequence[str]) -> list[str]:
    return [name.strip() for each in given for name in each.split(",") if name.strip()]


def _reading(word: str) -> tuple[str, str]:
    name, equals, option = word.partition("=")
    if not equals:
        raise UsageError(f"verify: --reading {word}: say which, as in --reading restream.repeat-while-running=201")
    return name.strip(), option.strip()


def _say_unreadable(report: Report) -> int:
    for check in report.checks:
        if check.name == "traffic":
            sys.stderr.write(f"mockserver: {check.why}\n")
    return _UNREADABLE


@contextmanager
def _progress(names: Sequence[str]) -> Iterator[Told | None]:
    """A bar over the bytes of all files, where somebody looks at a terminal and they are many."""
    sizes = {name: Path(name).stat().st_size for name in names if name != "-" and Path(name).is_file()}
    total = sum(sizes.values())
    if not sys.stderr.isatty() or total < 4_000_000:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, done = bar.add_task("", total=total), dict.fromkeys(sizes, 0)

        def told(name: str, at: int) -> None:
            done[name] = at
            bar.update(task, description=Path(name).name, completed=sum(done.values()))

        yield told
