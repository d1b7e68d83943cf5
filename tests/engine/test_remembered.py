"""What several servers remember is told as one: nothing is told twice, nothing is passed over."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mockserver.core.http import Reply, Request
from mockserver.engine import remembered
from mockserver.engine.asking import MOST_BYTES
from mockserver.engine.engine import Engine
from mockserver.engine.kept import kinds_of
from mockserver.stores.memory import MemoryStore
from tests.engine import posting, tiny
from tests.engine.asking import create, opened, request, run
from tests.engine.together import Together


@coroutine
def _stop() -> Generator[None]:
    yield


class Work:
    """A coroutine that goes on only when it is told to."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self.done = False
        self.result: Any = None

    def step(self) -> bool:
        """Go on to the next question; whether that was all."""
        try:
            self._coroutine.send(None)
        except StopIteration as stop:
            self.done, self.result = True, stop.value
        return self.done

    def finish(self) -> Any:
        while not self.done:
            self.step()
        return self.result

    def drop(self) -> None:
        self._coroutine.close()
        self.done = True


class Poll(Work):
    """A follower's next look, at one of the servers."""

    def __init__(self, engine: Engine, since: int, limit: int, before: set[str]) -> None:
        super().__init__(remembered.entries(engine, since=since, limit=limit))
        self.engine, self.since, self.limit, self.before = engine, since, limit, before


