"""Plans of faults: which calls they strike, which turns of them, and what goes wrong."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn

from mockserver.contract.check import CompiledContract
from mockserver.contract.places import Document
from mockserver.core.fault import Calls, Delay, Drip, Effect, Fault, Job, Status, Truncate, Turns, conflict, merged
from mockserver.core.text import Json
from mockserver.strategies.book import Op, page_of
from mockserver.strategies.source import Drawn, Source

# Plain failures first: that is where examples shrink to. None takes long on the wire.
EFFECTS: Final = (
    Effect(status=Status(503)),
    Effect(status=Status(500)),
    Effect(status=Status(502, when="after")),
    Effect(status=Status(504, when="after")),
    Effect(status=Status(429, retry_after=5)),
    Effect(status=Status(429, retry_after=60, retry_after_as="date")),
    Effect(status=Status(503, retry_after=1)),
    Effect(reset="after"),
    Effect(reset="before"),
    Effect(reset="middle"),
    Effect(empty="after"),
    Effect(empty="before"),
    Effect(truncate=Truncate(share=0.5)),
    Effect(truncate=Truncate(bytes=0)),
    Effect(json="malformed"),
    Effect(json="html"),
    Effect(json="empty"),
    Effect(length=7),
    Effect(length=-7),
    Effect(chunk="malformed"),
    Effect(chunk="unfinished"),
    Effect(delay=Delay(ms=20)),
    Effect(drip=Drip(bytes=7, ms=1)),
)
JOBS: Final = (
    Effect(job=Job(fail=80.0)),
    Effect(job=Job(failures=1)),
    Effect(job=Job(failures=2, fail=0.0)),
    Effect(job=Job(stuck=85.0)),
    Effect(job=Job(times=3.0)),
)
HANGS: Final = (Effect(hang="after"), Effect(hang="before"))
TURNS: Final = (Turns(nth=1), Turns(), Turns(nth=2), Turns(first=2), Turns(first=3, after=1), Turns(every=2))


@st.composite
def fault_plans(
    draw: DrawFn,
    *ops: Op,
    min_size: int = 0,
    max_size: int = 3,
    jobs: bool = True,
    hangs: bool = False,
    contract: CompiledContract | None = None,
    document: Document | Json | None = None,
) -> tuple[Fault, ...]:
    """Tuples of `mockserver.core.fault.Fault`, each about one of the operations; about any call if none is named.

    `jobs` are faults of what a call begins, where the provider begins any; `hangs` never answer, which costs a test the
    client's timeout in real time. Shrinks to fewer faults, and each to a 503 for the first call.

    >>> @given(fault_plans("createClip", "getAsset"))
    ... def test_one_clip_whatever_happens(plan): ...
    """
    if not 0 <= min_size <= max_size:
        raise InvalidArgument(f"min_size={min_size} and max_size={max_size}: 0 <= min_size <= max_size must hold")
    pages = [page_of(op, contract, document) for op in ops]
    provided = {page.operation.id: page.book.provider for page in pages}
    begins = {name for name, provider in provided.items() if provider is not None and name in provider.jobs}
    source = Drawn(draw)
    count = min_size + source.index(max_size - min_size + 1)
    return tuple(_fault(source, list(provided), begins if jobs else set(), hangs) for _ in range(count))


def _fault(source: Source, names: list[str], begins: set[str], hangs: bool) -> Fault:
    calls = Calls(operations=(names[source.index(len(names))],)) if names else Calls()
    known = (*EFFECTS, *(JOBS if begins.intersection(calls.operations) else ()), *(HANGS if hangs else ()))
    effect = known[source.index(len(known))]
    # One in four is two things at once, where both can be.
    if source.index(4) == 3:
        both = merged(effect, known[source.index(len(known))])
        effect = both if both is not None and conflict(both) is None else effect
    return Fault(effect, calls, TURNS[source.index(len(TURNS))])
