"""Replies laid ready by a test: the next call of an operation gets one, undecided and unchecked, but on record."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from mockserver.core.http import Reply
from mockserver.core.provider import Call
from mockserver.core.world import WorldId

if TYPE_CHECKING:
    from mockserver.core.fault import Struck

# What the journal names as the fault of such a call.
NAME: Final = "next-reply"


class Scripted:
    """Queues by world and operation. Most servers never hold one; `any` is all they look at."""

    __slots__ = ("_queues", "any")

    def __init__(self) -> None:
        self.any = False
        self._queues: dict[tuple[WorldId, str], deque[Reply]] = {}

    def add(self, world: WorldId, operation: str, reply: Reply) -> None:
        """Lay a reply ready, behind those that are."""
        self._queues.setdefault((world, operation), deque()).append(reply)
        self.any = True

    def ready(self, world: WorldId) -> list[tuple[str, Reply]]:
        """What lies ready in a world, by operation, oldest first."""
        return [(name, reply) for (owner, name), queue in self._queues.items() if owner == world for reply in queue]

    def holds(self, world: WorldId, operation: str) -> bool:
        """Whether one is ready for an operation."""
        return (world, operation) in self._queues

    def put(self, queues: Mapping[tuple[WorldId, str], Iterable[Reply]]) -> None:
        """Let these be what is ready."""
        self._queues = {key: deque(replies) for key, replies in queues.items()}
        self.any = bool(self._queues)

    def take(self, world: WorldId, call: Call) -> tuple[Reply, Struck] | None:
        """The reply for a call, and how the journal is to name that; None if none is ready for it."""
        key = (world, call.operation.id if call.operation else "")
        queue = self._queues.get(key)
        if not queue:
            return None
        reply = queue.popleft()
        if not queue:
            del self._queues[key]
            self.any = bool(self._queues)
        return as_struck(reply)

    def forget(self, world: WorldId, operation: str | None = None) -> None:
        """Take back what is ready in a world, for one operation or for all."""
        self._queues = {
            (owner, name): queue
            for (owner, name), queue in self._queues.items()
            if owner != world or operation not in (None, name)
        }
        self.any = bool(self._queues)


def as_struck(reply: Reply) -> tuple[Reply, Struck]:
    """A reply that was laid ready, and how the journal is to name that."""
    from mockserver.core.fault import Struck

    return reply, Struck(ids=(NAME,))
