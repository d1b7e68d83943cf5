"""`make mutants`: which client bugs each suite of tests finds.

python -m tests.mutants [--suite a|b|c] [--only NAME] [--seed N] [--seeds N] [--json] [--list]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches

from tests.mutants import report
from tests.mutants.bugs import MUTANTS
from tests.mutants.judge import SuiteBroken
from tests.mutants.mutation import Mutant
from tests.mutants.runner import SUITES, Result, run


def main(words: Sequence[str]) -> int:
    """0: done. 1: the kit (a) kills less than it must or gives a false alarm. 2: bad usage. 3: a suite can't be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Which client bugs does a suite find?")
    names = [suite.name for suite in SUITES]
    parser.add_argument("--suite", action="append", choices=names, help="run this one (all there are); repeatable")
    parser.add_argument("--only", action="append", metavar="NAME", help="livepeer, or livepeer/NAME; repeatable")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of Hypothesis (0, which the kit was tuned on)"
    )
    parser.add_argument(
        "--seeds", type=int, default=1, metavar="N", help="judge the honest clients with N seeds from there on (1)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, with the test that killed each mutant")
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    given = parser.parse_args(words)
    mutants = _chosen(parser, given.only)
    if given.list:
        sys.stdout.write("".join(f"{mutant}\n    {mutant.about} {mutant.why}\n" for mutant in mutants))
        return 0
    results: list[Result] = []
    for suite in SUITES:
        if given.suite and suite.name not in given.suite:
            continue
        missing = suite.missing()
        if missing is not None:
            sys.stderr.write(f"({suite.name}) {suite.about}: left out, {missing}\n")
            if given.suite:
                return 3
            continue
        try:
            results.append(run(suite, mutants, seed=given.seed, seeds=given.seeds, told=_told))
        except SuiteBroken as error:
            sys.stderr.write(f"({suite.name}) {suite.about} can't be run:\n{error}\n")
            return 3
    sys.stdout.write(f"{report.as_json(results) if given.json else report.text(results)}\n")
    return 0 if all(result.ok for result in results) else 1


def _chosen(parser: argparse.ArgumentParser, only: Sequence[str] | None) -> list[Mutant]:
    known = {mutant.provider for mutant in MUTANTS} | {str(mutant) for mutant in MUTANTS}
    for name in only or ():
        if name not in known:
            near = get_close_matches(name, known, 3, 0.4)
            parser.error(f"no mutant {name}" + (f"; did you mean {', '.join(near)}?" if near else "; see --list"))
    return [mutant for mutant in MUTANTS if not only or {mutant.provider, str(mutant)} & set(only)]


def _told(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{line}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
