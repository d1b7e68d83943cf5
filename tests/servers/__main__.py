"""`make conform`: which seeded server bugs our judge finds, and which ones schemathesis as it comes.

python -m tests.servers serve DEFECT [--port N] [--pace N] [--seed N]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mockserver.settings import Settings
from tests.servers import serving


def main(words: Sequence[str]) -> int:
    """0: done. 2: bad usage."""
    return _serve(words[1:]) if words[:1] == ["serve"] else 2


def _serve(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers serve", description="Serve the fake with one defect."
    )
    parser.add_argument("defect", metavar="DEFECT", help="its name, or `healthy`; --list of the runner names them all")
    parser.add_argument(
        "--port", type=int, default=0, help="0 takes a free one, which is printed (default: %(default)s)"
    )
    parser.add_argument(
        "--pace", type=float, default=60.0, help="how much faster than life jobs go (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    try:
        serving.find(given.defect)
    except KeyError as error:
        parser.error(str(error.args[0]))
    return serving.serve(given.defect, Settings(port=given.port, pace=given.pace, seed=given.seed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
