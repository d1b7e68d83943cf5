"""Livepeer's recording: its files, the world it was made in, and a replay of one of its runs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Final

from mockserver import resources
from tests.golden.differences import KNOWN
from tests.golden.exchanges import Exchange, by_group, load
from tests.golden.interludes import INTERLUDES
from tests.golden.matching import MINTED, Difference, Names
from tests.golden.replay import Run, Target, replay, start
from tests.golden.target import in_process, over_the_wire

WORLD: Final = "livepeer-recorded"
SHIPPED: Final = resources.fixtures() / "exchanges" / "livepeer.jsonl"
# More recordings of the same runs: paths, separated as in PATH. They are merged with ours by `n`.
VARIABLE: Final = "MOCKSERVER_EXCHANGES"

TRANSPORTS: Final[dict[str, Callable[[str, int], AbstractContextManager[Target]]]] = {
    "in process": in_process,
    "over the wire": over_the_wire,
}


def more() -> list[Path]:
    """The files named in the environment."""
    return [Path(name) for name in os.environ.get(VARIABLE, "").split(os.pathsep) if name]


@cache
def groups(*paths: Path) -> dict[str, list[Exchange]]:
    """Each recorded run, of the shipped file and more."""
    return by_group(load((SHIPPED, *paths)))


def fixed_ids() -> frozenset[str]:
    """Every id the world's file spells out: those are ours as they are the recording's."""
    text = (resources.fixtures() / "worlds" / f"{WORLD}.yaml").read_text(encoding="utf-8")
    return frozenset(found.group() for form in MINTED.values() for found in re.finditer(form, text))


def rerun(group: str, transport: str, *paths: Path) -> Run:
    """Replay a recorded run on a fresh server."""
    exchanges = groups(*paths)[group]
    with TRANSPORTS[transport](WORLD, start(exchanges)) as target:
        return replay(exchanges, target, Names(fixed_ids()), INTERLUDES.get(group, ()))


def unexplained(run: Run) -> list[Difference]:
    """Where a run differs and the list of differences does not say why."""
    known = {(one.n, one.what, one.pointer) for one in KNOWN}
    return [found for found in run.found if (found.n, found.what, found.pointer) not in known]
