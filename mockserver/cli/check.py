"""`mockserver check`: judges a server by a document, and tells what it found in every form that is asked for."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from mockserver.cli.checking import Given, read
from mockserver.cli.reporting import Reports
from mockserver.cli.show import table
from mockserver.errors import UsageError
from mockserver.options import KEY_VARIABLE

if TYPE_CHECKING:
    from mockserver.conformance.finding import Report
    from mockserver.conformance.opening import Opened
    from mockserver.conformance.run import Event, Judge
    from mockserver.conformance.subject import Subject

# The account of the fake that is started to be judged: private, as any of this form.
_OWN_KEY: Final = "test_check"
_BROKEN: Final = 1
# How much faster than life its jobs go: a clip is made in a blink, and still not at once.
_PACE: Final = 600.0
_NOWHERE: Final = "http://127.0.0.1"


def run(name: str, about: str, words: Sequence[str]) -> int:
    """Judge; 0 when the contract is kept, 1 when it is broken."""
    given = read(name, about, words, os.environ)
    if given is None:
        return 0
    from mockserver.conformance.opening import open_document

    reports = Reports.read(given.reports, name)
    opened = open_document(given.document)
    if given.list:
        return _list(opened, given)
    with _stoppable(), _server(opened, given) as (url, given):
        subject = given.subject(opened, url)
        _confirm(subject, given)
        report = _judged(opened, subject, given)
    from mockserver.conformance.reports import Sources
    from mockserver.conformance.reproduction import curl, write

    if given.reproductions is not None:
        write(report, given.reproductions)
    reports.write(report, Sources(opened.document, commands=curl, folder=Path.cwd()))
    return _BROKEN if report.broken else 0


def _list(opened: Opened, given: Given) -> int:
    judge = _judge(opened, given.subject(opened, given.url or _NOWHERE), given)
    table(("check", "what is looked at"), [(rule.name, rule.about) for rule in judge.rules])
    return 0


@contextmanager
def _server(opened: Opened, given: Given) -> Iterator[tuple[str, Given]]:
    """The server to judge: the one that was named, or the provider's fake, for as long as the block lasts."""
    if given.url is not None:
        yield given.url, given
        return
    if opened.provider is None:
        raise UsageError(
            f"check: --url: where is the server that is to keep {opened.name}? Only fakes are started here"
        )
    from mockserver.server.thread import ThreadedServer
    from mockserver.settings import Settings

    settings = Settings(providers=(opened.provider.name,), port=0, pace=_PACE, seed=given.seed, log=False, admin=False)
    with ThreadedServer(settings) as server:
        yield server.url, replace(given, key=given.key or _OWN_KEY)


def _confirm(subject: Subject, given: Given) -> None:
    """Ask before anything is written to another machine. Raises UsageError when nobody says yes."""
    if given.read_only or given.yes or subject.loopback:
        return
    what = f"check writes to {subject.origin}: it makes, changes and removes things of the account it is given"
    if not sys.stdin.isatty():
        raise UsageError(f"{what}. Say --yes if that is meant, or --read-only to look only")
    sys.stderr.write(f"mockserver: {what}. Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("check: nothing was sent. --read-only looks without writing")


def _judged(opened: Opened, subject: Subject, given: Given) -> Report:
    from mockserver.conformance.reports.progress import progress
    from mockserver.conformance.run import left_behind

    judge = _judge(opened, subject, given)
    judge.reach()
    if subject.key is None:
        sys.stderr.write(f"mockserver: there is no key (--key or {KEY_VARIABLE}): what wants one is left out\n")
    try:
        with progress(len(judge.rules), sys.stderr) as bar:
            return judge.run(_teller(bar))
    except KeyboardInterrupt:
        sys.stderr.write("mockserver: stopped; what was made is removed\n")
        for sentence in left_behind(judge.close()):
            sys.stderr.write(f"mockserver: {sentence}\n")
        raise
    finally:
        judge.close()


def _judge(opened: Opened, subject: Subject, given: Given) -> Judge:
    from mockserver.conformance.run import Judge

    return Judge(opened, subject, limits=given.limits, effort=given.effort, choice=given.choice)


def _teller(bar: Callable[[str], None]) -> Callable[[Event], None]:
    """Shows events: on a terminal as a bar, elsewhere each check in a line."""
    from mockserver.conformance.run import Began, Ended

    terminal = sys.stderr.isatty()

    def tell(event: Event) -> None:
        if terminal and isinstance(event, Began):
            bar(event.check)
        elif not terminal and isinstance(event, Ended):
            check = event.check
            sys.stderr.write(f"{check.state:<8}{check.name}  {check.calls} calls, {check.milliseconds / 1_000:.1f} s\n")

    return tell


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: after it was cleaned up."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
