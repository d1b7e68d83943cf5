"""One run of a suite over one choice of clients, in this process, as a pytest session: which tests fail, and how."""

from __future__ import annotations

import io
import signal
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import pytest

from tests.mutants.patience import Endless
from tests.mutants.trial import TRIAL, Trial

# What a session of ours does without: it is one of many in a process, and nobody looks at it.
_QUIETLY = ("-q", "--tb=short", "-o", "addopts=", "--capture=sys")
_WITHOUT = ("cacheprovider", "xdist", "faulthandler", "junitxml", "unraisableexception", "threadexception")


class SuiteBroken(Exception):
    """The suite could not be run at all; the text is pytest's."""


@dataclass(slots=True)
class Judge:
    """A pytest plugin. `failures` maps the name of a test to the last line of what went wrong."""

    trial: Trial
    ignored: Collection[str] = ()
    seconds: float = 60
    failures: dict[str, str] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[TRIAL] = self.trial

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if _name(item.nodeid) not in self.ignored]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        """A client that hangs where nobody counts is woken up."""
        with alarm(self.seconds):
            yield

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = _name(report.nodeid)
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            text = crash.message if crash is not None else str(report.longrepr)
            self.failures.setdefault(name, text.strip().splitlines()[0] if text.strip() else "failed")
        elif report.when == "call" and report.passed:
            self.passed.add(name)


def judge(
    files: Sequence[Path],
    trial: Trial,
    *,
    ignored: Collection[str] = (),
    all_failures: bool = False,
    seed: int = 0,
    seconds: float = 60,
) -> Judge:
    """Run the tests of these files but for the `ignored` ones, up to the first failure unless all are wanted.

    A test may take so many `seconds`. Raises SuiteBroken when pytest could not run them.
    """
    judging = Judge(trial, ignored, seconds)
    words = [*_QUIETLY, *(word for plugin in _WITHOUT for word in ("-p", f"no:{plugin}")), f"--hypothesis-seed={seed}"]
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = pytest.main([*words, *([] if all_failures else ["-x"]), *map(str, files)], plugins=[judging])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SuiteBroken(said.getvalue())
    return judging


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise Endless in the block after so long, where the system has alarms (Windows has none)."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise Endless(f"was not done after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _name(nodeid: str) -> str:
    """`test_livepeer.py::test_x[y]`, wherever the file is."""
    return nodeid.rpartition("/")[2]
