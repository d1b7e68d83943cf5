"""What lies on the desk of whoever answers a control call: the engine, and the call as checked values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mockserver.core.contract import Operation
from mockserver.core.http import Reply
from mockserver.core.text import Json, Record
from mockserver.engine.engine import Engine

State = Literal["starting", "ready", "draining"]


@dataclass(slots=True)
class Desk:
    """The engine that is driven, what it is called outside, and how it is."""

    engine: Engine
    state: State = "starting"


@dataclass(frozen=True, slots=True)
class Call:
    """A call that keeps the contract: parameters as their schemas read them, `body` an empty object without one."""

    operation: Operation
    path: Mapping[str, Json] = field(default_factory=dict)
    query: Mapping[str, Json] = field(default_factory=dict)
    body: Record = field(default_factory=dict)


Answer = Callable[[Desk, Call], Reply | Awaitable[Reply]]
