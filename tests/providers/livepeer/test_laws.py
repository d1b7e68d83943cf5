"""What holds whatever happens: time, chance, refusals, islands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.core.fault import Job
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, Record, dump
from mockserver.core.world import Due, Notice, Order, Outcome, View
from tests.providers.livepeer.desk import END, FAILED_TASK, ORIGIN, READY, START, STREAM, Desk, run, section

SLOWLY = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)

CARDS = [
    stream["playbackId"]
    for stream in section()["streams"]
    if stream["user"] == "main" and stream["playbackId"] not in ("nosession0000000", "suspended0000000")
]


def state(desk: Desk) -> Json:
    """Everything a world holds, but for what only the store knows."""
    shelves = desk.store._worlds[desk.world].shelves
    return {kind: dict(shelf.records) for kind, shelf in shelves.items() if shelf.records}


def run_through(jumps: list[int], cards: list[str], readings: dict[str, str], pace: float) -> tuple[Json, list[Notice]]:
    desk = Desk(readings=readings, pace=pace)
    for card in cards:
        desk.clip(card)
    desk.call("POST", f"/api/task/{FAILED_TASK}/retry")
    for jump in jumps:
        desk.wait(jump)
    return state(desk), desk.notices


@SLOWLY
@given(
    jumps=st.lists(st.integers(0, 90_000), max_size=12),
    cards=st.lists(st.sampled_from(CARDS), max_size=3),
    readings=st.fixed_dictionaries(
        {
            "early-playback": st.sampled_from(["on", "off"]),
            "retry-asset": st.sampled_from(["stays-failed", "follows-task"]),
            "ready-hash": st.sampled_from(["null", "list"]),
        }
    ),
    pace=st.sampled_from([0.0, 1.0, 7.0, 60.0]),
)
def test_many_small_jumps_equal_one_large_jump(
    jumps: list[int], cards: list[str], readings: dict[str, str], pace: float
) -> None:
    assert run_through(jumps, cards, readings, pace) == run_through([sum(jumps)], cards, readings, pace)


@SLOWLY
@given(
    jumps=st.lists(st.integers(0, 90_000), min_size=1, max_size=8),
    cards=st.lists(st.sampled_from(CARDS), max_size=3),
    early=st.sampled_from(["on", "off"]),
    pace=st.sampled_from([0.0, 1.0, 7.0, float("inf")]),
    job=st.sampled_from([None, Job(stuck=70), Job(fail=60), Job(failures=2, fail=30), Job(times=3)]),
    deleted=st.booleans(),
)
def test_steps_that_nobody_sees_leave_the_same_behind(
    jumps: list[int], cards: list[str], early: str, pace: float, job: Job | None, deleted: bool
) -> None:
    found = []
    for watched in (True, False):
        desk = Desk(readings={"early-playback": early}, pace=pace)
        desk.job = job
        made = [desk.clip(card) for card in (*cards, STREAM)]
        for place, jump in enumerate(jumps):
            desk.watched = watched
            desk.wait(jump)
            if deleted and place == 0:
                desk.call("DELETE", f"/api/asset/{made[-1].value['asset']['id']}")
        found.append(state(desk))
    assert found[0] == found[1]


def test_a_second_at_a_time_is_as_good_as_an_hour() -> None:
    cards = ["fails00000000000", "retryme000000000"]
    assert run_through([1_000] * 600, cards, {}, 0.0) == run_through([600_000], cards, {}, 0.0)


BODIES = st.fixed_dictionaries(
    {},
    optional={
        "playbackId": st.sampled_from([STREAM, "nope", "stranger00000000", "suspended0000000", "nosession0000000", ""])
        | st.none(),
        "startTime": st.sampled_from([START, END, -1, "x", None, 1.5]),
        "endTime": st.sampled_from([START, END, 0, "x", None]),
        "name": st.text(max_size=5) | st.none(),
        "sessionId": st.sampled_from(["", "nope", "5e550000-0000-4000-8000-000000000005", 1]),
        "extra": st.none(),
    },
)
KEYS = st.sampled_from(["", "+stranger", "+suspended", "+nobody", "+cors", "+busy", None])


@SLOWLY
@given(body=BODIES, key=KEYS)
def test_a_refused_clip_changes_nothing(body: Json, key: str | None) -> None:
    desk = Desk()
    before = state(desk)
    reply = desk.call("POST", "/api/clip", body, key=key)
    assert (state(desk) == before and not desk.notices) is (reply.status != 200)


STRANGERS_WEBHOOK = "eb400c00-0000-4000-8000-000000000002"

Refusal = Callable[[Desk], Reply]

REFUSALS: dict[str, Refusal] = {
    "delete a stranger's asset": lambda desk: desk.call("DELETE", f"/api/asset/{READY}", key="+stranger"),
    "retry what is done": lambda desk: desk.call("POST", f"/api/asset/{READY}/retry"),
    "rename what is not there": lambda desk: desk.call("PATCH", "/api/asset/nope", {"name": "x"}),
    "report as a user": lambda desk: desk.call("POST", f"/api/task/{FAILED_TASK}/status", {"status": {"progress": 1}}),
    "make a nameless stream": lambda desk: desk.call("POST", "/api/stream", {}),
    "make a bad webhook": lambda desk: desk.call("POST", "/api/webhook", {"name": "x", "url": "x", "events": []}),
    "delete a stranger's webhook": lambda desk: desk.call(
        "DELETE", "/api/webhook/eb400c00-0000-4000-8000-000000000002"
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_any_refused_write_changes_nothing(refusal: Refusal) -> None:
    desk = Desk()
    before = state(desk)
    assert refusal(desk).status >= 400
    assert (state(desk), desk.notices) == (before, [])


def busy_day(seed: int, world: str = "test_me") -> list[bytes]:
    desk = Desk(seed=seed, world=world, readings={"ready-hash": "list"})
    bodies = []
    for card in (STREAM, "failsonce0000000", "fullhd0000000000"):
        bodies.append(desk.clip(card).body)
        desk.wait(40_000)
    desk.wait(300_000)
    bodies.append(desk.call("POST", "/api/stream", {"name": "x"}).body)
    bodies.append(desk.get("/api/asset", limit=100, details="1").body)
    bodies.append(desk.get("/api/task", limit=100).body)
    return bodies


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert busy_day(7) == busy_day(7)


def test_other_seeds_and_other_worlds_give_other_ids() -> None:
    assert busy_day(7) != busy_day(8)
    assert busy_day(7) != busy_day(7, "test_you")


def test_two_clips_at_one_instant_have_different_ids() -> None:
    desk = Desk()
    assert len({desk.made(key="+sdk") for _ in range(50)}) == 50


def test_worlds_are_islands() -> None:
    mine, yours = Desk(world="test_me"), Desk(world="test_you")
    before = state(yours)
    for _ in range(5):
        mine.made()
    mine.call("DELETE", f"/api/asset/{READY}")
    assert mine.clip().status == 403
    assert state(yours) == before
    assert yours.clip().status == 200
    assert yours.get("/api/asset", key=None).status == 401


def test_a_key_of_another_world_is_unknown() -> None:
    desk = Desk(world="test_me")
    reply = desk.call("GET", "/api/asset", headers={"Authorization": "Bearer test_you"})
    assert reply.value == {"errors": ["no token test_you found"]}


@SLOWLY
@given(
    cards=st.lists(st.sampled_from(CARDS), min_size=1, max_size=4),
    waits=st.lists(st.integers(0, 60_000), max_size=4),
)
def test_a_world_can_be_written_down_as_json(cards: list[str], waits: list[int]) -> None:
    desk = Desk()
    for card in cards:
        desk.clip(card)
    for wait in waits:
        desk.wait(wait)
    found = state(desk)
    assert json.loads(json.dumps(found)) == found


class Counting:
    """A view that counts the records it gives."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.given = 0

    @property
    def serial(self) -> int:
        return self.view.serial

    def get(self, kind: str, id: str) -> Record | None:
        self.given += 1
        return self.view.get(kind, id)

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        for record in self.view.find(kind, index, key, reverse=reverse, after=after):
            self.given += 1
            yield record

    def count(self, kind: str, index: str, key: str) -> int:
        return self.view.count(kind, index, key)

    def next_due(self) -> Due | None:
        return self.view.next_due()


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/api/asset?limit=5&count=true"),
        ("GET", "/api/task?limit=5&count=true"),
        ("GET", f"/api/clip/{STREAM}?limit=5&count=true"),
        ("GET", f"/api/stream/{STREAM}/clips?limit=5"),
        ("GET", f"/api/asset/{READY}"),
        ("GET", "/api/playback/readyclip0000000"),
        ("POST", "/api/clip"),
    ],
)
def test_no_call_looks_at_more_records_in_a_full_world(method: str, target: str) -> None:
    desk = Desk()
    for _ in range(300):
        desk.clip(key="+admin")
        desk.wait(1)
    path, _, query = target.partition("?")
    body = dump({"playbackId": STREAM, "startTime": START, "endTime": END}) if method == "POST" else b""
    headers = Headers.of(
        [("Authorization", "Bearer test_me"), ("Content-Type", "application/json"), ("X-Forwarded-For", "1.2.3.4")]
    )
    request = Request(method, path, query, headers, body, origin=ORIGIN)
    given: list[int] = []

    def counting(view: View) -> Outcome:
        counted = Counting(view)
        outcome = desk.decide(counted, request)
        given.append(counted.given)
        return outcome

    assert run(desk.store.transact(desk.world, counting)).reply.status == 200
    assert given[0] < 40
