"""The lifecycle of a clip, as tables: what happens when in each attempt, and which attempts a fate has.

Offsets are milliseconds of life since the attempt began. The default trace follows the provider's programs: progress
is 0.9 of the overall ratio, reported every 15 s. No duration is promised anywhere; the documents say a few minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Deed = Literal["run", "report", "partial", "finish", "finish-empty", "fail", "fail-for-good", "queue-again"]

INTERNAL_ERROR: Final = "internal error processing file"
UNSUPPORTED: Final = (
    "invalid video file codec or container, check your input file against the input codec and container support matrix"
)
TIMED_OUT: Final = "execution timeout"
CANCELLED: Final = "task cancelled, asset has been deleted"
NO_OUTPUT: Final = "bad task output: missing assetSpec"

# A retriable error is tried again after 30 s, then after 180 s, then never.
BACK_OFF: Final = (30_000, 180_000)


class Step(NamedTuple):
    """What is done `after` ms. `progress` goes with run and report, `message` with fail ("" takes the task's own)."""

    after: int
    do: Deed
    progress: float = 0.0
    message: str = ""


_REPORTS: Final = (
    Step(15_000, "report", 0.12),
    Step(30_000, "report", 0.36),
    Step(45_000, "report", 0.585),
    Step(60_000, "report", 0.81),
    Step(75_000, "report", 0.9),
)
_RUN: Final = Step(2_000, "run")

ATTEMPTS: Final[Mapping[str, tuple[Step, ...]]] = {
    "good": (_RUN, *_REPORTS, Step(80_000, "finish")),
    "early": (_RUN, *_REPORTS[:2], Step(35_000, "partial"), *_REPORTS[2:], Step(80_000, "finish")),
    "slow": (
        _RUN,
        Step(90_000, "report", 0.12),
        Step(180_000, "report", 0.36),
        Step(300_000, "report", 0.585),
        Step(420_000, "report", 0.81),
        Step(540_000, "report", 0.9),
        Step(600_000, "finish"),
    ),
    "stuck": (_RUN, *_REPORTS[:4], Step(75_000, "report", 0.85)),
    # The recording can't be read: ten tries, 5 s apart.
    "broken": (_RUN, Step(52_000, "fail", message=INTERNAL_ERROR)),
    # The times can't even be decoded, so nothing is reported before.
    "undecodable": (Step(2_000, "fail", message=INTERNAL_ERROR),),
    "rejected": (_RUN, Step(3_000, "fail-for-good")),
    "unsupported": (_RUN, _REPORTS[0], Step(20_000, "fail-for-good", message=UNSUPPORTED)),
    "timed-out": (_RUN, *_REPORTS[:2], Step(600_000, "fail", message=TIMED_OUT)),
    "empty": (_RUN, *_REPORTS, Step(80_000, "finish-empty")),
    # Between two attempts.
    "waiting": (Step(0, "queue-again"),),
}

# The attempts of a fate, in turn; the last one goes on for ever. Trying again by hand counts as one more.
FATES: Final[Mapping[str, tuple[str, ...]]] = {
    "ready": ("good",),
    "slow": ("slow",),
    "stuck": ("stuck",),
    "early-playback": ("early",),
    "fails-once": ("broken", "good"),
    "fails-twice": ("broken", "broken", "good"),
    "fails": ("broken",),
    "fails-until-retried": ("broken", "broken", "broken", "good"),
    "input-error": ("unsupported",),
    "times-out": ("timed-out",),
    "no-output": ("empty",),
    "rejected": ("rejected",),
    "undecodable": ("undecodable",),
}


def attempt_of(fate: str, tries: int) -> str:
    """Which attempt a fate has after so many."""
    attempts = FATES[fate]
    return attempts[min(tries, len(attempts) - 1)]
