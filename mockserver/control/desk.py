"""What lies on the desk of whoever answers a control call: the engine, and the call as checked values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from mockserver.core.contract import Operation
from mockserver.core.http import Reply
from mockserver.core.text import Json, Record
from mockserver.engine.documents import WorldDocument
from mockserver.engine.engine import Engine
from mockserver.engine.ports import State
from mockserver.errors import WorldMissing, unknown


def no_document(name: Json) -> WorldDocument:
    """No world comes with this."""
    raise WorldMissing(unknown("world", str(name), ()))


@dataclass(frozen=True, slots=True)
class Shelf:
    """World documents. `named` finds one that comes with us, by its name alone; `read` takes an object or YAML text.

    Both raise WorldError, WorldMissing for a name nobody knows.
    """

    named: Callable[[str], WorldDocument] = no_document
    read: Callable[[Json], WorldDocument] = no_document


NO_SHELF: Final = Shelf()


@dataclass(slots=True)
class Desk:
    """The engine that is driven, and the world documents at hand."""

    engine: Engine
    shelf: Shelf = NO_SHELF

    @property
    def state(self) -> State:
        return self.engine.state


@dataclass(frozen=True, slots=True)
class Call:
    """A call that keeps the contract: parameters as their schemas read them, `body` an empty object without one."""

    operation: Operation
    path: Mapping[str, Json] = field(default_factory=dict)
    query: Mapping[str, Json] = field(default_factory=dict)
    body: Record = field(default_factory=dict)


Answer = Callable[[Desk, Call], Reply | Awaitable[Reply]]
