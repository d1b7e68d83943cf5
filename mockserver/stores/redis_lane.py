"""One world in Redis, as seen from this process: decisions queue for it, and go there together.

What is known of the world is kept from call to call. A batch of decisions is taken on that, each on what those before
it leave; then one script makes all their changes, or none if somebody else has changed the world since: then what is
known is thrown away and they are decided again. What a decision asks for and is not known is fetched, and it is made
again: it is pure. So a view is read without waiting, and a batch costs one way to the server and back.

Where several processes change one world all the time, each would mostly decide in vain. Whoever finds that somebody
else came first therefore waits for its turn: a mark in the world, which goes with the commit, or after a short time by
itself. It only keeps others from trying. A commit is right because nothing has moved, with a turn or without.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterable
from contextlib import closing, suppress
from typing import Final, Protocol

from mockserver.core.text import Json
from mockserver.core.world import Outcome, StoreError, WorldGone, WorldId
from mockserver.stores.known import NEXT, Get, Known, KnownView, Question
from mockserver.stores.redis_jobs import Job, Missing
from mockserver.stores.redis_questions import Habits, asked, changed, learn
from mockserver.stores.redis_scripts import (
    ASK,
    COMMIT,
    TAKE,
    Keys,
    items,
    kind_and_id,
)
from mockserver.stores.rows import Kinds, Step, last_of

MOST_AT_ONCE: Final = 64
# Others may come first so often. Each time somebody got on, so that it ends; this is for who never has luck.
MOST_TRIES: Final = 500
# A turn lasts so long at most. Its holder needs a few ms, and nobody gets on if it dies.
TURN_MS: Final = 200
# How often one asks whether it is one's turn.
WAIT_SECONDS: Final = 0.001
MOST_WAITS: Final = 5_000
# So many batches are decided in turns, until nobody else was met in all that time.
IN_TURNS: Final = 32


Place = tuple[str, str, str]


class Server(Protocol):
    """What a lane needs of its store."""

    @property
    def keys(self) -> Keys: ...
    async def run(self, script: str, world: WorldId, *arguments: bytes) -> Json:
        """What a script gives for a world. Raises StoreError."""

    async def announced(self, world: WorldId, age: int, keys: Iterable[Place], script: str, *arguments: bytes) -> Json:
        """The same, when it is known that the world may have something under these public keys."""

    def token(self) -> bytes:
        """What no other commit is called, and no other turn."""

    async def wait(self, seconds: float) -> None:
        """Let so much real time pass."""


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
        self._habits = Habits()
        self._rivals = 0  # so many batches more are decided in turns
        self._turn = b""  # what ours is called, while we have one
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
                batch: list[Job] = []
                self._fill(batch)
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

    def _fill(self, batch: list[Job]) -> list[Job]:
        """Let a batch take what waits in the queue; what that is."""
        more = [self._queue.popleft() for _ in range(min(MOST_AT_ONCE - len(batch), len(self._queue)))]
        batch += more
        return more

    def forget(self) -> None:
        """Know nothing of the world."""
        self.known = None
        self._turn = b""
        self._forget_steps()

    def _forget_steps(self) -> None:
        self._steps, self._calls = [], 0
        self._fresh.clear()

    async def _decide_all(self, jobs: list[Job]) -> None:
        """Decide and commit. Whoever asks for what is not known lets the others go first.

        A job whose decisions could not be committed is decided again, in its turn.
        """
        tries, fresh = 0, False
        self._habits.begin()
        if self._rivals:
            fresh = await self._take_turn(self._wanted(jobs), jobs)
            if not fresh:
                return self._gone(jobs)
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
            # What was read since they asked, and led to no change, needs not be looked at again.
            looks = bool(decided) and (not fresh or bool(self._turn and not aside))
            if (looks or self._steps) and not await self._commit(last=not aside):
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
            if aside:
                fresh = await self._learn(questions)
                if not fresh:
                    return self._gone(aside)
            jobs = aside

    def _gone(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            job.end(WorldGone(self.world))

    def _wanted(self, jobs: Iterable[Job]) -> dict[Question, None]:
        """What these are going to ask, as far as can be told from what was known last: they are decided for show."""
        questions: dict[Question, None] = {}
        if self.known is not None:
            for job in jobs:
                with closing(KnownView(self.known, self._kinds, _not_known)) as view, suppress(Exception):
                    try:
                        job.decide(view)
                    except Missing as missing:
                        questions.update(dict.fromkeys(missing.questions))
        return questions or {NEXT: None}

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

    async def _commit(self, *, last: bool) -> bool:
        """Make the changes that were taken; False if the world has moved, and nothing was done.

        With the `last` ones of a batch goes our turn, if we have one.
        """
        steps, calls = self._steps, self._calls
        public = [
            (step.kind, label, key)
            for step in steps
            for label, key, _ in step.come
            if self._kinds[step.kind].indexes[label].public
        ]
        blob = items(changed(self._server.keys, self.world, steps, self._fresh))
        age = b"%d" % self.age
        token = self._server.token()
        arguments = (age, self._version, token, b"%d" % calls, self._turn, b"1" if last else b"0", blob)
        said = await self._server.announced(self.world, self.age, public, COMMIT, *arguments)
        self._forget_steps()
        if last:
            self._turn = b""
        if said == b"done":
            if steps:
                self._version = token
            return True
        if steps and said in (b"moved", b"turn"):
            self._rivals = IN_TURNS
        self.known = None
        if isinstance(said, list):  # what was to be added was there: next time it is known
            for each in said:
                self._habits.learn(Get(*kind_and_id(each)))
        return False

    async def _learn(self, questions: dict[Question, None]) -> bool:
        """Let these be known, all as of one moment, and in our turn if there are others; False for no such world."""
        if self._rivals or self._turn:
            return await self._take_turn(questions, [])
        return bool(await self._fetch(questions))

    async def _take_turn(self, questions: dict[Question, None], jobs: list[Job]) -> bool:
        """The same in our turn, for which those wait that have come for these jobs, and those that come meanwhile."""
        before = self.age, self._version
        self._turn = self._turn or self._server.token()
        for _ in range(MOST_WAITS):
            there = await self._fetch(questions)
            if there is not None:
                self._rivals = self._rivals - 1 if (self.age, self._version) == before else IN_TURNS
                return there
            await self._server.wait(WAIT_SECONDS)
            if jobs:
                questions.update(self._wanted(self._fill(jobs)))
        raise StoreError(f"it was always another one's turn in {self.world.name}; ask again")

    async def _fetch(self, questions: dict[Question, None]) -> bool | None:
        """Let these be known, all as of one moment; False for a world that is not there, None if it is not our turn.

        If it has moved, or nothing is known, then so is what is usually asked.
        """
        self._habits.note(questions)
        usual = [question for question in self._habits.usual if question not in questions]
        mark = b"" if self.known is None else b"%d/%b" % (self.age, self._version)
        parts = [part for question in questions for part in asked(self._server.keys, self.world, question)]
        parts += (b"m", mark)
        parts += [part for question in usual for part in asked(self._server.keys, self.world, question)]
        if self._turn:
            answers = await self._server.run(TAKE, self.world, self._turn, b"%d" % TURN_MS, items(parts))
        else:
            answers = await self._server.run(ASK, self.world, items(parts))
        if answers == b"turn":
            return None
        age, version, calls = answers[:3]
        if age is None:
            self.forget()
            return False
        wanted = list(questions)
        if mark != b"%b/%b" % (age, version) or self.known is None:
            self.known = Known(int(calls))
            self.age, self._version = int(age), version
            wanted += usual
        for question, answer in zip(wanted, answers[3:], strict=True):
            learn(self.known, question, answer)
        return True


def _not_known(question: Question) -> None:
    raise Missing([question])
