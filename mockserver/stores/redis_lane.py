"""One world in Redis, as seen from this process: decisions queue for it, and go there together.

What is known of the world is kept from call to call. A batch of decisions is taken on that, each on what those before
it leave; then one script makes all their changes, or none if somebody else has changed the world since: then what is
known is thrown away and they are decided again. What a decision asks for and is not known is fetched, and it is made
again: it is pure. So a view is read without waiting, and a batch costs one way to the server and back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, Protocol

from mockserver.core.text import Json
from mockserver.core.world import Interrupted, Outcome, StoreError, View, WorldGone, WorldId
from mockserver.stores.known import NEXT, Get, Known, KnownView, Question
from mockserver.stores.redis_questions import asked, learn
from mockserver.stores.redis_scripts import (
    ASK,
    COMMIT,
    Keys,
    field,
    items,
    kind_and_id,
    member,
)
from mockserver.stores.rows import Kinds, Step, last_of, written

MOST_AT_ONCE: Final = 64
# Others may come first so often. Each time somebody got on, so that it ends; this is for who never has luck.
MOST_TRIES: Final = 500
# What was asked for more than once is fetched with the first question after somebody else has changed the world.
MOST_USUAL: Final = 48

Decided = Outcome | list[Outcome]


Place = tuple[str, str, str]


class Missing(BaseException):
    """A decision asked for what is not known. No `except Exception` of a provider can swallow it."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = tuple(questions)


class Server(Protocol):
    """What a lane needs of its store."""

    @property
    def keys(self) -> Keys: ...
    async def run(self, script: str, world: WorldId, *arguments: bytes) -> Json:
        """What a script gives for a world. Raises StoreError."""

    async def announced(self, world: WorldId, age: int, keys: Iterable[Place], script: str, *arguments: bytes) -> Json:
        """The same, when it is known that the world may have something under these public keys."""

    def token(self) -> bytes:
        """What no other commit is called."""


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


