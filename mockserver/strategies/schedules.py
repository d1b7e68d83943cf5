"""What happens in a test, in order: calls, jumps of the clock, faults, restarts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

from mockserver.contract.check import CompiledContract
from mockserver.contract.places import Document
from mockserver.core.fault import Calls, Fault, Turns
from mockserver.core.http import Request
from mockserver.core.text import Json
from mockserver.strategies.book import Op, page_of
from mockserver.strategies.draft import KEY
from mockserver.strategies.plans import EFFECTS
from mockserver.strategies.requests import requests
from mockserver.strategies.source import Drawn


@dataclass(frozen=True, slots=True)
class CallStep:
    """Send a request."""

    operation: str
    request: Request


@dataclass(frozen=True, slots=True)
class JumpStep:
    """Move the clock by so many ms."""

    ms: int


@dataclass(frozen=True, slots=True)
class FaultStep:
    """Let something go wrong with calls from here on."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class RestartStep:
    """Stop the server and start it again."""


Step = CallStep | JumpStep | FaultStep | RestartStep

# A tick, the steps of jobs, the pauses of clients, limits of a minute, a token's hour, a day, a month.
JUMPS: Final = (1, 999, 2_000, 5_000, 15_000, 60_000, 300_000, 3_600_000, 86_400_000, 31 * 86_400_000)
_ANY_JUMP: Final[SearchStrategy[int]] = st.integers(0, 86_400_000)


@st.composite
def schedules(
    draw: DrawFn,
    *ops: Op,
    key: str = KEY,
    min_size: int = 0,
    max_size: int = 12,
    calls: SearchStrategy[Request] | None = None,
    faults: bool = True,
    restarts: bool = False,
    contract: CompiledContract | None = None,
    document: Document | Json | None = None,
) -> list[Step]:
    """Lists of steps: `CallStep`, `JumpStep`, `FaultStep`, `RestartStep`. Shrinks to fewer steps and plain calls.

    `ops` are the operations to call; `calls` draws the requests instead, for any of them. `faults` and `restarts` say
    whether there are any. At most `max_size` steps.

    >>> @given(schedules("createClip", "getAssets", restarts=True))
    ... def test_nothing_is_lost(steps):
    ...     for step in steps: play(step)
    """
    _check(ops, min_size, max_size)
    names = [page_of(op, contract, document).operation.id for op in ops]
    drawn = [calls or requests(op, key=key, contract=contract, document=document) for op in ops]
    kinds = ("call", "jump", *(("fault",) if faults else ()), *(("restart",) if restarts else ()))
    return draw(st.lists(_steps(names, drawn, kinds), min_size=min_size, max_size=max_size))


@st.composite
def _steps(draw: DrawFn, names: Sequence[str], calls: Sequence[SearchStrategy[Request]], kinds: Sequence[str]) -> Step:
    source = Drawn(draw)
    kind = kinds[source.index(len(kinds))]
    at = source.index(len(names)) if kind in ("call", "fault") else 0
    if kind == "call":
        return CallStep(names[at], draw(calls[at]))
    if kind == "jump":
        return JumpStep(source.either(JUMPS, _ANY_JUMP))
    if kind == "fault":
        effect = source.either(EFFECTS, None)
        return FaultStep(Fault(effect, Calls(operations=(names[at],)), Turns(nth=1)))
    return RestartStep()


def _check(ops: Sequence[Op], min_size: int, max_size: int) -> None:
    if not ops:
        raise InvalidArgument("schedules() needs at least one operation to call, such as schedules('createClip')")
    if not 0 <= min_size <= max_size:
        raise InvalidArgument(f"min_size={min_size} and max_size={max_size}: 0 <= min_size <= max_size must hold")
