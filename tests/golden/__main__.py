"""Replays Livepeer's recording and prints where it differs: `python -m tests.golden [FILE ...]`.

Each FILE holds more exchanges of the recorded runs as JSON lines; they are merged with the shipped ones by `n`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.golden.livepeer import TRANSPORTS, groups, more, rerun, unexplained


def main(words: Sequence[str]) -> int:
    paths = (*more(), *(Path(word) for word in words))
    wrong = 0
    for transport in TRANSPORTS:
        for group, exchanges in groups(*paths).items():
            run = rerun(group, transport, *paths)
            found = unexplained(run)
            aged = f", clips aged before {', '.join(map(str, run.aged))}" if run.aged else ""
            differing = len({one.n for one in found})
            sys.stdout.write(f"{group} {transport}: {len(exchanges)} exchanges, {differing} differ{aged}\n")
            sys.stdout.writelines(f"  {one}\n" for one in found)
            wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
