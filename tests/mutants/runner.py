"""Runs suites over the mutants: what is killed, what survives, what is a false alarm."""

from __future__ import annotations

import ast
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutants import hosts
from tests.mutants.judge import judge
from tests.mutants.mutation import PROVIDERS, Mutant, Provider
from tests.mutants.trial import Host, Trial

FOLDER: Final = Path(__file__).parent / "suites"


@dataclass(frozen=True, slots=True)
class Suite:
    """A folder of tests, one file for each provider, and what they run against (None if they bring it along).

    `gate`: the share of mutants it must kill, without a false alarm. `seconds`: how long one test may take.
    """

    name: str
    about: str
    folder: Path
    host: Callable[[], AbstractContextManager[Host]] | None = None
    gate: float | None = None
    seconds: float = 60

    def files(self, provider: Provider) -> list[Path]:
        return sorted(self.folder.glob(f"test_{provider}*.py"))

    def missing(self) -> str | None:
        """Why it can't be run here, if it can't."""
        if not all(self.files(provider) for provider in PROVIDERS):
            return f"there is no {self.folder.name} in tests/mutants/suites yet"
        if self.host is hosts.prism and not (shutil.which("node") and shutil.which("npm")):
            return "node and npm are not installed"
        return None

    def lines(self) -> int:
        """Lines of test, without those that are empty or a comment."""
        lines = (line.strip() for path in self.folder.glob("*.py") for line in path.read_text("utf-8").splitlines())
        return sum(bool(line) and not line.startswith("#") for line in lines)

    def adapter_lines(self) -> int:
        """How many of these are adapters: what tells the machine how to use a client."""
        trees = [ast.parse(path.read_text("utf-8")) for path in self.folder.glob("*.py")]
        classes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
        adapters = [node for node in classes if any(ast.unparse(base) == "Client" for base in node.bases)]
        return sum(bool(line.strip()) for node in adapters for line in ast.unparse(node).splitlines())


SUITES: Final = (
    Suite("a", "the kit's shortest use", FOLDER / "kit", gate=0.95, seconds=1_800),
    Suite("b", "plain examples against prism", FOLDER / "examples", hosts.prism),
    Suite("c", "plain examples against mockserver", FOLDER / "examples", hosts.ours),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`by` is the test that killed the mutant and `how` its complaint; both are empty for a survivor."""

    mutant: Mutant
    by: str = ""
    how: str = ""

    @property
    def killed(self) -> bool:
        return bool(self.by)


@dataclass(frozen=True, slots=True)
class Result:
    """`false_alarms` maps the tests the honest clients fail to their complaints; no mutant is killed by them."""

    suite: Suite
    verdicts: tuple[Verdict, ...]
    false_alarms: dict[str, str]
    tests: int
    seconds: float

    @property
    def killed(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.killed]

    @property
    def survived(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.killed]

    @property
    def ok(self) -> bool:
        """Whether it is as good as it must be."""
        gate = self.suite.gate
        return gate is None or (not self.false_alarms and len(self.killed) >= gate * len(self.verdicts))


def run(
    suite: Suite,
    mutants: Iterable[Mutant],
    *,
    seed: int = 0,
    seeds: int = 1,
    told: Callable[[str], None] = lambda line: None,
) -> Result:
    """Judge the honest clients with so many seeds of Hypothesis from `seed` on, then the mutants with that one.

    Raises SuiteBroken.
    """
    began = time.perf_counter()
    with ExitStack() as stack:
        host = stack.enter_context(suite.host()) if suite.host is not None else None
        trial = Trial(host=None if host is None else lambda: host)
        alarms: dict[str, str] = {}
        tests: set[str] = set()
        chosen = tuple(mutants)
        for provider in dict.fromkeys(mutant.provider for mutant in chosen):
            for each in range(seed, seed + seeds):
                told(f"({suite.name}) the honest client of {provider}, seed {each}")
                found = judge(suite.files(provider), trial, all_failures=True, seed=each, seconds=suite.seconds)
                alarms |= found.failures
                tests |= found.failures.keys() | found.passed
        verdicts = tuple(_verdict(suite, trial, mutant, alarms, seed, told) for mutant in chosen)
    return Result(suite, verdicts, alarms, len(tests), time.perf_counter() - began)


def _verdict(
    suite: Suite, trial: Trial, mutant: Mutant, ignored: dict[str, str], seed: int, told: Callable[[str], None]
) -> Verdict:
    told(f"({suite.name}) {mutant}")
    found = judge(
        suite.files(mutant.provider), trial.of(mutant), ignored=ignored.keys(), seed=seed, seconds=suite.seconds
    )
    by, how = next(iter(found.failures.items()), ("", ""))
    return Verdict(mutant, by, how)
