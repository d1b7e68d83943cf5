"""`make bench`: measures, prints one table, and fails when a target is missed.

python -m tests.benchmarks [--quick] [MEASURE ...]

MEASURE: bare stores workers rivals faults crowded cold memory worlds strategies plugin
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence

from tests.benchmarks.load import CONNECTIONS, tool
from tests.benchmarks.rows import FULL, MEASURES, QUICK, Row
from tests.benchmarks.servers import apart


def table(rows: Sequence[Row]) -> str:
    """The rows as text, columns aligned."""
    head = ("what", "ours", "theirs", "ratio", "target", "ok")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    sign = "<=" if row.at_most else ">="
    ok = "yes" if row.ok else "NO"
    return row.what, row.ours, row.theirs, f"{row.ratio:.2f}", f"{sign} {row.target:.2f}", ok


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=main.__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"what to measure: {' '.join(MEASURES)} (all)")
    parser.add_argument("--quick", action="store_true", help="short runs: a rough idea in a minute")
    given = parser.parse_args(words)
    unknown = [name for name in given.measures if name not in MEASURES]
    if unknown:
        parser.error(f"no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    rows: list[Row] = []
    for name in given.measures or MEASURES:
        if name == "rivals" and not (shutil.which("node") and shutil.which("npm")):
            sys.stderr.write("rivals: node and npm are not installed, so nothing is compared with npm's servers\n")
            continue
        sys.stderr.write(f"measuring {name}\n")
        rows += MEASURES[name](QUICK if given.quick else FULL)
    kept = "the server on one core, the client on another" if apart() else "server and client not kept apart"
    how = f"{kept}; load from {tool()}, {CONNECTIONS} connections; medians of turns (least-most); every reply was 2xx"
    sys.stdout.write(f"\n{table(rows)}\n\n{how}\n")
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