class Following(RuleBasedStateMachine):
    """Servers whose clocks disagree come and go, calls are answered, and somebody reads on from serial to serial.

    Between any two questions of one server to another anything else may happen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = self.beaten = tiny.NOW
        self.together = Together(_stop)
        self.store = MemoryStore(kinds_of([tiny.PROVIDER]))
        self.count = 0
        self.serving: list[Engine] = []
        self.coming: list[tuple[Engine, Work]] = []
        self.leaving: list[tuple[Engine, Work]] = []
        self.poll: Poll | None = None
        self.since = 0
        self.made: set[str] = set()
        self.lost: set[str] = set()
        self.seen: list[str] = []
        self.in_order: set[str] = set()
        self._come(0)
        self.coming[0][1].finish()
        self._settle()

    # ---- servers

    @precondition(lambda self: len(self.serving) + len(self.coming) < 4)
    @rule(skew=st.integers(-1_200, 1_200))
    def one_comes(self, skew: int) -> None:
        self._come(skew)

    def _come(self, skew: int) -> None:
        self.count += 1
        engine = tiny.engine(store=self.store, source=lambda: self.now + skew, at=None, name=f"server {self.count}")
        self.together.take(engine)
        self.coming.append((engine, Work(engine.open("http://mock.example"))))

    @precondition(lambda self: len(self.serving) > 1)
    @rule(data=st.data())
    def one_ends_in_order(self, data: st.DataObject) -> None:
        engine = data.draw(st.sampled_from([each for each in self.serving if not self._polled(each)]))
        self.serving.remove(engine)
        engine.state = "draining"
        self.leaving.append((engine, Work(remembered.hand_over(engine))))
        self.in_order.add(engine.worlds.keeper)

    @precondition(lambda self: len(self.serving) > 1)
    @rule(data=st.data())
    def one_is_killed(self, data: st.DataObject) -> None:
        engine = data.draw(st.sampled_from(self.serving))
        self.serving.remove(engine)
        if self.poll is not None and self.poll.engine is engine:
            self.poll.drop()
            self.poll = None
        self.together.seats.remove(engine.peers)  # type: ignore[arg-type]
        self.lost |= paths(engine) - self._known()
        self.in_order.clear()  # who ends now may have left something with the one that was killed

    # ---- what happens

    @rule(ms=st.integers(0, 1_000))
    def time_goes_by(self, ms: int) -> None:
        self.now += ms
        if self.now - self.beaten > 1_500:
            self.beaten = self.now
            for engine in self._there():
                if engine.sharing is not None and engine.serials is not None:
                    Work(engine.sharing.stay()).finish()

    @rule(data=st.data(), times=st.integers(1, 4))
    def calls_are_answered(self, data: st.DataObject, times: int) -> None:
        engine = data.draw(st.sampled_from(self.serving))
        for _ in range(times):
            path = f"/tiny/notes/{len(self.made)}"
            Work(engine.respond(request("GET", path))).finish()
            self.made.add(path)

    @precondition(lambda self: self.poll is None)
    @rule(data=st.data(), limit=st.integers(1, 6))
    def somebody_looks(self, data: st.DataObject, limit: int) -> None:
        engine = data.draw(st.sampled_from(self.serving))
        self.poll = Poll(engine, self.since, limit, self.made - self.lost)

    @precondition(lambda self: self._works())
    @rule(data=st.data(), times=st.integers(1, 3))
    def what_is_under_way_goes_on(self, data: st.DataObject, times: int) -> None:
        work = data.draw(st.sampled_from(self._works()))
        for _ in range(times):
            if not work.done:
                work.step()
        self._settle()

    @precondition(lambda self: self._works())
    @rule()
    def all_that_is_under_way_ends(self) -> None:
        for work in self._works():
            work.finish()
        self._settle()

    @precondition(lambda self: len(self.together.seats) > 2)
    @rule()
    def others_are_asked_in_another_order(self) -> None:
        self.together.seats.reverse()

    # ---- what has to hold

    @invariant()
    def nothing_is_seen_twice(self) -> None:
        assert len(self.seen) == len(set(self.seen))

    def teardown(self) -> None:
        for work in self._works():
            work.finish()
        self._settle()
        while True:
            before = len(self.seen)
            self.poll = Poll(self.serving[0], self.since, 3, set())
            self.poll.finish()
            self._settle()
            if len(self.seen) == before:
                break
        assert self.made - self.lost <= set(self.seen)

    def _settle(self) -> None:
        """See to what is over."""
        for engine, work in [each for each in self.coming if each[1].done]:
            self.coming.remove((engine, work))
            self.serving.append(engine)
        for engine, work in [each for each in self.leaving if each[1].done]:
            self.leaving.remove((engine, work))
            self.together.seats.remove(engine.peers)  # type: ignore[arg-type]
            lost = paths(engine) - self._known()
            assert not lost or engine.worlds.keeper not in self.in_order
            self.lost |= lost
        if self.poll is not None and self.poll.done:
            self._read(self.poll)
            self.poll = None

    def _read(self, poll: Poll) -> None:
        told = poll.result.entries
        serials = [entry.serial for entry in told]
        assert serials == sorted(set(serials))
        assert all(serial > poll.since for serial in serials)
        self.seen += [entry.request.path for entry in told]
        if len(told) < poll.limit:
            assert poll.before - self.lost <= set(self.seen)
        self.since = serials[-1] if serials else self.since

    def _polled(self, engine: Engine) -> bool:
        return self.poll is not None and self.poll.engine is engine

    def _known(self) -> set[str]:
        return {path for engine in self._there() for path in paths(engine)}

    def _works(self) -> list[Work]:
        return [work for _, work in self.coming + self.leaving] + ([] if self.poll is None else [self.poll])

    def _there(self) -> list[Engine]:
        return [*self.serving, *(engine for engine, _ in self.coming), *(engine for engine, _ in self.leaving)]


def paths(engine: Engine) -> set[str]:
    return {entry.request.path for entry in engine.journal.since(0)}


TestFollowing = Following.TestCase
TestFollowing.settings = settings(max_examples=60, stateful_step_count=40)


def several(together: Together, *names: str) -> list[Engine]:
    store = MemoryStore(kinds_of([tiny.PROVIDER]))
    return [opened(together.take(tiny.engine(store=store, name=name))) for name in names]


def test_what_is_recorded_while_others_are_asked_is_left_for_later_everywhere() -> None:
    together = Together()
    one, two, three = several(together, "one", "two", "three")
    asked = 0

    async def meanwhile() -> None:
        nonlocal asked
        asked += 1
        if asked == 4:  # two was asked for its entries, three was not yet
            for engine in (two, one):
                await engine.respond(request("GET", "/tiny/notes"))

    together.on_the_way = meanwhile
    told = run(remembered.entries(one, since=0))
    assert told.entries == []
    assert len(run(remembered.entries(three, since=told.until)).entries) == 2


def test_what_is_handed_over_while_others_are_asked_is_told() -> None:
    together = Together()
    one, two, three = several(together, "one", "two", "three")
    create(three, "kept")
    asked = 0

    async def meanwhile() -> None:
        nonlocal asked
        asked += 1
        if asked == 4:  # two was asked for its entries and had none
            together.seats.reverse()
            await remembered.hand_over(three)
            await three.peers.close()

    together.on_the_way = meanwhile
    assert [entry.request.path for entry in run(remembered.entries(one, since=0)).entries] == ["/tiny/notes"]
    assert len(two.journal) == 1


def test_a_journal_larger_than_a_piece_is_handed_over_whole() -> None:
    one, two = several(Together(), "one", "two")
    for number in range(remembered.PAGE + 5):
        create(one, f"{number}")
    run(remembered.hand_over(one))
    assert list(two.journal.since(0)) == list(one.journal.since(0))
    assert len(run(remembered.every(two, 0))) == remembered.PAGE + 5


def test_deliveries_that_are_over_are_handed_over_and_told_once() -> None:
    store, together = MemoryStore(kinds_of([posting.PROVIDER])), Together()
    one, two = (together.take(posting.engine(store=store, name=name)) for name in ("one", "two"))
    create(one, "a")
    run(one.advance(0))
    before = run(remembered.deliveries(two, 0, 10))
    assert [posted.delivery.state for posted in before] == ["delivered"]
    run(remembered.hand_over(one))
    assert run(remembered.deliveries(two, 0, 10)) == before
    run(one.peers.close())
    assert run(remembered.deliveries(two, 0, 10)) == before


def test_an_engine_that_is_alone_hands_over_nothing() -> None:
    alone = opened(tiny.engine())
    create(alone, "a")
    run(remembered.hand_over(alone))
    assert run(remembered.coverage(alone)).counts()["tiny"]["operations"]


def beside(store: MemoryStore, name: str, *, ahead: int) -> Engine:
    """A server whose clock is so many ms ahead of real time."""
    return tiny.engine(store=store, name=name, at=None, source=lambda: tiny.NOW + ahead)


def test_whoever_asks_is_then_as_late_as_the_latest() -> None:
    store, together = MemoryStore(kinds_of([tiny.PROVIDER])), Together()
    slow, fast = (opened(together.take(beside(store, name, ahead=ms))) for name, ms in (("slow", 0), ("fast", 2_000)))
    create(fast, "a")
    seen = run(remembered.entries(slow, since=0)).entries[-1].serial
    create(slow, "b")
    assert [entry.serial > seen for entry in run(remembered.entries(fast, since=seen)).entries] == [True]


def test_more_than_one_answer_holds_is_asked_for_again() -> None:
    one, two = several(Together(), "one", "two")
    body = b"x" * (MOST_BYTES // 3)
    for place in range(8):
        engine = two if place % 4 else one
        engine.journal.add(0, "tiny", "default", None, Request("POST", f"/{place}", body=body), Reply(404), (), 0)
    serials = sorted(entry.serial for engine in (one, two) for entry in engine.journal.since(0))
    for limit in (None, 7, 100):
        told = run(remembered.entries(one, since=0, limit=limit)).entries
        assert [entry.serial for entry in told] == serials[:limit]
    assert len(run(remembered.every(one, 0))) == 8
