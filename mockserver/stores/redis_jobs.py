"""What waits in the queue for one world in Redis: decisions, and how they end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from mockserver.core.world import Interrupted, Outcome, StoreError, View, WorldGone
from mockserver.stores.known import Question


class Missing(BaseException):
    """A decision asked for what is not known. No `except Exception` of a provider can swallow it."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = tuple(questions)


class Job:
    """Decisions that somebody waits for: one (`transact`), or many one after another (`live`)."""

    __slots__ = ("committed", "counted", "decide", "future", "many", "taken")

    def __init__(self, decide: Callable[[View], Outcome | None], *, many: bool, counted: bool) -> None:
        self.decide = decide
        self.many = many
        self.counted = counted
        self.committed: list[Outcome] = []
        self.taken: list[Outcome] = []
        self.future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()

    def end(self, error: Exception | None = None) -> None:
        """All that was taken is committed, and nothing more comes; `error` is what the last decision raised."""
        done, self.committed, self.taken = [*self.committed, *self.taken], [], []
        if self.future.done():
            return
        if isinstance(error, StopIteration):  # which no future can raise
            error = RuntimeError("a decision raised StopIteration")
        if error is None:
            self.future.set_result(done)
        elif self.many and not isinstance(error, (StoreError, WorldGone)):
            interrupted = Interrupted(done)
            interrupted.__cause__ = error
            self.future.set_exception(interrupted)
        else:
            self.future.set_exception(error)
