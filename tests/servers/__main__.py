"""`make conform`: which seeded server bugs our judge finds, and which ones schemathesis as it comes.

python -m tests.servers [--only NAME] [--seeds N] [--seed N] [--jobs N] [--by check|schemathesis] [--json FILE] [--list]
python -m tests.servers serve DEFECT [--port N] [--pace N] [--seed N]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from mockserver.settings import Settings
from tests.servers import serving
from tests.servers.defect import Defect
from tests.servers.defects import DEFECTS


def main(words: Sequence[str]) -> int:
    """0: all is as it should be. 1: the judge or the fake falls short. 2: bad usage."""
    return _serve(words[1:]) if words[:1] == ["serve"] else _conform(words)


def _conform(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description="Who finds which server bug?")
    add = parser.add_argument
    add("--only", action="append", metavar="NAME", help="a defect or a pattern of names (`accepts-*`); repeatable")
    add("--healthy", action="store_true", help="look at the healthy fake alone")
    add("--provider", choices=("livepeer", "restream"), help="at this provider's alone")
    add("--by", choices=("check", "schemathesis"), help="this one alone looks; both do if nothing is said")
    add("--seed", type=int, default=0, help="what calls are drawn from (default: %(default)s)")
    add(
        "--seeds", type=int, default=1, metavar="N", help="look at the healthy fake with so many (default: %(default)s)"
    )
    add("--examples", type=int, default=30, metavar="N", help="of schemathesis, an operation (default: %(default)s)")
    add("--pace", type=float, default=60.0, help="how much faster than life jobs go (default: %(default)s)")
    cores = os.cpu_count() or 1
    add("--jobs", type=int, default=cores, metavar="N", help="so many servers at a time (default: one a core)")
    add("--whole", action="store_true", help="go on when a defect is found, to the end")
    add("--json", type=Path, metavar="FILE", help="everything, for a program")
    add("--list", action="store_true", help="name all defects and do nothing")
    given = parser.parse_args(words)
    if given.list:
        sys.stdout.writelines(f"{one.provider:<9} {one.name:<34} {one.about}\n" for one in DEFECTS.values())
        return 0
    chosen = [] if given.healthy else _chosen(parser, given.only)
    return _run(given, chosen)


def _chosen(parser: argparse.ArgumentParser, patterns: list[str] | None) -> list[Defect]:
    for pattern in patterns or ():
        if not any(fnmatchcase(name, pattern) for name in DEFECTS):
            try:
                serving.find(pattern)
            except KeyError as error:
                parser.error(str(error.args[0]))
    return [
        defect
        for name, defect in DEFECTS.items()
        if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
    ]


def _run(given: argparse.Namespace, chosen: Sequence[Defect]) -> int:
    from tests.servers.report import Outcome
    from tests.servers.runner import Plan, run

    plan = Plan(
        chosen,
        seed=given.seed,
        seeds=given.seeds,
        jobs=given.jobs,
        ours=given.by != "schemathesis",
        stock=given.by != "check",
        examples=given.examples,
        pace=given.pace,
        stop=not given.whole,
        provider=given.provider,
    )
    rows = []
    for row in run(plan):
        rows.append(row)
        sys.stderr.write(f"{len(rows)}/{len(plan.tasks)} {row}\n")
    outcome = Outcome(rows)
    sys.stdout.write(outcome.markdown())
    if given.json is not None:
        given.json.write_text(json.dumps(outcome.to_json(), indent=1) + "\n")
    for failure in outcome.failures:
        sys.stderr.write(f"{failure}\n")
    return 1 if outcome.failures else 0


def _serve(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.servers serve", description="The fake with one defect.")
    parser.add_argument("defect", metavar="DEFECT", help="its name, or `healthy`; --list names them all")
    parser.add_argument("--port", type=int, default=0, help="0, if nothing is said, takes a free one; it is printed")
    parser.add_argument("--pace", type=float, default=60.0, help="how much faster than life jobs go (%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    try:
        serving.find(given.defect)
    except KeyError as error:
        parser.error(str(error.args[0]))
    return serving.serve(given.defect, Settings(port=given.port, pace=given.pace, seed=given.seed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