class Lane:
    """The queue for one world."""

    def __init__(self, world: WorldId, kinds: Kinds, server: Server) -> None:
        self.world = world
        self._kinds = kinds
        self._server = server
        self.known: Known | None = None
        self.age = 0  # of the world that is known, or was known last
        self._version = b""
        self._queue: deque[Job] = deque()
        self._task: asyncio.Task[None] | None = None
        self._asked: deque[Question] = deque(maxlen=4 * MOST_USUAL)
        self._usual: deque[Question] = deque(maxlen=MOST_USUAL)
        self._steps: list[Step] = []
        self._fresh: set[tuple[str, str]] = set()
        self._calls = 0

    @property
    def busy(self) -> bool:
        """Whether somebody waits for it."""
        return self._task is not None

    def ask(self, job: Job) -> Awaitable[list[Outcome]]:
        """The outcomes of a job, once they are committed."""
        self._queue.append(job)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        return job.future

    async def _run(self) -> None:
        try:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(MOST_AT_ONCE, len(self._queue)))]
                try:
                    await self._decide_all(batch)
                except BaseException as error:
                    self.forget()
                    for job in batch:
                        job.end(error if isinstance(error, Exception) else StoreError("the server is about to end"))
                    if not isinstance(error, Exception):
                        raise
        finally:
            self._task = None

    def forget(self) -> None:
        """Know nothing of the world."""
        self.known = None
        self._forget_steps()

    def _forget_steps(self) -> None:
        self._steps, self._calls = [], 0
        self._fresh.clear()

    async def _decide_all(self, jobs: list[Job]) -> None:
        """Decide and commit. Whoever asks for what is not known lets the others go first.

        A job whose decisions could not be committed is decided again, in its turn.
        """
        tries = 0
        while jobs:
            decided: list[tuple[Job, Exception | None]] = []
            aside: list[Job] = []
            questions: dict[Question, None] = {}
            for job in jobs:
                try:
                    decided.append((job, self._decide(job)))
                except Missing as missing:
                    aside.append(job)
                    questions.update(dict.fromkeys(missing.questions))
            if (decided or self._steps) and not await self._commit():
                tries += 1
                if tries > MOST_TRIES:
                    raise StoreError(f"others came first {MOST_TRIES} times in {self.world.name}; ask again")
                for job in jobs:
                    job.taken = []
                decided, aside, questions = [], jobs, questions or {NEXT: None}
            for job, error in decided:
                job.end(error)
            for job in aside:
                job.committed += job.taken
                job.taken = []
            if self.known is not None and self.known.is_full():
                self.known = None
            if aside and not await self._fetch(list(questions)):
                for job in aside:
                    job.end(WorldGone(self.world))
                return
            jobs = aside

    def _decide(self, job: Job) -> Exception | None:
        """Take a job's decisions. Raises Missing; what a decision raises is told."""
        known = self.known
        if known is None:
            raise Missing([NEXT])
        view = KnownView(known, self._kinds, _not_known)
        try:
            while (outcome := job.decide(view)) is not None:
                self._take(known, view, outcome, counted=job.counted)
                job.taken.append(outcome)
                if not job.many:
                    break
        except Exception as error:
            return error
        finally:
            view.close()
        return None

    def _take(self, known: Known, view: KnownView, outcome: Outcome, *, counted: bool) -> None:
        """Let the next decision see what this one changed. Whatever raises, it is not taken."""
        if not outcome.changes:
            return
        steps: list[Step] = []
        fresh: list[tuple[str, str]] = []
        for (kind, id), new in last_of(outcome.changes).items():
            if new is not None and type(id) is str and (kind, id) not in known.records:
                steps.append(self._kinds.step(kind, id, None, new))  # nobody has looked: mostly there is none
                fresh.append((kind, id))
            else:
                old = view.get(kind, id) if type(id) is str else None
                steps.append(self._kinds.step(kind, id, old, new))
        self._steps += steps
        self._fresh.update(fresh)
        for step in steps:
            known.apply(step)
        if counted:
            self._calls += 1
            known.serial += 1

    # ---- to the server and back

    async def _commit(self) -> bool:
        """Make the changes that were taken; False if the world has moved, and nothing was done."""
        steps, calls = self._steps, self._calls
        public = [
            (step.kind, entry.label, entry.key)
            for step in steps
            for entry in step.come
            if self._kinds[step.kind].indexes[entry.label].public
        ]
        blob = items(self._items(steps))
        age = b"%d" % self.age
        token = self._server.token()
        arguments = (age, self._version, token, b"%d" % calls, blob)
        said = await self._server.announced(self.world, self.age, public, COMMIT, *arguments)
        self._forget_steps()
        if said == b"done":
            if steps:
                self._version = token
            return True
        self.known = None
        if isinstance(said, list):  # what was to be added was there: next time it is known
            self._usual.extend(Get(*kind_and_id(each)) for each in said)
        return False

    def _items(self, steps: list[Step]) -> Iterable[bytes]:
        keys, fresh = self._server.keys, set(self._fresh)
        for step in steps:
            kind, id, record, due, gone, come = step
            where = field(kind, id)
            for entry in gone:
                yield from (b"l", keys.index(self.world, kind, entry.label, entry.key), member(entry.order, id))
            if record is None:
                yield from (b"r", where)
            else:
                what = b"a" if (kind, id) in fresh else b"p"
                yield from (what, where, written(record), b"" if due is None else b"%d" % due)
            fresh.discard((kind, id))
            for entry in come:
                yield from (b"e", keys.index(self.world, kind, entry.label, entry.key), member(entry.order, id))

    async def _fetch(self, questions: list[Question]) -> bool:
        """Let these be known, all as of one moment; False for a world that is not there."""
        for question in questions:
            if question in self._usual:
                continue
            (self._usual if question in self._asked else self._asked).append(question)
        wanted = list({**dict.fromkeys(self._usual), **dict.fromkeys(questions)} if self.known is None else questions)
        answers = await self._ask(wanted)
        age, version, calls = answers[:3]
        if age is None:
            self.forget()
            return False
        if self.known is not None and (int(age) != self.age or version != self._version or self.known.is_full()):
            self.known = None
            wanted = list({**dict.fromkeys(self._usual), **dict.fromkeys(questions)})
            answers = await self._ask(wanted)
            age, version, calls = answers[:3]
            if age is None:
                return False
        if self.known is None:
            self.known = Known(int(calls))
            self.age, self._version = int(age), version
        for question, answer in zip(wanted, answers[3:], strict=True):
            learn(self.known, question, answer)
        return True

    async def _ask(self, questions: list[Question]) -> list[Json]:
        parts = [part for question in questions for part in asked(self._server.keys, self.world, question)]
        answers: list[Json] = await self._server.run(ASK, self.world, items(parts))
        return answers


def _not_known(question: Question) -> None:
    raise Missing([question])
