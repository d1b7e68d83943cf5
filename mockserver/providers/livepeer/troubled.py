"""The steps of a job's attempt, and what a fault makes of them: it fails or stays on its way, or takes longer.

A fault's job is kept in the task's `sim` as plain JSON. An attempt that fails by itself keeps its own end.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mockserver.core.text import Json, Record
from mockserver.providers.livepeer.fates import ATTEMPTS, INTERNAL_ERROR, Step

if TYPE_CHECKING:
    from mockserver.core.fault import Job

# So long after its last report a job fails: a client that polls can see how far it came.
_FAILS_AFTER: Final = 1_000


def kept(job: Job) -> dict[str, Json]:
    """The job as it stands in `sim`."""
    return asdict(job)


def steps_of(sim: Record) -> tuple[Step, ...]:
    """What happens in the attempt a job is in."""
    steps = ATTEMPTS[sim["attempt"]]
    said = sim.get("job")
    if said is None:
        return steps
    from mockserver.core.fault import Job  # a start without faults never needs it

    return _troubled(steps, Job(**said), sim["tries"])


def _troubled(steps: tuple[Step, ...], job: Job, tries: int) -> tuple[Step, ...]:
    if steps[-1].do in ("finish", "finish-empty"):
        if job.stuck is not None:
            steps = _until(steps, job.stuck / 100)
        elif job.fails_at is not None and job.fails(tries):
            steps = _until(steps, job.fails_at / 100)
            # So many failures and then a success: these are of the sort the server tries again by itself.
            do: Final = "fail-for-good" if job.failures is None else "fail"
            after = steps[-1].after + _FAILS_AFTER
            steps = (*steps, Step(after, do, message=job.message or INTERNAL_ERROR))
    return steps if job.times == 1 else tuple(step._replace(after=round(step.after * job.times)) for step in steps)


def _until(steps: tuple[Step, ...], progress: float) -> tuple[Step, ...]:
    """What comes before this progress (0 to 1), and a report of it."""
    at = _instant(steps, progress)
    before = tuple(step for step in steps[:-1] if step.after < at or step.do == "run")
    return before if before[-1].progress >= progress else (*before, Step(at, "report", progress))


def _instant(steps: tuple[Step, ...], progress: float) -> int:
    """When a job comes to a progress: between two reports it goes on evenly, and its end is 1."""
    known = [(step.after, step.progress) for step in steps if step.do in ("run", "report")]
    known.append((steps[-1].after, 1.0))
    for (start, low), (end, high) in pairwise(known):
        if progress <= high:
            return start + round((end - start) * max(progress - low, 0.0) / (high - low))
    return steps[-1].after
